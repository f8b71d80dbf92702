"""The stream of events over HTTP: server-sent events and WebSocket, cut and resumed."""

import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api  # noqa: E402
from support.event_stream import EventStream, WebSocket  # noqa: E402


class Events(api.CollectedApiTest):
    def publish_some(self, count, chat="synthetic1"):
        numbers = [self.publish(chat, f"news {i}") for i in range(count)]
        self.wait_until_equal(chat)
        return numbers

    def test_a_stream_that_is_cut_again_and_again_misses_nothing_and_repeats_nothing(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            start = self.events()[-1]["number"] + 1
            count = 200
            publisher = threading.Thread(target=lambda: [self.publish("synthetic1", f"post {i}") for i in range(count)])
            publisher.start()
            received, last = [], None
            for piece in (1, 30, 2, 77, 5, 1, 60, 24):
                headers = {"Last-Event-ID": str(last)} if last is not None else None
                query = "?type=message.new" + ("" if last is not None else f"&from={start}")
                with EventStream(admin, query, headers) as stream:
                    self.assertEqual(stream.response.status, 200)
                    received += stream.take(piece)
                    last = stream.last_id
            publisher.join()
            self.assertEqual(len(received), count)
            told = [event for event in self.events() if event["type"] == "message.new"]
            self.assertEqual(received, told)

    def test_a_restart_of_the_server_is_only_another_cut(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            numbers = self.publish_some(10)
            with EventStream(admin, "?from=1&type=message.new") as stream:
                first = stream.take(4)
                last = stream.last_id
        with self.serve() as service:
            client = self.client(service)
            client.take_session(self.log_in(client, api.NAME, api.PASSWORD))
            with EventStream(client, "?type=message.new", {"Last-Event-ID": str(last)}) as stream:
                rest = stream.take(6)
        self.assertEqual([event["data"]["id"] for event in first + rest], numbers)

    def test_what_happens_comes_at_once_and_filtered(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            with EventStream(admin, f"?channel={self.channels['synthetic2']}&type=message.new,message.deleted") as stream:
                next(stream.blocks())
                self.publish_some(3)
                number = self.publish("synthetic2", "mine")
                self.edit("synthetic2", number, "changed")
                self.delete("synthetic2", [number])
                events = stream.take(2)
            self.assertEqual([(event["type"], event["data"]["id"]) for event in events],
                             [("message.new", number), ("message.deleted", number)])

    def test_by_account(self):
        with self.serve(allowed="needs login: Telegram says SESSION_REVOKED|is followed by no account") as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            account = admin.get("/api/v1/accounts").json()["items"][0]["id"]
            other = admin.post("/api/v1/accounts", {"name": "other"}).json()["id"]
            self.publish_some(1)
            with EventStream(admin, f"?from=1&account={account}") as stream:
                self.simulator.control("POST", "/logout", {"phone": self.phone.lstrip("+")})
                self.assert_problem(admin.get(f"/api/v1/accounts/{account}/me"), 409, "telegram_auth_required")
                (lost,) = stream.take(1)
            self.assertEqual((lost["type"], lost["account_id"], lost["data"]["state"]), ("account.state", account, "needs_login"))
            last = self.events()[-1]["number"]
            with EventStream(admin, f"?from=1&heartbeat=1&account={other}") as stream:
                for block in stream.blocks():
                    self.assertNotIn("data", block)
                    if int(block["id"]) >= last:
                        break

    def test_a_stream_without_events_lives_and_keeps_its_place(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            with EventStream(admin, "?heartbeat=1&type=hole.opened") as stream:
                blocks = stream.blocks()
                first = int(next(blocks)["id"])
                self.publish_some(3)
                # It was not sent, and still need not be looked at again.
                while int(next(blocks)["id"]) < first + 3:
                    pass

    def test_a_user_sees_what_is_theirs_only(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            bob = self.new_user(admin, "bob")
            with EventStream(bob, "?from=1&heartbeat=1") as stream:
                blocks = stream.blocks()
                next(blocks)
                self.publish_some(3)
                last = self.events()[-1]["number"]
                while True:
                    block = next(blocks)
                    self.assertNotIn("data", block)
                    if int(block["id"]) >= last:
                        break

    def test_a_stream_ends_with_the_login(self):
        with self.serve() as service:
            admin = self.admin(service)
            program = self.new_token(admin)
            with EventStream(program, "?heartbeat=1") as stream:
                blocks = stream.blocks()
                next(blocks)
                self.assertEqual(admin.request("DELETE", f"/api/v1/auth/tokens/{program.id}").status, 204)
                for _ in blocks:
                    pass

    def test_a_slow_reader_holds_nobody_up_and_gets_everything(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            start = self.events()[-1]["number"] + 1
            with EventStream(admin, f"?from={start}&type=message.new") as slow:
                next(slow.blocks())
                numbers = [self.publish("synthetic1", f"{i} " + "long " * 800) for i in range(150)]
                self.wait_until_equal("synthetic1")
                events = slow.take(150)
            self.assertEqual([event["data"]["id"] for event in events], numbers)

    def test_a_websocket_gets_the_same(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            start = self.events()[-1]["number"] + 1
            numbers = self.publish_some(20)
            with WebSocket(admin, f"?from={start}&type=message.new") as peer:
                self.assertEqual(peer.status, 101)
                first = peer.take(15)
            with WebSocket(admin, f"?from={first[-1]['number'] + 1}&type=message.new") as peer:
                rest = peer.take(5)
                number = self.publish("synthetic1", "live")
                rest += peer.take(1)
            self.assertEqual([event["data"]["id"] for event in first + rest], numbers + [number])

    def test_wrong_questions_are_problems(self):
        with self.serve() as service:
            admin = self.admin(service)
            for query in ("?type=message.odd", "?from=-1", "?channel=x", "?heartbeat=0"):
                self.assert_problem(admin.get("/api/v1/events" + query), 400, "invalid_parameter")
            self.assert_problem(admin.get("/api/v1/events", headers={"Last-Event-ID": "x"}), 400, "invalid_parameter")


if __name__ == "__main__":
    unittest.main(verbosity=2)
