"""The lines that a judge written in Python reads and writes; foreign.py says what they mean."""

import asyncio
import json
import sys

CONFIG = json.loads(sys.argv[1])


def say(line):
    print(json.dumps(line), flush=True)


async def serve(requests):
    """Answers requests until standard input ends. `requests` has a coroutine method for each."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        request = json.loads(line)
        number = request.pop("id")
        try:
            say({"id": number, "ok": await getattr(requests, request.pop("do"))(**request)})
        except Exception as error:  # whatever the library raises is for the test to judge
            say({"id": number, "error": f"{type(error).__name__}: {error}"})
