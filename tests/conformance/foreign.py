"""Telegram clients that we did not write, as child processes: each judge is a small program around one library.

A judge reads one JSON request a line on standard input and writes one JSON line for each answer or event:

    {"id": 1, "do": "login", "phone": "+9996621234", "code": "22222"}   ->   {"id": 1, "ok": {"phone": "9996621234"}}
    {"id": 2, "do": "history", "channel": "synthetic1"}                 ->   {"id": 2, "ok": [{"id": 7, "date": ..., "text": ...}]}
    what goes wrong                                                     ->   {"id": 3, "error": "... PHONE_CODE_INVALID ..."}
    after {"do": "watch", "channel": "synthetic1"}                      ->   {"event": "new", "id": 8, "text": "..."}
    while {"id": 4, "do": "qr", "password": "..."} waits                ->   {"event": "qr", "link": "tg://login?token=..."}
    {"id": 5, "do": "find", "channel": "files"}, then                   ->   {"id": 5, "ok": [1, 2]}, messages with files
    {"id": 6, "do": "download", "message": 1}                           ->   {"id": 6, "ok": {"size": 10, "sha256": "..."}}

Its only argument is a JSON object: dcs, mtproxy and public_key as in the simulator's ready line, `transport`, one of the names
that the judge offers, `session`, a file name of its own, and perhaps what else the judge knows. It ends when its standard
input does.
"""

import hashlib
import json
import os
import queue
import random
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


# A channel with two files: a document of more than one part of any library, and a photo in its largest form.
FILES = "files"
FILE_BYTES = {1: random.Random(46).randbytes(2_345_678), 2: b"\xff\xd8" + random.Random(47).randbytes(90_000)}


def write_files(folder):
    """Writes the export of @files with its two files into the folder; its name."""
    for name, number in (("note.bin", 1), ("photo.jpg", 2)):
        (Path(folder) / name).write_bytes(FILE_BYTES[number])
    document = {"id": 1, "type": "message", "date_unixtime": "1700000001", "text": "a document",
                "file": "note.bin", "file_name": "note.bin", "file_size": len(FILE_BYTES[1])}
    photo = {"id": 2, "type": "message", "date_unixtime": "1700000002", "text": "a photo", "photo": "photo.jpg",
             "width": 1000, "height": 700, "photo_file_size": len(FILE_BYTES[2])}
    export = Path(folder) / f"{FILES}.json"
    export.write_text(json.dumps({"name": "Files", "type": "public_channel", "id": 1500, "messages": [document, photo]}))
    return export


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

    def __init__(self, command, ready, session, transport, **more):
        config = {key: ready[key] for key in ("dcs", "mtproxy", "public_key")}
        config |= {"session": str(session), "transport": transport, **more}
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

    def begin(self, do, **arguments):
        """Asks for something without waiting for it."""
        self._next += 1
        self.process.stdin.write(json.dumps({"id": self._next, "do": do, **arguments}) + "\n")
        self.process.stdin.flush()

    def answer(self, seconds=None):
        """The answer to the newest request."""
        end = time.monotonic() + (seconds or harness.PATIENCE_SECONDS)
        while True:
            line = self._receive(end, f"answer {self._next}")
            if line.get("id") == self._next and "event" not in line:
                if "error" in line:
                    raise Refused(line["error"])
                return line["ok"]

    def ask(self, do, seconds=None, **arguments):
        self.begin(do, **arguments)
        return self.answer(seconds)

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
            "--bot-token", BOT_TOKEN, "--channel", SMALL, "--channel", write_files(cls.folder.name), *cls.simulator_options,
            *[argument for export in harness.exports() for argument in ("--channel", export)]).start()

    @classmethod
    def tearDownClass(cls):
        code = cls.simulator.stop()
        cls.folder.cleanup()
        assert code == 0, f"ledgram-sim ended with {code}:\n{cls.simulator.errors()}"

    def judge(self, transport=None, **more):
        session = Path(self.folder.name) / self.id().rpartition(".")[2]
        judge = Judge(self.command, self.simulator.ready, session, transport or self.transports[0], **more)

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
            changes = self.changes("while connected")
            # What comes at once may reach the judge as a difference.
            for event in list(changes) if self.reports_missed_changes else changes:
                judge.wait_event(**event)
        with self.subTest("after a cut"):
            # No connection comes through until the changes are made.
            refusal = self.simulator.control("POST", "/faults", {"kind": "refuse"})["id"]
            self.simulator.control("POST", "/faults", {"kind": "drop"})

            new, edited, deleted = self.changes("while cut")
            self.simulator.control("DELETE", f"/faults?id={refusal}")
            if self.learns_by_gap:
                judge.ask("me")  # answered once it is connected again
                self.simulator.control("POST", "/publish", {"chat": "synthetic2", "text": "shows the gap"})
            judge.wait_event(**new)
            if self.reports_missed_changes:
                judge.wait_event(**edited)
                judge.wait_event(**deleted)
        self.assert_like_truth(judge, "synthetic2")

    def changes(self, text):
        """Publishes a post, edits one, deletes one; yields after each the event that tells of it."""
        truth = self.simulator.truth("synthetic2")["messages"]
        edited, deleted = truth[-2]["id"], truth[-1]["id"]
        new = self.simulator.control("POST", "/publish", {"chat": "synthetic2", "text": f"new {text}"})["id"]
        yield {"event": "new", "id": new, "text": f"new {text}"}
        self.simulator.control("POST", "/edit", {"chat": "synthetic2", "id": edited, "text": f"edited {text}"})
        yield {"event": "edited", "id": edited, "text": f"edited {text}"}
        self.simulator.control("POST", "/delete", {"chat": "synthetic2", "ids": [deleted]})
        yield {"event": "deleted", "ids": [deleted]}


