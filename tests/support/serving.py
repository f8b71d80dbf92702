"""`ledgram serve` as a process in tests, and the comparison of its ledger with what really is in the simulator."""

import json
import queue
import re
import signal
import threading
import time
import unittest

from support import harness

# How often a condition that another process brings about is looked at.
LOOK_EVERY_SECONDS = 0.05


class Service:
    """A running `ledgram serve`. Leaving the context stops it with SIGTERM and checks that it ended as it should."""

    def __init__(self, test, ledgram, arguments, allowed, environment):
        self._test = test
        self._ledgram = ledgram
        self._arguments = arguments
        self._allowed = allowed
        self._environment = environment
        self.process = None

    def start(self):
        self._ledgram.listen_anywhere()
        self.process = self._ledgram.start("serve", *self._arguments, env=self._environment)
        self.lines = []
        self._queue = queue.Queue()
        self._errors = []
        self._readers = [
            threading.Thread(target=lambda: [self._queue.put(line) for line in self.process.stdout], daemon=True),
            threading.Thread(target=lambda: self._errors.extend(self.process.stderr), daemon=True)]
        for reader in self._readers:
            reader.start()
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if kind is not None:
            self.kill()
            print("serve said:", *self.lines, *self._errors, sep="\n  ")
            return
        self.stop()

    def wait_for_line(self, pattern):
        """The next line of standard output that matches."""
        end = time.monotonic() + harness.PATIENCE_SECONDS
        while True:
            try:
                line = self._queue.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no line with {pattern!r}, only {self.lines} and {self._errors}") from None
            self.lines.append(line.rstrip("\n"))
            if re.search(pattern, line):
                return line

    def kill(self):
        self.process.kill()
        self._finish()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        code = self._finish()
        took = time.monotonic() - started
        while not self._queue.empty():
            self.lines.append(self._queue.get().rstrip("\n"))
        unexpected = [line for line in self.errors() if not self._allowed or not re.search(self._allowed, line)]
        self._test.assertEqual(unexpected, [])
        self._test.assertEqual(code, 0)
        self._test.assertRegex(self.lines[-1], r"^stopped: 0 tasks pending, [0-9]+ messages committed$")
        self._test.assertLess(took, 6, "a stop takes 5 s at most")

    def errors(self):
        """Lines of standard error but for what is only told."""
        return [line.rstrip("\n") for line in self._errors if not re.search(r"^\S+ info ", line)]

    def all_errors(self):
        return list(self._errors)

    def _finish(self):
        code = self.process.wait(timeout=harness.PATIENCE_SECONDS)
        for reader in self._readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class ServingTest(unittest.TestCase):
    """A simulator and a ledgram with one account for each test."""

    maxDiff = 3000
    simulator_options = ()
    phone = "+9996621234"

    def setUp(self):
        self.simulator = harness.Simulator(*self.simulator_options).start()
        self.addCleanup(self.simulator._own.cleanup)
        self.addCleanup(self.simulator.stop)
        self.ledgram = self.new_ledgram()
        self.addCleanup(self.ledgram.__exit__)
        self.ledgram.log_in(self.simulator, self.phone)

    def new_ledgram(self):
        return harness.Ledgram()

    def serve(self, *arguments, allowed=None, environment=None):
        return Service(self, self.ledgram, arguments, allowed, environment)

    def join(self, chat, phone=None):
        self.simulator.control("POST", "/join", {"phone": (phone or self.phone).lstrip("+"), "chat": chat})

    def publish(self, chat, text):
        return self.simulator.control("POST", "/publish", {"chat": chat, "text": text})["id"]

    def edit(self, chat, number, text):
        self.simulator.control("POST", "/edit", {"chat": chat, "id": number, "text": text})

    def delete(self, chat, numbers):
        self.simulator.control("POST", "/delete", {"chat": chat, "ids": numbers})

    def published(self):
        return self.simulator.control("GET", "/traffic")["published"]

    def events(self):
        output = self.ledgram.must("events", "--format", "jsonl")
        return [json.loads(line) for line in output.splitlines()]

    def wait_until(self, holds, what):
        end = time.monotonic() + harness.PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > end:
                self.fail(f"{what}: not within {harness.PATIENCE_SECONDS} s")
            threading.Event().wait(LOOK_EVERY_SECONDS)

    def truth_of(self, chat):
        return {message["id"]: message["text"] for message in self.simulator.truth(chat)["messages"]
                if not message.get("action")}

    def stored(self, chat):
        posts = self.ledgram.posts(chat)
        texts = {post["id"]: post["text"] for post in posts}
        self.assertEqual(len(texts), len(posts), "a post is there twice")
        return texts

    def wait_until_equal(self, chat):
        """The ledger says what is true: every post with its present text, no post that is gone."""
        end = time.monotonic() + harness.PATIENCE_SECONDS
        while True:
            truth, stored = self.truth_of(chat), self.stored(chat)
            if truth == stored:
                return
            if time.monotonic() > end:
                lost = sorted(set(truth) - set(stored))
                surplus = sorted(set(stored) - set(truth))
                other = sorted(number for number in set(truth) & set(stored) if truth[number] != stored[number])
                self.fail(f"{chat}: lost {lost[:20]}, surplus {surplus[:20]}, other text {other[:20]}")
            threading.Event().wait(LOOK_EVERY_SECONDS)

    def assert_each_message_told_once(self, chat):
        channel = self.simulator.truth(chat)["id"]
        told = [event["data"]["id"] for event in self.events()
                if event["type"] == "message.new" and event["data"].get("channel_id") == channel]
        self.assertGreater(len(told), 0)
        self.assertEqual(len(told), len(set(told)), "message.new came twice")
