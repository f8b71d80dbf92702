"""Telegram accounts over HTTP: logging in by every way, state, isolation of users, and what Telegram refuses."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api, harness  # noqa: E402

PHONE = "+9996625678"
OTHER_PHONE = "+9996629999"
BOT = "123456:AAAAbbbbCCCCddddEEEEffffGGGGhhhhIII"


class AccountTest(api.ApiTest):
    def make(self, client, name):
        answer = client.post("/api/v1/accounts", {"name": name})
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(answer.json()["state"]["status"], "needs_login")
        return answer.json()["id"]

    def step(self, client, account, last, body=None, status=None):
        """A step of a login that has to succeed; where the login stands then."""
        answer = client.post(f"/api/v1/accounts/{account}/login/{last}", body)
        self.assertEqual(answer.status, 200, answer)
        if status:
            self.assertEqual(answer.json()["status"], status, answer)
        return answer.json()

    def log_account_in(self, client, account, phone):
        self.step(client, account, "phone", {"phone": phone}, "needs_code")
        self.step(client, account, "code", {"code": harness.login_code(phone)}, "done")

    def state(self, client, account):
        return client.get(f"/api/v1/accounts/{account}/state").json()

    def wait_for_state(self, client, account, status):
        self.wait_until(lambda: self.state(client, account)["status"] == status, f"account {account} is {status}")

    def only_account(self, client):
        (account,) = client.get("/api/v1/accounts").json()["items"]
        return account["id"]


class Logins(AccountTest):
    def test_by_phone_code_and_password(self):
        self.simulator.control("POST", "/accounts", {"phone": PHONE[1:], "password": "secret", "hint": "not a good one"})
        with self.serve() as service:
            admin = self.admin(service)
            account = self.make(admin, "news")
            code = self.step(admin, account, "phone", {"phone": PHONE}, "needs_code")["code"]
            self.assertEqual((code["type"], code["length"], code["next_type"]), ("app", 5, "sms"))
            path = f"/api/v1/accounts/{account}/login"
            self.assert_problem(admin.post(f"{path}/code", {"code": "00000"}), 422, "wrong_code")
            self.assert_problem(admin.post(f"{path}/password", {"password": "secret"}), 409, "conflict")
            status = self.step(admin, account, "code", {"code": harness.login_code(PHONE)}, "needs_password")
            self.assertEqual(status["password_hint"], "not a good one")
            self.assert_problem(admin.post(f"{path}/password", {"password": "Secret"}), 422, "wrong_password")
            self.step(admin, account, "password", {"password": "secret"}, "done")
            self.wait_for_state(admin, account, "connected")
            told = admin.get(f"/api/v1/accounts/{account}").json()
            self.assertEqual((told["name"], told["kind"], told["phone"]), ("news", "user", PHONE[1:]))
            me = admin.get(f"/api/v1/accounts/{account}/me").json()
            self.assertEqual(me["id"], told["telegram_id"])
            self.assert_problem(admin.post(f"{path}/phone", {"phone": PHONE}), 409, "already_exists")
        with self.serve() as service:
            service.wait_for_line("serving 2 accounts")

    def test_by_qr_code_that_is_refreshed_with_a_password_after_it(self):
        self.simulator.control("POST", "/accounts", {"phone": PHONE[1:], "password": "secret"})
        self.simulator.control("POST", "/qr", {"seconds": 1})
        with self.serve() as service:
            admin = self.admin(service)
            account = self.make(admin, "scanned")
            first = self.step(admin, account, "qr", status="waiting")
            self.assertTrue(first["qr"]["link"].startswith("tg://login?token="))
            self.assertTrue(first["qr"]["svg"].startswith("<svg "))
            path = f"/api/v1/accounts/{account}/login/qr/status"
            fresh = admin.get(f"{path}?wait=20&revision={first['revision']}").json()
            self.assertEqual(fresh["status"], "waiting")
            self.assertNotEqual(fresh["qr"]["link"], first["qr"]["link"])
            self.simulator.control("POST", "/qr", {"seconds": 60})
            fresh = admin.get(f"{path}?wait=20&revision={fresh['revision']}").json()
            self.simulator.control("POST", "/qr/accept", {"token": fresh["qr"]["link"], "phone": PHONE[1:]})
            asked = admin.get(f"{path}?wait=20&revision={fresh['revision']}").json()
            self.assertEqual((asked["status"], asked["qr"]), ("needs_password", None))
            self.step(admin, account, "password", {"password": "secret"}, "done")
            self.assertEqual(admin.get(path).json()["status"], "done")
            self.wait_for_state(admin, account, "connected")

    def test_a_stream_tells_each_code_and_the_end_of_a_login(self):
        self.simulator.control("POST", "/qr", {"seconds": 1})
        with self.serve() as service:
            admin = self.admin(service)
            account = self.make(admin, "streamed")
            self.step(admin, account, "qr", status="waiting")
            connection = admin.connection()
            connection.request("GET", f"/api/v1/accounts/{account}/login/events", headers={"Cookie": admin.cookie})
            stream = connection.getresponse()
            self.assertEqual((stream.status, stream.headers["Content-Type"]), (200, "text/event-stream"))
            told = []
            for line in stream:
                if not line.startswith(b"data: "):
                    continue
                told.append(json.loads(line[len(b"data: "):]))
                if len(told) == 2:
                    self.simulator.control("POST", "/qr", {"seconds": 60})
                if len(told) == 3:
                    self.simulator.control("POST", "/qr/accept", {"token": told[-1]["qr"]["link"], "phone": PHONE[1:]})
            connection.close()
            self.assertEqual([one["status"] for one in told], ["waiting"] * 3 + ["done"])
            self.assertEqual(len({one["qr"]["link"] for one in told[:3]}), 3, "each code is another one")

    def test_by_bot_token(self):
        self.simulator.control("POST", "/accounts", {"bot_token": BOT, "dc": 2})
        with self.serve() as service:
            admin = self.admin(service)
            account = self.make(admin, "bot")
            path = f"/api/v1/accounts/{account}/login/bot"
            self.assert_problem(admin.post(path, {"token": "no token"}), 400, "invalid_body")
            self.assert_problem(admin.post(path, {"token": "99:AAAA"}), 422, "telegram_refused")
            self.step(admin, account, "bot", {"token": BOT}, "done")
            self.wait_for_state(admin, account, "connected")
            self.assertEqual(admin.get(f"/api/v1/accounts/{account}").json()["kind"], "bot")
            second = self.make(admin, "again")
            answer = admin.post(f"/api/v1/accounts/{second}/login/bot", {"token": BOT})
            self.assert_problem(answer, 409, "already_exists")

    def test_an_email_address_that_telegram_wants_first(self):
        self.simulator.control("POST", "/login", {"phone": PHONE[1:], "types": ["SetUpEmailRequired", "EmailCode"]})
        with self.serve() as service:
            admin = self.admin(service)
            account = self.make(admin, "mailed")
            self.step(admin, account, "phone", {"phone": PHONE}, "needs_email")
            status = self.step(admin, account, "email", {"email": "olha@example.org"}, "needs_email_code")
            self.assertIn("@example.org", status["email"]["pattern"])
            path = f"/api/v1/accounts/{account}/login/email-code"
            self.assert_problem(admin.post(path, {"code": "00000"}), 422, "wrong_code")
            status = self.step(admin, account, "email-code", {"code": harness.login_code(PHONE)}, "needs_code")
            self.assertEqual(status["code"]["type"], "email")
            self.step(admin, account, "code", {"code": harness.login_code(PHONE)}, "done")

    def test_resend_and_cancel(self):
        with self.serve() as service:
            admin = self.admin(service)
            account = self.make(admin, "patient")
            path = f"/api/v1/accounts/{account}/login"
            self.assert_problem(admin.get(path), 404, "not_found")
            self.step(admin, account, "phone", {"phone": PHONE}, "needs_code")
            early = admin.post(f"{path}/resend")
            self.assert_problem(early, 409, "conflict")
            self.assertGreater(int(early.headers["Retry-After"]), 30)
            self.simulator.control("POST", "/login", {"phone": PHONE[1:], "types": ["App", "Sms"], "resend_after": 0})
            self.step(admin, account, "phone", {"phone": PHONE}, "needs_code")
            self.assertEqual(self.step(admin, account, "resend", status="needs_code")["code"]["type"], "sms")
            self.step(admin, account, "cancel", status="cancelled")
            self.assertEqual(self.simulator.calls("auth.cancelCode"), 2, "of the login that was begun anew, and of this one")
            self.assert_problem(admin.post(f"{path}/code", {"code": harness.login_code(PHONE)}), 409, "conflict")
            self.log_account_in(admin, account, PHONE)

    def test_a_login_that_nobody_comes_back_to_is_given_up(self):
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", "login_time = 1")
        with self.serve() as service:
            admin = self.admin(service)
            account = self.make(admin, "left-alone")
            self.step(admin, account, "phone", {"phone": PHONE}, "needs_code")
            self.wait_until(lambda: self.simulator.calls("auth.cancelCode") == 1, "the code is cancelled")
            self.assertEqual(admin.get(f"/api/v1/accounts/{account}/login").json()["status"], "expired")
            answer = admin.post(f"/api/v1/accounts/{account}/login/code", {"code": harness.login_code(PHONE)})
            self.assert_problem(answer, 409, "conflict")
            scanned = self.make(admin, "never-scanned")
            revision = self.step(admin, scanned, "qr", status="waiting")["revision"]
            path = f"/api/v1/accounts/{scanned}/login/qr/status"
            told = admin.get(f"{path}?wait=25&revision={revision}").json()
            self.assertEqual((told["status"], told["qr"]), ("expired", None))

    def test_what_telegram_refuses_at_the_beginning(self):
        with self.serve() as service:
            admin = self.admin(service)
            account = self.make(admin, "refused")
            path = f"/api/v1/accounts/{account}/login/phone"
            self.assert_problem(admin.post(path, {"phone": "no digits"}), 400, "invalid_body")
            self.assert_problem(admin.post(path, {}), 400, "invalid_body")
            self.simulator.control("POST", "/faults", {"kind": "flood_wait", "seconds": 7, "method": "auth.sendCode"})
            answer = admin.post(path, {"phone": PHONE})
            self.assert_problem(answer, 429, "flood_wait")
            self.assertIn(int(answer.headers["Retry-After"]), (7, 8))
            self.simulator.control("DELETE", "/faults")
            self.simulator.control("POST", "/faults", {"kind": "rpc_error", "code": 400, "message": "PHONE_NUMBER_BANNED",
                                                       "method": "auth.sendCode", "times": 1})
            second = self.make(admin, "banned")
            answer = admin.post(f"/api/v1/accounts/{second}/login/phone", {"phone": PHONE})
            self.assert_problem(answer, 422, "telegram_refused")
            self.assertEqual(answer.json()["telegram_error"], "PHONE_NUMBER_BANNED")
            self.log_account_in(admin, second, PHONE)

    def test_one_telegram_account_is_here_once_for_each_user(self):
        with self.serve() as service:
            admin = self.admin(service)
            first = self.make(admin, "first")
            self.log_account_in(admin, first, PHONE)
            second = self.make(admin, "second")
            self.step(admin, second, "phone", {"phone": PHONE}, "needs_code")
            path = f"/api/v1/accounts/{second}/login"
            answer = admin.post(f"{path}/code", {"code": harness.login_code(PHONE)})
            self.assert_problem(answer, 409, "already_exists")
            self.assertIn("first", answer.json()["detail"])
            self.assertEqual(admin.get(path).json()["status"], "failed")
            self.assertEqual(self.simulator.calls("auth.logOut"), 1, "the login that has no place is taken back")
            ben = self.new_user(admin, "ben")
            account = self.make(ben, "ben-1")
            self.log_account_in(ben, account, PHONE)


class States(AccountTest):
    simulator_options = ("--synthetic", "channels=1,posts=20,seed=5")

    def test_a_revoked_session_is_told_and_logged_in_again_without_a_restart(self):
        self.join("synthetic1")
        self.ledgram.must("channel", "add", "@synthetic1")
        with self.serve(allowed="needs login: Telegram says SESSION_REVOKED|is followed by no account") as service:
            admin = self.admin(service)
            service.wait_for_line("serving 1 account, 1 channel")
            self.wait_until_equal("synthetic1")
            account = self.only_account(admin)
            self.simulator.control("POST", "/logout", {"phone": self.phone.lstrip("+")})
            answer = admin.get(f"/api/v1/accounts/{account}/me")
            self.assert_problem(answer, 409, "telegram_auth_required")
            self.assertIs(answer.json()["requires_telegram_auth"], True)
            self.wait_for_state(admin, account, "needs_login")
            self.assertIn("SESSION_REVOKED", self.state(admin, account)["last_error"])
            again = admin.get(f"/api/v1/accounts/{account}/dialogs")
            self.assert_problem(again, 409, "telegram_auth_required")
            # The number is known, so it need not be given.
            self.step(admin, account, "phone", {}, "needs_code")
            self.step(admin, account, "code", {"code": harness.login_code(self.phone)}, "done")
            self.wait_for_state(admin, account, "connected")
            self.publish("synthetic1", "after the second login")
            self.wait_until_equal("synthetic1")
        self.assert_each_message_told_once("synthetic1")

    def test_connection_and_its_loss_show(self):
        with self.serve(allowed="connection to data centre") as service:
            admin = self.admin(service)
            account = self.only_account(admin)
            self.wait_for_state(admin, account, "connected")
            self.assertIsNone(self.state(admin, account)["last_error"])
            self.simulator.control("POST", "/faults", {"kind": "refuse"})
            self.simulator.control("POST", "/faults", {"kind": "drop"})
            self.wait_for_state(admin, account, "connecting")
            self.assertTrue(self.state(admin, account)["last_error"])
            self.simulator.control("DELETE", "/faults")
            self.wait_for_state(admin, account, "connected")

    def test_log_out_and_remove(self):
        self.ledgram.must("channel", "add", "@synthetic1")
        with self.serve(allowed="is followed by no account") as service:
            admin = self.admin(service)
            service.wait_for_line("serving 1 account, 1 channel")
            account = self.only_account(admin)
            self.wait_until_equal("synthetic1")
            self.assertEqual(admin.post(f"/api/v1/accounts/{account}/logout").status, 204)
            self.assertEqual(self.simulator.calls("auth.logOut"), 1)
            self.assertEqual(self.state(admin, account)["status"], "needs_login")
            again = admin.post(f"/api/v1/accounts/{account}/logout")
            self.assert_problem(again, 409, "telegram_auth_required")
            other = self.make(admin, "other")
            self.log_account_in(admin, other, PHONE)
            self.publish("synthetic1", "the other account reads it now")
            self.wait_until_equal("synthetic1")
            self.assertEqual(admin.request("DELETE", f"/api/v1/accounts/{other}").status, 204)
            self.assertEqual(self.simulator.calls("auth.logOut"), 2)
            self.assert_problem(admin.get(f"/api/v1/accounts/{other}"), 404, "not_found")
            self.assertEqual(admin.request("DELETE", f"/api/v1/accounts/{account}").status, 204)
            self.assertEqual(admin.get("/api/v1/accounts").json()["items"], [])
        self.assertIn("no accounts", self.ledgram.must("account", "list"))
        self.assertEqual(len(self.ledgram.posts("synthetic1")), 21)

    def test_serving_begins_without_any_account(self):
        name = self.ledgram.must("account", "list").splitlines()[1].split()[0]
        self.ledgram.must("account", "remove", name)
        with self.serve() as service:
            admin = self.admin(service)
            account = self.make(admin, "first")
            self.log_account_in(admin, account, PHONE)
            answer = admin.post("/api/v1/channels", {"channel": "@synthetic1"})
            self.assertEqual(answer.status, 201, answer)
            self.wait_until_equal("synthetic1")
            self.publish("synthetic1", "live")
            self.wait_until_equal("synthetic1")
        self.assertIn("serving 0 accounts, 0 channels", service.lines)

    def test_waits_and_deadlines_of_telegram(self):
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", "request_time = 4")
        with self.serve() as service:
            admin = self.admin(service)
            account = self.only_account(admin)
            self.wait_for_state(admin, account, "connected")
            self.simulator.control("POST", "/faults", {"kind": "flood_wait", "seconds": 30, "method": "users.getFullUser",
                                                       "times": 1})
            answer = admin.get(f"/api/v1/accounts/{account}/me")
            self.assert_problem(answer, 429, "flood_wait")
            self.assertIn(int(answer.headers["Retry-After"]), (30, 31))
            self.simulator.control("POST", "/faults", {"kind": "delay", "milliseconds": 60000, "method": "messages.getDialogs"})
            answer = admin.get(f"/api/v1/accounts/{account}/dialogs")
            self.assert_problem(answer, 504, "deadline_exceeded")
            self.simulator.control("DELETE", "/faults")
            self.assertEqual(self.state(admin, account)["status"], "connected")


class Isolation(AccountTest):
    simulator_options = ("--synthetic", "channels=1,posts=5,seed=5")

    def test_another_users_account_is_not_there(self):
        with self.serve() as service:
            admin = self.admin(service)
            account = self.only_account(admin)
            ben = self.new_user(admin, "ben")
            self.assertEqual(ben.get("/api/v1/accounts").json(), {"items": [], "next": None})
            base = f"/api/v1/accounts/{account}"
            for method, path, body in (
                    ("GET", base, None), ("GET", f"{base}/state", None), ("DELETE", base, None),
                    ("POST", f"{base}/logout", None), ("POST", f"{base}/login/phone", {"phone": PHONE}),
                    ("POST", f"{base}/login/qr", None), ("POST", f"{base}/login/cancel", None),
                    ("GET", f"{base}/login", None), ("GET", f"{base}/login/qr/status", None),
                    ("GET", f"{base}/login/events", None), ("GET", f"{base}/me", None), ("GET", f"{base}/dialogs", None),
                    ("GET", f"{base}/chats/me", None), ("GET", f"{base}/chats/@synthetic1/messages", None),
                    ("GET", f"{base}/chats/me/photo", None), ("GET", f"{base}/resolve?link=@synthetic1", None),
                    ("POST", "/api/v1/channels", {"channel": "@synthetic1", "account": account}),
                    ("POST", f"/users/{account}/channels/parse", None), ("GET", f"/users/{account}/auth_status", None),
                    ("POST", f"/users/{account}/logout", None), ("GET", f"/users/{account}/retention_settings", None),
                    ("PUT", f"/users/{account}/retention_settings", {"retention_days": 3})):
                self.assert_problem(ben.request(method, path, body), 404, "not_found")
            self.assert_problem(ben.post(f"{base}/invoke", {"_": "help.getConfig"}), 403, "forbidden")
            own = self.make(ben, "bens")
            self.assertEqual([one["id"] for one in ben.get("/api/v1/accounts").json()["items"]], [own])
            listed = [one["id"] for one in admin.get("/api/v1/accounts").json()["items"]]
            self.assertEqual(listed, sorted([account, own]))

    def test_a_login_under_way_is_nobody_elses(self):
        """Neither to be seen, nor to be gone on with, nor to be ended, by another member and by another's token."""
        with self.serve() as service:
            admin = self.admin(service)
            ann, ben = self.new_user(admin, "ann-2"), self.new_user(admin, "ben")
            program = self.new_token(ben, ("read", "write", "telegram"))
            by_code, by_qr = self.make(ann, "by-code"), self.make(ann, "by-qr")
            self.step(ann, by_code, "phone", {"phone": PHONE}, "needs_code")
            revision = self.step(ann, by_qr, "qr", status="waiting")["revision"]
            steps = (("POST", "phone", {"phone": OTHER_PHONE}), ("POST", "code", {"code": harness.login_code(PHONE)}),
                     ("POST", "password", {"password": "x"}), ("POST", "resend", None), ("POST", "cancel", None),
                     ("POST", "email", {"email": "ben@example.org"}), ("POST", "email-code", {"code": "12345"}),
                     ("POST", "email-reset", None), ("POST", "qr", None), ("POST", "bot", {"token": BOT}),
                     ("GET", "qr/status", None), ("GET", "events", None))
            for account in (by_code, by_qr):
                base = f"/api/v1/accounts/{account}/login"
                for client in (ben, program):
                    self.assert_problem(client.get(base), 404, "not_found")
                    for method, last, body in steps:
                        self.assert_problem(client.request(method, f"{base}/{last}", body), 404, "not_found")
            self.assertEqual(ann.get(f"/api/v1/accounts/{by_code}/login").json()["status"], "needs_code")
            self.assertEqual(ann.get(f"/api/v1/accounts/{by_qr}/login").json()["revision"], revision, "the same code still")
            self.assertEqual(self.simulator.calls("auth.cancelCode"), 0)
            self.step(ann, by_code, "code", {"code": harness.login_code(PHONE)}, "done")
            # What ben has of his own is no way to it either.
            own = self.make(ben, "bens")
            self.assert_problem(ben.post(f"/api/v1/accounts/{own}/login/code", {"code": "12345"}), 404, "not_found")
            self.assertEqual([one["id"] for one in ben.get("/api/v1/accounts").json()["items"]], [own])

    def test_pages_names_and_proxies_of_accounts(self):
        with self.serve() as service:
            admin = self.admin(service)
            ids = [self.only_account(admin)] + [self.make(admin, f"account-{letter}") for letter in "abc"]
            first = admin.get("/api/v1/accounts?limit=3").json()
            second = admin.get(f"/api/v1/accounts?limit=3&cursor={first['next']}").json()
            self.assertEqual([one["id"] for one in first["items"] + second["items"]], sorted(ids))
            self.assertIsNone(second["next"])
            answer = admin.get("/api/v1/accounts")
            unchanged = admin.get("/api/v1/accounts", headers={"If-None-Match": answer.headers["ETag"]})
            self.assertEqual(unchanged.status, 304)
            self.assert_problem(admin.get("/api/v1/accounts?cursor=abcd"), 400, "invalid_parameter")
            self.assert_problem(admin.post("/api/v1/accounts", {"name": "account-a"}), 409, "already_exists")
            self.assert_problem(admin.post("/api/v1/accounts", {"proxy": "gopher://somewhere"}), 400, "invalid_body")
            self.assertEqual(admin.post("/api/v1/accounts", {"proxy": "none"}).json()["name"], "account-1")
            ben = self.new_user(admin, "ben")
            self.assert_problem(ben.post("/api/v1/accounts", {"proxy": "none"}), 403, "forbidden")


if __name__ == "__main__":
    unittest.main(verbosity=2)
