"""`ledgram serve` while the machine's clock is set, and after the process stood still: nothing is lost, nothing comes twice.

Clocks are set by Debian's libfaketime (package faketime), for the ledgram process alone. LEDGRAM_PAUSE_SECONDS=600 makes the
pause of the last test a real one of ten minutes."""

import datetime
import os
import signal
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import serving  # noqa: E402

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
CHATS = ("synthetic1", "synthetic2")
HOUR = 3600
PAUSE_SECONDS = int(os.environ.get("LEDGRAM_PAUSE_SECONDS", "0"))


class ClockTest(serving.ServingTest):
    simulator_options = ("--synthetic", "channels=2,posts=50,seed=5")

    def setUp(self):
        super().setUp()
        self.ledgram.configure("follow", "private_chats = true")
        for chat in CHATS:
            self.join(chat)
        self.ledgram.must("channel", "add", "@synthetic1", "@synthetic2")
        folder = tempfile.TemporaryDirectory(prefix="ledgram-clock-")
        self.addCleanup(folder.cleanup)
        self.offset_file = Path(folder.name) / "offset"
        self.number = 0
        self.edited_before = {}

    def set_clock(self, seconds):
        # Replaced as a whole, so that the library never reads half of it.
        fresh = self.offset_file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        fresh.replace(self.offset_file)

    def serve_with_clock(self, **environment):
        """Serves with a clock that set_clock() sets."""
        if not LIBRARY.exists():
            self.skipTest("the package faketime is not installed")
        self.set_clock(0)
        environment = {**os.environ, "LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(self.offset_file),
                       "FAKETIME_NO_CACHE": "1", **environment}
        return self.serve(environment=environment)

    def wait_until_it_serves(self, service):
        """And has read what is history."""
        service.wait_for_line("serving 1 account, 2 channels")
        for chat in CHATS:
            self.wait_until_equal(chat)

    def happen(self):
        """News of every kind."""
        self.number += 1
        for chat in CHATS:
            edited = self.publish(chat, f"post {self.number}")
            self.publish(chat, f"another post {self.number}")
            self.edit(chat, edited, f"post {self.number}, edited")
            if chat in self.edited_before:
                self.delete(chat, [self.edited_before[chat]])
            self.edited_before[chat] = edited
        self.send(f"letter {self.number}")

    def send(self, text):
        phone = self.phone.lstrip("+")
        self.simulator.control("POST", "/send", {"phone": phone, "from": "Olha", "text": text})

    def letters(self):
        return [event["data"]["text"] for event in self.events()
                if event["type"] == "message.new" and "peer" in event["data"]]

    def assert_clock_is_set(self, seconds):
        """What was stored last carries the time that ledgram takes for the present one."""
        told = datetime.datetime.fromisoformat(self.events()[-1]["at"])
        now = datetime.datetime.now(datetime.timezone.utc)
        self.assertLess(abs((told - now).total_seconds() - seconds), 60)

    def wait_until_all_is_there(self):
        for chat in CHATS:
            self.wait_until_equal(chat)
        self.wait_until(lambda: self.letters() == [f"letter {i + 1}" for i in range(self.number)], "each letter, once")
        for chat in CHATS:
            self.assert_each_message_told_once(chat)


class ClockSteps(ClockTest):
    """The wall clock alone is set, as by a person or by NTP; timers go on."""

    def test_an_hour_either_way_while_all_is_live(self):
        with self.serve_with_clock(FAKETIME_DONT_FAKE_MONOTONIC="1") as service:
            self.wait_until_it_serves(service)
            self.happen()
            self.wait_until_all_is_there()
            for offset in (HOUR, 0, -HOUR, HOUR):
                self.set_clock(offset)
                self.happen()
                self.wait_until_all_is_there()
                self.assert_clock_is_set(offset)

    def test_an_hour_either_way_while_the_line_is_lost(self):
        with self.serve_with_clock(FAKETIME_DONT_FAKE_MONOTONIC="1") as service:
            self.wait_until_it_serves(service)
            for offset in (HOUR, -HOUR):
                self.set_clock(offset)
                self.happen()
                # A new connection, a new session and a new temporary key, all by a clock that is wrong.
                for kind in ("forget_sessions", "forget_temporary_keys", "drop"):
                    self.simulator.control("POST", "/faults", {"kind": kind})
                self.happen()
                self.wait_until_all_is_there()
                self.assert_clock_is_set(offset)

    def test_an_hour_between_two_runs(self):
        for offset in (0, HOUR, -HOUR):
            with self.serve_with_clock(FAKETIME_DONT_FAKE_MONOTONIC="1") as service:
                self.set_clock(offset)
                self.wait_until_it_serves(service)
                self.happen()
                self.wait_until_all_is_there()
            self.happen()


class Pauses(ClockTest):
    """The process stands still, as by SIGSTOP or in a machine that sleeps, and goes on."""

    def pause(self, service, seconds):
        """Stands still while things happen and the server gives the connection up; both clocks go on by `seconds`."""
        service.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, service.process.pid, os.WSTOPPED | os.WNOWAIT)
        self.happen()
        self.simulator.control("POST", "/faults", {"kind": "drop"})
        for _ in range(3):
            self.happen()
        if seconds:
            self.set_clock(seconds)
        if PAUSE_SECONDS:
            time.sleep(PAUSE_SECONDS)
        service.process.send_signal(signal.SIGCONT)

    def test_ten_minutes_by_its_clocks(self):
        with self.serve_with_clock() as service:
            self.wait_until_it_serves(service)
            self.happen()
            self.wait_until_all_is_there()
            for i in range(1, 3):
                self.pause(service, 600 * i)
                self.happen()
                self.wait_until_all_is_there()
                self.assert_clock_is_set(600 * i)

    def test_with_its_real_clocks(self):
        with self.serve() as service:
            self.wait_until_it_serves(service)
            self.happen()
            self.wait_until_all_is_there()
            self.pause(service, 0)
            self.happen()
            self.wait_until_all_is_there()


if __name__ == "__main__":
    unittest.main(verbosity=2)
