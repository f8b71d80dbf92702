"""Looking names up sparingly: answers count for a day, a flood wait is told and not slept through, a refused access is renewed."""

import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import harness  # noqa: E402

METHOD = "contacts.resolveUsername"


class Scenario45Usernames(unittest.TestCase):
    def setUp(self):
        self.simulator = harness.Simulator("--synthetic", "channels=22,posts=3,seed=1").start()
        self.addCleanup(self.simulator._own.cleanup)
        self.addCleanup(self.simulator.stop)
        self.ledgram = harness.Ledgram()
        self.addCleanup(self.ledgram.__exit__)
        self.ledgram.log_in(self.simulator)

    def test_a_day_of_answers_is_kept_over_runs(self):
        self.ledgram.must("channel", "add", "@synthetic1")
        self.ledgram.must("channel", "add", "@SYNTHETIC1")
        for _ in range(2):
            unknown = self.ledgram.run("channel", "add", "@nobody_here")
            self.assertEqual(unknown.returncode, 1)
            self.assertIn("nobody on Telegram is called @nobody_here", unknown.stderr)
        self.assertEqual(self.simulator.calls(METHOD), 2)

    def test_a_flood_wait_is_told_and_the_others_go_on(self):
        self.simulator.control("POST", "/limits", {"names": 20, "names_wait": 20000})
        names = [f"@synthetic{i}" for i in range(1, 21)]
        self.ledgram.must("channel", "add", *names)
        started = time.monotonic()
        # Of three names one is new; the two that are known need nobody's answer.
        result = self.ledgram.run("channel", "add", "@synthetic1", "@synthetic22", "@synthetic2")
        self.assertLess(time.monotonic() - started, 60, "a wait of hours must not be slept through")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, "synthetic22.*wait 200[0-9]{2} s")
        self.assertIn("@synthetic1 ", result.stdout)
        self.assertIn("@synthetic2 ", result.stdout)
        self.assertEqual(self.simulator.calls(METHOD), 21)
        self.assertEqual(self.ledgram.collect()["channels"], 20)

    def test_an_access_that_is_refused_is_looked_up_once_more(self):
        self.ledgram.must("channel", "add", "@synthetic1")
        self.simulator.control("POST", "/faults", {"kind": "rpc_error", "code": 400, "message": "CHANNEL_INVALID",
                                                   "method": "messages.getHistory", "times": 1})
        self.ledgram.collect("synthetic1")
        self.assertEqual(self.simulator.calls(METHOD), 2)
        self.assertEqual(len(self.ledgram.posts("synthetic1")), len(self.simulator.truth("synthetic1")["messages"]))
        self.simulator.control("POST", "/faults", {"kind": "rpc_error", "code": 400, "message": "CHANNEL_INVALID",
                                                   "method": "messages.getHistory"})
        refused = self.ledgram.run("collect")
        self.assertEqual(refused.returncode, 1)
        self.assertEqual(self.simulator.calls(METHOD), 3, "one new look-up, not more")

    def test_a_new_login_finds_its_channels_again(self):
        self.ledgram.must("channel", "add", "@synthetic1")
        self.simulator.control("POST", "/logout", {"phone": "+9996621234"})
        self.assertEqual(self.ledgram.run("collect").returncode, 1)
        self.ledgram.must("account", "add", "--phone", "+9996621234", "--code", "22222")
        self.ledgram.collect("synthetic1")
        self.assertEqual(self.simulator.calls(METHOD), 2, "the access hash of the old login was forgotten")


if __name__ == "__main__":
    unittest.main()
