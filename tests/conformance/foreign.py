"""Telegram clients that we did not write, as child processes: each judge is a small program around one library.

A judge reads one JSON request a line on standard input and writes one JSON line for each answer or event:

    {"id": 1, "do": "login", "phone": "+9996621234", "code": "22222"}   ->   {"id": 1, "ok": {"phone": "9996621234"}}
    {"id": 2, "do": "history", "channel": "synthetic1"}                 ->   {"id": 2, "ok": [{"id": 7, "date": ..., "text": ...}]}
    what goes wrong                                                     ->   {"id": 3, "error": "... PHONE_CODE_INVALID ..."}
    after {"do": "watch", "channel": "synthetic1"}                      ->   {"event": "new", "id": 8, "text": "..."}

Its only argument is a JSON object: dcs, mtproxy and public_key as in the simulator's ready line, `transport`, one of the names
that the judge offers, and `session`, a file name of its own. It ends when its standard input does.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402

JUDGES = harness.ROOT / "build/judges"
PYTHON = JUDGES / "python/bin/python3"
HERE = Path(__file__).resolve().parent

PHONE = "+9996621234"
PASSWORD_PHONE = "+9996624321"
PASSWORD = "correct horse battery staple"
# For the transports, some of which Python libraries encrypt slowly.
SMALL = harness.ROOT / "sim/demo/lypove_today.json"
BOT_TOKEN = "1000001:judge"


def need(path):
    """Skips the test where ./dev test was not run; in CI a missing judge is a failure."""
    if Path(path).exists():
        return
    if os.environ.get("CI") == "true":
        raise AssertionError(f"{path} is missing; the set-up of ./dev test should have fetched it")
    raise unittest.SkipTest(f"{path} is missing; ./dev test fetches it")


def need_go(path):
    """For judges written in Go, which a machine may lack; the set-up says so then."""
    if not Path(path).exists() and (JUDGES / "no-go").exists():
        raise unittest.SkipTest("there is no Go 1.21 or newer here to build the judges that are written in it")
    need(path)


class Refused(Exception):
    """The judge's library reported an error."""


