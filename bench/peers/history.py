#!/usr/bin/env python3
"""What a foreign client uses to read the history that `ledgram-bench collect` collects: the same simulator, the same posts.

The client is one of the judges of tests/conformance, and only counts the messages that its library hands it, so the figure is the
library's share of a collector without storage. CPU time is that of the reading alone, after the login.
usage: history.py NAME [--posts N]; prints one JSON line, {"absent": "..."} if the client was not fetched. LEDGRAM_BIN as for the tests.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/conformance"), str(Path(__file__).resolve().parent)]

import foreign  # noqa: E402
import harness  # noqa: E402
import tdlib  # noqa: E402
import tdlib_history  # noqa: E402

# Name, what starts it, the file without which it is absent, and the transport that its makers default to.
PEERS = {
    "telethon": ("Telethon 1.42.0 with cryptg", (foreign.PYTHON, foreign.HERE / "telethon_judge.py"), foreign.PYTHON, "full"),
    "pyrofork": ("Pyrofork 2.3.69 with TgCrypto", (foreign.PYTHON, foreign.HERE / "pyrofork_judge.py"), foreign.PYTHON,
                 "abridged"),
    "mtcute": ("mtcute 0.28.2", ("node", foreign.HERE / "mtcute_judge.mjs"),
               foreign.JUDGES / "node_modules/@mtcute/node/package.json", "intermediate"),
    "gotd": ("gotd/td 0.142.0", (foreign.JUDGES / "gotd-client",), foreign.JUDGES / "gotd-client", "intermediate"),
}


def cpu_seconds(pid):
    """User and system time of a process with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_rss_mb(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("the kernel does not tell the peak memory of a process")


def read_history(command, transport, posts):
    with tempfile.TemporaryDirectory() as folder, \
            harness.Simulator("--synthetic", f"channels=1,posts={posts},seed=1") as simulator:
        judge = foreign.Judge(command, simulator.ready, Path(folder) / "session", transport)
        judge.ask("login", phone=foreign.PHONE, code=harness.login_code(foreign.PHONE))
        cpu, start = cpu_seconds(judge.process.pid), time.monotonic()
        messages = judge.ask("count", seconds=3600, channel="synthetic1")
        result = {"messages": messages,
                  "cpu_us_per_message": (cpu_seconds(judge.process.pid) - cpu) * 1e6 / messages,
                  "wall_seconds": time.monotonic() - start,
                  "peak_rss_mb": peak_rss_mb(judge.process.pid)}
        judge.close()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=["tdlib", *PEERS])
    parser.add_argument("--posts", type=int, default=50_000)
    options = parser.parse_args()
    if options.name == "tdlib":
        name, needed = "TDLib 1.8.62", tdlib.LIBRARY
    else:
        name, command, needed, transport = PEERS[options.name]
    if not needed.exists():
        print(json.dumps({"name": name, "absent": f"{needed.relative_to(ROOT)} is missing; ./dev test fetches it"}))
        return
    result = (tdlib_history.read_history(options.posts, False) if options.name == "tdlib"
              else read_history(command, transport, options.posts))
    if result["messages"] != options.posts:
        sys.exit(f"{name} read {result['messages']} of {options.posts} messages")
    print(json.dumps({"name": name, **result}))


if __name__ == "__main__":
    main()
