"""Chats of accounts over HTTP: their messages in either direction, and signals of what happens in them."""

import datetime
import json
import sys
import time
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api, harness  # noqa: E402
from support.event_stream import ACTIVITY, EventStream, WebSocket  # noqa: E402

PHONE = "+9996625678"
HOUR = 3600


class ChatTest(api.ApiTest):
    simulator_options = ("--synthetic", "channels=2,posts=120,seed=5")

    def account_of(self, client):
        (account,) = client.get("/api/v1/accounts").json()["items"]
        return account["id"]

    def wait_for_account(self, client, account=None):
        account = account or self.account_of(client)
        path = f"/api/v1/accounts/{account}/state"
        self.wait_until(lambda: client.get(path).json()["status"] == "connected", "the account is connected")
        return account

    def send(self, phone=None, **fields):
        where = fields if "group" in fields else {"phone": (phone or self.phone).lstrip("+"), **fields}
        return self.simulator.control("POST", "/send", where)

    def chat_of(self, client, account, title):
        dialogs = client.get(f"/api/v1/accounts/{account}/dialogs").json()["items"]
        (reference,) = [one["chat"]["ref"] for one in dialogs if one["chat"]["title"] == title]
        return reference


def moment(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Messages(ChatTest):
    def read(self, client, path, **query):
        """The numbers of a list, page by page."""
        numbers, cursor = [], None
        while True:
            answer = client.get(f"{path}?{urllib.parse.urlencode({**query, **({'cursor': cursor} if cursor else {})})}")
            self.assertEqual(answer.status, 200, answer)
            page = answer.json()
            self.assertLessEqual(len(page["items"]), int(query.get("limit", 50)))
            numbers += [one["id"] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                return numbers

    def check_both_ways(self, client, path, truth):
        """`truth`: dates by numbers, of all messages that the chat has. Some numbers in between have none."""
        numbers = sorted(truth)
        newest, oldest = {"order": "newest_first"}, {"order": "oldest_first"}
        self.assertEqual(self.read(client, path, limit=7), numbers[::-1])
        self.assertEqual(self.read(client, path, limit=7, **oldest), numbers)
        self.assertEqual(self.read(client, path, limit=100, **oldest), numbers)
        missing = next(one for one in range(numbers[3], numbers[-3]) if one not in truth)
        for number in (numbers[0], numbers[len(numbers) // 2], missing, numbers[-1]):
            self.assertEqual(self.read(client, path, limit=5, before=number + 1), [one for one in numbers[::-1] if one <= number])
            self.assertEqual(self.read(client, path, limit=5, after=number, **oldest), [one for one in numbers if one > number])
        for date in (truth[numbers[0]], truth[numbers[10]], truth[numbers[10]] + 1, truth[numbers[-1]], truth[numbers[-1]] + 1, 0):
            self.assertEqual(self.read(client, path, limit=5, until=moment(date), **newest),
                             [one for one in numbers[::-1] if truth[one] < date])
            self.assertEqual(self.read(client, path, limit=5, since=moment(date), **oldest),
                             [one for one in numbers if truth[one] >= date])
        low, high = numbers[4], numbers[-4]
        between = [one for one in numbers if low < one < high]
        self.assertEqual(self.read(client, path, limit=5, after=low, before=high), between[::-1])
        self.assertEqual(self.read(client, path, limit=5, after=low, until=moment(truth[high]), **oldest),
                         [one for one in numbers if one > low and truth[one] < truth[high]])
        self.assertEqual(self.read(client, path, limit=5, since=moment(truth[low]), before=high),
                         [one for one in numbers[::-1] if one < high and truth[one] >= truth[low]])
        self.assertEqual(self.read(client, path, after=2147483647, **oldest), [])
        self.assertEqual(self.read(client, path, before=2147483648, limit=100), numbers[::-1])
        asked = self.simulator.calls("messages.getHistory")
        self.assertEqual(self.read(client, path, before=1), [])
        self.assertEqual(self.simulator.calls("messages.getHistory"), asked, "that there is nothing is known without asking")

    def test_a_channel_a_private_chat_and_a_group_are_read_from_anywhere_both_ways(self):
        self.join("synthetic1")
        phone = self.phone.lstrip("+")
        self.simulator.control("POST", "/groups", {"title": "Walkers", "members": [phone], "people": ["Olha"]})
        deleted = []
        began = int(time.time()) + HOUR
        for number in range(30):
            # Later than the message that says that the group was made.
            date = str(began + number * HOUR)
            said = self.send(**{"from": "Olha"}, text=f"letter {number}", date_unixtime=date)["id"]
            told = self.send(group="Walkers", **{"from": "Olha"}, text=f"walk {number}", date_unixtime=date)["ids"][phone]
            if number in (5, 6, 7, 8, 9, 10, 20):
                deleted += [said, told]
        self.simulator.control("POST", "/delete", {"phone": phone, "ids": deleted})
        self.delete("synthetic1", [*range(30, 55), 70, 119])
        letters = self.simulator.control("GET", f"/truth?phone={phone}")["messages"]
        with self.serve() as service:
            admin = self.admin(service)
            account = self.wait_for_account(admin)
            base = f"/api/v1/accounts/{account}/chats"
            for title, kind in (("Olha", "user"), ("Walkers", "group")):
                truth = {one["id"]: one["date"] for one in letters if one["peer"]["type"] == kind}
                self.assertGreaterEqual(len(truth), 23)
                self.check_both_ways(admin, f"{base}/{self.chat_of(admin, account, title)}/messages", truth)
            truth = {one["id"]: one["date"] for one in self.simulator.truth("synthetic1")["messages"]}
            self.check_both_ways(admin, f"{base}/@synthetic1/messages", truth)

    def test_cursors_stay_where_they_are_while_messages_come(self):
        with self.serve() as service:
            admin = self.admin(service)
            path = f"/api/v1/accounts/{self.wait_for_account(admin)}/chats/@synthetic1/messages"
            older = admin.get(f"{path}?limit=10").json()
            newer = admin.get(f"{path}?limit=10&order=oldest_first&after=100").json()
            self.publish("synthetic1", "one more")
            numbers = [one["id"] for one in self.simulator.truth("synthetic1")["messages"]]
            lowest, highest = older["items"][-1]["id"], newer["items"][-1]["id"]
            again = admin.get(f"{path}?limit=10&cursor={older['next']}").json()
            self.assertEqual([one["id"] for one in again["items"]], [one for one in numbers[::-1] if one < lowest][:10])
            again = admin.get(f"{path}?limit=100&order=oldest_first&after=100&cursor={newer['next']}").json()
            self.assertEqual([one["id"] for one in again["items"]], [one for one in numbers if one > highest])
            # A cursor leads one way, in its own list.
            for query in (f"order=oldest_first&cursor={older['next']}", f"cursor={newer['next']}", "cursor=abcd", "cursor=%20"):
                self.assert_problem(admin.get(f"{path}?{query}"), 400, "invalid_parameter")

    def test_questions_that_contradict_themselves_are_problems(self):
        with self.serve() as service:
            admin = self.admin(service)
            path = f"/api/v1/accounts/{self.wait_for_account(admin)}/chats/@synthetic1/messages"
            for query in ("order=up", "before=0", "after=-1", "before=x", "after=2147483648", "before=2147483649", "since=yesterday",
                          "limit=101", "before=10&after=10", "before=10&after=9", "before=10&until=2026-01-01T00:00:00Z",
                          "after=10&since=2026-01-01T00:00:00Z", "around=10",
                          "since=2026-01-02T00:00:00Z&until=2026-01-02T00:00:00Z"):
                self.assert_problem(admin.get(f"{path}?{query}"), 400, "invalid_parameter")
            self.assertEqual(self.simulator.calls("messages.getHistory"), 0)


class Activity(ChatTest):
    def wait_for_signal(self, signals, account, chat):
        """Signals until one of this chat comes."""
        heard = []
        for signal in signals:
            heard.append(signal)
            if signal["account_id"] == account and signal["data"].get("chat") == chat:
                return heard
        self.fail(f"the stream ended: {heard}")

    def event_beside_signal(self, stream, chat):
        """The message.new that comes with a signal of the chat, whichever is the first."""
        event, is_told = None, False
        for block in stream.blocks():
            if block.get("event") == "message.new":
                event = json.loads(block["data"])
            is_told = is_told or (block.get("event") == ACTIVITY and json.loads(block["data"])["data"].get("chat") == chat)
            if event and is_told:
                return event
        self.fail("the stream ended")

    def listening(self, client):
        """The signals of a stream that tells of activity."""
        stream = EventStream(client, "?activity=true")
        self.addCleanup(stream.close)
        self.assertEqual(stream.response.status, 200)
        return stream.signals()

    def test_chats_of_which_nothing_is_stored_tell_that_something_happened(self):
        self.join("synthetic1")
        self.send(**{"from": "Olha"}, text="before")
        channel = f"channel:{self.simulator.truth('synthetic1')['id']}"
        with self.serve() as service:
            admin = self.admin(service)
            account = self.wait_for_account(admin)
            olha = self.chat_of(admin, account, "Olha")
            signals = self.listening(admin)
            number = self.send(**{"from": "Olha"}, text="hello")["id"]
            self.wait_for_signal(signals, account, olha)
            post = self.publish("synthetic1", "a post")
            self.wait_for_signal(signals, account, channel)
            self.edit("synthetic1", post, "another post")
            self.wait_for_signal(signals, account, channel)
            self.delete("synthetic1", [post])
            self.wait_for_signal(signals, account, channel)
            # Which chat a deleted number of a private chat was in is not told.
            self.simulator.control("POST", "/delete", {"phone": self.phone.lstrip("+"), "ids": [number]})
            self.wait_for_signal(signals, account, None)
            # What is done through the account is not pushed to it.
            answer = admin.post(f"/api/v1/accounts/{account}/invoke",
                                {"_": "messages.readHistory", "peer": {"_": "inputPeerSelf"}, "max_id": 0})
            self.assertEqual(answer.status, 200, answer)
            self.wait_for_signal(signals, account, None)
            # After a lost connection it may have been any chat, and what the difference brings is named.
            self.simulator.control("POST", "/faults", {"kind": "drop", "account": self.phone.lstrip("+")})
            self.wait_for_signal(signals, account, None)
        self.assertEqual(self.events(), [], "nothing of it is an event")

    def test_a_websocket_hears_the_same(self):
        with self.serve() as service:
            admin = self.admin(service)
            account = self.wait_for_account(admin)
            with WebSocket(admin, "?activity=true") as peer:
                self.assertEqual(peer.status, 101)
                self.send(**{"from": "Olha"}, text="hello")
                (signal,) = self.wait_for_signal(peer.signals(), account, self.chat_of(admin, account, "Olha"))[-1:]
                self.assertEqual(sorted(signal), ["account_id", "data", "type"])

    def test_who_did_not_ask_hears_nothing_and_events_keep_their_numbers(self):
        self.join("synthetic1")
        self.ledgram.must("channel", "add", "@synthetic1")
        self.ledgram.must("collect", "@synthetic1")
        channel = f"channel:{self.simulator.truth('synthetic1')['id']}"
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            account = self.account_of(admin)
            with EventStream(admin, "?heartbeat=1") as plain, EventStream(admin, "?heartbeat=1&activity=true") as both:
                next(plain.blocks())
                number = self.publish("synthetic1", "news")
                (event,) = plain.take(1)
                self.assertEqual(event["data"]["id"], number)
                self.assertEqual(self.event_beside_signal(both, channel)["number"], event["number"])
                # The signal has no number, so a stream that is cut goes on behind the event.
                with EventStream(admin, "?activity=true", {"Last-Event-ID": str(event["number"])}) as resumed:
                    second = self.publish("synthetic1", "more news")
                    self.assertEqual(self.event_beside_signal(resumed, channel)["data"]["id"], second)
                self.send(**{"from": "Olha"}, text="hello")
                self.wait_for_signal(both.signals(), account, self.chat_of(admin, account, "Olha"))
                beats = 0
                for block in plain.blocks():
                    self.assertNotEqual(block.get("event"), ACTIVITY)
                    beats += "data" not in block
                    if beats == 2:
                        break

    def test_nobody_hears_of_the_account_of_another_user(self):
        with self.serve() as service:
            admin = self.admin(service)
            own = self.wait_for_account(admin)
            ben = self.new_user(admin, "ben")
            account = ben.post("/api/v1/accounts", {}).json()["id"]
            ben.post(f"/api/v1/accounts/{account}/login/phone", {"phone": PHONE})
            answer = ben.post(f"/api/v1/accounts/{account}/login/code", {"code": harness.login_code(PHONE)})
            self.assertEqual(answer.json()["status"], "done", answer)
            self.wait_for_account(ben, account)
            hers, his = self.listening(admin), self.listening(ben)
            self.send(**{"from": "Olha"}, text="for ann")
            self.wait_for_signal(hers, own, self.chat_of(admin, own, "Olha"))
            self.send(PHONE, **{"from": "Taras"}, text="for ben")
            heard = self.wait_for_signal(his, account, self.chat_of(ben, account, "Taras"))
            self.assertEqual({one["account_id"] for one in heard}, {account})
            # An admin sees everything, as elsewhere, and can ask for one account only.
            with EventStream(admin, f"?activity=true&account={own}") as stream:
                self.send(PHONE, **{"from": "Taras"}, text="for ben again")
                self.wait_for_signal(his, account, self.chat_of(ben, account, "Taras"))
                self.send(**{"from": "Olha"}, text="for ann again")
                heard = self.wait_for_signal(stream.signals(), own, self.chat_of(admin, own, "Olha"))
                self.assertEqual({one["account_id"] for one in heard}, {own})

    def test_it_is_for_those_who_may_read_chats(self):
        with self.serve() as service:
            admin = self.admin(service)
            viewer = self.new_user(admin, "vera", role="viewer")
            self.assert_problem(viewer.get("/api/v1/events?activity=true"), 403, "forbidden")
            self.assert_problem(self.new_token(admin).get("/api/v1/events?activity=true"), 403, "insufficient_scope")
            self.assert_problem(admin.get("/api/v1/events?activity=perhaps"), 400, "invalid_parameter")
            program = self.new_token(admin, scopes=("read", "telegram"))
            account = self.wait_for_account(admin)
            signals = self.listening(program)
            self.send(**{"from": "Olha"}, text="hello")
            self.wait_for_signal(signals, account, self.chat_of(admin, account, "Olha"))

    def test_many_messages_make_few_signals(self):
        self.join("synthetic1")
        channel = f"channel:{self.simulator.truth('synthetic1')['id']}"
        with self.serve() as service:
            admin = self.admin(service)
            account = self.wait_for_account(admin)
            signals = self.listening(admin)
            began = time.monotonic()
            self.simulator.control("POST", "/traffic", {"chats": ["synthetic1"], "rate": 500, "seed": 7, "total": 1500})
            self.wait_until(lambda: not self.simulator.control("GET", "/traffic")["running"], "the traffic is over")
            self.send(**{"from": "Olha"}, text="that was all")
            heard = self.wait_for_signal(signals, account, self.chat_of(admin, account, "Olha"))
            took = time.monotonic() - began
            count = sum(one["data"].get("chat") == channel for one in heard)
            self.assertGreaterEqual(count, 2)
            self.assertLessEqual(count, took * 2 + 2, f"{count} signals in {took:.1f} s")


if __name__ == "__main__":
    unittest.main(verbosity=2)
