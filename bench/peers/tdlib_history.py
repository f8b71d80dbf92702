#!/usr/bin/env python3
"""What TDLib uses to read the history that `ledgram-bench collect` collects: the same simulator, the same posts.

TDLib hands each page to this script as JSON and nothing is stored, so the figure is TDLib's share of a collector without
its storage. Its CPU time includes the few microseconds a message that Python's json takes; --json prints both.
usage: tdlib_history.py [--posts N] [--message-database] [--json]; LEDGRAM_BIN as for the tests.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "tests/conformance")]

import harness  # noqa: E402
import tdlib  # noqa: E402

PHONE = "+9996621234"


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def read_history(posts, message_database):
    with tempfile.TemporaryDirectory() as folder, \
            harness.Simulator("--synthetic", f"channels=1,posts={posts},seed=1") as simulator:
        library = Path(folder) / "libtdjson.so"
        tdlib.with_key(tdlib.LIBRARY, Path(simulator.ready["public_key"]), library)
        client = tdlib.TdClient(library, Path(folder) / "tdlib", simulator.ready["mtproxy"],
                                message_database=message_database)
        client.start()
        client.log_in(PHONE, harness.login_code(PHONE))
        chat = client.call({"@type": "searchPublicChat", "username": "synthetic1"})
        cpu, start, messages, python_cpu, last = cpu_seconds(), time.monotonic(), 0, 0.0, 0
        while True:
            page = client.call({"@type": "getChatHistory", "chat_id": chat["id"], "from_message_id": last, "offset": 0,
                                "limit": 100, "only_local": False})["messages"]
            if not page:
                break
            messages += len(page)
            last = page[-1]["id"]
            client.updates.clear()
            # What json.loads of such a page costs, so that it can be told apart.
            if messages <= 10_000:
                text = json.dumps({"messages": page})
                before = time.thread_time()
                json.loads(text)
                python_cpu += time.thread_time() - before
        cpu, wall = cpu_seconds() - cpu, time.monotonic() - start
        client.close()
    return {
        "messages": messages,
        "cpu_us_per_message": cpu * 1e6 / messages,
        "json_us_per_message": python_cpu * 1e6 / min(messages, 10_000),
        "wall_seconds": wall,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--message-database", action="store_true", help="let TDLib keep its own message database")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not tdlib.LIBRARY.exists():
        sys.exit(f"TDLib is not at {tdlib.LIBRARY}; ./dev test fetches it")
    result = read_history(options.posts, options.message_database)
    if options.json:
        print(json.dumps(result))
    else:
        print(f"TDLib 1.8.62: {result['messages']} messages in {result['wall_seconds']:.1f} s: "
              f"{result['cpu_us_per_message']:.1f} us of CPU a message (of which json.loads about "
              f"{result['json_us_per_message']:.1f}), {result['peak_rss_mb']:.0f} MB at most")


if __name__ == "__main__":
    main()
