"""The life of a service process: clean stops, forced ends, hangs of every kind, systemd, and its log file."""

import array
import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402

STOPPED = "stopped: 0 tasks pending, 42 messages committed\n"
# Longer than any test waits: whoever ends before it did not wait for the deadline.
NEVER_MS = 1000 * harness.PATIENCE_SECONDS
SOON_MS = 200


class Probe:
    """A running service-probe; its standard error is kept in a file, so that it cannot block it."""

    def __init__(self, mode, stop_ms=NEVER_MS, log_file=None, **environment):
        self.errors = tempfile.TemporaryFile("w+")
        arguments = [harness.BIN / "service-probe", mode, str(stop_ms)] + ([log_file] if log_file else [])
        env = {key: value for key, value in os.environ.items() if key not in ("NOTIFY_SOCKET", "WATCHDOG_USEC")}
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        env=env | environment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def wait_for(self, line):
        got = self.process.stdout.readline()
        assert got == line + "\n", f"{got!r}, not {line!r}"

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        """Exit code, the rest of standard output, all of standard error."""
        out, _ = self.process.communicate(timeout=harness.PATIENCE_SECONDS)
        self.errors.seek(0)
        return self.process.returncode, out, self.errors.read()


class ServiceTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="ledgram-service-")
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)
        self.fifo = self.folder / "fifo"
        os.mkfifo(self.fifo)

    def probe(self, *arguments, **environment):
        probe = Probe(*arguments, PROBE_FIFO=str(self.fifo), **environment)
        self.addCleanup(probe.__exit__)
        return probe


class Stops(ServiceTest):
    def test_a_clean_stop_says_one_line(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            probe = self.probe("order")
            probe.wait_for("ready")
            probe.signal(number)
            self.assertEqual(probe.end(), (0, STOPPED, ""))

    def test_a_service_may_end_by_itself(self):
        self.assertEqual(self.probe("end").end(), (0, STOPPED, ""))

    def test_a_failure_is_told(self):
        self.assertEqual(self.probe("fail").end(), (1, "", "probe: the service has failed\n"))

    def test_a_second_signal_ends_it_at_once_and_names_what_runs(self):
        probe = self.probe("deaf")
        probe.wait_for("ready")
        probe.signal(signal.SIGTERM)
        probe.wait_for("stopping")
        probe.signal(signal.SIGINT)
        self.assertEqual(probe.end(), (
            1, "", "ledgram: a second signal ends the process at once; still running: deaf task\n"))

    def test_the_deadline_ends_it_and_names_what_runs(self):
        probe = self.probe("deaf", SOON_MS)
        probe.wait_for("ready")
        begin = time.monotonic()
        probe.signal(signal.SIGTERM)
        probe.wait_for("stopping")
        self.assertEqual(probe.end(), (1, "", "ledgram: not stopped within 0.2 s; still running: deaf task\n"))
        self.assertGreaterEqual(time.monotonic() - begin, SOON_MS / 1000)

    def test_a_blocked_event_loop_cannot_hold_it(self):
        probe = self.probe("loop", SOON_MS)
        probe.wait_for("hanging")
        probe.signal(signal.SIGTERM)
        self.assertEqual(probe.end(), (
            1, "", "ledgram: not stopped within 0.2 s; still running: the event loop (blocked)\n"))

    def test_a_second_signal_reaches_a_blocked_event_loop(self):
        probe = self.probe("loop")
        probe.wait_for("hanging")
        probe.signal(signal.SIGINT)
        probe.signal(signal.SIGTERM)
        self.assertEqual(probe.end(), (
            1, "", "ledgram: a second signal ends the process at once; still running: the event loop (blocked)\n"))

    def test_a_disk_that_hangs_cannot_hold_it(self):
        probe = self.probe("worker", SOON_MS)
        probe.wait_for("hanging")
        probe.signal(signal.SIGTERM)
        self.assertEqual(probe.end(), (
            1, "", "ledgram: not stopped within 0.2 s; still running: commit, thread disk (1 job)\n"))

    def test_a_disk_that_hangs_and_answers_in_time_does_not_hurt(self):
        probe = self.probe("worker")
        probe.wait_for("hanging")
        probe.signal(signal.SIGTERM)
        with open(self.fifo, "w"):
            self.assertEqual(probe.end(), (0, STOPPED, ""))

    def test_a_destructor_that_waits_for_a_disk_cannot_hold_it(self):
        probe = self.probe("destructor", SOON_MS)
        probe.wait_for("hanging")
        probe.signal(signal.SIGTERM)
        self.assertEqual(probe.end(), (
            1, "",
            "ledgram: not stopped within 0.2 s; still running: the event loop (blocked), thread disk (1 job)\n"))

    def test_a_reader_that_takes_nothing_cannot_hold_it(self):
        # Its log goes into a pipe that nobody reads.
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        process = subprocess.Popen([harness.BIN / "service-probe", "log", str(NEVER_MS)],
                                   stdout=subprocess.PIPE, stderr=writing, text=True)
        os.close(writing)
        self.assertEqual(process.stdout.readline(), "ready\n")
        os.set_blocking(reading, False)
        wait_until(lambda: pipe_is_full(reading), "the pipe to be full")
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=harness.PATIENCE_SECONDS)
        self.assertEqual((process.returncode, out), (0, STOPPED))

    def test_what_was_gathered_is_reported_at_the_end(self):
        probe = self.probe("report")
        probe.wait_for("ready")
        probe.signal(signal.SIGTERM)
        code, out, errors = probe.end()
        self.assertEqual((code, out), (0, STOPPED))
        lines = errors.splitlines()
        self.assertEqual(len(lines), 7, errors)
        self.assertIn("warning [probe] a fault", lines[0])
        self.assertIn("connections: 6 more lost, of 1 account (cannot connect 6)", lines[5])
        self.assertIn("the same again in 0 s: probe a fault x 1", lines[6])


