"""The demo is the first thing that anybody runs: it ends well, quickly, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api, harness, serving  # noqa: E402


class Demo(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *arguments):
        """As from a terminal, whose Ctrl-C goes to the whole group of processes."""
        return subprocess.Popen(
            [harness.ROOT / "tools/demo.sh", harness.BIN, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True, env={**os.environ, "TMPDIR": self.folder})

    def assert_collected(self, output):
        last = re.search(r"^collected (\d+) posts from 3 channels$", output, re.MULTILINE)
        self.assertIsNotNone(last, output)
        self.assertGreater(int(last.group(1)), 200)

    def assert_nothing_is_left(self):
        self.assertEqual(list(Path(self.folder).iterdir()), [], "the demo left files behind")
        processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        self.assertNotIn(self.folder, processes, "the demo left a process behind")

    def test_it_shows_posts_and_cleans_up(self):
        start = time.monotonic()
        demo = self.start()
        output = demo.communicate(timeout=240)[0]
        print(f"the demo took {time.monotonic() - start:.1f} s")
        self.assertEqual(demo.returncode, 0, output)
        self.assert_collected(output)
        self.assert_nothing_is_left()

    def test_it_serves_the_posts_until_it_is_interrupted(self):
        for name, stop in (("Ctrl-C", lambda demo: os.killpg(demo.pid, signal.SIGINT)),
                           ("SIGTERM", lambda demo: demo.send_signal(signal.SIGTERM))):
            with self.subTest(name):
                demo = self.start("--serve")
                self.addCleanup(demo.stdout.close)
                watchdog = threading.Timer(240, os.killpg, (demo.pid, signal.SIGKILL))
                watchdog.start()
                self.addCleanup(watchdog.cancel)
                said, link = "", None
                while link is None:
                    line = demo.stdout.readline()
                    self.assertTrue(line, said)
                    said += line
                    link = re.match(r"^open http://([\d.]+):(\d+)/setup\?token=(\S+)", line)
                self.assert_collected(said)
                ann = api.Client((link.group(1), int(link.group(2))))
                made = ann.post("/api/v1/auth/setup", {"token": link.group(3), "name": "ann", "password": "correct horse battery"})
                self.assertEqual(made.status, 201, made)
                ann.take_session(made)
                titles = [channel["title"] for channel in ann.get("/api/v1/channels").json()["items"]]
                self.assertEqual(sorted(titles), ["Release Shelf", "Книжный фонарь", "Липове сьогодні"])
                hint = re.search(r"^  curl (\S+) -d '(.*)'$", said, re.MULTILINE)
                urllib.request.urlopen(hint.group(1), hint.group(2).encode(), timeout=60).close()
                while "Hello" not in [post["text"] for post in ann.get("/api/v1/posts").json()["items"]]:
                    threading.Event().wait(serving.LOOK_EVERY_SECONDS)
                stop(demo)
                rest = demo.communicate(timeout=60)[0]
                self.assertEqual(demo.returncode, 0, said + rest)
                self.assertRegex(rest, r"(?m)^stopped: 0 tasks pending")
                self.assertNotRegex(rest, "warning|error")
                self.assert_nothing_is_left()


if __name__ == "__main__":
    unittest.main(verbosity=2)
