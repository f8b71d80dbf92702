"""Logging in as people do it: by QR code, by every kind of code, with an e-mail to set up, and giving up half-way."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import harness  # noqa: E402

PHONE = "+9996621234"
PASSWORD = "correct horse"
LINK = re.compile(r"tg://login\?token=[A-Za-z0-9_-]+")


class Terminal:
    """ledgram on a pseudo-terminal of a given size."""

    def __init__(self, ledgram, *arguments, rows=50, columns=100):
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(harness.BIN / "ledgram", ["ledgram", "--data", str(ledgram.data), *map(str, arguments)])
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.shown = ""
        self.ended = False

    def wait_for(self, condition):
        """Reads until condition(everything shown) holds; its value."""
        deadline = time.monotonic() + harness.PATIENCE_SECONDS
        while True:
            found = condition(self.shown)
            if found:
                return found
            left = deadline - time.monotonic()
            if self.ended or left <= 0:
                raise AssertionError(f"never shown; what was:\n{self.shown}")
            if select.select([self.descriptor], [], [], left)[0]:
                self._read()

    def _read(self):
        try:
            piece = os.read(self.descriptor, 65536)
        except OSError:
            piece = b""
        self.ended = not piece
        self.shown += piece.decode(errors="replace")

    def answer(self, question, text):
        start = getattr(self, "_answered", 0)
        self.wait_for(lambda shown: re.search(question + r"[^\n]*: $", shown[start:]))
        self._answered = len(self.shown)
        os.write(self.descriptor, (text + "\n").encode())

    def finish(self):
        """Its exit code, after everything it had to say."""
        while not self.ended:
            self._read()
        _, status = os.waitpid(self.pid, 0)
        os.close(self.descriptor)
        return os.waitstatus_to_exitcode(status)


class Login(unittest.TestCase):
    def setUp(self):
        self.simulator = harness.Simulator("--synthetic", "channels=1,posts=3,seed=1").start()
        self.addCleanup(self.simulator._own.cleanup)
        self.addCleanup(self.simulator.stop)
        self.ledgram = harness.Ledgram()
        self.addCleanup(self.ledgram.__exit__)
        self.ledgram.must("init", "--sim", self.simulator.data)

    def accept(self, link, phone=PHONE):
        self.simulator.control("POST", "/qr/accept", {"token": link, "phone": phone})


class Scenario33QrLogin(Login):
    def start_script(self, *arguments):
        process = self.ledgram.start("account", "add", "--qr", *arguments)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        return process

    def test_a_script_gets_the_link_and_each_new_one(self):
        self.simulator.control("POST", "/qr", {"seconds": 1})
        process = self.start_script()
        links = [process.stdout.readline().strip() for _ in range(3)]
        self.assertEqual(len(set(links)), 3, "a token that runs out is renewed")
        for link in links:
            self.assertRegex(link, "^" + LINK.pattern + "$")
        self.simulator.control("POST", "/qr", {"seconds": 30})
        self.accept(process.stdout.readline().strip())
        output, errors = process.communicate(timeout=harness.PATIENCE_SECONDS)
        self.assertEqual(process.returncode, 0, errors)
        self.assertIn("logged in as", output)
        self.assertIn("9996621234", self.ledgram.must("account", "list"))
        self.assertGreaterEqual(self.simulator.calls("updates.getState"), 1)

    def test_at_another_data_centre_with_a_password(self):
        phone = "+9996641234"
        self.simulator.control("POST", "/accounts", {"phone": phone, "password": PASSWORD})
        process = self.start_script("--password", PASSWORD, "--name", "fourth")
        self.accept(process.stdout.readline().strip(), phone)
        output, errors = process.communicate(timeout=harness.PATIENCE_SECONDS)
        self.assertEqual(process.returncode, 0, errors)
        self.assertIn("fourth", output)
        self.assertEqual(self.simulator.calls("auth.importLoginToken"), 1)
        self.ledgram.must("channel", "add", "@synthetic1")
        self.ledgram.collect("synthetic1")
        self.assertEqual(len(self.ledgram.posts("synthetic1")), len(self.simulator.truth("synthetic1")["messages"]))

    def test_drawn_renewed_and_given_up_on_a_terminal(self):
        self.simulator.control("POST", "/qr", {"seconds": 2})
        terminal = Terminal(self.ledgram, "account", "add", "--qr")
        terminal.wait_for(lambda shown: len(set(LINK.findall(shown))) >= 2)
        self.assertIn("\x1b[38;5;16;48;5;231m", terminal.shown, "black on white by fixed colours")
        self.assertIn("\u2588", terminal.shown)
        self.assertRegex(terminal.shown, "\x1b\\[\\d+F\x1b\\[J", "the second takes the place of the first")
        os.write(terminal.descriptor, b"\x03")
        self.assertEqual(terminal.finish(), 130)
        self.assertNotIn("9996621234", self.ledgram.must("account", "list"))

    def test_a_small_terminal_gets_the_link_alone(self):
        terminal = Terminal(self.ledgram, "account", "add", "--qr", rows=10, columns=80)
        link = terminal.wait_for(lambda shown: LINK.search(shown + "\n") and "\n" in shown[shown.find("tg://"):]
                                 and LINK.search(shown).group())
        self.accept(link)
        self.assertEqual(terminal.finish(), 0, terminal.shown)

    def test_an_account_that_is_logged_in_here_is_not_let_in_again(self):
        self.ledgram.must("account", "add", "--phone", PHONE, "--code", "22222")
        process = self.start_script()
        link = process.stdout.readline().strip()
        with self.assertRaisesRegex(RuntimeError, "AUTH_TOKEN_EXCEPTION"):
            self.accept(link)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=harness.PATIENCE_SECONDS)
        self.assertEqual(process.returncode, 130)


class Scenario32LoginCodes(Login):
    def plan(self, *types, **more):
        self.simulator.control("POST", "/login", {"phone": PHONE, "types": types, **more})

    def test_every_type_of_code(self):
        codes = {"App": "22222", "Sms": "22222", "Call": "22222", "FlashCall": "9990022222", "MissedCall": "22222",
                 "SmsWord": "lantern", "SmsPhrase": "seven paper lanterns", "FragmentSms": "22222"}
        hints = {"FlashCall": r"99900\*\*\*\*\*", "MissedCall": "99900", "SmsWord": "begins with \"l\"",
                 "SmsPhrase": "begins with \"seven\"", "FragmentSms": "https://fragment.com/"}
        for way, code in codes.items():
            with self.subTest(way):
                self.plan(way)
                terminal = Terminal(self.ledgram, "account", "add", "--phone", PHONE, "--name", way)
                terminal.answer("Login code", code)
                self.assertEqual(terminal.finish(), 0, terminal.shown)
                self.assertRegex(terminal.shown, hints.get(way, "Telegram"))

    def test_an_unknown_next_type_and_another_way(self):
        self.plan("Sms", "Unknown", resend_after=0)
        terminal = Terminal(self.ledgram, "account", "add", "--phone", PHONE)
        terminal.answer("Login code.*another way", "22222")
        self.assertEqual(terminal.finish(), 0, terminal.shown)

    def test_firebase_is_left_for_the_next_type(self):
        self.plan("FirebaseSms", "Sms", resend_after=1)
        terminal = Terminal(self.ledgram, "account", "add", "--phone", PHONE)
        terminal.answer("Login code", "22222")
        self.assertEqual(terminal.finish(), 0, terminal.shown)
        self.assertEqual(self.simulator.calls("auth.resendCode"), 1)

    def test_a_resend_that_comes_too_early(self):
        self.plan("App", "Sms", resend_after=100)
        terminal = Terminal(self.ledgram, "account", "add", "--phone", PHONE)
        terminal.answer("Login code", "")
        terminal.answer("Login code", "22222")
        self.assertEqual(terminal.finish(), 0, terminal.shown)
        self.assertIn("another way in", terminal.shown)
        self.assertEqual(self.simulator.calls("auth.resendCode"), 0)

    def test_an_email_is_set_up(self):
        self.plan("SetUpEmailRequired")
        terminal = Terminal(self.ledgram, "account", "add", "--phone", PHONE)
        terminal.answer("E-mail address", "nonsense")
        terminal.answer("E-mail address", "olha@example.org")
        terminal.answer("Code from the e-mail", "22222")
        terminal.answer("Login code", "22222")
        self.assertEqual(terminal.finish(), 0, terminal.shown)
        self.assertIn("o***@example.org", terminal.shown)

    def test_an_email_that_cannot_be_read_is_taken_off(self):
        self.plan("EmailCode", "Sms")
        terminal = Terminal(self.ledgram, "account", "add", "--phone", PHONE)
        terminal.answer("Login code.*reset", "reset")
        terminal.answer("Login code", "22222")
        self.assertEqual(terminal.finish(), 0, terminal.shown)
        self.assertEqual(self.simulator.calls("auth.resetLoginEmail"), 1)

    def test_giving_up_cancels_the_code(self):
        terminal = Terminal(self.ledgram, "account", "add", "--phone", PHONE)
        terminal.wait_for(lambda shown: "Login code" in shown)
        os.write(terminal.descriptor, b"\x03")
        self.assertEqual(terminal.finish(), 130)
        self.assertEqual(self.simulator.calls("auth.cancelCode"), 1)

    def test_floods_are_told(self):
        self.simulator.control("POST", "/limits", {"codes": 1, "wrong_passwords": 1})
        self.simulator.control("POST", "/accounts", {"phone": PHONE, "password": PASSWORD})
        arguments = ["account", "add", "--phone", PHONE, "--code", "22222", "--password", "wrong"]
        first = self.ledgram.run(*arguments)
        self.assertEqual(first.returncode, 1)
        self.assertIn("password is wrong", first.stderr)
        second = self.ledgram.run(*arguments)
        self.assertEqual(second.returncode, 1)
        self.assertIn("wait a day", second.stderr)
        self.simulator.control("POST", "/limits", {"codes": 0, "wrong_passwords": 1})
        self.ledgram.run(*arguments)
        flood = self.ledgram.run(*arguments)
        self.assertIn("too many wrong passwords", flood.stderr)

    def test_a_log_out_leaves_a_token_for_the_next_login(self):
        self.simulator.control("POST", "/accounts", {"phone": PHONE, "password": PASSWORD})
        self.ledgram.must("account", "add", "--phone", PHONE, "--code", "22222", "--password", PASSWORD)
        self.ledgram.must("account", "remove", "9996621234", "--log-out")
        # Neither code nor password, and no terminal to ask for them.
        self.assertIn("logged in as", self.ledgram.must("account", "add", "--phone", PHONE))
        self.assertEqual(self.simulator.calls("auth.signIn"), 1)


if __name__ == "__main__":
    unittest.main()
