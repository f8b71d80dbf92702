"""Channels over HTTP, Telegram through an account, raw calls, and the writing half of the replaced systems' contract."""

import datetime
import json
import struct
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api, harness  # noqa: E402

PHONE = "+9996625678"


class ChannelTest(api.ApiTest):
    simulator_options = ("--synthetic", "channels=3,posts=250,seed=5")

    def account_of(self, client):
        (account,) = client.get("/api/v1/accounts").json()["items"]
        return account["id"]

    def follow(self, client, channel, status=201, **more):
        answer = client.post("/api/v1/channels", {"channel": channel, **more})
        self.assertEqual(answer.status, status, answer)
        return answer.json()["id"]

    def wait_until_complete(self, client, channel):
        def is_complete():
            told = client.get(f"/api/v1/channels/{channel}").json()
            return told["completeness"]["complete"] and not told["collecting"]
        self.wait_until(is_complete, f"channel {channel} is complete")

    def pages(self, client, path):
        """All items of a list, page by page."""
        items, cursor = [], ""
        while cursor is not None:
            answer = client.get(path + cursor)
            self.assertEqual(answer.status, 200, answer)
            items += answer.json()["items"]
            following = answer.json()["next"]
            cursor = following and f"&cursor={following}"
        return items

    def wait_for_account(self, client):
        account = self.account_of(client)
        path = f"/api/v1/accounts/{account}/state"
        self.wait_until(lambda: client.get(path).json()["status"] == "connected", "the account is connected")
        return account


