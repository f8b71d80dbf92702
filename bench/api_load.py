#!/usr/bin/env python3
"""The load figures of the HTTP interface: lists, searches and idle event streams of one `ledgram serve` while messages come in.

Starts ledgram-sim with synthetic channels, collects them, serves them, lets the simulator publish at a set rate, and then asks
with wrk (Debian's package). Prints one JSON object. Everything shares the machine: simulator, server and wrk.

    LEDGRAM_BIN=build/release/bin python3 bench/api_load.py --posts 1000000 --rate 1000
"""

import argparse
import contextlib
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support import api  # noqa: E402

LOOK_SECONDS = 0.2
PAGE = 4096

# One request after the other out of a file of paths; the 95th percentile is printed beside wrk's own.
WRK_SCRIPT = """
local paths = {}
for line in io.lines(PATHS) do paths[#paths + 1] = line end
local next = math.random(#paths)
request = function()
  next = next % #paths + 1
  return wrk.format("GET", paths[next])
end
done = function(summary, latency)
  io.write(string.format("p50=%d p95=%d p99=%d max=%d requests=%d us=%d errors=%d\\n", latency:percentile(50),
    latency:percentile(95), latency:percentile(99), latency.max, summary.requests, summary.duration,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout))
end
"""


def memory_kb(process):
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE // 1024


def cpu_seconds(process):
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


class Bench(api.ApiTest):
    """Uses the tests' helpers; nothing here is a test."""

    def runTest(self):
        pass

    def run_all(self, options):
        per_channel = options.posts // options.channels
        self.simulator_options = ("--synthetic", f"channels={options.channels},posts={per_channel},seed=3")
        super().setUp()
        self.chats = [f"synthetic{i + 1}" for i in range(options.channels)]
        started = time.monotonic()
        for chat in self.chats:
            self.join(chat)
            self.ledgram.must("channel", "add", "@" + chat)
            self.ledgram.must("collect", "@" + chat, timeout=3600)
        print(f"collected in {time.monotonic() - started:.0f} s", file=sys.stderr)
        with self.serve() as service:
            print(json.dumps(self.measure(service, options), indent=2), flush=True)

    def measure(self, service, options):
        admin = self.admin(service)
        service.wait_for_line("serving")
        reader = self.new_token(admin, ["read"])
        process = service.process.pid
        result = {"posts": options.posts, "channels": options.channels, "rate": options.rate}
        started = time.monotonic()
        self.wait(lambda: reader.get("/api/v1/search?q=x").json()["behind"] == 0, 3600)
        result["index"] = {"seconds": round(time.monotonic() - started, 1),
                           "bytes": sum(file.stat().st_size for file in self.ledgram.data.glob("search.db*")),
                           "ledger_bytes": (self.ledgram.data / "ledger.db").stat().st_size}

        result["ingest_alone"] = self.ingest(process, options, options.seconds)
        lists = [f"/api/v1/posts?limit={options.limit}",
                 *(f"/api/v1/channels/{row[0]}/posts?limit={options.limit}" for row in self.ask("SELECT id FROM channels"))]
        searches = self.searches()
        for name, paths, connections in (("lists", lists, options.connections), ("search", searches, 4)):
            traffic = threading.Thread(target=lambda: result.update({f"ingest_{name}": self.ingest(
                process, options, options.seconds + 4)}))
            traffic.start()
            time.sleep(2)
            cpu = cpu_seconds(process)
            result[name] = self.wrk(reader, paths, connections, options.seconds)
            cpu = cpu_seconds(process) - cpu
            traffic.join()
            # The messages that came in meanwhile cost what they cost alone.
            alone = result["ingest_alone"]
            ingestion = alone["server_cpu_seconds"] / alone["messages"] * options.rate * options.seconds
            result[name]["server_cpu_us_each"] = round((cpu - ingestion) * 1e6 / result[name]["requests"])
        result["streams"] = self.streams(reader, process, options)
        return result

    def wait(self, holds, seconds):
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise RuntimeError("it took too long")
            time.sleep(LOOK_SECONDS)

    def ingest(self, process, options, seconds):
        """Publishes at the rate; how long until all of it was stored, and that none is missing."""
        before = self.last_number()
        total = options.rate * seconds
        cpu = cpu_seconds(process)
        started = time.monotonic()
        self.simulator.control("POST", "/traffic", {"chats": self.chats, "rate": options.rate, "seed": 7, "total": total})
        self.wait(lambda: self.last_number() - before >= total, seconds * 10 + 60)
        took = time.monotonic() - started
        return {"messages": total, "seconds": round(took, 2), "server_cpu_seconds": round(cpu_seconds(process) - cpu, 2),
                "lost": total - (self.last_number() - before)}

    def last_number(self):
        """Events of new messages: each message makes one."""
        return self.ask("SELECT count(*) FROM events WHERE type = 1")[0][0]

    def ask(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.ledgram.data}/ledger.db?mode=ro", uri=True)) as ledger:
            return ledger.execute(sql).fetchall()

    def searches(self):
        """Words, phrases, beginnings and exclusions out of the posts themselves."""
        text = " ".join(row[0] for row in self.ask("SELECT text FROM messages WHERE rowid % 997 = 1 LIMIT 400"))
        words = sorted(set(re.findall(r"\w{4,}", text)))
        pairs = re.findall(r"(\w+) (\w+)", text)
        queries = [*words, *(f"{a} {b}" for a, b in pairs[:300]), *(f'"{a} {b}"' for a, b in pairs[300:600]),
                   *(word[:4] + "*" for word in words[:200]), *(f"{a} -{b}" for a, b in pairs[600:800] if a != b)]
        return ["/api/v1/search?limit=20&q=" + urllib.parse.quote(query) for query in queries]

    def wrk(self, client, paths, connections, seconds):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "paths").write_text("\n".join(paths) + "\n")
            script = Path(folder, "load.lua")
            script.write_text(f'PATHS = "{folder}/paths"\n' + WRK_SCRIPT)
            output = subprocess.run(
                ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script,
                 "-H", f"Authorization: Bearer {client.token}", "http://{}:{}".format(*client.address)],
                check=True, capture_output=True, text=True).stdout
        found = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", output.splitlines()[-1])}
        return {"requests": found["requests"], "requests_per_second": round(found["requests"] / (found["us"] / 1e6)),
                "p50_ms": found["p50"] / 1000, "p95_ms": found["p95"] / 1000, "p99_ms": found["p99"] / 1000,
                "max_ms": found["max"] / 1000, "errors": found["errors"], "connections": connections,
                "different_requests": len(paths)}

    def streams(self, client, process, options):
        """Idle ones: open, with the first block read, and nothing to tell."""
        before = memory_kb(process)
        connections = []
        for _ in range(options.streams):
            connection = client.connection()
            connection.request("GET", "/api/v1/events?type=account.state",
                               headers={"Authorization": f"Bearer {client.token}"})
            response = connection.getresponse()
            assert response.status == 200, response.status
            response.readline()
            connections.append((connection, response))
        time.sleep(2)
        grown = memory_kb(process) - before
        for connection, response in connections:
            response.close()
            connection.close()
        return {"count": options.streams, "grown_kb": grown, "kb_each": round(grown / options.streams, 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument("--rate", type=int, default=1_000, help="messages a second that come in")
    parser.add_argument("--seconds", type=int, default=20, help="of each measurement")
    parser.add_argument("--limit", type=int, default=20, help="posts of a page")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--streams", type=int, default=2_000)
    bench = Bench()
    try:
        bench.run_all(parser.parse_args())
    finally:
        bench.doCleanups()


if __name__ == "__main__":
    main()
