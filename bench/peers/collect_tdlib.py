#!/usr/bin/env python3
"""A collector on TDLib; collector.py says what it does. It stores from td_receive: updateNewMessage, updateMessageContent,
updateMessageEdited, updateDeleteMessages. As TDLib's documentation advises for getting every update of a channel, its message
database is on and every chat is opened; the data folder is closed at the end.
"""

import ctypes
import json
import signal
from pathlib import Path

import collector
import harness
import tdlib

# TDLib shows a server message's id shifted by 20 bits, and a channel's number below this.
SERVER_ID_SHIFT = 20
CHANNELS_BELOW = -1_000_000_000_000
RECEIVE_SECONDS = 0.2


class Library:
    """The copy of libtdjson.so that trusts the simulator's key."""

    def __init__(self, options):
        ready = collector.ready_line(options.simulator)
        copy = options.data / "libtdjson.so"
        if not copy.exists():
            fresh = copy.with_suffix(".new")
            tdlib.with_key(tdlib.LIBRARY, Path(ready["public_key"]), fresh)
            fresh.rename(copy)
        self._lib = ctypes.CDLL(str(copy))
        self._lib.td_receive.restype = ctypes.c_char_p
        self._lib.td_receive.argtypes = [ctypes.c_double]
        self._lib.td_send.argtypes = [ctypes.c_int, ctypes.c_char_p]
        self._lib.td_execute.restype = ctypes.c_char_p
        self._lib.td_execute.argtypes = [ctypes.c_char_p]
        self._lib.td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}).encode())
        self.new_client = self._lib.td_create_client_id

    def send(self, client, request):
        self._lib.td_send(client, json.dumps(request).encode())

    def receive(self):
        raw = self._lib.td_receive(RECEIVE_SECONDS)
        return None if raw is None else json.loads(raw)


class Follower:
    """One account: leads its client from parameters to a login, opens its chats, and stores what it tells."""

    def __init__(self, library, options, phone, store):
        self._library = library
        self._options = options
        self._phone = phone
        self._store = store
        self._proxy = collector.ready_line(options.simulator)["mtproxy"]
        self._unopened = list(options.chats)
        self.state = None
        self.opened = False
        self.client = library.new_client()
        self.send("getOption", name="version")

    def send(self, method, **arguments):
        self._library.send(self.client, {"@type": method, **arguments})

    def take(self, event):
        handler = getattr(self, "_on_" + event["@type"], None)
        if handler:
            handler(event)
        elif event["@type"] == "error" and str(event.get("@extra", "")).startswith("open "):
            self._find_next()  # asked again until it is found

    # --- the way to a login, and to the chats

    def _on_updateAuthorizationState(self, event):
        self.state = event["authorization_state"]["@type"]
        step = getattr(self, "_when_" + self.state, None)
        if step:
            step()

    def _when_authorizationStateWaitTdlibParameters(self):
        folder = str(self._options.data / self._phone)
        self.send("setTdlibParameters", use_test_dc=False, database_directory=folder, files_directory=folder,
                  use_file_database=True, use_chat_info_database=True, use_message_database=True, use_secret_chats=False,
                  api_id=collector.API_ID, api_hash=collector.API_HASH, system_language_code="en", device_model="collector",
                  system_version="1", application_version="1")
        self.send("addProxy", enable=True, proxy={
            "@type": "proxy", "server": self._proxy["host"], "port": self._proxy["port"],
            "type": {"@type": "proxyTypeMtproto", "secret": self._proxy["secret"]}})

    def _when_authorizationStateWaitPhoneNumber(self):
        self.send("setAuthenticationPhoneNumber", phone_number=self._phone)

    def _when_authorizationStateWaitCode(self):
        self.send("checkAuthenticationCode", code=harness.login_code(self._phone))

    def _when_authorizationStateReady(self):
        self.send("loadChats", chat_list={"@type": "chatListMain"}, limit=1000)
        self._find_next()

    def _find_next(self):
        if self._unopened:
            self.send("searchPublicChat", username=self._unopened[-1], **{"@extra": "open " + self._unopened[-1]})
        else:
            self.opened = True

    def _on_chat(self, event):
        if str(event.get("@extra", "")).startswith("open "):
            self.send("openChat", chat_id=event["id"])
            self._unopened.pop()
            self._find_next()

    # --- what it stores

    def _place(self, chat):
        """(account, chat) as collector.Store wants them."""
        if chat < CHANNELS_BELOW:
            return 0, CHANNELS_BELOW - chat
        return int(self._phone), abs(chat)

    @staticmethod
    def _text(content):
        return (content.get("text") or content.get("caption") or {"text": ""})["text"]

    def _on_updateNewMessage(self, event):
        message = event["message"]
        self._store.new(*self._place(message["chat_id"]), message["id"] >> SERVER_ID_SHIFT, self._text(message["content"]),
                        message["edit_date"])

    def _on_updateMessageContent(self, event):
        self._store.edit_text(*self._place(event["chat_id"]), event["message_id"] >> SERVER_ID_SHIFT,
                              self._text(event["new_content"]))

    def _on_updateMessageEdited(self, event):
        self._store.edit_date(*self._place(event["chat_id"]), event["message_id"] >> SERVER_ID_SHIFT, event["edit_date"])

    def _on_updateDeleteMessages(self, event):
        if event["is_permanent"] and not event["from_cache"]:
            self._store.deleted(*self._place(event["chat_id"]),
                                [number >> SERVER_ID_SHIFT for number in event["message_ids"]])


def serve(library, followers, until):
    """Hands what TDLib reports to the account that it is about, until `until` says so."""
    by_client = {follower.client: follower for follower in followers}
    while not until():
        event = library.receive()
        if event and event.get("@client_id") in by_client:
            by_client[event["@client_id"]].take(event)


def main():
    options = collector.parse_arguments(__doc__.splitlines()[0])
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    library = Library(options)
    store = collector.Store(options.data)
    followers = [Follower(library, options, phone, store) for phone in options.phones]
    serve(library, followers, lambda: stopping or all(follower.opened for follower in followers))
    if options.do == "log-in":
        collector.say("logged in")
    else:
        if not stopping:
            collector.say_serving(options)
        serve(library, followers, lambda: stopping)
    for follower in followers:
        follower.send("close")
    serve(library, followers, lambda: all(follower.state == "authorizationStateClosed" for follower in followers))
    store.close()
    if options.do == "run":
        collector.say("stopped")


main()
