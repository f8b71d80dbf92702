"""Readers of the stream of events: server-sent events and WebSocket."""

import base64
import json
import os
import socket
import struct
import time

from support import harness

# What a signal of activity in a chat is called; all else has a number.
ACTIVITY = "chat.activity"


class EventStream:
    """One request for server-sent events; reads them as a browser's EventSource would."""

    def __init__(self, client, query="", headers=None):
        self.connection = client.connection()
        sent = {"Accept": "text/event-stream", **(headers or {})}
        if client.token:
            sent["Authorization"] = f"Bearer {client.token}"
        if client.cookie:
            sent["Cookie"] = client.cookie
        self.connection.request("GET", "/api/v1/events" + query, headers=sent)
        self.response = self.connection.getresponse()
        self.last_id = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.connection.close()
        self.response.close()

    def blocks(self):
        """Dictionaries of fields; comments under ''. Signs of life alone do not keep a test waiting."""
        end = time.monotonic() + harness.PATIENCE_SECONDS
        block = {}
        while True:
            line = self.response.readline()
            if not line:
                return
            line = line.decode().rstrip("\n")
            if not line:
                assert time.monotonic() < end, "what was waited for did not come"
                yield block
                block = {}
                continue
            name, _, value = line.partition(":")
            block[name] = value.removeprefix(" ")

    def events(self):
        """Those with a number."""
        for block in self.blocks():
            if "id" in block:
                self.last_id = int(block["id"])
            if "data" in block and block["event"] != ACTIVITY:
                event = json.loads(block["data"])
                assert event["number"] == int(block["id"]) and event["type"] == block["event"], block
                yield event

    def signals(self):
        """Those without one."""
        for block in self.blocks():
            if block.get("event") == ACTIVITY:
                signal = json.loads(block["data"])
                assert "id" not in block and "number" not in signal and signal["type"] == ACTIVITY, block
                yield signal

    def take(self, count):
        events = self.events()
        return [next(events) for _ in range(count)]


class WebSocket:
    """The client's side of RFC 6455, as little as the tests need."""

    def __init__(self, client, query=""):
        self.socket = socket.create_connection(client.address, timeout=harness.PATIENCE_SECONDS)
        self.file = self.socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /api/v1/events{query} HTTP/1.1\r\nHost: {client.address[0]}:{client.address[1]}\r\n"
                             "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nCookie: {client.cookie}\r\n\r\n").encode())
        self.status = int(self.file.readline().split()[1])
        while self.file.readline() not in (b"\r\n", b""):
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def messages(self):
        end = time.monotonic() + harness.PATIENCE_SECONDS
        while True:
            assert time.monotonic() < end, "what was waited for did not come"
            head = self.file.read(2)
            if len(head) < 2:
                return
            opcode, length = head[0] & 15, head[1] & 127
            if length == 126:
                length = struct.unpack(">H", self.file.read(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self.file.read(8))[0]
            data = self.file.read(length)
            if opcode == 8:
                return
            if opcode == 1:
                yield json.loads(data)

    def signals(self):
        return (message for message in self.messages() if message["type"] == ACTIVITY)

    def take(self, count):
        events = (message for message in self.messages() if message["type"] not in ("heartbeat", ACTIVITY))
        return [next(events) for _ in range(count)]
