"""`ledgram serve` against ledgram-sim: what happens in Telegram is in the ledger, once, whatever happens in between."""

import errno
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import harness, serving  # noqa: E402

OTHER_PHONE = "+9996625678"


class Serve(serving.ServingTest):
    simulator_options = ("--synthetic", "channels=3,posts=250,seed=5")

    def test_what_happens_is_stored_once(self):
        self.join("synthetic1")
        self.ledgram.must("channel", "add", "@synthetic1")
        with self.serve() as service:
            service.wait_for_line(r"serving 1 account, 1 channel")
            self.wait_until_equal("synthetic1")
            number = self.publish("synthetic1", "first live post")
            self.wait_until_equal("synthetic1")
            self.edit("synthetic1", number, "first live post, corrected")
            self.delete("synthetic1", [number - 3])
            self.wait_until_equal("synthetic1")
        events = self.events()
        told = [(event["type"], event["data"]["id"]) for event in events if event["type"].startswith("message.")]
        self.assertEqual(told, [("message.new", number), ("message.edited", number), ("message.deleted", number - 3)])
        self.assertEqual([event["number"] for event in events], sorted({event["number"] for event in events}))

    def test_what_is_missed_is_caught_up(self):
        self.join("synthetic1")
        self.ledgram.must("channel", "add", "@synthetic1")
        with self.serve() as service:
            service.wait_for_line("serving")
            self.wait_until_equal("synthetic1")
        numbers = [self.publish("synthetic1", f"while away {i}") for i in range(150)]
        self.edit("synthetic1", numbers[5], "edited while away")
        self.edit("synthetic1", 17, "an old one edited while away")
        self.delete("synthetic1", [numbers[7], 23])
        with self.serve():
            self.wait_until_equal("synthetic1")

    def test_a_channel_that_nobody_joined_is_polled(self):
        self.ledgram.must("channel", "add", "@synthetic2")
        with self.serve() as service:
            service.wait_for_line("serving")
            self.wait_until_equal("synthetic2")
            self.publish("synthetic2", "seen by polling")
            self.wait_until_equal("synthetic2")

    def test_too_long_away_becomes_a_hole_that_is_closed(self):
        self.join("synthetic1")
        self.ledgram.must("channel", "add", "@synthetic1")
        with self.serve() as service:
            service.wait_for_line("serving")
            self.wait_until_equal("synthetic1")
        numbers = [self.publish("synthetic1", f"a long absence {i}") for i in range(60)]
        self.edit("synthetic1", 40, "edited in the gap")
        self.delete("synthetic1", [41, numbers[0]])
        self.simulator.control("POST", "/faults", {"kind": "channel_too_long", "times": 1})
        with self.serve():
            self.wait_until_equal("synthetic1")
            self.wait_until(lambda: "complete" in self.ledgram.must("verify", "@synthetic1"), "no holes")
        types = [event["type"] for event in self.events()]
        self.assertIn("hole.opened", types)
        self.assertIn("hole.closed", types)

    def test_another_account_takes_over(self):
        self.ledgram.must("account", "add", "--phone", OTHER_PHONE, "--code", harness.login_code(OTHER_PHONE))
        for phone in (self.phone, OTHER_PHONE):
            self.join("synthetic1", phone)
        names = [line.split()[0] for line in self.ledgram.must("account", "list").splitlines()[1:]]
        self.assertEqual(len(names), 2)
        for name in reversed(names):
            self.ledgram.must("channel", "add", "@synthetic1", "--account", name)
        with self.serve(allowed=r"needs login: Telegram says SESSION_REVOKED") as service:
            service.wait_for_line("serving 2 accounts, 1 channel")
            self.wait_until_equal("synthetic1")
            # The account that follows the channel: the one that added it last. Telegram tells at its next question.
            self.simulator.control("POST", "/logout", {"phone": self.phone.lstrip("+")})
            self.simulator.control("POST", "/faults", {"kind": "drop"})
            self.publish("synthetic1", "who will tell")
            self.wait_until_equal("synthetic1")
            self.publish("synthetic1", "the other one")
            self.wait_until_equal("synthetic1")
        self.assertIn("needs login", self.ledgram.must("account", "list"))
        self.assertIn("account.state", [event["type"] for event in self.events()])

    def test_killed_again_and_again(self):
        self.join("synthetic1")
        self.ledgram.must("channel", "add", "@synthetic1")
        self.simulator.control("POST", "/traffic", {"chats": ["synthetic1"], "rate": 150, "edits": 0.1, "deletes": 0.05,
                                                    "seed": 3, "total": 1200})
        for goal in (100, 350, 600, 850, 1100):
            service = self.serve().start()
            self.wait_until(lambda: self.published() >= goal, f"{goal} published")
            service.kill()
        with self.serve():
            self.wait_until(lambda: not self.simulator.control("GET", "/traffic")["running"], "the traffic ends")
            self.publish("synthetic1", "the last one")
            self.wait_until_equal("synthetic1")
        self.assert_each_message_told_once("synthetic1")

    def test_stops_while_the_server_hangs(self):
        self.join("synthetic1")
        self.ledgram.must("channel", "add", "@synthetic1")
        with self.serve() as service:
            service.wait_for_line("serving")
            self.simulator.control("POST", "/faults", {"kind": "black_hole"})

    def test_stops_while_history_is_awaited(self):
        self.join("synthetic1")
        self.ledgram.must("channel", "add", "@synthetic1")
        self.simulator.control("POST", "/faults", {"kind": "delay", "milliseconds": 60000, "method": "messages.getHistory"})
        with self.serve():
            self.wait_until(lambda: self.simulator.calls("messages.getHistory") > 0, "a page of history is asked for")

    def test_private_chats_if_wanted(self):
        self.ledgram.configure("follow", "private_chats = true", "groups = true")
        phone = self.phone.lstrip("+")
        with self.serve() as service:
            service.wait_for_line("serving 1 account, 0 channels")
            self.simulator.control("POST", "/send", {"phone": phone, "from": "Olha", "text": "hello there"})
            self.wait_until(lambda: self.private_texts() == ["hello there"], "a private message")
        self.simulator.control("POST", "/send", {"phone": phone, "from": "Olha", "text": "while away"})
        with self.serve():
            self.wait_until(lambda: self.private_texts() == ["hello there", "while away"], "both messages")

    def test_private_chats_are_read_again_when_the_difference_is_too_long(self):
        self.ledgram.configure("follow", "private_chats = true", "groups = true")
        self.control_groups("Walkers")
        numbers = [self.send("Olha", f"letter {i}") for i in range(4)]
        with self.serve() as service:
            service.wait_for_line("serving")
            numbers += [self.send("Olha", f"live {i}") for i in range(4)]
            self.send_to_group("Walkers", "Olha", "at nine")
            self.wait_until(lambda: len(self.private_state()) == 5, "what is said live")
        self.simulator.control("POST", "/edit", {"phone": self.mailbox(), "id": numbers[5], "text": "edited in the gap"})
        self.simulator.control("POST", "/delete", {"phone": self.mailbox(), "ids": [numbers[4], numbers[6]]})
        for i in range(150):
            self.send("Olha" if i % 3 else "Taras", f"in the gap {i}")
        self.send_to_group("Walkers", "Taras", "at ten")
        self.control_groups("Joined in the gap")
        self.send_to_group("Joined in the gap", "Olha", "welcome")
        # The reading is held up in its middle and killed there; the gap is known all the same.
        self.simulator.control("POST", "/faults", {"kind": "difference_too_long", "times": 1})
        held_up = self.simulator.control("POST", "/faults", {"kind": "delay", "milliseconds": 60000,
                                                             "method": "messages.getHistory", "skip": 2})["id"]
        service = self.serve().start()
        self.wait_until(lambda: self.simulator.calls("messages.getHistory") >= 3, "the third page is asked for")
        service.kill()
        self.simulator.control("DELETE", f"/faults?id={held_up}")
        with self.serve():
            self.wait_until(lambda: self.private_state() == self.private_truth(numbers[3]), "what is true")
            last = self.send("Olha", "live again")
            self.wait_until(lambda: last in self.private_state(), "live messages go on")
        told = [event["data"]["id"] for event in self.events() if event["type"] == "message.new"]
        self.assertEqual(len(told), len(set(told)), "message.new came twice")

    def mailbox(self):
        return self.phone.lstrip("+")

    def control_groups(self, title):
        self.simulator.control("POST", "/groups", {"title": title, "members": [self.mailbox()], "people": ["Olha", "Taras"]})

    def send(self, who, text):
        return self.simulator.control("POST", "/send", {"phone": self.mailbox(), "from": who, "text": text})["id"]

    def send_to_group(self, group, who, text):
        self.simulator.control("POST", "/send", {"group": group, "from": who, "text": text})

    def private_truth(self, after):
        """Texts of what came after a message, service messages left out."""
        truth = self.simulator.control("GET", f"/truth?phone={self.mailbox()}")
        return {message["id"]: message["text"] for message in truth["messages"]
                if message["id"] > after and message.get("text")}

    def private_state(self):
        """What the events say: the texts that are there."""
        texts = {}
        for event in self.events():
            data = event["data"]
            if event["type"] in ("message.new", "message.edited") and data.get("text"):
                texts[data["id"]] = data["text"]
            elif event["type"] == "message.deleted":
                texts.pop(data["id"], None)
        return texts

    def private_texts(self):
        return [event["data"]["text"] for event in self.events() if event["type"] == "message.new"]