class BotTests:
    """For judges that also log in as a bot."""

    def test_bot_login(self):
        judge = self.judge()
        with self.assertRaisesRegex(Refused, "(?i)ACCESS_?TOKEN_?INVALID"):
            judge.ask("bot_login", token="1:unknown")
        self.assertTrue(judge.ask("bot_login", token=BOT_TOKEN)["bot"])


class QrTests:
    """For judges that log in by QR code."""

    def accept(self, judge, phone):
        link = judge.wait_event(event="qr")["link"]
        self.assertRegex(link, r"^tg://login\?token=[A-Za-z0-9_-]+$")
        self.simulator.control("POST", "/qr/accept", {"token": link, "phone": phone})

    def assert_qr_login(self, phone, password=None):
        judge = self.judge()
        judge.begin("qr", password=password)
        self.accept(judge, phone)
        self.assertEqual(judge.answer()["phone"].lstrip("+"), phone.lstrip("+"))
        self.assert_like_truth(judge, SMALL.stem)

    def test_qr_login(self):
        # Judges begin at DC 1; the second account lives elsewhere, so its token is redeemed there.
        for phone, migrations in (("+9996611111", 0), ("+9996641111", 1)):
            with self.subTest(phone):
                before = self.simulator.calls("auth.importLoginToken")
                self.assert_qr_login(phone)
                self.assertEqual(self.simulator.calls("auth.importLoginToken") - before, migrations)

    def test_qr_login_with_a_password(self):
        for phone in ("+9996612468", "+9996642468"):
            with self.subTest(phone):
                self.simulator.control("POST", "/accounts", {"phone": phone, "password": PASSWORD})
                checked = self.simulator.calls("auth.checkPassword")
                self.assert_qr_login(phone, PASSWORD)
                self.assertEqual(self.simulator.calls("auth.checkPassword") - checked, 1)

    def test_qr_code_that_runs_out_is_renewed(self):
        self.simulator.control("POST", "/qr", {"seconds": 2})
        self.addCleanup(self.simulator.control, "POST", "/qr", {"seconds": 30})
        judge = self.judge()
        judge.begin("qr", password=None)
        first = judge.wait_event(event="qr")["link"]
        self.simulator.control("POST", "/qr", {"seconds": 30})
        while (second := judge.wait_event(event="qr")["link"]) == first:
            pass
        self.simulator.control("POST", "/qr/accept", {"token": second, "phone": PHONE})
        self.assertEqual(judge.answer()["phone"].lstrip("+"), PHONE.lstrip("+"))


class FileTests:
    """For judges that download files and follow FILE_MIGRATE."""

    def assert_files(self, judge, numbers):
        self.assertEqual(sorted(numbers), sorted(FILE_BYTES))
        for number in numbers:
            got = judge.ask("download", message=number)
            self.assertEqual(got, {"size": len(FILE_BYTES[number]),
                                   "sha256": hashlib.sha256(FILE_BYTES[number]).hexdigest()}, f"message {number}")
            truth = self.simulator.control("GET", f"/truth/file?chat={FILES}&id={number}")
            self.assertEqual((got["size"], got["sha256"]), (truth["size"], truth["sha256"]))

    def test_files(self):
        # The account lives at DC 2, so that both are other data centres, which want an authorization of their own.
        self.addCleanup(self.simulator.control, "POST", "/files", {"dc": 1})
        judge = self.judge()
        self.log_in(judge)
        for dc in (1, 3):
            with self.subTest(dc=dc):
                self.simulator.control("POST", "/files", {"dc": dc})
                self.assert_files(judge, judge.ask("find", channel=FILES))

    def test_files_that_moved(self):
        self.addCleanup(self.simulator.control, "POST", "/files", {"dc": 1})
        judge = self.judge()
        self.log_in(judge)
        numbers = judge.ask("find", channel=FILES)
        errors = self.simulator.errors_of("upload.getFile")
        self.simulator.control("POST", "/files", {"dc": 3})
        self.assert_files(judge, numbers)
        self.assertGreater(self.simulator.errors_of("upload.getFile"), errors, "it was FILE_MIGRATE that led there")