class Channels(ChannelTest):
    def test_follow_fill_up_live_and_give_up(self):
        with self.serve() as service:
            admin = self.admin(service)
            channel = self.follow(admin, "https://t.me/synthetic1")
            self.assertEqual(channel, str(self.simulator.truth("synthetic1")["id"]))
            self.follow(admin, "@SYNTHETIC1", status=200)
            self.wait_until_equal("synthetic1")
            self.publish("synthetic1", "live")
            self.wait_until_equal("synthetic1")
            self.wait_until_complete(admin, channel)
            told = admin.get(f"/api/v1/channels/{channel}").json()
            truth = self.simulator.truth("synthetic1")
            self.assertEqual((told["username"], told["title"], told["live"]), ("synthetic1", "Synthetic 1", True))
            self.assertEqual(told["account"], self.account_of(admin))
            self.assertEqual(told["completeness"]["newest_id"], truth["messages"][-1]["id"])
            self.assertEqual(told["completeness"]["messages"], truth["count"])
            self.assertEqual(told["completeness"]["missing_ids"], 0)
            self.assertIsNotNone(told["last_activity"])
            self.assertEqual([one["id"] for one in admin.get("/api/v1/channels").json()["items"]], [channel])
            self.assertEqual(admin.request("DELETE", f"/api/v1/channels/{channel}").status, 204)
            self.assert_problem(admin.get(f"/api/v1/channels/{channel}"), 404, "not_found")
            self.publish("synthetic1", "nobody hears this")
            other = self.follow(admin, "@synthetic2")
            self.wait_until_equal("synthetic2")
            self.assertEqual([one["id"] for one in admin.get("/api/v1/channels").json()["items"]], [other])
        self.assertNotIn("nobody hears this", self.stored("synthetic1").values())
        self.assertIn("@synthetic2", self.ledgram.must("channel", "list"))
        self.assertNotIn("@synthetic1", self.ledgram.must("channel", "list"))

    def test_names_that_cannot_be_followed(self):
        self.simulator.control("POST", "/access", {"chat": "synthetic3", "access": "private"})
        with self.serve() as service:
            admin = self.admin(service)
            for channel, status, code in (("@nobody_has_this", 404, "not_found"), ("no name at all", 400, "invalid_body"),
                                          ("https://t.me/+AbCdEf", 400, "invalid_body"), ("channel:77", 409, "conflict"),
                                          ("", 400, "invalid_body")):
                self.assert_problem(admin.post("/api/v1/channels", {"channel": channel}), status, code)
            self.assert_problem(admin.post("/api/v1/channels", {"channel": "@x", "account": 77}), 404, "not_found")
            self.assertEqual(admin.get("/api/v1/channels").json()["items"], [])

    def test_a_private_channel_is_followed_by_its_number(self):
        self.join("synthetic3")
        self.simulator.control("POST", "/access", {"chat": "synthetic3", "access": "private"})
        with self.serve() as service:
            admin = self.admin(service)
            account = self.wait_for_account(admin)
            dialogs = admin.get(f"/api/v1/accounts/{account}/dialogs").json()["items"]
            (reference,) = [one["chat"]["ref"] for one in dialogs if one["chat"]["title"] == "Synthetic 3"]
            channel = self.follow(admin, reference)
            self.wait_until_complete(admin, channel)
            told = admin.get(f"/api/v1/channels/{channel}").json()
            self.assertEqual(told["completeness"]["messages"], self.simulator.truth("synthetic3")["count"])

    def test_a_channel_that_two_users_follow_is_stored_once(self):
        with self.serve() as service:
            admin = self.admin(service)
            ben = self.new_user(admin, "ben")
            self.assert_problem(ben.post("/api/v1/channels", {"channel": "@synthetic1"}), 409, "telegram_auth_required")
            account = ben.post("/api/v1/accounts", {}).json()["id"]
            ben.post(f"/api/v1/accounts/{account}/login/phone", {"phone": PHONE})
            answer = ben.post(f"/api/v1/accounts/{account}/login/code", {"code": harness.login_code(PHONE)})
            self.assertEqual(answer.json()["status"], "done", answer)
            channel = self.follow(admin, "@synthetic1", account=next(
                one["id"] for one in admin.get("/api/v1/accounts").json()["items"] if one["id"] != account))
            for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/collect"), ("GET", "/collect")):
                self.assert_problem(ben.request(method, f"/api/v1/channels/{channel}{path}"), 404, "not_found")
            self.assertEqual(self.follow(ben, "@synthetic1"), channel)
            self.wait_until_equal("synthetic1")
            self.assertEqual(admin.request("DELETE", f"/api/v1/channels/{channel}").status, 204)
            self.assertEqual([one["id"] for one in ben.get("/api/v1/channels").json()["items"]], [channel])
            self.publish("synthetic1", "for whoever still follows")
            self.wait_until_equal("synthetic1")
            self.assertEqual(ben.request("DELETE", f"/api/v1/channels/{channel}").status, 204)
            self.assertNotIn("@synthetic1", self.ledgram.must("channel", "list"))

    def test_collect_now_and_its_progress(self):
        self.ledgram.must("channel", "add", "@synthetic1")
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving 1 account, 1 channel")
            self.wait_until_equal("synthetic1")
            channel = str(self.simulator.truth("synthetic1")["id"])
            self.wait_until_complete(admin, channel)
            path = f"/api/v1/channels/{channel}/collect"
            # Nothing comes live, and no difference is answered: the history has it all the same.
            self.simulator.control("POST", "/faults", {"kind": "silence"})
            self.simulator.control("POST", "/faults", {"kind": "delay", "milliseconds": 3600000,
                                                       "method": "updates.getChannelDifference"})
            for number in range(60):
                self.publish("synthetic1", f"post {number}")
            answer = admin.post(path)
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual((answer.json()["posts_added"], answer.json()["running"]), (60, False))
            self.assertTrue(answer.json()["completeness"]["complete"])
            self.assertEqual(admin.post(path).json()["posts_added"], 0)
            self.simulator.control("POST", "/faults", {"kind": "delay", "milliseconds": 3600000, "method": "messages.getHistory"})
            answer = admin.post(f"{path}?wait=0")
            self.assertEqual((answer.status, answer.json()["running"]), (202, True), answer)
            self.assertTrue(admin.get(path).json()["running"])
            self.simulator.control("DELETE", "/faults")

    def test_a_collection_that_telegram_wants_a_pause_of_says_until_when_and_goes_on(self):
        self.join("synthetic1")
        with self.serve() as service:
            admin = self.admin(service)
            self.wait_for_account(admin)
            channel = self.follow(admin, "@synthetic1")
            self.wait_until_complete(admin, channel)
            path = f"/api/v1/channels/{channel}/collect"
            self.simulator.control("POST", "/faults", {"kind": "flood_wait", "seconds": 5, "method": "messages.getHistory",
                                                       "times": 1})
            before = time.time()
            answer = admin.post(f"{path}?wait=3")
            self.assertEqual((answer.status, answer.json()["running"]), (202, True), answer)
            self.assertLess(time.time() - before, 3, "it is known at once that it takes longer")
            self.assertEqual(admin.get(path).json()["waiting_until"], answer.json()["waiting_until"])
            until = datetime.datetime.fromisoformat(answer.json()["waiting_until"].replace("Z", "+00:00")).timestamp()
            self.assertGreaterEqual(until, int(before) + 5)
            self.assertLessEqual(until, before + 8)
            self.wait_until(lambda: not admin.get(path).json()["running"], "the collection goes on by itself")
            self.assertGreaterEqual(time.time(), before + 5)
            told = admin.get(path).json()
            self.assertEqual((told["waiting_until"], told["problem"]), (None, None))


