"""The commands as people type them: what they print, what they leave on disk, and their exit codes."""

import json
import os
import pty
import stat
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402

PHONE = "+9996621234"
PASSWORD_PHONE = "+9996634321"
PASSWORD = "pässword"
TOKEN = "7000001:AAfake-token_for-the-simulator"


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = harness.Simulator(
            "--synthetic", "channels=3,posts=250,seed=21", "--password", f"{PASSWORD_PHONE}={PASSWORD}",
            "--bot-token", TOKEN).start()

    @classmethod
    def tearDownClass(cls):
        code = cls.simulator.stop()
        assert code == 0, f"ledgram-sim ended with {code}:\n{cls.simulator.errors()}"

    def setUp(self):
        self.ledgram = harness.Ledgram()
        self.addCleanup(self.ledgram.__exit__)

    def test_init_writes_a_private_configuration_once(self):
        folder = self.ledgram.data / "new"
        ledgram = harness.Ledgram(folder)
        ledgram.must("init", "--sim", self.simulator.data)
        self.assertEqual(stat.S_IMODE((folder / "ledgram.toml").stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        again = ledgram.run("init", "--sim", self.simulator.data)
        self.assertEqual(again.returncode, 1)
        self.assertIn("--force", again.stderr)
        ledgram.must("init", "--sim", self.simulator.data, "--force")

    def test_secrets_on_disk(self):
        self.ledgram.log_in(self.simulator)
        for path in self.ledgram.data.iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0, f"{path} is open to others")
        # With another key the sessions cannot be opened, and the error says so.
        (self.ledgram.data / "seal.key").write_text("ab" * 32 + "\n")
        result = self.ledgram.run("channel", "add", "@synthetic1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("key", result.stderr)

    def test_the_log_can_be_json_lines_in_a_file(self):
        self.ledgram.log_in(self.simulator)
        path = self.ledgram.data / "debug.log"
        result = self.ledgram.run("--log-level", "error,telegram=debug", "--log-format", "json", "--log-file", path,
                                  "channel", "add", "@synthetic1")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        self.assertTrue(any("temporary key" in line["message"] for line in lines), lines)
        for line in lines:
            self.assertEqual(list(line)[:4], ["time", "level", "module", "message"])
            self.assertEqual((line["level"], line["module"]), ("debug", "telegram"))
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        refused = self.ledgram.run("--log-file", self.ledgram.data, "channel", "list")
        self.assertEqual(refused.returncode, 1)
        self.assertIn(str(self.ledgram.data), refused.stderr)

    def test_seal_key_from_the_environment(self):
        env = {"LEDGRAM_SEAL_KEY": "cd" * 32}
        self.ledgram.must("init", "--sim", self.simulator.data, env=env)
        self.ledgram.must("account", "add", "--phone", PHONE, "--code", harness.login_code(PHONE), env=env)
        self.ledgram.must("channel", "add", "@synthetic1", env=env)
        self.assertFalse((self.ledgram.data / "seal.key").exists())

    def test_accounts(self):
        self.ledgram.must("init", "--sim", self.simulator.data)
        self.ledgram.must("account", "add", "--phone", PHONE, "--code", harness.login_code(PHONE), "--name", "first")
        self.ledgram.must("account", "add", "--phone", PASSWORD_PHONE, "--code", harness.login_code(PASSWORD_PHONE),
                          "--password", PASSWORD)
        self.ledgram.must("account", "add", "--bot-token", TOKEN, "--name", "robot")
        listed = self.ledgram.must("account", "list")
        for word in ("first", "9996634321", "robot", "bot"):
            self.assertIn(word, listed)
        # Two users could be meant, so one has to be named.
        ambiguous = self.ledgram.run("channel", "add", "@synthetic1")
        self.assertEqual(ambiguous.returncode, 1)
        self.assertIn("--account", ambiguous.stderr)
        self.ledgram.must("channel", "add", "@synthetic1", "--account", "first")
        self.ledgram.must("channel", "add", "@synthetic2", "--account", "9996634321")
        self.assertEqual(self.ledgram.collect()["channels"], 2)
        self.ledgram.must("account", "remove", "first", "--log-out")
        self.assertNotIn("first", self.ledgram.must("account", "list"))
        self.assertEqual(len(self.ledgram.posts("synthetic1")), len(self.simulator.truth("synthetic1")["messages"]))
        self.assertEqual(self.ledgram.run("account", "remove", "first").returncode, 1)

    def test_code_and_password_asked_on_a_terminal(self):
        self.ledgram.must("init", "--sim", self.simulator.data)
        shown = self.type_answers(["account", "add", "--phone", PASSWORD_PHONE],
                                  [harness.login_code(PASSWORD_PHONE), PASSWORD])
        self.assertNotIn(PASSWORD, shown, "the password was echoed")
        self.assertIn("9996634321", self.ledgram.must("account", "list"))

    def type_answers(self, arguments, answers):
        """Runs ledgram on a pseudo-terminal and answers each question (a text that ends in ': '); what was shown."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(harness.BIN / "ledgram", ["ledgram", "--data", str(self.ledgram.data), *arguments])
        shown, left = "", list(answers)
        seen = 0
        while True:
            try:
                piece = os.read(terminal, 4096).decode(errors="replace")
            except OSError:
                break
            if not piece:
                break
            shown += piece
            if left and shown[seen:].rstrip("\r\n").endswith(": "):
                seen = len(shown)
                os.write(terminal, (left.pop(0) + "\n").encode())
        _, status = os.waitpid(pid, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0, shown)
        self.assertEqual(left, [], shown)
        return shown

    def test_channels(self):
        self.ledgram.log_in(self.simulator)
        self.ledgram.must("channel", "add", "@synthetic1", "https://t.me/synthetic2")
        listed = self.ledgram.must("channel", "list")
        self.assertIn("@synthetic1", listed)
        self.assertIn("@synthetic2", listed)
        self.ledgram.must("channel", "remove", "@synthetic2")
        self.assertNotIn("@synthetic2", self.ledgram.must("channel", "list"))
        self.assertEqual(self.ledgram.run("channel", "remove", "@synthetic2").returncode, 1)
        self.assertEqual(self.ledgram.collect()["channels"], 1)

    def test_collect_speaks_three_ways(self):
        self.ledgram.log_in(self.simulator)
        self.ledgram.must("channel", "add", "@synthetic1")
        expected = len(self.simulator.truth("synthetic1")["messages"])
        plain = self.ledgram.must("collect")
        self.assertIn("synthetic1", plain)
        self.assertIn(str(expected), plain)
        self.assertNotIn("\r", plain, "a bar was drawn where no terminal is")
        lines = [json.loads(line) for line in self.ledgram.must("collect", "--json").splitlines()]
        self.assertEqual(lines[-1]["channels"], 1)
        self.assertEqual(lines[-1]["posts_added"], 0)
        self.assertIsInstance(lines[-1]["seconds"], (int, float))
        bar = self.type_answers(["collect"], [])
        self.assertIn("synthetic1", bar)

    def test_collect_only_named_channels(self):
        self.ledgram.log_in(self.simulator)
        self.ledgram.must("channel", "add", "@synthetic1", "@synthetic2")
        self.assertEqual(self.ledgram.collect("synthetic2")["channels"], 1)
        self.assertEqual(self.ledgram.posts("synthetic1"), [])
        self.assertGreater(len(self.ledgram.posts("synthetic2")), 100)

    def test_new_posts_edits_and_only_what_is_new(self):
        self.ledgram.log_in(self.simulator)
        self.ledgram.must("channel", "add", "@synthetic3")
        self.ledgram.collect()
        asked = self.simulator.calls("messages.getHistory")
        for number in range(150):
            self.simulator.control("POST", "/publish", {"chat": "synthetic3", "text": f"fresh {number}"})
        self.assertEqual(self.ledgram.collect()["posts_added"], 150)
        pages = self.simulator.calls("messages.getHistory") - asked
        self.assertLessEqual(pages, 4, "old history was asked for again")
        self.assertEqual(self.ledgram.posts("synthetic3")[0]["text"], "fresh 149")
        self.ledgram.must("verify", "@synthetic3")

    def test_posts_filters_and_formats(self):
        self.ledgram.log_in(self.simulator)
        self.ledgram.must("channel", "add", "@synthetic1")
        self.ledgram.collect()
        newest = self.ledgram.posts("synthetic1")
        for field in ("channel", "id", "date", "text", "views", "url"):
            self.assertIn(field, newest[0])
        self.assertEqual(newest[0]["url"], f"https://t.me/synthetic1/{newest[0]['id']}")
        self.assertEqual([post["id"] for post in newest], sorted((post["id"] for post in newest), reverse=True))
        limited = self.ledgram.must("posts", "--limit", "3", "--format", "jsonl").splitlines()
        self.assertEqual([json.loads(line)["id"] for line in limited], [post["id"] for post in newest[:3]])
        middle = newest[100]["date"]
        since = self.ledgram.must("posts", "@synthetic1", "--since", middle, "--limit", "100000", "--format", "jsonl")
        self.assertEqual(len(since.splitlines()), sum(post["date"] >= middle for post in newest))
        table = self.ledgram.must("posts", "--limit", "5")
        self.assertEqual(len(table.splitlines()), 6)
        self.assertNotIn("\x1b", table)
        self.assertEqual(self.ledgram.must("posts", "--limit", "0", "--format", "jsonl"), "")

    def test_verify_tells_holes_from_completeness(self):
        self.ledgram.log_in(self.simulator)
        self.ledgram.must("channel", "add", "@synthetic1")
        before = self.ledgram.run("verify")
        self.assertEqual(before.returncode, 1, "nothing was collected yet, so nothing is complete")
        self.ledgram.collect()
        after = self.ledgram.must("verify", "@synthetic1")
        self.assertIn("synthetic1", after)

    def test_help_and_version(self):
        for arguments in (["--help"], ["collect", "--help"], ["account", "add", "--help"]):
            result = self.ledgram.run(*arguments)
            self.assertEqual(result.returncode, 0)
            self.assertGreater(len(result.stdout), 200)
        self.assertRegex(self.ledgram.must("--version"), r"^ledgram \d+\.\d+\.\d+\n$")
        self.assertEqual(self.ledgram.run().returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