class Outage(serving.ServingTest):
    simulator_options = ("--synthetic", "channels=1,posts=5,seed=5")

    def test_of_fifty_accounts_takes_a_few_lines_with_exact_counts(self):
        for number in range(49):
            phone = f"+99966230{number:02}"
            self.ledgram.must("account", "add", "--phone", phone, "--code", harness.login_code(phone))
        with self.serve(allowed="connection") as service:
            service.wait_for_line("serving 50 accounts")
            before = len(service.all_errors())
            self.simulator.stop()
            self.wait_until(lambda: any(re.search("50 down for up to 3[0-9] s", line) for line in service.all_errors()),
                            "the summary of half a minute")
            lines = service.all_errors()[before:]
        # A minute may take twelve.
        self.assertLessEqual(len(lines), 7, "\n".join(lines))
        singly = sum("connection to data centre 2 lost" in line for line in lines)
        together = sum(int(found[1]) for line in lines if (found := re.search(r" lost=([0-9]+) ", line)))
        self.assertEqual(singly + together, 50, "\n".join(lines))


@unittest.skipUnless(os.geteuid() == 0, "a small file system can be mounted by root only")
class FullDisk(serving.ServingTest):
    simulator_options = ("--synthetic", "channels=1,posts=20,seed=5")

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ledgram-small-")
        self.addCleanup(folder.cleanup)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder.name], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest(f"nothing can be mounted here: {mounted.stderr.decode().strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", folder.name], check=True)
        self.data = Path(folder.name)
        super().setUp()

    def new_ledgram(self):
        return harness.Ledgram(self.data)

    def fill(self):
        """Takes all the space there is; the file that holds it."""
        filler = self.data / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError as error:
                self.assertEqual(error.errno, errno.ENOSPC)
        return filler

    def test_storing_pauses_with_one_error_and_goes_on_when_there_is_space(self):
        self.join("synthetic1")
        self.ledgram.must("channel", "add", "@synthetic1")
        with self.serve(allowed="nothing can be stored|the search index waits") as service:
            service.wait_for_line("serving")
            self.wait_until_equal("synthetic1")
            filler = self.fill()
            self.simulator.control("POST", "/traffic", {"chats": ["synthetic1"], "rate": 2000, "seed": 3, "total": 4000})
            self.wait_until(lambda: any("nothing can be stored" in line for line in service.errors()), "the error")
            self.wait_until(lambda: not self.simulator.control("GET", "/traffic")["running"], "the traffic ends")
            filler.unlink()
            self.wait_until_equal("synthetic1")
            paused = [line for line in service.errors() if "nothing can be stored" in line]
            self.assertEqual(len(paused), 1, paused)
            self.assertLessEqual(len(service.errors()), 2, "the ledger and the index say it once each")
        self.assert_each_message_told_once("synthetic1")


if __name__ == "__main__":
    unittest.main(verbosity=2)
