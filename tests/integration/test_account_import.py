"""Sessions from and for other programs: what `ledgram account export` writes is what others read, and every form of
session that `ledgram account import` takes goes on where the login stood, without a new one.
"""

import base64
import shutil
import sqlite3
import stat
import struct
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402
import tdata  # noqa: E402

FIXTURES = harness.ROOT / "tests/fixtures/sessions"
PHONES = ("+9996621234", "+9996621235")
UNKNOWN_KEY = bytes(range(256))


def parse_telethon(text):
    """As Telethon's StringSession reads it: data centre, address, port, key."""
    assert text[0] == "1"
    content = base64.urlsafe_b64decode(text[1:])
    dc, ip, port, key = struct.unpack(f">B{4 if len(text) == 353 else 16}sH256s", content)
    return dc, ip, port, key


def pyrogram_string(dc, key, user, form=">BI?256sQ?"):
    fields = [dc, 12345, False, key, user, False] if "I?256" in form else [dc, False, key, user, False]
    return base64.urlsafe_b64encode(struct.pack(form, *fields)).decode().rstrip("=")


class AccountImport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = harness.Simulator("--synthetic", "channels=1,posts=120,seed=5").start()
        cls.home = harness.Ledgram()
        cls.home.must("init", "--sim", cls.simulator.data)
        cls.logins = []
        for phone in PHONES:
            cls.home.must("account", "add", "--phone", phone, "--code", harness.login_code(phone))
            text = cls.home.must("account", "export", phone[1:], "--yes").strip()
            dc, _, _, key = parse_telethon(text)
            cls.logins.append((text, dc, key))

    @classmethod
    def tearDownClass(cls):
        cls.home.__exit__()
        code = cls.simulator.stop()
        assert code == 0, f"ledgram-sim ended with {code}:\n{cls.simulator.errors()}"

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="ledgram-import-")))

    def fresh(self):
        ledgram = harness.Ledgram()
        self.addCleanup(ledgram.__exit__)
        ledgram.must("init", "--sim", self.simulator.data)
        return ledgram

    def expect_import(self, *arguments, stdin=None, name=PHONES[0][1:]):
        """Imports into a new folder, where the account has to be logged in; the folder and what was printed."""
        codes = self.simulator.calls("auth.sendCode")
        ledgram = self.fresh()
        result = ledgram.run("account", "import", *arguments, stdin=stdin)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("only Ledgram may use", result.stderr)
        self.assertIn(name, ledgram.must("account", "list"))
        self.assertEqual(self.simulator.calls("auth.sendCode"), codes, "it logged in anew")
        return ledgram, result

    def refusal(self, *arguments, stdin=None, ledgram=None):
        ledgram = ledgram or self.fresh()
        before = ledgram.must("account", "list")
        result = ledgram.run("account", "import", *arguments, stdin=stdin)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertEqual(ledgram.must("account", "list"), before)
        self.assertLessEqual(len(result.stderr.splitlines()), 2, result.stderr)
        return result.stderr

    def fixture_with_key(self, name, dc, key):
        """A file that the real library wrote, with the key of a login that is alive."""
        path = self.folder / name
        shutil.copy(FIXTURES / name, path)
        database = sqlite3.connect(path)
        with database:
            database.execute("UPDATE sessions SET dc_id = ?, auth_key = ?", (dc, key))
        database.close()
        return path

    def test_round_trip_collects(self):
        text, _, _ = self.logins[0]
        ledgram, _ = self.expect_import("-", stdin=text + "\n")
        ledgram.must("channel", "add", "@synthetic1")
        self.assertEqual(ledgram.collect()["channels"], 1)
        self.assertEqual(len(ledgram.posts("synthetic1")), len(self.simulator.truth("synthetic1")["messages"]))
        # What is exported again is the same session.
        self.assertEqual(ledgram.must("account", "export", PHONES[0][1:], "--yes").strip(), text)

    def test_strings(self):
        text, dc, key = self.logins[0]
        path = self.folder / "string.txt"
        path.write_text(f"  {text}\n")
        self.expect_import(path)
        self.expect_import(text, "--format", "telethon", "--name", "mine", name="mine")
        for form in (">BI?256sQ?", ">B?256sQ?", ">B?256sI?"):
            self.expect_import("-", stdin=pyrogram_string(dc, key, 777, form))

    def test_files_of_telethon_and_pyrogram(self):
        _, dc, key = self.logins[0]
        for name in ("telethon-1.5.session", "telethon-1.45.session", "pyrogram-1.0-old.session",
                     "pyrogram-2.0.session", "kurigram-2.2.session"):
            with self.subTest(name):
                path = self.fixture_with_key(name, dc, key)
                before = path.read_bytes()
                self.expect_import(path)
                self.assertEqual(path.read_bytes(), before, "the file was changed")

    def test_tdata(self):
        logins = [(7_000_000_000 + index, dc, key) for index, (_, dc, key) in enumerate(self.logins)]
        plain = tdata.write(self.folder / "tdata", logins)
        for given in (plain, self.folder):
            ledgram, _ = self.expect_import(given)
            self.assertIn(PHONES[1][1:], ledgram.must("account", "list"))
        second, _ = self.expect_import(plain, "--only", "2", "--name", "other", name="other")
        self.assertNotIn(PHONES[0][1:], second.must("account", "list"))
        self.assertIn("--only", self.refusal(plain, "--name", "two"))
        self.assertIn("2 accounts", self.refusal(plain, "--only", "3"))

    def test_tdata_with_a_passcode(self):
        _, dc, key = self.logins[0]
        locked = tdata.write(self.folder / "tdata", [(777, dc, key)], "päss")
        self.assertIn("--passcode", self.refusal(locked))
        wrong = self.refusal(locked, "--passcode", "pass")
        self.assertIn("passcode", wrong)
        self.assertIn("whole", wrong)
        self.expect_import(locked, "--passcode", "päss")
        content = bytearray((locked / "key_datas").read_bytes())
        content[200] ^= 1
        (locked / "key_datas").write_bytes(content)
        self.assertIn("checksum", self.refusal(locked, "--passcode", "päss"))

    def test_one_revoked_account_of_two(self):
        _, dc, key = self.logins[0]
        folder = tdata.write(self.folder / "tdata", [(1, dc, UNKNOWN_KEY), (777, dc, key)])
        ledgram = self.fresh()
        result = ledgram.run("account", "import", folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn("account 1 of", result.stderr)
        self.assertIn(PHONES[0][1:], ledgram.must("account", "list"))

    def test_keys_that_telegram_does_not_accept(self):
        _, dc, _ = self.logins[0]
        self.assertIn("account add", self.refusal("-", stdin=pyrogram_string(dc, UNKNOWN_KEY, 777)))
        self.assertIn("data centre 77", self.refusal("-", stdin=pyrogram_string(77, UNKNOWN_KEY, 777)))
        # A login that was ended at Telegram.
        with harness.Ledgram() as other:
            other.must("init", "--sim", self.simulator.data)
            phone = "+9996621236"
            other.must("account", "add", "--phone", phone, "--code", harness.login_code(phone))
            ended = other.must("account", "export", phone[1:], "--yes")
            other.must("account", "remove", phone[1:], "--log-out")
        self.assertIn("account add", self.refusal("-", stdin=ended))

    def test_files_that_are_no_sessions(self):
        text, dc, key = self.logins[0]
        self.assertIn("no file", self.refusal(self.folder / "missing.session"))
        self.assertIn("tdata", self.refusal(self.folder))
        other = self.folder / "other"
        other.write_text("hello")
        self.assertIn("no session", self.refusal(other))
        cut = self.refusal("-", stdin=text[:340])
        self.assertIn("340 characters", cut)
        self.assertNotIn(text[20:60], cut, "a part of the key was shown")
        self.assertNotIn(text[20:60], self.refusal(text[:340]))
        whole = self.fixture_with_key("telethon-1.45.session", dc, key)
        broken = self.folder / "broken.session"
        broken.write_bytes(whole.read_bytes()[:9000])
        self.assertIn("damaged", self.refusal(broken))
        self.assertIn("--format", self.refusal(whole, "--format", "pyrogram"))
        self.assertIn("test servers", self.refusal_in_production("pyrogram-1.4-test.session"))

    def refusal_in_production(self, name):
        ledgram = harness.Ledgram()
        self.addCleanup(ledgram.__exit__)
        ledgram.must("init", "--api-id", "1", "--api-hash", "0123456789abcdef0123456789abcdef")
        return self.refusal(FIXTURES / name, ledgram=ledgram)

    def test_a_session_that_is_in_use(self):
        _, dc, key = self.logins[0]
        path = self.fixture_with_key("kurigram-2.2.session", dc, key)
        user = sqlite3.connect(path)
        user.execute("PRAGMA journal_mode=WAL")
        user.execute("UPDATE sessions SET date = 1")
        user.commit()
        self.assertIn("stop that program", self.refusal(path))
        user.close()
        self.expect_import(path)

    def test_a_lost_login_comes_back_by_import(self):
        phone = "+9996621237"
        ledgram = self.fresh()
        ledgram.must("account", "add", "--phone", phone, "--code", harness.login_code(phone), "--name", "lost")
        ledgram.must("channel", "add", "@synthetic1")
        self.simulator.control("POST", "/logout", {"phone": phone})
        self.assertEqual(ledgram.run("collect").returncode, 1)
        listed = ledgram.run("account", "list")
        self.assertIn("needs login", listed.stdout)
        self.assertIn(f"account add --name lost --phone {phone}", listed.stderr)
        self.assertEqual(ledgram.run("account", "export", "lost", "--yes").returncode, 1)
        other = self.fresh()
        other.must("account", "add", "--phone", phone, "--code", harness.login_code(phone))
        text = other.must("account", "export", phone[1:], "--yes")
        left = other.run("account", "remove", phone[1:])
        self.assertEqual(left.returncode, 0)
        self.assertIn("lives on", left.stderr)
        result = ledgram.run("account", "import", "-", "--name", "lost", stdin=text)
        self.assertEqual(result.returncode, 0, result.stderr)
        # The access hashes of the login before are forgotten, so the channel is looked up again.
        ledgram.must("channel", "add", "@synthetic1")
        self.assertEqual(ledgram.collect()["channels"], 1)
        removed = ledgram.run("account", "remove", "lost", "--log-out")
        self.assertEqual(removed.returncode, 0, removed.stderr)
        self.assertIn("1 followed channel has no account now", removed.stderr)
        self.assertNotIn("lives on", removed.stderr)

    def test_what_is_here_already(self):
        text, _, _ = self.logins[0]
        ledgram, _ = self.expect_import("-", stdin=text)
        self.assertIn("already", self.refusal("-", "--name", "again", stdin=text, ledgram=ledgram))
        other, _, _ = self.logins[1]
        self.assertIn("--name", self.refusal("-", "--name", PHONES[0][1:], stdin=other, ledgram=ledgram))

    def test_export_asks_and_writes_privately(self):
        result = self.home.run("account", "export", PHONES[0][1:])
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, "")
        self.assertIn("AUTH_KEY_DUPLICATED", result.stderr)
        self.assertIn("--yes", result.stderr)
        path = self.folder / "exported"
        self.home.must("account", "export", PHONES[0][1:], "--yes", "--output", path)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(path.read_text().strip(), self.logins[0][0])
        again = self.home.run("account", "export", PHONES[0][1:], "--yes", "--output", path)
        self.assertEqual(again.returncode, 1)
        self.assertEqual(self.home.run("account", "export", "nobody", "--yes").returncode, 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
