"""Telethon 1.42.0 (PyPI, layer 216) against ledgram-sim: its DC through session.set_dc, its key through rsa.add_key."""

import unittest

import foreign


class TelethonJudge(foreign.JudgeTests, foreign.BotTests, unittest.TestCase):
    command = (foreign.PYTHON, foreign.HERE / "telethon_judge.py")
    learns_by_gap = True
    # It takes over the new pts before it looks at what a channel difference holds beside new messages, and then sees
    # edits and deletions as old.
    reports_missed_changes = False
    needs = (foreign.PYTHON,)
    transports = ("full", "abridged", "intermediate", "obfuscated abridged", "mtproxy abridged", "mtproxy intermediate",
                  "mtproxy padded")


if __name__ == "__main__":
    unittest.main(verbosity=2)
