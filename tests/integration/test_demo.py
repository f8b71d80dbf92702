"""The demo is the first thing that anybody runs: it ends well, quickly, and leaves nothing behind."""

import re
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402


class Demo(unittest.TestCase):
    def test_it_shows_posts_and_cleans_up(self):
        with tempfile.TemporaryDirectory() as folder:
            start = time.monotonic()
            result = harness.subprocess.run(
                [harness.ROOT / "tools/demo.sh", harness.BIN], capture_output=True, text=True, timeout=240,
                stdin=harness.subprocess.DEVNULL, env={**harness.os.environ, "TMPDIR": folder})
            print(f"the demo took {time.monotonic() - start:.1f} s")
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            last = re.search(r"^collected (\d+) posts from 3 channels$", result.stdout, re.MULTILINE)
            self.assertIsNotNone(last, result.stdout)
            self.assertGreater(int(last.group(1)), 200)
            self.assertEqual(list(Path(folder).iterdir()), [], "the demo left files behind")
            processes = harness.subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
            self.assertNotIn(folder, processes, "the demo left a process behind")


if __name__ == "__main__":
    unittest.main(verbosity=2)
