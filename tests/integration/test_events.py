"""`ledgram events`, deleted posts and versions: what the outbox tells is what happened, also to a reader that follows."""

import json
import os
import signal
import subprocess
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402


class EventsTest(unittest.TestCase):
    """A channel of 250 posts that was collected; then it goes on."""

    def setUp(self):
        self.simulator = harness.Simulator("--synthetic", "channels=1,posts=250,seed=1").start()
        self.addCleanup(self.simulator.__exit__)
        self.ledgram = harness.Ledgram()
        self.addCleanup(self.ledgram.__exit__)
        self.ledgram.log_in(self.simulator)
        self.ledgram.must("channel", "add", "@synthetic1")
        self.ledgram.collect("synthetic1")

    def events(self, *options):
        return [json.loads(line) for line in self.ledgram.must("events", *options).splitlines()]

    def change_the_channel(self):
        """Two new posts, an edit and a deletion; the numbers of new, edited and deleted ones."""
        last = self.simulator.truth("synthetic1")["last_id"]
        self.simulator.control("POST", "/publish",
                               {"chat": "synthetic1", "messages": [{"text": "One"}, {"text": "Two \U0001f600"}]})
        self.simulator.control("POST", "/edit", {"chat": "synthetic1", "id": last - 3, "text": "Changed"})
        self.simulator.control("POST", "/delete", {"chat": "synthetic1", "ids": [last - 5]})
        return [last + 2, last + 1], last - 3, last - 5

    def test_tells_what_happened_once_and_in_order(self):
        before = self.events()
        self.assertNotIn("message.new", [event["type"] for event in before], "history is no news")
        new, edited, deleted = self.change_the_channel()
        self.ledgram.collect("synthetic1")
        events = self.events("--from", len(before) + 1)
        self.assertEqual([event["number"] for event in events],
                         list(range(len(before) + 1, len(before) + 1 + len(events))))
        told = [(event["type"], event["data"]["id"]) for event in events if event["type"].startswith("message.")]
        self.assertEqual(sorted(told), sorted([("message.new", number) for number in new] +
                                              [("message.edited", edited), ("message.deleted", deleted)]))
        newest = next(event for event in events if event["data"].get("id") == new[0])
        self.assertEqual(newest["data"]["text"], "Two \U0001f600")
        self.assertEqual(newest["data"]["url"], f"https://t.me/synthetic1/{new[0]}")
        self.assertEqual(newest["data"]["via"], "history")
        self.ledgram.collect("synthetic1")
        self.assertEqual(len(self.events()), len(before) + len(events), "nothing twice")
        self.assertEqual([event["data"]["id"] for event in self.events("--type", "message.new", "--limit", 1)],
                         [told[0][1]])

    def test_deleted_posts_and_versions_are_there_for_who_asks(self):
        old = {post["id"]: post["text"] for post in self.ledgram.posts("synthetic1")}
        _, edited, deleted = self.change_the_channel()
        self.ledgram.collect("synthetic1")
        self.assertNotIn(deleted, [post["id"] for post in self.ledgram.posts("synthetic1")])
        output = self.ledgram.must("posts", "@synthetic1", "--limit", 300, "--deleted", "--versions", "--format", "jsonl")
        posts = {post["id"]: post for post in map(json.loads, output.splitlines())}
        self.assertTrue(posts[deleted]["deleted"])
        self.assertEqual(posts[deleted]["text"], old[deleted])
        self.assertIsNotNone(posts[deleted]["deleted_at"])
        self.assertFalse(posts[edited]["deleted"])
        self.assertEqual([version["text"] for version in posts[edited]["versions"]], [old[edited]])
        self.assertEqual(posts[edited]["text"], "Changed")
        self.assertIn("[deleted]", self.ledgram.must("posts", "@synthetic1", "--deleted"))
        self.assertIn("complete", self.ledgram.must("verify"))
        self.assertIn("no deletions are held", self.ledgram.must("deletions", "list", "@synthetic1"))
        self.assertIn("0 messages are deleted", self.ledgram.must("deletions", "release", "@synthetic1"))

    def follow(self, *options, **more):
        process = self.ledgram.start("events", "--follow", *options, **more)
        watchdog = threading.Timer(harness.PATIENCE_SECONDS, process.kill)
        watchdog.start()
        self.addCleanup(process.wait)
        self.addCleanup(watchdog.cancel)
        return process

    def test_a_follower_sees_what_another_process_commits(self):
        count = len(self.events())
        follower = self.follow("--from", count + 1)
        new, edited, deleted = self.change_the_channel()
        self.ledgram.collect("synthetic1")
        expected = self.events("--from", count + 1)
        # The follower sends each line at once, though its output is a pipe.
        self.assertEqual([json.loads(follower.stdout.readline()) for _ in expected], expected)
        self.simulator.control("POST", "/publish", {"chat": "synthetic1", "text": "Three"})
        self.ledgram.collect("synthetic1")
        self.assertEqual(json.loads(follower.stdout.readline())["data"]["text"], "Three")
        follower.send_signal(signal.SIGINT)
        self.assertEqual(follower.wait(), 130)
        follower.stdout.close()
        follower.stderr.close()

    def test_a_follower_ends_at_its_limit_and_when_nobody_reads(self):
        limited = self.follow("--type", "channel.updated", "--limit", 1)
        self.assertEqual(limited.wait(), 0)
        self.assertEqual(len(limited.stdout.readlines()), 1)
        limited.stdout.close()
        limited.stderr.close()
        reading, writing = os.pipe()
        process = subprocess.Popen([harness.BIN / "ledgram", "--data", self.ledgram.data, "events", "--follow"],
                                   stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE, text=True)
        os.close(writing)
        os.close(reading)
        _, errors = process.communicate(timeout=harness.PATIENCE_SECONDS)
        self.assertEqual((process.returncode, errors), (0, ""))


if __name__ == "__main__":
    unittest.main()
