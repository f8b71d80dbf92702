"""Real posts of five public channels, served by the simulator, collected, and compared one by one."""

import random
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402
from compare import LedgerComparison, expected_entities, load_export  # noqa: E402

KILLS = 30


@unittest.skipUnless(harness.exports(), f"no exports in {harness.EXPORTS}: this test needs ../shared")
class RealExports(LedgerComparison):
    @classmethod
    def setUpClass(cls):
        cls.exports = {path.stem: load_export(path) for path in harness.exports()}
        cls.simulator = harness.Simulator(
            *[argument for path in harness.exports() for argument in ("--channel", path)]).start()

    @classmethod
    def tearDownClass(cls):
        code = cls.simulator.stop()
        assert code == 0, f"ledgram-sim ended with {code}:\n{cls.simulator.errors()}"

    def test_every_post_equals_the_export(self):
        with harness.Ledgram() as ledgram:
            ledgram.log_in(self.simulator)
            for name in self.exports:
                ledgram.must("channel", "add", f"@{name}")
            result = ledgram.collect()
            self.assertEqual(result["channels"], len(self.exports))
            self.assertEqual(result["posts_added"], sum(len(messages) for messages in self.exports.values()))
            for name, messages in self.exports.items():
                with self.subTest(name):
                    self.assert_ledger_equals(ledgram.posts(name), messages)
            self.assertEqual(ledgram.collect()["posts_added"], 0, "a second run found something new")
            ledgram.must("verify")

    def test_killed_at_thirty_random_moments(self):
        seed = 20261120
        draw = random.Random(seed)
        with harness.Ledgram() as ledgram:
            ledgram.log_in(self.simulator)
            for name in self.exports:
                ledgram.must("channel", "add", f"@{name}")
            # Answers that take a while spread the kills over the whole run instead of over the start of a process.
            self.simulator.control("POST", "/faults", {"kind": "delay", "milliseconds": 30})
            self.addCleanup(self.simulator.control, "DELETE", "/faults")
            killed = 0
            for _ in range(KILLS):
                process = ledgram.start("collect", "--json")
                try:
                    process.wait(timeout=draw.uniform(0.02, 1.2))
                except harness.subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    killed += 1
                process.communicate()
                self.assertIn(process.returncode, (0, -signal.SIGKILL))
            self.simulator.control("DELETE", "/faults")
            self.assertGreater(killed, 0, f"seed {seed}: no run was killed, so nothing was tested")
            ledgram.collect()
            for name, messages in self.exports.items():
                with self.subTest(name, seed=seed):
                    self.assert_ledger_equals(ledgram.posts(name), messages)
            ledgram.must("verify")


class ExpectedEntities(unittest.TestCase):
    def test_offsets_count_utf16_units(self):
        message = {"text_entities": [{"type": "plain", "text": "\U0001F600 "}, {"type": "hashtag", "text": "#тег"}]}
        self.assertEqual(expected_entities(message), [{"type": "hashtag", "offset": 3, "length": 4}])


if __name__ == "__main__":
    unittest.main(verbosity=2)
