"""The HTTP interface of `ledgram serve` over real sockets: who may do what, and what a hostile or clumsy client can do."""

import base64
import gzip
import hashlib
import hmac
import json
import os
import re
import select
import signal
import socket
import ssl
import struct
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api, harness  # noqa: E402

TLS = harness.ROOT / "tests/fixtures/tls"


def totp_code(secret, when=None):
    """RFC 6238, written here again so that a mistake is not made twice."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int((when or time.time()) // 30)), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1000000:06}"


class Users(api.ApiTest):
    def test_the_first_user_comes_by_the_link_and_only_once(self):
        with self.serve() as service:
            client = self.client(service)
            self.assert_problem(client.get("/api/v1/auth/me"), 401, "unauthenticated")
            wrong = {"token": "x" * 43, "name": api.NAME, "password": api.PASSWORD}
            self.assert_problem(client.post("/api/v1/auth/setup", wrong), 403, "setup_token_invalid")
            api.set_up(service, client)
            me = client.get("/api/v1/auth/me").json()
            self.assertEqual((me["user"]["name"], me["user"]["role"], me["by"]), (api.NAME, "admin", "session"))
            line = next(line for line in service.lines if "/setup?token=" in line)
            again = {"token": line.split("token=")[1].split()[0], "name": "eve", "password": api.PASSWORD}
            self.assert_problem(client.post("/api/v1/auth/setup", again), 403, "setup_token_invalid")
        with self.serve() as service:
            self.client(service)
            service.wait_for_line("serving")
            self.assertNotIn("setup", "".join(service.lines))

    def test_login_and_logout(self):
        with self.serve() as service:
            admin = self.admin(service)
            client = api.Client(admin.address)
            self.assert_problem(self.log_in(client, api.NAME, "wrong password"), 401, "wrong_login")
            self.assert_problem(self.log_in(client, "nobody", api.PASSWORD), 401, "wrong_login")
            answer = self.log_in(client, api.NAME.upper(), api.PASSWORD)
            self.assertEqual(answer.status, 200)
            cookie = answer.headers["Set-Cookie"]
            for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
                self.assertIn(part, cookie)
            client.take_session(answer)
            self.assertEqual(client.post("/api/v1/auth/logout").status, 204)
            self.assert_problem(client.get("/api/v1/auth/me"), 401, "unauthenticated")
            self.assertEqual(admin.get("/api/v1/auth/me").status, 200)

    def test_a_login_never_keeps_the_session_that_the_client_brought(self):
        with self.serve() as service:
            admin = self.admin(service)
            before = admin.cookie
            answer = admin.post("/api/v1/auth/login", {"name": api.NAME, "password": api.PASSWORD})
            admin.take_session(answer)
            self.assertNotEqual(admin.cookie, before)
            self.assert_problem(admin.get("/api/v1/auth/me", headers={"Cookie": before}), 401, "unauthenticated")
            forged = {"Cookie": "ledgram_session=lgs_chosen_by_somebody_else"}
            answer = api.Client(admin.address).post(
                "/api/v1/auth/login", {"name": api.NAME, "password": api.PASSWORD}, headers=forged)
            self.assertNotIn("chosen_by_somebody_else", answer.headers["Set-Cookie"])

    def test_a_change_by_cookie_needs_the_csrf_token(self):
        with self.serve() as service:
            admin = self.admin(service)
            token, admin.csrf = admin.csrf, None
            body = {"name": "x", "scopes": ["read"]}
            self.assert_problem(admin.post("/api/v1/auth/tokens", body), 403, "csrf_token_missing")
            self.assert_problem(admin.post("/api/v1/auth/tokens", body, headers={"X-CSRF-Token": token[:-1] + "x"}),
                                403, "csrf_token_missing")
            self.assertEqual(admin.get("/api/v1/auth/me").json()["csrf_token"], token)
            self.assertEqual(admin.post("/api/v1/auth/tokens", body, headers={"X-CSRF-Token": token}).status, 201)

    def test_failed_logins_are_limited_by_address_and_name(self):
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", 'trusted_proxies = ["127.0.0.1"]')
        with self.serve() as service:
            admin = self.admin(service)

            def fail(name, address):
                return api.Client(admin.address).post("/api/v1/auth/login", {"name": name, "password": "wrong"},
                                                      headers={"X-Forwarded-For": address})
            for _ in range(10):
                self.assert_problem(fail("nobody", "192.0.2.1"), 401, "wrong_login")
            limited = fail("nobody", "192.0.2.1")
            self.assert_problem(limited, 429, "too_many_requests")
            self.assertGreater(int(limited.headers["Retry-After"]), 800)
            for last in range(2, 12):
                self.assert_problem(fail("nobody", f"192.0.2.{last}"), 401, "wrong_login")
            self.assert_problem(fail("NOBODY", "192.0.2.99"), 429, "too_many_requests")
            self.assert_problem(fail("somebody", "192.0.2.99"), 401, "wrong_login")

    def test_a_flood_of_logins_keeps_nobody_waiting(self):
        """A password takes a tenth of a second, beside everything else; what would wait for long is refused."""
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", 'trusted_proxies = ["127.0.0.1"]')
        with self.serve() as service:
            admin = self.admin(service)
            logins = []
            for last in range(40):
                body = json.dumps({"name": f"nobody{last}", "password": "wrong"})
                logins.append(socket.create_connection(admin.address, timeout=harness.PATIENCE_SECONDS))
                logins[-1].sendall((f"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.{last}\r\n"
                                    f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                                    f"Connection: close\r\n\r\n{body}").encode())
            for _ in range(20):
                self.assertEqual(admin.get("/api/v1/auth/me").status, 200)
            answered, _, _ = select.select(logins, [], [], 0)
            self.assertLess(len(answered), len(logins), "passwords are still being checked")
            answers = [b"".join(iter(lambda one=one: one.recv(65536), b"")) for one in logins]
            for one in logins:
                one.close()
            refused = [answer for answer in answers if b" 503 " in answer.splitlines()[0]]
            self.assertGreater(len(refused), 10)
            for answer in refused:
                self.assertIn(b"\r\nRetry-After: 2\r\n", answer)
                self.assertIn(b'"code":"unavailable"', answer)
            self.assertEqual({answer.split()[1] for answer in answers if answer not in refused}, {b"401"})
            self.assertEqual(self.log_in(api.Client(admin.address), api.NAME, api.PASSWORD).status, 200)

    def test_a_second_factor(self):
        with self.serve() as service:
            admin = self.admin(service)
            self.assert_problem(admin.post("/api/v1/auth/totp", {"password": "wrong"}), 401, "wrong_login")
            secret = admin.post("/api/v1/auth/totp", {"password": api.PASSWORD}).json()["secret"]
            self.assert_problem(admin.post("/api/v1/auth/totp/confirm", {"code": "000000"}), 401, "wrong_login")
            now = time.time()
            self.assertEqual(admin.post("/api/v1/auth/totp/confirm", {"code": totp_code(secret, now - 30)}).status, 204)
            client = api.Client(admin.address)
            self.assert_problem(self.log_in(client, api.NAME, api.PASSWORD), 401, "totp_required")
            self.assert_problem(self.log_in(client, api.NAME, api.PASSWORD, totp="000000"), 401, "wrong_login")
            used = totp_code(secret, now + 30)
            self.assertEqual(self.log_in(client, api.NAME, api.PASSWORD, totp=used).status, 200)
            self.assert_problem(self.log_in(client, api.NAME, api.PASSWORD, totp=used), 401, "wrong_login")
            self.assertTrue(admin.get("/api/v1/auth/me").json()["user"]["totp"])
            self.assertEqual(admin.post("/api/v1/auth/totp/remove", {"password": api.PASSWORD}).status, 204)
            self.assertEqual(self.log_in(client, api.NAME, api.PASSWORD).status, 200)

    def test_roles(self):
        with self.serve() as service:
            admin = self.admin(service)
            viewer = self.new_user(admin, "vic", "viewer")
            for path in ("/api/v1/users", "/api/v1/users/1", "/api/v1/audit"):
                self.assert_problem(viewer.get(path), 403, "forbidden")
            self.assertEqual(viewer.get("/api/v1/auth/me").status, 200)
            self.assert_problem(viewer.post("/api/v1/auth/tokens", {"name": "x", "scopes": ["admin"]}), 403, "forbidden")
            body = {"name": "VIC", "password": api.PASSWORD, "role": "member"}
            self.assert_problem(admin.post("/api/v1/users", body), 409, "already_exists")
            self.assert_problem(admin.request("PATCH", "/api/v1/users/1", {"role": "viewer"}), 409, "conflict")
            self.assert_problem(admin.request("DELETE", "/api/v1/users/1"), 409, "conflict")
            self.assertEqual(admin.request("PATCH", "/api/v1/users/2", {"role": "admin"}).json()["role"], "admin")
            self.assertEqual(viewer.get("/api/v1/users").status, 200)

    def test_a_user_that_is_disabled_or_removed_is_out_at_once(self):
        with self.serve() as service:
            admin = self.admin(service)
            member = self.new_user(admin, "ben")
            token = self.new_token(member)
            self.assertEqual(token.get("/api/v1/auth/me").status, 200)
            self.assertEqual(admin.request("PATCH", "/api/v1/users/2", {"disabled": True}).status, 200)
            self.assert_problem(token.get("/api/v1/auth/me"), 401, "unauthenticated")
            self.assert_problem(member.get("/api/v1/auth/me"), 401, "unauthenticated")
            self.assert_problem(self.log_in(member, "ben", api.PASSWORD), 401, "wrong_login")
            self.assertEqual(admin.request("PATCH", "/api/v1/users/2", {"disabled": False}).status, 200)
            self.assertEqual(token.get("/api/v1/auth/me").status, 200)
            self.assertEqual(admin.request("DELETE", "/api/v1/users/2").status, 204)
            self.assert_problem(token.get("/api/v1/auth/me"), 401, "unauthenticated")
            self.assert_problem(admin.get("/api/v1/users/2"), 404, "not_found")

    def test_a_new_password_ends_the_other_sessions(self):
        with self.serve() as service:
            admin = self.admin(service)
            other = api.Client(admin.address)
            other.take_session(self.log_in(other, api.NAME, api.PASSWORD))
            self.assertEqual(len(admin.get("/api/v1/auth/sessions").json()["items"]), 2)
            body = {"current": api.PASSWORD, "new": "another good password"}
            self.assertEqual(admin.post("/api/v1/auth/password", body).status, 204)
            self.assertEqual(admin.get("/api/v1/auth/me").status, 200)
            self.assert_problem(other.get("/api/v1/auth/me"), 401, "unauthenticated")
            self.assert_problem(self.log_in(other, api.NAME, api.PASSWORD), 401, "wrong_login")
            self.assertEqual(self.log_in(other, api.NAME, "another good password").status, 200)

    def test_tokens(self):
        with self.serve() as service:
            admin = self.admin(service)
            reader = self.new_token(admin, ["read"])
            self.assertEqual(reader.get("/api/v1/auth/me").json()["scopes"], ["read"])
            self.assert_problem(reader.get("/api/v1/users"), 403, "insufficient_scope")
            self.assert_problem(reader.request("DELETE", f"/api/v1/auth/tokens/{reader.id}"), 403, "insufficient_scope")
            everything = self.new_token(admin, ["read", "write", "telegram", "admin"])
            self.assertEqual(everything.get("/api/v1/users").status, 200)
            self.assert_problem(everything.post("/api/v1/auth/tokens", {"name": "x", "scopes": ["read"]}),
                                403, "insufficient_scope")
            bare = api.Client(admin.address)
            self.assertEqual(bare.get(f"/api/v1/auth/me?token={reader.token}").status, 200)
            self.assert_problem(bare.get("/api/v1/auth/me?token=lgt_wrong"), 401, "unauthenticated")
            listed = admin.get("/api/v1/auth/tokens").body.decode()
            self.assertNotIn(reader.token, listed)
            self.assertEqual(admin.request("DELETE", f"/api/v1/auth/tokens/{reader.id}").status, 204)
            self.assert_problem(reader.get("/api/v1/auth/me"), 401, "unauthenticated")
            past = {"name": "x", "scopes": ["read"], "expires": "2020-01-01T00:00:00Z"}
            self.assert_problem(admin.post("/api/v1/auth/tokens", past), 400, "invalid_body")

    def test_another_users_tokens_and_sessions_are_not_there(self):
        with self.serve() as service:
            admin = self.admin(service)
            theirs = self.new_token(admin)
            session = admin.get("/api/v1/auth/sessions").json()["items"][0]["id"]
            member = self.new_user(admin, "ben")
            self.assertEqual(member.get("/api/v1/auth/tokens").json()["items"], [])
            self.assert_problem(member.request("DELETE", f"/api/v1/auth/tokens/{theirs.id}"), 404, "not_found")
            self.assert_problem(member.request("DELETE", f"/api/v1/auth/sessions/{session}"), 404, "not_found")
            self.assertEqual(theirs.get("/api/v1/auth/me").status, 200)

    def test_the_audit_table_says_who_did_what(self):
        with self.serve() as service:
            admin = self.admin(service)
            self.log_in(api.Client(admin.address), api.NAME, "wrong")
            token = self.new_token(admin)
            token.get("/api/v1/auth/me")
            token.get("/api/v1/auth/me")
            page = admin.get("/api/v1/audit?limit=2").json()
            rest = admin.get(f"/api/v1/audit?limit=100&cursor={page['next']}").json()
            self.assertIsNone(rest["next"])
            entries = [(e["action"], e["user_name"], e["by"], e["subject"], e["status"])
                       for e in reversed(page["items"] + rest["items"])]
            self.assertEqual(entries, [
                ("set_up", api.NAME, "", f"user {api.NAME}", 201),
                ("log_in", "", "", f"user {api.NAME}", 401),
                ("make_token", api.NAME, "cookie", f"token {token.id}", 201),
                ("token.first_seen", api.NAME, f"token {token.id}", "", 0)])
            self.assertEqual(admin.get("/api/v1/audit?user=2").json()["items"], [])

    def test_no_secret_reaches_log_or_ledger(self):
        log = self.ledgram.data / "all.log"
        with self.serve("--log-level", "trace", "--log-file", log) as service:
            admin = self.admin(service)
            token = self.new_token(admin)
            bare = api.Client(admin.address)
            bare.get(f"/api/v1/auth/me?token={token.token}")
            bare.get(f"/nothing?token={token.token}")
            bare.raw(f"GET /?token={token.token} HTTP/9\r\n\r\n".encode())
            secrets = [token.token, admin.cookie.split("=")[1], admin.csrf, api.PASSWORD]
        kept = log.read_text() + "".join(map(str, self.ledgram.data.glob("*")))
        kept += "".join(path.read_bytes().decode("latin-1") for path in self.ledgram.data.glob("ledger*"))
        self.assertIn("get_me", kept)
        for secret in secrets:
            self.assertNotIn(secret, kept)


class Protocol(api.ApiTest):
    def test_every_error_is_a_problem(self):
        with self.serve() as service:
            client = self.client(service)
            self.assert_problem(client.get("/nothing/here"), 404, "not_found")
            self.assert_problem(client.get("/healthz/"), 404, "not_found")
            self.assert_problem(client.get("/api/v1/../../etc/passwd"), 404, "not_found")
            self.assert_problem(client.get("/%2e%2e/%2e%2e/etc/passwd"), 404, "not_found")
            answer = client.post("/healthz")
            self.assert_problem(answer, 405, "method_not_allowed")
            self.assertEqual(answer.headers["Allow"], "GET, HEAD, OPTIONS")
            self.assert_problem(client.request("TRACE", "/healthz"), 405, "method_not_allowed")
            self.assert_problem(client.get("/healthz", headers={"Accept": "text/html"}), 406, "not_acceptable")
            login = "/api/v1/auth/login"
            self.assert_problem(client.post(login, "name=ann", headers={"Content-Type": "text/plain"}), 415,
                                "unsupported_media_type")
            self.assert_problem(client.post(login, "{", headers={"Content-Type": "application/json"}), 400, "invalid_body")
            answer = client.post(login, {"name": 1})
            self.assert_problem(answer, 400, "invalid_body")
            self.assertEqual({error["pointer"] for error in answer.json()["errors"]}, {"", "/name"})
            deep = "[" * 1000 + "]" * 1000
            self.assert_problem(client.post(login, deep, headers={"Content-Type": "application/json"}), 400, "invalid_body")
            self.assert_problem(client.get("/healthz?x=%ff"), 400, "bad_request")
            self.assertEqual(client.get("/healthz?unknown=1").status, 200)

    def test_parameters_are_checked(self):
        with self.serve() as service:
            admin = self.admin(service)
            for query in ("limit=0", "limit=x", "limit=501", "limit=1&limit=2", "unknown=1", "cursor=!", "cursor=eA"):
                self.assert_problem(admin.get(f"/api/v1/users?{query}"), 400, "invalid_parameter")
            for user in ("x", "0", "99", "99999999999999999999", "1%00"):
                self.assertIn(admin.get(f"/api/v1/users/{user}").status, (400, 404))

    def test_lists_have_pages_and_tags(self):
        with self.serve() as service:
            admin = self.admin(service)
            for name in ("ben", "cat"):
                admin.post("/api/v1/users", {"name": name, "password": api.PASSWORD, "role": "member"})
            first = admin.get("/api/v1/users?limit=2")
            self.assertEqual([user["name"] for user in first.json()["items"]], [api.NAME, "ben"])
            second = admin.get(f"/api/v1/users?limit=2&cursor={first.json()['next']}").json()
            self.assertEqual(([user["name"] for user in second["items"]], second["next"]), (["cat"], None))
            tag = first.headers["ETag"]
            again = admin.get("/api/v1/users?limit=2", headers={"If-None-Match": tag})
            self.assertEqual((again.status, again.body, again.headers["ETag"]), (304, b"", tag))

    def test_keep_alive_and_pipelining(self):
        with self.serve() as service:
            client = self.client(service)
            connection = client.connection()
            for _ in range(3):
                self.assertEqual(client.get("/healthz", connection=connection).status, 200)
            connection.close()
            one = b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n"
            last = b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            received = client.raw(one * 50 + last)
            self.assertEqual(re.findall(rb"HTTP/1.1 (\d+)", received), [b"200"] * 50 + [b"404"])
            received = client.raw(b"GET /version HTTP/1.0\r\n\r\n" + one)
            self.assertEqual(received.count(b"HTTP/1.1 200"), 1)
            body = json.dumps({"name": "a", "password": "b"}).encode()
            half = (b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n" % len(body))
            with socket.create_connection(client.address, timeout=harness.PATIENCE_SECONDS) as waiting:
                waiting.sendall(half)
                self.assertEqual(waiting.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
                waiting.sendall(body)
                self.assertIn(b"HTTP/1.1 401", waiting.recv(65536))

    def test_head_has_no_body_and_options_says_what_there_is(self):
        with self.serve() as service:
            client = self.client(service)
            answer = client.request("HEAD", "/version")
            self.assertEqual((answer.status, answer.body), (200, b""))
            self.assertEqual(int(answer.headers["Content-Length"]), len(client.get("/version").body))
            answer = client.request("OPTIONS", "/version")
            self.assertEqual((answer.status, answer.headers["Allow"]), (204, "GET, HEAD, OPTIONS"))

    def test_what_is_too_large_is_refused(self):
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", 'max_body = "2K"', 'max_headers = "4K"')
        with self.serve() as service:
            client = self.client(service)
            self.assert_problem(client.post("/api/v1/auth/login", "x" * 3000), 413, "body_too_large")
            self.assert_problem(client.get("/healthz", headers={"X-Long": "x" * 5000}), 431, "headers_too_large")
            large = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"
            self.assertIn(b"HTTP/1.1 413", client.raw(large))
            self.assertIn(b"HTTP/1.1 431", client.raw(b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000))
            smuggled = (b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                        b"0\r\n\r\nGET /version HTTP/1.1\r\nHost: x\r\n\r\n")
            received = client.raw(smuggled)
            self.assertEqual(re.findall(rb"HTTP/1.1 (\d+)", received), [b"400"])
            self.assertEqual(client.get("/healthz").status, 200)

    def test_slow_clients_are_cut(self):
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", "header_time = 1", "body_time = 1", "idle_time = 1")
        with self.serve() as service:
            client = self.client(service)
            started = time.monotonic()
            self.assertIn(b"HTTP/1.1 408", client.raw(b"GET /healthz HTTP/1.1\r\nHos"))
            self.assertIn(b"HTTP/1.1 408", client.raw(
                b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"))
            self.assertEqual(client.raw(b""), b"")
            self.assertLess(time.monotonic() - started, 15)

    def test_connections_and_requests_of_one_address_are_limited(self):
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", "connections_per_address = 3", "requests_per_second = 1", "unlimited = []",
                               "requests_per_connection = 2")
        with self.serve() as service:
            client = self.client(service)
            open_ones = [socket.create_connection(client.address) for _ in range(3)]
            with socket.create_connection(client.address, timeout=harness.PATIENCE_SECONDS) as refused:
                self.assertEqual(refused.recv(1), b"")
            for connection in open_ones:
                connection.close()
            two = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 3
            self.wait_until(lambda: client.raw(two).count(b"HTTP/1.1 200") in (1, 2), "the connections are given back")
            statuses = [client.get("/healthz") for _ in range(12)]
            limited = [answer for answer in statuses if answer.status == 429]
            self.assertGreater(len(limited), 0)
            self.assert_problem(limited[0], 429, "too_many_requests")
            self.assertGreaterEqual(int(limited[0].headers["Retry-After"]), 1)

    def test_large_answers_are_compressed(self):
        with self.serve() as service:
            client = self.client(service)
            plain = client.get("/openapi.json")
            packed = client.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
            self.assertEqual(packed.headers["Content-Encoding"], "gzip")
            self.assertEqual(gzip.decompress(packed.body), plain.body)
            self.assertLess(len(packed.body), len(plain.body) // 3)
            self.assertIsNone(client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"])

    def test_tls(self):
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", f'certificate = "{TLS}/cert.pem"', f'key = "{TLS}/key.pem"')
        with self.serve() as service:
            trusting = ssl.create_default_context(cafile=TLS / "cert.pem")
            client = api.Client(api.address_of(service), tls=trusting)
            api.set_up(service, client)
            answer = self.log_in(client, api.NAME, api.PASSWORD)
            self.assertIn("Secure", answer.headers["Set-Cookie"])
            self.assertIn("max-age", answer.headers["Strict-Transport-Security"])
            connection = client.connection()
            for _ in range(3):
                self.assertEqual(client.get("/healthz", connection=connection).status, 200)
            connection.close()
            # Not TLS, and TLS that is left in the middle.
            self.assertEqual(client.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")[:4] != b"HTTP", True)
            self.assertEqual(client.get("/healthz").status, 200)

    def test_an_unusable_certificate_and_a_port_in_use_are_told(self):
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", 'certificate = "ledgram.toml"', 'key = "ledgram.toml"')
        result = self.ledgram.run("serve")
        self.assertEqual(result.returncode, 1)
        self.assertIn("correct [http] certificate and key", result.stderr)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            other = harness.Ledgram()
            self.addCleanup(other.__exit__)
            other.must("init", "--sim", self.simulator.data)
            other.configure("http", f"port = {taken.getsockname()[1]}")
            result = other.run("serve")
            self.assertEqual(result.returncode, 1)
            self.assertIn("is in use by another program", result.stderr)
            self.assertIn("there is no account to serve", other.run("serve", "--no-http").stderr)

    def test_proxies_are_believed_only_if_they_are_trusted(self):
        with self.serve() as service:
            admin = self.admin(service)
            forged = {"X-Forwarded-For": "192.0.2.66", "X-Forwarded-Proto": "https"}
            answer = api.Client(admin.address).post("/api/v1/auth/login", {"name": "x", "password": "y"}, headers=forged)
            self.assertIsNone(answer.headers["Strict-Transport-Security"])
            self.assertEqual(admin.get("/api/v1/audit?limit=1").json()["items"][0]["address"], "127.0.0.1")
        self.ledgram.configure("http", 'trusted_proxies = ["127.0.0.0/8", "10.0.0.0/8"]')
        with self.serve() as service:
            client = self.client(service)
            chain = {"X-Forwarded-For": "203.0.113.1, 192.0.2.66, 10.1.2.3", "X-Forwarded-Proto": "https"}
            answer = client.post("/api/v1/auth/login", {"name": api.NAME, "password": api.PASSWORD}, headers=chain)
            self.assertIn("Secure", answer.headers["Set-Cookie"])
            client.take_session(answer)
            self.assertEqual(client.get("/api/v1/audit?limit=1").json()["items"][0]["address"], "192.0.2.66")

    def test_origins(self):
        self.ledgram.listen_anywhere()
        self.ledgram.configure("http", 'allowed_origins = ["https://app.example.org"]')
        with self.serve() as service:
            client = self.client(service)
            host, port = client.address
            login = {"name": "x", "password": "y"}

            def answer_to(origin):
                return client.post("/api/v1/auth/login", login, headers={"Origin": origin})
            self.assert_problem(answer_to("https://evil.example.org"), 403, "foreign_origin")
            self.assert_problem(answer_to("null"), 403, "foreign_origin")
            self.assert_problem(answer_to(f"http://{host}:{port}"), 401, "wrong_login")
            allowed = answer_to("https://app.example.org")
            self.assert_problem(allowed, 401, "wrong_login")
            self.assertEqual(allowed.headers["Access-Control-Allow-Origin"], "https://app.example.org")
            self.assertEqual(allowed.headers["Access-Control-Allow-Credentials"], "true")
            ask = {"Origin": "https://app.example.org", "Access-Control-Request-Method": "POST"}
            preflight = client.request("OPTIONS", "/api/v1/auth/login", headers=ask)
            self.assertEqual((preflight.status, preflight.headers["Access-Control-Allow-Methods"]), (204, "POST, OPTIONS"))
            foreign = client.get("/healthz", headers={"Origin": "https://evil.example.org"})
            self.assertEqual(foreign.status, 200)
            self.assertIsNone(foreign.headers["Access-Control-Allow-Origin"])

    def test_every_answer_has_the_headers_that_protect_browsers(self):
        with self.serve() as service:
            client = self.client(service)
            for answer in (client.get("/healthz"), client.get("/nothing"), client.post("/healthz")):
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(answer.headers["X-Frame-Options"], "DENY")
                self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
                self.assertRegex(answer.headers["X-Request-Id"], r"^[0-9a-f]{8}-\d+$")
                self.assertRegex(answer.headers["Date"], r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")
                self.assertIsNone(answer.headers["Server"])

    def test_the_document_describes_the_server(self):
        with self.serve() as service:
            document = self.client(service).get("/openapi.json").json()
            self.assertEqual(document["openapi"], "3.1.0")
            ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
            self.assertEqual(len(ids), len(set(ids)))
            self.assertIn("log_in", ids)
            texts = json.dumps(document)
            for name in set(re.findall(r'"#/components/schemas/(\w+)"', texts)):
                self.assertIn(name, document["components"]["schemas"])

    def test_a_stop_ends_open_connections(self):
        service = self.serve().start()
        client = self.client(service)
        idle = [socket.create_connection(client.address) for _ in range(20)]
        used = client.connection()
        self.assertEqual(client.get("/healthz", connection=used).status, 200)
        half = socket.create_connection(client.address)
        half.sendall(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        unread = socket.create_connection(client.address)
        unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sender = threading.Thread(target=self.send_without_reading, args=(unread,), daemon=True)
        sender.start()
        service.wait_for_line("serving")
        try:
            service.stop()
        finally:
            sender.join()
            for connection in (*idle, half, unread, used):
                connection.close()

    @staticmethod
    def send_without_reading(connection):
        try:
            for _ in range(5000):
                connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
        except OSError:
            pass


class Readiness(api.ApiTest):
    def test_it_serves_without_an_account(self):
        self.ledgram = harness.Ledgram()
        self.addCleanup(self.ledgram.__exit__)
        self.ledgram.must("init", "--sim", self.simulator.data)
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving 0 accounts, 0 channels")
            self.assertEqual(admin.get("/readyz").status, 200)

    def test_readyz_says_what_is_missing(self):
        with self.serve() as service:
            client = self.client(service)
            service.wait_for_line("serving")
            answer = client.get("/readyz")
            self.assertEqual((answer.status, answer.json()), (200, {"status": "ready", "not_ready": []}))
        os.kill(self.simulator.process.pid, signal.SIGSTOP)
        try:
            with self.serve() as service:
                client = self.client(service)
                answer = client.get("/readyz")
                self.assertEqual((answer.status, answer.json()["not_ready"]), (503, ["accounts are still connecting"]))
                self.assertEqual(client.get("/healthz").status, 200)
                os.kill(self.simulator.process.pid, signal.SIGCONT)
                service.wait_for_line("serving")
                self.assertEqual(client.get("/readyz").status, 200)
        finally:
            os.kill(self.simulator.process.pid, signal.SIGCONT)


if __name__ == "__main__":
    unittest.main()