class Judge:
    """A running judge."""

    def __init__(self, command, ready, session, transport):
        config = {key: ready[key] for key in ("dcs", "mtproxy", "public_key")}
        config |= {"session": str(session), "transport": transport}
        self._errors = tempfile.NamedTemporaryFile("w", prefix="ledgram-judge-errors-")
        self.process = subprocess.Popen([*map(str, command), json.dumps(config)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self._errors, text=True,
                                        env={**os.environ, "LEDGRAM_JUDGES": str(JUDGES)})
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._next = 0
        self.events = []

    def _read(self):
        try:
            for line in self.process.stdout:
                self._lines.put(json.loads(line))
        finally:
            self._lines.put(None)

    def errors(self):
        return Path(self._errors.name).read_text()

    def _receive(self, end, what):
        """The next line; events are kept."""
        try:
            line = self._lines.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            raise TimeoutError(f"no {what} in time; the judge said:\n{self.errors()}") from None
        if line is None:
            raise RuntimeError(f"the judge ended while {what} was awaited:\n{self.errors()}")
        if "event" in line:
            self.events.append(line)
        return line

    def ask(self, do, seconds=None, **arguments):
        self._next += 1
        self.process.stdin.write(json.dumps({"id": self._next, "do": do, **arguments}) + "\n")
        self.process.stdin.flush()
        end = time.monotonic() + (seconds or harness.PATIENCE_SECONDS)
        while True:
            line = self._receive(end, f"answer to {do}")
            if line.get("id") == self._next and "event" not in line:
                if "error" in line:
                    raise Refused(f"{do}: {line['error']}")
                return line["ok"]

    def wait_event(self, **wanted):
        """Waits for an event with these fields, also among those that came before."""
        end = time.monotonic() + harness.PATIENCE_SECONDS
        while True:
            for index, event in enumerate(self.events):
                if wanted.items() <= event.items():
                    return self.events.pop(index)
            self._receive(end, f"event {wanted}, only {self.events}")

    def close(self):
        """Ends it; its exit code."""
        self.process.stdin.close()
        try:
            code = self.process.wait(timeout=harness.PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._reader.join()
        self.process.stdout.close()
        return code


class JudgeTests:
    """What every judge does. A subclass is a unittest.TestCase too and names the judge."""

    command = ()  # what starts the judge
    needs = ()  # files that the set-up fetches
    transports = ()  # every one logs in and reads a channel; the first one also does the rest
    simulator_options = ()
    # The library does not ask after a reconnection what it missed, but waits for the next push to show it the gap.
    learns_by_gap = False
    # It reports edits and deletions that a difference told it.
    reports_missed_changes = True

    @classmethod
    def setUpClass(cls):
        for path in cls.needs:
            need(path)
        cls.folder = tempfile.TemporaryDirectory(prefix="ledgram-judge-")
        cls.simulator = harness.Simulator(
            "--synthetic", "channels=2,posts=1200,seed=11", "--password", f"{PASSWORD_PHONE}={PASSWORD}",
            "--bot-token", BOT_TOKEN, "--channel", SMALL, *cls.simulator_options,
            *[argument for export in harness.exports() for argument in ("--channel", export)]).start()

    @classmethod
    def tearDownClass(cls):
        code = cls.simulator.stop()
        cls.folder.cleanup()
        assert code == 0, f"ledgram-sim ended with {code}:\n{cls.simulator.errors()}"

    def judge(self, transport=None):
        session = Path(self.folder.name) / self.id().rpartition(".")[2]
        judge = Judge(self.command, self.simulator.ready, session, transport or self.transports[0])

        def end():
            code = judge.close()
            self.assertEqual(code, 0, judge.errors())

        self.addCleanup(end)
        return judge

    def log_in(self, judge, phone=PHONE):
        self.assertEqual(judge.ask("login", phone=phone, code=harness.login_code(phone))["phone"].lstrip("+"),
                         phone.lstrip("+"))

    def assert_like_truth(self, judge, channel):
        truth = [{"id": message["id"], "date": message["date"], "text": message["text"]}
                 for message in self.simulator.truth(channel)["messages"]]
        seen = judge.ask("history", channel=channel)
        self.assertGreater(len(truth), 0)
        self.assertEqual([message["id"] for message in seen], [message["id"] for message in reversed(truth)])
        self.assertEqual(seen, truth[::-1])

    def test_login_and_history_over_every_transport(self):
        for transport in self.transports:
            with self.subTest(transport):
                judge = self.judge(transport)
                self.log_in(judge, PHONE[:-1] + str(self.transports.index(transport)))
                self.assert_like_truth(judge, SMALL.stem)

    def test_history_of_whole_channels(self):
        judge = self.judge()
        self.log_in(judge)
        self.assert_like_truth(judge, "synthetic1")
        for export in harness.exports():
            with self.subTest(export.stem):
                self.assert_like_truth(judge, export.stem)

    def test_wrong_code_is_refused(self):
        with self.assertRaisesRegex(Refused, "(?i)PHONE_?CODE_?INVALID"):
            self.judge().ask("login", phone=PHONE, code="00000")

    def test_two_step_password(self):
        judge = self.judge()
        with self.assertRaisesRegex(Refused, "(?i)PASSWORD_?NEEDED"):
            judge.ask("login", phone=PASSWORD_PHONE, code=harness.login_code(PASSWORD_PHONE))
        with self.assertRaisesRegex(Refused, "(?i)PASSWORD_?HASH_?INVALID"):
            judge.ask("password", password="wrong")
        judge.ask("password", password=PASSWORD)
        self.assert_like_truth(judge, "synthetic1")

    def test_live_updates_and_what_was_missed(self):
        judge = self.judge()
        self.log_in(judge)
        self.simulator.control("POST", "/join", {"phone": PHONE, "chat": "synthetic2"})
        judge.ask("watch", channel="synthetic2")
        with self.subTest("connected"):
            for event in self.change("while connected"):
                judge.wait_event(**event)
        with self.subTest("after a cut"):
            # No connection comes through until the changes are made.
            refusal = self.simulator.control("POST", "/faults", {"kind": "refuse"})["id"]
            self.simulator.control("POST", "/faults", {"kind": "drop"})

            new, edited, deleted = self.change("while cut")
            self.simulator.control("DELETE", f"/faults?id={refusal}")
            if self.learns_by_gap:
                judge.ask("me")  # answered once it is connected again
                self.simulator.control("POST", "/publish", {"chat": "synthetic2", "text": "shows the gap"})
            judge.wait_event(**new)
            if self.reports_missed_changes:
                judge.wait_event(**edited)
                judge.wait_event(**deleted)
        self.assert_like_truth(judge, "synthetic2")

    def change(self, text):
        """Publishes a post, edits one, deletes one; the events that tell of it."""
        truth = self.simulator.truth("synthetic2")["messages"]
        edited, deleted = truth[-2]["id"], truth[-1]["id"]
        new = self.simulator.control("POST", "/publish", {"chat": "synthetic2", "text": f"new {text}"})["id"]
        self.simulator.control("POST", "/edit", {"chat": "synthetic2", "id": edited, "text": f"edited {text}"})
        self.simulator.control("POST", "/delete", {"chat": "synthetic2", "ids": [deleted]})
        return ({"event": "new", "id": new, "text": f"new {text}"},
                {"event": "edited", "id": edited, "text": f"edited {text}"},
                {"event": "deleted", "ids": [deleted]})


class BotTests:
    """For judges that also log in as a bot."""

    def test_bot_login(self):
        judge = self.judge()
        with self.assertRaisesRegex(Refused, "(?i)ACCESS_?TOKEN_?INVALID"):
            judge.ask("bot_login", token="1:unknown")
        self.assertTrue(judge.ask("bot_login", token=BOT_TOKEN)["bot"])
