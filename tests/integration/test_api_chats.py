"""Chats of accounts over HTTP: their messages in either direction."""

import datetime
import sys
import time
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api  # noqa: E402

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


if __name__ == "__main__":
    unittest.main(verbosity=2)