class Telegram(ChannelTest):
    def test_dialogs_messages_people_and_links(self):
        for number in (1, 2, 3):
            self.join(f"synthetic{number}")
        self.simulator.control("POST", "/send", {"phone": self.phone[1:], "from": "Olha", "text": "hello there"})
        with self.serve() as service:
            admin = self.admin(service)
            account = self.wait_for_account(admin)
            base = f"/api/v1/accounts/{account}"
            me = admin.get(f"{base}/me").json()
            self.assertEqual((me["type"], me["phone"]), ("user", self.phone[1:]))
            dialogs = self.pages(admin, f"{base}/dialogs?limit=2")
            titles = [one["chat"]["title"] for one in dialogs]
            self.assertEqual(sorted(titles), ["Olha", "Synthetic 1", "Synthetic 2", "Synthetic 3"])
            olha = next(one for one in dialogs if one["chat"]["title"] == "Olha")
            self.assertEqual((olha["chat"]["type"], olha["last_message"]["text"]), ("user", "hello there"))
            read = self.pages(admin, f"{base}/chats/{olha['chat']['ref']}/messages?limit=10")
            self.assertEqual([(one["text"], one["out"]) for one in read], [("hello there", False)])
            page = admin.get(f"{base}/chats/{olha['chat']['ref']}/messages").json()
            names = {peer["ref"]: peer["title"] for peer in page["peers"]}
            self.assertEqual(names[olha["chat"]["ref"]], "Olha")
            read = self.pages(admin, f"{base}/chats/@synthetic2/messages?limit=100")
            self.assertEqual({one["id"]: one["text"] for one in read if not one["action"]}, self.truth_of("synthetic2"))
            numbers = [one["id"] for one in read]
            self.assertEqual(numbers, sorted(numbers, reverse=True))
            truth = self.simulator.truth("synthetic2")
            by_name = admin.get(f"{base}/chats/@synthetic2").json()
            self.assertEqual((by_name["ref"], by_name["type"], by_name["joined"]), (f"channel:{truth['id']}", "channel", True))
            self.assertEqual(admin.get(f"{base}/chats/{by_name['ref']}").json(), by_name)
            self.assertEqual(self.simulator.calls("contacts.resolveUsername"), 1, "a name is looked up once a day")
            self.assert_problem(admin.get(f"{base}/chats/{olha['chat']['ref']}/photo"), 404, "not_found")
            self.assert_problem(admin.get(f"{base}/chats/@nobody_has_this"), 404, "not_found")
            self.assert_problem(admin.get(f"{base}/chats/user:77"), 404, "not_found")
            self.assert_problem(admin.get(f"{base}/chats/somebody"), 404, "not_found")
            self.assert_problem(admin.get(f"{base}/chats/@synthetic2/messages?cursor=abcd"), 400, "invalid_parameter")

    def test_photos_of_people_and_channels(self):
        with self.serve() as service:
            admin = self.admin(service)
            base = f"/api/v1/accounts/{self.wait_for_account(admin)}/chats"
            photos = {}
            for chat in ("me", "@synthetic1", "@synthetic2"):
                self.assertTrue(admin.get(f"{base}/{chat}").json()["has_photo"])
                answer = admin.get(f"{base}/{chat}/photo")
                self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "image/png"), answer)
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(answer.body[:8], b"\x89PNG\r\n\x1a\n")
                self.assertEqual(struct.unpack(">II", answer.body[16:24]), (640, 640), "the large form")
                self.assertEqual(answer.body[-8:-4], b"IEND")
                photos[chat] = answer
            self.assertEqual(len({answer.body for answer in photos.values()}), 3)
            self.assertEqual(len({answer.headers["ETag"] for answer in photos.values()}), 3)
            fetched = self.simulator.calls("upload.getFile")
            again = admin.get(f"{base}/me/photo", headers={"If-None-Match": photos["me"].headers["ETag"]})
            self.assertEqual((again.status, again.body), (304, b""))
            self.assertEqual(self.simulator.calls("upload.getFile"), fetched, "what has not changed is not fetched")
            again = admin.get(f"{base}/me/photo", headers={"If-None-Match": photos["@synthetic1"].headers["ETag"]})
            self.assertEqual((again.status, again.body), (200, photos["me"].body))
            # They may lie in another data centre than the one that the account lives in.
            self.simulator.control("POST", "/files", {"dc": 3})
            self.assertEqual(admin.get(f"{base}/@synthetic2/photo").body, photos["@synthetic2"].body)

    def test_links_are_resolved_and_nothing_is_joined(self):
        self.join("synthetic1")
        secret = self.simulator.control("POST", "/chats", {"chat": "hidden", "title": "Hidden news", "access": "private"})["id"]
        known = self.simulator.truth("synthetic1")["id"]
        with self.serve() as service:
            admin = self.admin(service)
            account = self.wait_for_account(admin)
            base = f"/api/v1/accounts/{account}/resolve?link="
            for link in ("@synthetic1", "synthetic1", "https://t.me/synthetic1", "t.me/synthetic1/17", "tg://resolve?domain=synthetic1"):
                found = admin.get(base + link.replace("?", "%3F").replace("=", "%3D")).json()
                self.assertEqual((found["kind"], found["chat"]["ref"], found["joined"]), ("name", f"channel:{known}", True), link)
            found = admin.get(f"{base}https://t.me/%2BINVITE{secret}").json()
            self.assertEqual((found["kind"], found["title"], found["joined"], found["chat"]), ("invite", "Hidden news", False, None))
            found = admin.get(f"{base}https://t.me/joinchat/INVITE{known}").json()
            self.assertEqual((found["kind"], found["joined"], found["chat"]["ref"]), ("invite", True, f"channel:{known}"))
            answer = admin.get(f"{base}https://t.me/%2BINVITE77")
            self.assert_problem(answer, 422, "telegram_refused")
            self.assertEqual(answer.json()["telegram_error"], "INVITE_HASH_EXPIRED")
            self.assert_problem(admin.get(f"{base}https://example.org/x"), 400, "invalid_parameter")
            self.assertEqual(self.simulator.calls("channels.joinChannel"), 0)