class SummariesInTime(ServiceTest):
    def test_a_summary_does_not_wait_for_the_end(self):
        log_file = self.folder / "probe.log"
        probe = self.probe("report", NEVER_MS, log_file)
        probe.wait_for("ready")
        # Two seconds after the first that was held back.
        wait_until(lambda: "6 more lost" in log_file.read_text(), "the summary of lost connections")
        probe.signal(signal.SIGTERM)
        self.assertEqual(probe.end(), (0, STOPPED, ""))


class LogFile(ServiceTest):
    def test_sighup_opens_the_log_file_anew(self):
        log_file, moved = self.folder / "probe.log", self.folder / "moved.log"
        probe = self.probe("log", NEVER_MS, log_file)
        probe.wait_for("ready")
        wait_until(log_file.exists, "the log file")
        log_file.rename(moved)
        probe.signal(signal.SIGHUP)
        wait_until(lambda: log_file.exists() and log_file.stat().st_size > 0, "the new log file")
        size = moved.stat().st_size
        probe.signal(signal.SIGTERM)
        self.assertEqual(probe.end(), (0, STOPPED, ""))
        self.assertEqual(moved.stat().st_size, size)
        for path in (log_file, moved):
            for line in path.read_text().splitlines():
                self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4} info \[probe\] still here$")


class Systemd(ServiceTest):
    def setUp(self):
        super().setUp()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(str(self.folder / "notify"))
        self.socket.settimeout(harness.PATIENCE_SECONDS)

    def notified(self, mode, *arguments, **environment):
        return self.probe(mode, *arguments, NOTIFY_SOCKET=str(self.folder / "notify"), **environment)

    def message(self):
        return self.socket.recv(4096).decode().rstrip("\n")

    def test_it_is_told_of_readiness_and_of_the_stop(self):
        probe = self.notified("order")
        self.assertEqual(self.message(), "READY=1\nSTATUS=1000 accounts")
        probe.wait_for("ready")
        probe.signal(signal.SIGTERM)
        self.assertEqual(self.message(), "STOPPING=1")
        self.assertEqual(probe.end(), (0, STOPPED, ""))

    def test_its_watchdog_hears_a_loop_that_lives_and_no_other(self):
        alive = self.notified("order", WATCHDOG_USEC="20000")
        said = [self.message() for _ in range(6)]
        self.assertEqual(sorted(set(said)), ["READY=1\nSTATUS=1000 accounts", "WATCHDOG=1"])
        alive.wait_for("ready")
        alive.signal(signal.SIGTERM)
        self.assertEqual(alive.end()[0], 0)
        while self.message() != "STOPPING=1":
            pass

        blocked = self.notified("loop", SOON_MS, WATCHDOG_USEC="2000")
        blocked.wait_for("hanging")
        self.socket.setblocking(False)
        self.drain()
        blocked.signal(signal.SIGTERM)
        self.assertEqual(blocked.end()[0], 1)
        # 200 ms have passed, in which a loop that lives speaks two hundred times.
        self.assertEqual(self.drain(), [])

    def drain(self):
        messages = []
        try:
            while True:
                messages.append(self.message())
        except BlockingIOError:
            return messages


def wait_until(holds, what):
    """For files and pipes, which tell nobody when they change."""
    pause = threading.Event()
    end = time.monotonic() + harness.PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        pause.wait(0.005)


def pipe_is_full(reading):
    waiting = array.array("i", [0])
    fcntl.ioctl(reading, termios.FIONREAD, waiting)
    capacity = fcntl.fcntl(reading, fcntl.F_GETPIPE_SZ)
    return waiting[0] > capacity * 3 // 4


if __name__ == "__main__":
    unittest.main()
