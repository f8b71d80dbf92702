"""Telethon 1.42.0 (PyPI, layer 216) against ledgram-sim: its DC through session.set_dc, its key through rsa.add_key."""

import unittest

import foreign
import harness


class TelethonJudge(foreign.JudgeTests, foreign.BotTests, foreign.QrTests, foreign.FileTests, unittest.TestCase):
    command = (foreign.PYTHON, foreign.HERE / "telethon_judge.py")
    learns_by_gap = True
    # It takes over the new pts before it looks at what a channel difference holds beside new messages, and then sees
    # edits and deletions as old.
    reports_missed_changes = False
    needs = (foreign.PYTHON,)
    transports = ("full", "abridged", "intermediate", "obfuscated abridged", "mtproxy abridged", "mtproxy intermediate",
                  "mtproxy padded")

    def test_takes_over_a_session_that_ledgram_exported(self):
        phone = "+9996625555"
        with harness.Ledgram() as ledgram:
            ledgram.log_in(self.simulator, phone)
            text = ledgram.must("account", "export", phone[1:], "--yes").strip()
            codes = self.simulator.calls("auth.sendCode")
            judge = self.judge(session_string=text)
            self.assertEqual(judge.ask("me"), phone[1:])
            self.assert_like_truth(judge, "synthetic1")
            self.assertEqual(self.simulator.calls("auth.sendCode"), codes, "it logged in anew")
            # One after the other, both may use it.
            self.assertEqual(judge.close(), 0)
            ledgram.must("channel", "add", "@synthetic1")
            ledgram.collect("synthetic1")
            self.assertEqual(len(ledgram.posts("synthetic1")), self.simulator.truth("synthetic1")["count"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