class Raw(ChannelTest):
    def test_any_method_as_json_but_those_that_endanger_an_account(self):
        with self.serve() as service:
            admin = self.admin(service)
            account = self.wait_for_account(admin)
            path = f"/api/v1/accounts/{account}/invoke"

            def invoke(method, **fields):
                return admin.post(path, {"_": method, **fields})

            answer = invoke("users.getUsers", id=[{"_": "inputUserSelf"}])
            self.assertEqual(answer.status, 200, answer)
            (me,) = answer.json()["result"]
            self.assertEqual((me["_"], me["self"], me["phone"]), ("user", True, self.phone[1:]))
            self.assertIsInstance(me["id"], str)
            found = invoke("contacts.resolveUsername", username="synthetic1").json()["result"]["chats"][0]
            page = invoke("messages.getHistory", limit=5, peer={
                "_": "inputPeerChannel", "channel_id": found["id"], "access_hash": found["access_hash"]}).json()["result"]
            truth = self.simulator.truth("synthetic1")["messages"]
            self.assertEqual([one["id"] for one in page["messages"]], [one["id"] for one in truth[:-6:-1]])
            for method in ("account.deleteAccount", "auth.logOut", "account.resetAuthorization", "messages.forwardMessages",
                           "messages.sendMultiMedia", "invokeWithLayer", "initConnection"):
                self.assert_problem(invoke(method), 403, "method_not_permitted")
            wrapped = invoke("invokeWithoutUpdates", query={"_": "account.deleteAccount", "reason": "none"})
            self.assert_problem(wrapped, 403, "method_not_permitted")
            self.assertEqual(self.simulator.calls("account.deleteAccount"), 0)
            self.assert_problem(invoke("messages.getNonsense"), 400, "invalid_body")
            self.assert_problem(invoke("user"), 400, "invalid_body")
            self.assert_problem(invoke("users.getUsers", id=[{"_": "inputNobody"}]), 400, "invalid_body")
            self.assert_problem(admin.post(path, {"method": "users.getUsers"}), 400, "invalid_body")
            refused = invoke("contacts.resolveUsername", username="nobody_has_this")
            self.assert_problem(refused, 422, "telegram_refused")
            self.assertEqual(refused.json()["telegram_error"], "USERNAME_NOT_OCCUPIED")
            token = self.new_token(admin, ("read", "write", "telegram"))
            self.assert_problem(token.post(path, {"_": "help.getConfig"}), 403, "insufficient_scope")
            token = self.new_token(admin, ("admin",))
            self.assertEqual(token.post(path, {"_": "help.getConfig"}).json()["result"]["_"], "config")

    def test_so_many_calls_a_minute(self):
        with self.serve() as service:
            admin = self.admin(service)
            account = self.wait_for_account(admin)
            connection = admin.connection()
            answers = [admin.request("POST", f"/api/v1/accounts/{account}/invoke", {"_": "help.getConfig"}, connection=connection)
                       for _ in range(121)]
            connection.close()
            self.assertEqual({answer.status for answer in answers[:120]}, {200})
            self.assert_problem(answers[120], 429, "too_many_requests")
            self.assertLessEqual(int(answers[120].headers["Retry-After"]), 60)


