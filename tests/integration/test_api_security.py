"""What holds for every route of /openapi.json: nobody without a login, nobody else's things, no change from a foreign page. The
routes are taken from the document, so that a new one is tested by being there."""

import json
import re
import socket
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api, harness  # noqa: E402
from support.receiver import Receiver  # noqa: E402

# Every route that needs no login, by name. A new one is a decision.
PUBLIC = {
    "get_health", "get_readiness", "get_version", "get_openapi",
    "set_up", "log_in",
    "get_reference", "get_reference_start", "get_reference_script", "get_reference_style",
    # The secret is in the path.
    "read_feed_rss", "read_feed_atom",
}

CHANGING = ("post", "put", "patch", "delete")


class Operation:
    def __init__(self, path, method, description, document):
        self.path = path
        self.method = method.upper()
        self.id = description["operationId"]
        self.public = description["security"] == []
        self.parameters = description.get("parameters", [])
        body = description.get("requestBody")
        self.body = body and body["content"]["application/json"].get("example")
        self.has_body = body is not None
        self.statuses = set(description["responses"])
        self.lists = self.is_list(description, document)

    @staticmethod
    def is_list(description, document):
        """Whether it answers with an object that holds an array of things."""
        schema = description["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        members = schema.get("properties", {})
        return "items" in members or "id" not in members and any(
            "items" in members.get(name, {}) for name in ("users", "channels", "posts"))

    def names(self):
        return re.findall(r"{(\w+)}", self.path)

    def url(self, values=None):
        """With required query parameters; `values` by name, else any that obeys the schema."""
        filled = self.path
        for name in self.names():
            filled = filled.replace("{" + name + "}", str((values or {}).get(name, "1")))
        query = [f"{parameter['name']}={self.example(parameter)}" for parameter in self.parameters
                 if parameter["in"] == "query" and parameter.get("required")]
        return filled + ("?" + "&".join(query) if query else "")

    def example(self, parameter):
        if "example" in parameter:
            return parameter["example"]
        schema = parameter["schema"]
        if "enum" in schema:
            return schema["enum"][0]
        return "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else "1"

    def __repr__(self):
        return f"{self.method} {self.path}"


class SecurityTest(api.ApiTest):
    simulator_options = ("--synthetic", "channels=2,posts=3,seed=5")

    def start(self, *arguments):
        service = self.serve(*arguments, allowed=r"warning \[")
        service.start()
        self.addCleanup(lambda: service.process.poll() is None and service.kill())
        return service

    def operations(self, client):
        document = client.get("/openapi.json").json()
        operations = [Operation(path, method, description, document)
                      for path, methods in document["paths"].items() for method, description in methods.items()]
        self.assertGreater(len(operations), 20)
        return operations

    def call(self, client, operation, values=None, **headers):
        return client.request(operation.method, operation.url(values), operation.body if operation.has_body else None,
                              headers=headers)

    def assert_unauthenticated(self, operation, answer):
        self.assertEqual(answer.status, 401, (operation, answer))
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json", operation)
        document = answer.json()
        self.assertIs(document["requires_auth"], True, operation)
        self.assertEqual(document["code"], "unauthenticated", operation)
        self.assertIsNone(answer.headers["Location"], operation)
        self.assertIsNone(answer.headers["Set-Cookie"], operation)


class EveryRoute(SecurityTest):
    def test_without_a_login_it_is_401(self):
        service = self.start()
        client = self.client(service)
        operations = self.operations(client)
        public = {operation.id for operation in operations if operation.public}
        self.assertEqual(public - PUBLIC, set(), "routes that need no login are named in this test")
        for operation in operations:
            if operation.public:
                continue
            self.assertIn("401", operation.statuses, operation)
            self.assert_unauthenticated(operation, self.call(client, operation))
            for wrong in ({"Authorization": "Bearer lgt_" + "x" * 43}, {"Authorization": "Bearer "},
                          {"Authorization": "Basic YW5uOnB3"}, {"Cookie": "ledgram_session=" + "x" * 43}):
                self.assert_unauthenticated(operation, self.call(client, operation, **wrong))
            separator = "&" if "?" in operation.url() else "?"
            answer = client.request(operation.method, operation.url() + separator + "token=wrong",
                                    operation.body if operation.has_body else None)
            self.assert_unauthenticated(operation, answer)
        service.stop()

    def test_a_change_by_cookie_needs_the_csrf_token_and_no_foreign_page(self):
        service = self.start()
        admin = self.admin(service)
        thief = api.Client(admin.address)
        thief.cookie = admin.cookie
        for operation in self.operations(admin):
            if operation.public or operation.method.lower() not in CHANGING:
                continue
            self.assert_problem(self.call(thief, operation), 403, "csrf_token_missing")
            self.assert_problem(self.call(thief, operation, **{"X-CSRF-Token": "x" * len(admin.csrf)}), 403,
                                "csrf_token_missing")
            self.assert_problem(self.call(admin, operation, Origin="https://evil.example"), 403, "foreign_origin")
            # What a form of a foreign page can send without asking: a body that is no JSON by its type.
            if operation.has_body:
                answer = admin.request(operation.method, operation.url(), json.dumps(operation.body),
                                       headers={"Content-Type": "text/plain"})
                self.assert_problem(answer, 415, "unsupported_media_type")
        service.stop()

    def test_a_viewer_changes_nothing_and_a_reading_token_neither(self):
        """But for the own login of a viewer."""
        service = self.start()
        admin = self.admin(service)
        viewer = self.new_user(admin, "eve", role="viewer")
        reading = self.new_token(admin, ("read",))
        own = re.compile(r"^/api/v1/auth/")
        for operation in self.operations(admin):
            if operation.public or operation.method.lower() not in CHANGING:
                continue
            answer = self.call(reading, operation)
            self.assertEqual((answer.status, answer.json()["code"]), (403, "insufficient_scope"), (operation, answer))
            if not own.search(operation.path):
                answer = self.call(viewer, operation)
                self.assertEqual((answer.status, answer.json()["code"]), (403, "forbidden"), (operation, answer))
        service.stop()

    def test_another_users_things_are_not_there(self):
        """Whatever a path names, of the admin or of a member, is 404 for another member, as if it did not exist (or 403 where
        all is the admins')."""
        self.ledgram.must("channel", "add", "@synthetic1")
        self.join("synthetic1")
        service = self.start()
        admin = self.admin(service)
        service.wait_for_line(r"^serving 1 account, 1 channel$")
        self.publish("synthetic1", "Hello")
        bob, eve = self.new_user(admin, "bob"), self.new_user(admin, "eve")
        self.assertEqual(eve.post("/api/v1/accounts", {"name": "eves"}).status, 201)
        for owner in (admin, eve):
            things = self.things_of(owner)
            self.assert_nothing_is_there(bob, things)
            # They are all still there.
            self.assertEqual(owner.get(f"/api/v1/webhooks/{things['webhook']}").json()["name"], "the owner's")
            self.assertIn(things["token"], [token["id"] for token in owner.get("/api/v1/auth/tokens").json()["items"]])
            self.assertIn(things["feed"], [feed["id"] for feed in owner.get("/api/v1/feeds").json()["items"]])
            self.assertIn(things["account"], [account["id"] for account in owner.get("/api/v1/accounts").json()["items"]])
            self.assertEqual(owner.get("/api/v1/auth/me").status, 200)
        for path in ("/api/v1/webhooks", "/api/v1/feeds", "/api/v1/auth/tokens", "/api/v1/accounts", "/api/v1/channels",
                     "/api/v1/posts"):
            self.assertEqual(bob.get(path).json()["items"], [], path)
        self.assertEqual(bob.get("/users").json()["users"], [])
        service.stop()

    def assert_nothing_is_there(self, member, things):
        seen = 0
        for operation in self.operations(member):
            if operation.public or not operation.names():
                continue
            missing = [name for name in operation.names() if name not in things]
            self.assertEqual(missing, [], f"{operation}: say in things_of() what there is of these")
            answer = self.call(member, operation, things)
            self.assertIn(answer.status, (403, 404), (operation, answer))
            if answer.status == 404:
                nothing = self.call(member, operation, {**things, operation.names()[0]: "999999"})
                self.assertEqual(nothing.status, 404, (operation, nothing))
                self.assertEqual(set(nothing.json()), set(answer.json()), operation)
            seen += 1
        self.assertGreater(seen, 10)

    def things_of(self, owner):
        """By the name that paths give them."""
        hook = owner.post("/api/v1/webhooks", {"url": "https://example.org/", "name": "the owner's"}).json()
        feed = owner.post("/api/v1/feeds", {"title": "the owner's"}).json()
        account = owner.get("/api/v1/accounts").json()["items"][0]
        return {"webhook": hook["id"], "feed": feed["id"], "token": self.new_token(owner).id,
                "user": owner.get("/api/v1/auth/me").json()["user"]["id"],
                "session": owner.get("/api/v1/auth/sessions").json()["items"][0]["id"],
                "account": account["id"], "user_id": account["id"], "telegram_id": account["telegram_id"] or 77,
                "channel": self.simulator.truth("synthetic1")["id"], "post": 1, "chat": "@synthetic1", "other": 1}

    def test_every_list_has_a_tag_that_saves_sending_it_again(self):
        self.ledgram.must("channel", "add", "@synthetic1")
        self.join("synthetic1")
        service = self.start()
        admin = self.admin(service)
        service.wait_for_line(r"^serving 1 account, 1 channel$")
        self.wait_until(lambda: not admin.get("/api/v1/channels").json()["items"][0]["collecting"], "the history is read")
        # By token, since each login would begin a session more.
        reader = self.new_token(admin, ("read", "write", "telegram", "admin"))
        things = self.things_of(admin)
        lists = 0
        for operation in self.operations(admin):
            if operation.method != "GET" or operation.public or not operation.lists:
                continue
            reader.get(operation.url(things))  # the first sight of the token is in the audit table then
            answer = reader.get(operation.url(things))
            self.assertEqual(answer.status, 200, (operation, answer))
            self.assertIn("304", operation.statuses, operation)
            again = reader.get(operation.url(things), headers={"If-None-Match": f'"other", {answer.headers["ETag"]}'})
            self.assertEqual((again.status, again.body), (304, b""), (operation, again))
            self.assertEqual(again.headers["ETag"], answer.headers["ETag"])
            lists += 1
        self.assertGreater(lists, 12)
        service.stop()

    def test_no_method_but_those_of_the_document(self):
        service = self.start()
        admin = self.admin(service)
        paths = {}
        for operation in self.operations(admin):
            paths.setdefault(operation.url().partition("?")[0], set()).add(operation.method)
        for path, methods in paths.items():
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
                answer = admin.request(method, path)
                # A longer path may match another route's parameter.
                self.assertIn(answer.status, (404, 405), (method, path, answer))
                if answer.status == 405:
                    self.assertTrue(methods <= set(answer.headers["Allow"].split(", ")), (method, path, answer.headers["Allow"]))
        service.stop()


class Requests(SecurityTest):
    def test_no_path_leads_out_of_the_server(self):
        service = self.start()
        client = self.admin(service)
        secret = (self.ledgram.data / "seal.key").read_bytes()
        for path in ("/../../etc/passwd", "/docs/../ledgram.toml", "/docs/../../etc/passwd", "/docs/%2e%2e/ledgram.toml",
                     "/docs/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/docs/..%5c..%5cledgram.toml", "/docs//etc/passwd",
                     "//etc/passwd", "/%2fetc%2fpasswd", "/docs/%00", "/docs/seal.key", "/..;/seal.key", "/docs/.../seal.key",
                     "/api/v1/../../seal.key", "/docs/%252e%252e/seal.key", "/docs/\\..\\seal.key"):
            request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
            received = client.raw(request)
            self.assertRegex(received, rb"^HTTP/1\.1 (400|404) ", path)
            self.assertIn(b"application/problem+json", received, path)
            for leaked in (b"root:", b"[telegram]", secret):
                self.assertNotIn(leaked, received, path)
        service.stop()

    def test_nothing_of_a_request_becomes_a_header(self):
        service = self.start()
        client = self.admin(service)
        injected = "%0d%0aX-Injected:%20yes%0d%0a%0d%0a<html>"
        for path in (f"/{injected}", f"/api/v1/webhooks/{injected}", f"/healthz?x={injected}",
                     f"/api/v1/webhooks?cursor={injected}", f"/setup?token={injected}", f"/openapi.json?{injected}=1"):
            answer = client.get(path)
            self.assertIsNone(answer.headers["X-Injected"], path)
            self.assertIn(answer.headers.get_content_type(),
                          ("application/json", "application/problem+json", "text/html"), path)
            self.assertNotIn(b"<html>", answer.body[:1000] if answer.headers.get_content_type() == "text/html" else b"", path)
        for line in (b"X-Request-Id: a\rSet-Cookie: x=1", b"X-Request-Id: a\nSet-Cookie: x=1\n b", b"Bad Name: x", b"X: a\x00b",
                     b" Folded: x", b"Host: other"):
            received = client.raw(b"GET /version HTTP/1.1\r\nHost: x\r\n" + line + b"\r\nConnection: close\r\n\r\n")
            self.assertNotIn(b"\r\nSet-Cookie: x=1", received, line)
        for request in (b"GET /version HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
                        b"GET /version HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                        b"GET /version HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n",
                        b"GET /version HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x, chunked, chunked\r\n\r\n",
                        b"GET /version HTTP/1.1\r\nHost : x\r\n\r\n",
                        b"GET  /version HTTP/1.1\r\nHost: x\r\n\r\n",
                        b"GET /version HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n"):
            self.assertRegex(client.raw(request), rb"^HTTP/1\.1 (400|501) ", request)
        service.stop()

    def test_bodies_that_are_too_large_or_too_deep_for_every_route(self):
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", 'max_body = "4K"')
        service = self.start()
        admin = self.admin(service)
        json_type = {"Content-Type": "application/json"}
        for operation in self.operations(admin):
            if not operation.has_body or operation.public:
                continue
            large = admin.request(operation.method, operation.url(), '"' + "x" * 5000 + '"', headers=json_type)
            self.assert_problem(large, 413, "body_too_large")
            for text in ("[" * 1500, "[" * 1500 + "]" * 1500, "{", "", "nul", '{"a":1,}', "\ufeff{}", '"\\ud800"', "NaN"):
                answer = admin.request(operation.method, operation.url(), text.encode(), headers=json_type)
                self.assertIn(answer.status, (400, 404, 200, 204), (operation, text[:20], answer))
                if answer.status == 200:
                    self.assertEqual(text, "", (operation, answer))
        service.stop()

    def test_many_slow_clients_keep_nobody_waiting(self):
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", "header_time = 2")
        service = self.start()
        client = self.client(service)
        slow = [socket.create_connection(client.address, timeout=harness.PATIENCE_SECONDS) for _ in range(100)]
        for connection in slow:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        started = time.monotonic()
        self.assertEqual(client.get("/healthz").status, 200)
        self.assertLess(time.monotonic() - started, 2)
        for connection in slow:
            self.assertIn(b"HTTP/1.1 408", connection.recv(65536))
            connection.close()
        service.stop()

    def test_a_websocket_of_a_foreign_page_or_of_nobody_is_refused(self):
        service = self.start()
        admin = self.admin(service)
        upgrade = ("GET {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n")

        def asked(path, headers):
            with socket.create_connection(admin.address, timeout=harness.PATIENCE_SECONDS) as connection:
                connection.sendall(upgrade.format(path, *admin.address, headers).encode())
                return connection.recv(65536)
        paths = [operation.url() for operation in self.operations(admin) if not operation.public and operation.method == "GET"]
        for path in paths:
            cookie = f"Cookie: {admin.cookie}\r\n"
            self.assertRegex(asked(path, cookie + "Origin: https://evil.example\r\n"), rb"^HTTP/1\.1 403 ", path)
            self.assertRegex(asked(path, cookie + "Origin: null\r\n"), rb"^HTTP/1\.1 403 ", path)
            self.assertRegex(asked(path, ""), rb"^HTTP/1\.1 401 ", path)
        service.stop()


class Logins(SecurityTest):
    def test_no_session_is_taken_from_the_client(self):
        service = self.start()
        admin = self.admin(service)
        planted = "ledgram_session=" + "A" * 43
        victim = api.Client(admin.address)
        victim.cookie = planted
        answer = self.log_in(victim, api.NAME, api.PASSWORD)
        self.assertEqual(answer.status, 200, answer)
        given = answer.headers["Set-Cookie"]
        self.assertNotIn(planted, given)
        for attribute in ("HttpOnly", "SameSite=", "Path=/"):
            self.assertIn(attribute, given)
        attacker = api.Client(admin.address)
        attacker.cookie = planted
        self.assert_problem(attacker.get("/api/v1/auth/me"), 401, "unauthenticated")
        # A login from within a session begins another one.
        victim.take_session(answer)
        again = self.log_in(victim, api.NAME, api.PASSWORD)
        self.assertNotEqual(again.headers["Set-Cookie"].split(";")[0], victim.cookie)
        service.stop()

    def test_no_secret_of_a_webhook_reaches_the_log(self):
        log = self.ledgram.data / "all.log"
        self.ledgram.must("channel", "add", "@synthetic1")
        self.join("synthetic1")
        self.ledgram.configure("webhooks", 'allow = ["127.0.0.1"]', "first_delay = 1")
        receiver = Receiver()
        self.addCleanup(receiver.stop)
        receiver.answer = lambda delivery: 500
        service = self.start("--log-level", "trace", "--log-file", log)
        admin = self.admin(service)
        url = receiver.url("/path-secret?key=query-secret")
        hook = admin.post("/api/v1/webhooks", {"url": url}).json()
        self.assertFalse(admin.post(f"/api/v1/webhooks/{hook['id']}/test").json()["accepted"])
        service.wait_for_line(r"^serving 1 account, 1 channel$")
        self.publish("synthetic1", "Hello")
        receiver.wait_for(lambda: len(receiver.deliveries) >= 3, "a delivery that fails again")
        secrets = [hook["secret"], hook["secret"].removeprefix("whsec_"), "path-secret", "query-secret",
                   receiver.deliveries[-1].headers["webhook-signature"], admin.cookie.split("=")[1], admin.csrf, api.PASSWORD]
        service.stop()
        kept = log.read_text() + "".join(service.all_errors()) + "\n".join(service.lines[1:])
        self.assertIn("a webhook fails", kept)
        for secret in secrets:
            self.assertNotIn(secret, kept)


if __name__ == "__main__":
    unittest.main()
