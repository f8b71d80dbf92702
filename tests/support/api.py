"""The HTTP interface of a running `ledgram serve` in tests: plain requests, logins, tokens, and raw sockets."""

import http.client
import json
import re
import socket

from support import harness, serving

NAME = "ann"
PASSWORD = "correct horse battery"


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:500]!r}"


class Client:
    """Requests to one server; keeps its cookie and CSRF token as a browser page would, or a token as a program would."""

    def __init__(self, address, token=None, tls=None):
        self.address = address
        self.token = token
        self.cookie = None
        self.csrf = None
        self._tls = tls

    def connection(self):
        host, port = self.address
        if self._tls:
            return http.client.HTTPSConnection(host, port, timeout=harness.PATIENCE_SECONDS, context=self._tls)
        return http.client.HTTPConnection(host, port, timeout=harness.PATIENCE_SECONDS)

    def request(self, method, path, body=None, headers=None, connection=None):
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if self.cookie:
            sent.setdefault("Cookie", self.cookie)
        if self.csrf:
            sent.setdefault("X-CSRF-Token", self.csrf)
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        own = connection is None
        connection = connection or self.connection()
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            if own:
                connection.close()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def take_session(self, answer):
        """Uses the session that a login or the set-up has begun."""
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        self.csrf = answer.json()["csrf_token"]
        return self

    def raw(self, data, until_end=True):
        """Sends bytes as they are; what comes back until the server ends the connection."""
        with socket.create_connection(self.address, timeout=harness.PATIENCE_SECONDS) as connection:
            received = b""
            try:
                connection.sendall(data)
                while until_end:
                    part = connection.recv(65536)
                    if not part:
                        break
                    received += part
            except ConnectionError:
                # The server may have ended it while something was still on its way to it.
                pass
            return received


def address_of(service):
    """Where a started service listens; waits until it says so."""
    line = service.wait_for_line(r"^listening on https?://")
    host, port = re.search(r"//\[?([^/\]]+)\]?:(\d+)", line).groups()
    return host, int(port)


def set_up(service, client, name=NAME, password=PASSWORD):
    """Makes the first user with the link that the service prints, and uses its session."""
    line = service.wait_for_line(r"^open http\S+/setup\?token=\S+ to create the first user$")
    token = re.search(r"token=(\S+)", line).group(1)
    answer = client.post("/api/v1/auth/setup", {"token": token, "name": name, "password": password})
    assert answer.status == 201, answer
    return client.take_session(answer)


class ApiTest(serving.ServingTest):
    """A simulator, a ledgram with one account, and helpers for its HTTP interface."""

    def client(self, service):
        return Client(address_of(service))

    def admin(self, service):
        return set_up(service, self.client(service))

    def log_in(self, client, name, password, **more):
        return client.post("/api/v1/auth/login", {"name": name, "password": password, **more})

    def new_user(self, admin, name, role="member", password=PASSWORD):
        """A client with a session of a new user."""
        answer = admin.post("/api/v1/users", {"name": name, "password": password, "role": role})
        self.assertEqual(answer.status, 201, answer)
        client = Client(admin.address)
        answer = self.log_in(client, name, password)
        self.assertEqual(answer.status, 200, answer)
        return client.take_session(answer)

    def new_token(self, client, scopes=("read",), **more):
        """A client with a token of the same user; `id` is the token's number."""
        answer = client.post("/api/v1/auth/tokens", {"name": "test", "scopes": list(scopes), **more})
        self.assertEqual(answer.status, 201, answer)
        by_token = Client(client.address, answer.json()["token"])
        by_token.id = answer.json()["id"]
        return by_token

    def assert_problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.json().get("code")), (status, code), answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.json()["status"], status)
        self.assertEqual(answer.json().get("requires_auth"), True if status == 401 else None)


class CollectedApiTest(ApiTest):
    """Beside that, two channels that the account is in and that were collected; `channels` has their numbers as text."""

    posts = 30  # of each channel

    def setUp(self):
        self.simulator_options = ("--synthetic", f"channels=2,posts={self.posts},seed=5")
        super().setUp()
        self.channels = {}
        for chat in ("synthetic1", "synthetic2"):
            self.join(chat)
            self.ledgram.must("channel", "add", "@" + chat)
            self.ledgram.must("collect", "@" + chat)
            self.channels[chat] = str(self.simulator.truth(chat)["id"])
