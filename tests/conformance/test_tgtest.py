"""Ledgram against a server that we did not write: gotd's own test server (package tgtest of gotd/td 0.142.0)."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import foreign
import harness

PROGRAM = foreign.JUDGES / "gotd-tgtest"
POSTS = 250


class TgtestJudge(unittest.TestCase):
    def setUp(self):
        foreign.need_go(PROGRAM)
        folder = tempfile.TemporaryDirectory(prefix="ledgram-tgtest-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.server = subprocess.Popen([PROGRAM, self.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.stop)
        self.assertEqual(json.loads(self.server.stdout.readline())["event"], "ready")

    def stop(self):
        self.server.stdin.close()
        self.server.wait(timeout=harness.PATIENCE_SECONDS)
        self.server.stdout.close()

    def test_key_exchange_login_and_history(self):
        with harness.Ledgram() as ledgram:
            ledgram.must("init", "--sim", self.folder)
            ledgram.configure("telegram", "forward_secrecy = false")  # tgtest knows no auth.bindTempAuthKey
            wrong = ledgram.run("account", "add", "--phone", foreign.PHONE, "--code", "11111")
            self.assertEqual(wrong.returncode, 1, wrong.stderr)
            ledgram.must("account", "add", "--phone", foreign.PHONE, "--code", "22222")
            ledgram.must("channel", "add", "@tgtest")
            self.assertEqual(ledgram.collect("tgtest")["posts_added"], POSTS)
            posts = sorted(ledgram.posts("tgtest"), key=lambda post: post["id"])
            self.assertEqual([post["id"] for post in posts], list(range(1, POSTS + 1)))
            self.assertEqual([post["text"] for post in posts],
                             [f"Post {number} of gotd's server, допис" for number in range(1, POSTS + 1)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