class Contract(ChannelTest):
    """With curl and a token, as n8n flows and scripts call the systems that Ledgram replaces."""

    def curl(self, token, method, path, *more, by_query=False):
        host, port = token.address
        url = f"http://{host}:{port}{path}"
        credentials = []
        if by_query:
            url += ("&" if "?" in url else "?") + f"token={token.token}"
        else:
            credentials = ["-H", f"Authorization: Bearer {token.token}"]
        done = subprocess.run(["curl", "-s", "-w", "\n%{http_code}", "-X", method, *credentials, *more, url],
                              capture_output=True, text=True, check=True, timeout=harness.PATIENCE_SECONDS)
        body, status = done.stdout.rsplit("\n", 1)
        return int(status), json.loads(body)

    def test_no_post_is_lost_between_two_parses(self):
        self.ledgram.must("channel", "add", "@synthetic1")
        with self.serve() as service:
            admin = self.admin(service)
            token = self.new_token(admin, ("read", "write"))
            user = self.wait_for_account(admin)
            status, parsed = self.curl(token, "POST", f"/users/{user}/channels/parse")
            self.assertEqual(status, 200, parsed)
            telegram_id = int(admin.get(f"/api/v1/accounts/{user}").json()["telegram_id"])
            posts = len(self.truth_of("synthetic1"))
            self.assertEqual(parsed, {"user_id": user, "telegram_id": telegram_id, "posts_added": posts, "status": "success"})
            for number in range(73):
                self.publish("synthetic1", f"between two parses {number}")
            status, parsed = self.curl(token, "POST", f"/users/{user}/channels/parse", by_query=True)
            self.assertEqual((status, parsed["posts_added"]), (200, 73))
            self.assertEqual(self.stored("synthetic1"), self.truth_of("synthetic1"))
            # Live posts count as well, so that nothing slips through between two calls.
            self.publish("synthetic1", "live")
            self.wait_until_equal("synthetic1")
            self.assertEqual(self.curl(token, "POST", f"/users/{user}/channels/parse")[1]["posts_added"], 1)
            self.assertEqual(self.curl(token, "POST", f"/users/{user}/channels/parse")[1]["posts_added"], 0)

    def test_a_pause_that_telegram_wants_is_told_and_nothing_is_lost_by_it(self):
        self.ledgram.must("channel", "add", "@synthetic1")
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", "request_time = 6")
        flood = {"kind": "flood_wait", "method": "messages.getHistory", "times": 1}
        with self.serve() as service:
            admin = self.admin(service)
            token = self.new_token(admin, ("read", "write"))
            user = self.wait_for_account(admin)
            self.wait_until_equal("synthetic1")
            self.curl(token, "POST", f"/users/{user}/channels/parse")
            self.publish("synthetic1", "while Telegram wants a pause")
            self.simulator.control("POST", "/faults", {**flood, "seconds": 5})
            answer = token.post(f"/users/{user}/channels/parse")
            self.assert_problem(answer, 429, "flood_wait")
            self.assertIn(int(answer.headers["Retry-After"]), (4, 5, 6))
            self.assertEqual(answer.json()["retry_after"], int(answer.headers["Retry-After"]))
            channel = self.simulator.truth("synthetic1")["id"]
            self.wait_until(lambda: not admin.get(f"/api/v1/channels/{channel}/collect").json()["running"],
                            "the reading goes on by itself")
            # The next call tells of what the one before could not.
            self.assertEqual(self.curl(token, "POST", f"/users/{user}/channels/parse")[1]["posts_added"], 1)
            # A pause that the request has time for is waited for.
            self.publish("synthetic1", "after a short pause")
            self.simulator.control("POST", "/faults", {**flood, "seconds": 1})
            status, parsed = self.curl(token, "POST", f"/users/{user}/channels/parse")
            self.assertEqual((status, parsed["posts_added"]), (200, 1))

    def test_the_shape_of_an_n8n_request(self):
        """Its node for HTTP requests accepts anything, compressed, and sends a body of JSON where none is wanted."""
        self.ledgram.must("channel", "add", "@synthetic1")
        node = ("-H", "User-Agent: axios/1.8.3", "-H", "Accept: application/json,text/html,application/xhtml+xml,"
                "application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7", "-H", "Content-Type: application/json", "--compressed")
        with self.serve() as service:
            admin = self.admin(service)
            token = self.new_token(admin, ("read", "write"))
            user = self.wait_for_account(admin)
            self.wait_until_equal("synthetic1")
            for body in (("-d", "{}"), ("-d", ""), ("-d", '{"limit": 50, "unused": null}')):
                status, parsed = self.curl(token, "POST", f"/users/{user}/channels/parse", *node, *body)
                self.assertEqual((status, parsed["status"]), (200, "success"))
            self.publish("synthetic1", "Новий міст " + "a" * 2000)
            self.wait_until_equal("synthetic1")
            telegram_id = self.curl(token, "GET", "/users", *node)[1]["users"][0]["telegram_id"]
            # Parameters that nobody knows here are ignored, as they always were.
            status, told = self.curl(token, "GET", f"/users/{telegram_id}/posts?hours_back=24&limit=100&_=17", *node)
            self.assertEqual((status, told["next"], len(told["posts"])), (200, None, 1))
            self.assertEqual(told["posts"][0]["text"], "Новий міст " + "a" * 2000)
            status, told = self.curl(token, "POST", "/parse_all_channels", *node, "-d", "{}")
            self.assertEqual((status, told["status"]), (200, "success"))

    def test_parse_all_answers_at_once(self):
        self.ledgram.must("channel", "add", "@synthetic1", "@synthetic2")
        self.simulator.control("POST", "/faults", {"kind": "delay", "milliseconds": 1500, "method": "messages.getHistory"})
        with self.serve() as service:
            admin = self.admin(service)
            token = self.new_token(admin, ("read", "write"))
            self.wait_for_account(admin)
            status, answer = self.curl(token, "POST", "/parse_all_channels")
            self.assertEqual((status, answer), (200, {"status": "success", "message": "collecting 2 channels of 1 account"}))
            self.simulator.control("DELETE", "/faults")
            for chat in ("synthetic1", "synthetic2"):
                self.wait_until_equal(chat)

    def test_what_goes_wrong(self):
        self.ledgram.must("channel", "add", "@synthetic1")
        with self.serve(allowed="needs login: Telegram says SESSION_REVOKED|is followed by no account") as service:
            admin = self.admin(service)
            token = self.new_token(admin, ("read", "write"))
            user = self.wait_for_account(admin)
            status, told = self.curl(token, "GET", f"/users/{user}/auth_status")
            self.assertEqual((status, told["is_authenticated"], told["status"]), (200, True, "authenticated"))
            status, problem = self.curl(token, "POST", "/users/4711/channels/parse")
            self.assertEqual((status, problem["code"]), (404, "not_found"))
            never = admin.post("/api/v1/accounts", {"name": "never"}).json()["id"]
            status, problem = self.curl(token, "POST", f"/users/{never}/channels/parse")
            self.assertEqual((status, problem["code"]), (403, "not_authenticated"))
            self.assertEqual(self.curl(token, "GET", f"/users/{never}/auth_status")[1]["status"], "not_authenticated")
            self.simulator.control("POST", "/logout", {"phone": self.phone.lstrip("+")})
            for _ in range(2):
                status, problem = self.curl(token, "POST", f"/users/{user}/channels/parse")
                self.assertEqual((status, problem["code"]), (409, "telegram_auth_required"))
                self.assertIs(problem["requires_telegram_auth"], True)
            self.wait_until(lambda: self.curl(token, "GET", f"/users/{user}/auth_status")[1]["status"] == "session_revoked",
                            "the loss of the session is known")
            nobody = api.Client(admin.address, "lgt_wrong")
            status, problem = self.curl(nobody, "POST", f"/users/{user}/channels/parse")
            self.assertEqual((status, problem["requires_auth"]), (401, True))
            reader = self.new_token(admin, ("read",))
            status, problem = self.curl(reader, "POST", f"/users/{user}/channels/parse")
            self.assertEqual((status, problem["code"]), (403, "insufficient_scope"))

    def test_log_out_and_retention(self):
        with self.serve() as service:
            admin = self.admin(service)
            token = self.new_token(admin, ("read", "write"))
            user = self.wait_for_account(admin)
            path = f"/users/{user}/retention_settings"
            self.assertIsNone(self.curl(token, "GET", path)[1]["retention_days"])
            json_type = ("-H", "Content-Type: application/json")
            status, told = self.curl(token, "PUT", path, *json_type, "-d", '{"retention_days": 30}')
            self.assertEqual((status, told["retention_days"]), (200, 30))
            self.assertEqual(self.curl(token, "GET", path)[1]["retention_days"], 30)
            status, problem = self.curl(token, "PUT", path, *json_type, "-d", '{"retention_days": 0}')
            self.assertEqual((status, problem["code"]), (400, "invalid_body"))
            self.assertIsNone(self.curl(token, "PUT", path, *json_type, "-d", '{"retention_days": null}')[1]["retention_days"])
            status, told = self.curl(token, "POST", f"/users/{user}/logout")
            self.assertEqual((status, told["status"]), (200, "success"))
            self.assertEqual(self.simulator.calls("auth.logOut"), 1)
            for last in ("logout", "channels/parse"):
                status, problem = self.curl(token, "POST", f"/users/{user}/{last}")
                self.assertEqual((status, problem["code"]), (403, "not_authenticated"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
