"""What people, disks and servers do wrong: a clear message, the right exit code, an intact ledger, and the next run goes on."""

import os
import re
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402

PHONE = "+9996621234"
PASSWORD_PHONE = "+9996624321"
PASSWORD = "korrekt ёж 🦔"
FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = harness.Simulator(
            "--synthetic", "channels=1,posts=600,seed=3", "--password", f"{PASSWORD_PHONE}={PASSWORD}").start()

    @classmethod
    def tearDownClass(cls):
        cls.simulator.stop()

    def setUp(self):
        self.ledgram = harness.Ledgram()
        self.addCleanup(self.ledgram.__exit__)

    def assert_fails(self, result, code, *words):
        """The exit code, one to three lines on stderr with the words in them, and no trace of code."""
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        lines = result.stderr.strip().splitlines()
        self.assertTrue(1 <= len(lines) <= 3, result.stderr)
        for word in words:
            self.assertIn(word.lower(), result.stderr.lower())
        # Names of temporary folders are random.
        said = re.sub(r"\S*/ledgram-\S*", "", result.stderr)
        for noise in ("terminate called", "exception", "std::", "0x"):
            self.assertNotIn(noise, said)

    def logged_in(self):
        self.ledgram.log_in(self.simulator)
        self.ledgram.must("channel", "add", "@synthetic1")
        return self.ledgram

    def assert_collects_everything(self):
        self.ledgram.collect()
        self.assertEqual(len(self.ledgram.posts()), len(self.simulator.truth("synthetic1")["messages"]))
        self.ledgram.must("verify")

    def test_wrong_code_then_the_right_one(self):
        self.ledgram.must("init", "--sim", self.simulator.data)
        wrong = self.ledgram.run("account", "add", "--phone", PHONE, "--code", "00000")
        self.assert_fails(wrong, FAILED, "code")
        self.ledgram.must("account", "add", "--phone", PHONE, "--code", harness.login_code(PHONE))

    def test_wrong_password_then_the_right_one(self):
        self.ledgram.must("init", "--sim", self.simulator.data)
        arguments = ("account", "add", "--phone", PASSWORD_PHONE, "--code", harness.login_code(PASSWORD_PHONE))
        self.assert_fails(self.ledgram.run(*arguments, "--password", "wrong"), FAILED, "password")
        self.ledgram.must(*arguments, "--password", PASSWORD)
        self.assertIn("9996624321", self.ledgram.must("account", "list"))

    def test_a_phone_number_that_is_none(self):
        self.ledgram.must("init", "--sim", self.simulator.data)
        self.assert_fails(self.ledgram.run("account", "add", "--phone", "+1", "--code", "1"), FAILED, "phone")

    def test_a_bot_token_that_is_none(self):
        self.ledgram.must("init", "--sim", self.simulator.data)
        self.assert_fails(self.ledgram.run("account", "add", "--bot-token", "1:rubbish"), FAILED, "token")

    def test_a_missing_code_without_a_terminal(self):
        self.ledgram.must("init", "--sim", self.simulator.data)
        self.assert_fails(self.ledgram.run("account", "add", "--phone", PHONE), FAILED, "--code")

    def test_unknown_channel(self):
        self.ledgram.log_in(self.simulator)
        self.assert_fails(self.ledgram.run("channel", "add", "@no_such_channel"), FAILED, "no_such_channel")
        self.assert_fails(self.ledgram.run("collect", "@no_such_channel"), FAILED, "no_such_channel")

    def test_private_channel(self):
        with harness.tempfile.TemporaryDirectory() as folder:
            export = Path(folder) / "closed_club.json"
            export.write_text(harness.json.dumps(
                {"name": "Closed club", "type": "private_channel", "id": 1_000_000_777, "messages": [
                    {"id": 2, "type": "message", "date_unixtime": "1600000000", "text": "secret"}]}))
            with harness.Simulator("--channel", export) as simulator:
                self.ledgram.log_in(simulator)
                self.assert_fails(self.ledgram.run("channel", "add", "@closed_club"), FAILED, "closed_club")
                self.assertEqual(self.ledgram.posts(), [])

    def test_wrong_usage(self):
        self.assert_fails(self.ledgram.run("colect"), WRONG_USAGE, "colect")
        self.assert_fails(self.ledgram.run("posts", "--limit", "many"), WRONG_USAGE, "--limit")
        self.assert_fails(self.ledgram.run("posts", "--since", "yesterday-ish"), WRONG_USAGE, "--since")

    def test_nothing_set_up_yet(self):
        for command in (["collect"], ["posts"], ["account", "list"], ["verify"]):
            self.assert_fails(self.ledgram.run(*command), FAILED, "ledgram init")

    def test_another_ledgram_on_the_same_folder(self):
        ledgram = self.logged_in()
        self.simulator.control("POST", "/faults", {"kind": "delay", "milliseconds": 60_000})
        self.addCleanup(self.simulator.control, "DELETE", "/faults")
        first = ledgram.start("collect", "--json")
        try:
            # The first one holds the lock from before it speaks to the server.
            while str(first.pid) not in self.read(ledgram.data / "lock"):
                self.assertIsNone(first.poll(), "the first collect ended by itself")
            second = ledgram.run("collect")
            self.assert_fails(second, FAILED, str(first.pid))
        finally:
            first.send_signal(signal.SIGINT)
            first.communicate(timeout=harness.PATIENCE_SECONDS)
        self.assertEqual(first.returncode, INTERRUPTED)
        self.simulator.control("DELETE", "/faults")
        self.assert_collects_everything()

    @staticmethod
    def read(path):
        return path.read_text() if path.exists() else ""

    @unittest.skipIf(os.geteuid() == 0 and not Path("/usr/bin/setpriv").exists(), "root may write everywhere")
    def test_read_only_folder(self):
        folder = self.ledgram.data
        (folder / "inside").mkdir()
        locked = folder / "inside"
        locked.chmod(0o555)
        self.addCleanup(locked.chmod, 0o755)
        folder.chmod(0o755)
        drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        result = harness.subprocess.run(
            [*drop, harness.BIN / "ledgram", "--data", locked, "init", "--api-id", "1", "--api-hash", "0" * 32],
            capture_output=True, text=True, timeout=harness.PATIENCE_SECONDS, stdin=harness.subprocess.DEVNULL)
        self.assert_fails(result, FAILED, str(locked))

    def test_broken_configuration(self):
        ledgram = self.logged_in()
        path = ledgram.data / "ledgram.toml"
        good = path.read_text()
        path.write_text(good + "\n[broken\n")
        self.assert_fails(ledgram.run("collect"), FAILED, "ledgram.toml", "line")
        path.write_text(good + "\nno_such_setting = 1\n")
        self.assert_fails(ledgram.run("collect"), FAILED, "no_such_setting")
        path.write_text(good)
        self.assert_collects_everything()

    def test_a_ledger_that_is_none(self):
        ledgram = self.logged_in()
        for name in ("ledger.db-wal", "ledger.db-shm"):
            (ledgram.data / name).unlink(missing_ok=True)
        rubbish = b"this is not a database at all" * 100
        (ledgram.data / "ledger.db").write_bytes(rubbish)
        self.assert_fails(ledgram.run("collect"), FAILED, "ledger.db")
        self.assertEqual((ledgram.data / "ledger.db").read_bytes(), rubbish, "the foreign file was touched")

    def test_unreachable_server(self):
        simulator = harness.Simulator("--synthetic", "channels=1,posts=50,seed=3").start()
        self.addCleanup(simulator.stop)
        self.ledgram.log_in(simulator)
        self.ledgram.must("channel", "add", "@synthetic1")
        ports = simulator.ready["dcs"]
        simulator.kill()
        config = self.ledgram.data / "ledgram.toml"
        config.write_text(config.read_text().replace("# patience = 30", "patience = 3"))
        self.assert_fails(self.ledgram.run("collect"), FAILED, "127.0.0.1", str(ports[1]["port"]))
        # A simulator that was stopped properly is known not to run.
        simulator.start()
        simulator.stop()
        self.assert_fails(self.ledgram.run("collect"), FAILED, str(simulator.data), "ledgram-sim --data")

    def test_simulator_stopped_in_the_middle(self):
        data = harness.tempfile.TemporaryDirectory()
        self.addCleanup(data.cleanup)
        content = ("--synthetic", "channels=1,posts=5000,seed=9")
        simulator = harness.Simulator(*content, data=data.name).start()
        self.addCleanup(lambda: simulator.stop())
        self.ledgram.log_in(simulator)
        self.ledgram.must("channel", "add", "@synthetic1")
        simulator.control("POST", "/faults", {"kind": "delay", "milliseconds": 20, "method": "messages.getHistory"})
        collecting = self.ledgram.start("collect", "--json")
        while not self.some_pages_served(simulator):
            self.assertIsNone(collecting.poll(), "collect ended before the simulator did")
        simulator.kill()
        # The same Telegram comes back on the same ports, and the run that saw it go ends as if nothing had been.
        simulator = harness.Simulator(*content, data=data.name).start()
        out, err = collecting.communicate(timeout=harness.PATIENCE_SECONDS)
        self.assertEqual(collecting.returncode, 0, out + err)
        truth = simulator.truth("synthetic1")["messages"]
        self.assertEqual(sorted(post["id"] for post in self.ledgram.posts()), sorted(m["id"] for m in truth))
        self.ledgram.must("verify")

    @staticmethod
    def some_pages_served(simulator):
        return simulator.calls("messages.getHistory") >= 5

    def test_interrupted_and_resumed(self):
        ledgram = self.logged_in()
        self.simulator.control("POST", "/faults", {"kind": "delay", "milliseconds": 100})
        self.addCleanup(self.simulator.control, "DELETE", "/faults")
        before = self.simulator.calls("messages.getHistory")
        process = ledgram.start("collect", "--json")
        while self.simulator.calls("messages.getHistory") < before + 2:
            self.assertIsNone(process.poll(), "collect ended before it was interrupted")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=harness.PATIENCE_SECONDS)
        self.assertEqual(process.returncode, INTERRUPTED)
        self.simulator.control("DELETE", "/faults")
        self.assert_collects_everything()

    def test_flood_wait_is_waited_for(self):
        ledgram = self.logged_in()
        self.simulator.control(
            "POST", "/faults", {"kind": "flood_wait", "seconds": 1, "method": "messages.getHistory", "times": 2})
        self.assert_collects_everything()

    def test_server_errors_are_repeated(self):
        ledgram = self.logged_in()
        self.simulator.control(
            "POST", "/faults", {"kind": "rpc_error", "code": 500, "message": "RPC_CALL_FAIL",
                                "method": "messages.getHistory", "times": 2})
        self.assert_collects_everything()
        self.assertIsNotNone(ledgram)

    def test_connections_that_drop(self):
        ledgram = self.logged_in()
        # A page takes about 120,000 bytes, so every third connection or so breaks before a page is through.
        self.simulator.control("POST", "/faults", {"kind": "drop", "after_bytes": 400_000})
        self.addCleanup(self.simulator.control, "DELETE", "/faults")
        self.assert_collects_everything()
        self.assertIsNotNone(ledgram)


if __name__ == "__main__":
    unittest.main(verbosity=2)
