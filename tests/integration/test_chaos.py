"""A small run of `ledgram-bench chaos`: ledgram serve is killed again and again while line and server misbehave, and at the
end the ledger holds what is true. docs/reliability.md has the large runs."""

import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402

MUST_BE_ZERO = ("lost", "doubled", "wrong_version", "wrong_deletion", "lost_events", "doubled_events")


class Chaos(unittest.TestCase):
    def run_chaos(self, *arguments):
        result = subprocess.run(
            [harness.BIN / "ledgram-bench", "chaos", "--json", *map(str, arguments)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=280)
        self.assertTrue(result.stdout, result.stderr)
        return result.returncode, json.loads(result.stdout)

    def test_nothing_lost_and_nothing_twice(self):
        code, report = self.run_chaos("--accounts", 2, "--channels", 4, "--polled", 1, "--messages", 2000, "--kills", 5,
                                      "--faults", 30, "--rate", 200, "--seed", 4, "--patience", 60)
        for count in MUST_BE_ZERO:
            self.assertEqual(report[count], 0, json.dumps(report, indent=1))
        self.assertEqual(report["problems"], [], json.dumps(report, indent=1))
        self.assertEqual(code, 0)
        self.assertEqual(report["kills"], 5)
        self.assertGreaterEqual(report["published"], 2000)
        self.assertGreater(report["checked"], 1500)
        self.assertGreater(report["edited"], 0)
        self.assertGreater(report["deleted"], 0)
        self.assertGreaterEqual(len(report["faults"]), 10, "hardly anything went wrong in this run")


    def test_private_chats_when_differences_are_too_long(self):
        code, report = self.run_chaos("--accounts", 2, "--channels", 2, "--polled", 0, "--messages", 4000, "--kills", 6,
                                      "--faults", 40, "--rate", 500, "--seed", 2, "--patience", 60,
                                      "--only", "difference_too_long,drop,drop_update")
        for count in MUST_BE_ZERO:
            self.assertEqual(report[count], 0, json.dumps(report, indent=1))
        self.assertEqual(report["problems"], [], json.dumps(report, indent=1))
        self.assertEqual(code, 0)
        self.assertEqual(set(report["faults"]), {"difference_too_long", "drop", "drop_update"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
