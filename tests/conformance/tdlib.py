"""TDLib as a judge: loads a copy of libtdjson.so in which Telegram's public keys are replaced by the simulator's.

TDLib has no setting for its server addresses. It reaches the simulator through an MTProxy on 127.0.0.1, which is the
simulator's own mtproxy port.
"""

import ctypes
import json
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "build/judges/node_modules/@prebuilt-tdlib/linux-x64-glibc/libtdjson.so"
BEGIN = b"-----BEGIN RSA PUBLIC KEY-----"
END = b"-----END RSA PUBLIC KEY-----"


def with_key(library, public_pem, target):
    """Writes a copy of `library` to `target` with every embedded 2048-bit public key replaced by `public_pem`."""
    code = bytearray(library.read_bytes())
    pem = public_pem.read_bytes().strip()
    replaced, start = 0, 0
    while (start := code.find(BEGIN, start)) >= 0:
        end = code.find(END, start, start + 1000)
        if end >= 0 and end + len(END) - start == len(pem):
            code[start:start + len(pem)] = pem
            replaced += 1
        start += len(BEGIN)
    if replaced == 0:
        raise RuntimeError(f"{library} holds no public key of {len(pem)} bytes; is it another version of TDLib?")
    target.write_bytes(code)


class Failed(Exception):
    """TDLib answered a request with an error."""


class TdClient:
    """One TDLib client. `call` sends a request and waits for its answer, keeping updates in `updates`."""

    def __init__(self, library, folder, proxy, message_database=False):
        self._lib = ctypes.CDLL(str(library))
        self._lib.td_receive.restype = ctypes.c_char_p
        self._lib.td_receive.argtypes = [ctypes.c_double]
        self._lib.td_send.argtypes = [ctypes.c_int, ctypes.c_char_p]
        self._lib.td_execute.restype = ctypes.c_char_p
        self._lib.td_execute.argtypes = [ctypes.c_char_p]
        self._lib.td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 1}).encode())
        self._id = self._lib.td_create_client_id()
        self._folder = Path(folder)
        self._proxy = proxy
        self._message_database = message_database
        self._next = 0
        self.updates = []
        self.state = None

    def _send(self, request):
        self._next += 1
        self._lib.td_send(self._id, json.dumps({**request, "@extra": self._next}).encode())
        return self._next

    def receive(self, seconds):
        """One event within the time, or None; the authorization state is followed on the way."""
        raw = self._lib.td_receive(seconds)
        if raw is None:
            return None
        event = json.loads(raw)
        if event["@type"] == "updateAuthorizationState":
            self.state = event["authorization_state"]
        elif event["@type"].startswith("update"):
            self.updates.append(event)
        return event

    def call(self, request, seconds=60):
        extra = self._send(request)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            event = self.receive(end - time.monotonic())
            if event and event.get("@extra") == extra:
                if event["@type"] == "error":
                    raise Failed(f"{request['@type']}: {event['code']} {event['message']}")
                return event
        raise TimeoutError(f"TDLib did not answer {request['@type']} within {seconds} s")

    def wait_state(self, *names, seconds=60):
        """Waits for an authorization state; the state's object."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.state and self.state["@type"] in names:
                return self.state
            self.receive(max(0.0, end - time.monotonic()))
        raise TimeoutError(f"TDLib is in {self.state and self.state['@type']}, not in {names}, after {seconds} s")

    def start(self):
        self._send({"@type": "getOption", "name": "version"})
        self.wait_state("authorizationStateWaitTdlibParameters")
        self.call({
            "@type": "setTdlibParameters", "use_test_dc": False,
            "database_directory": str(self._folder), "files_directory": str(self._folder),
            "use_file_database": self._message_database, "use_chat_info_database": self._message_database,
            "use_message_database": self._message_database,
            "use_secret_chats": False, "api_id": 1, "api_hash": "0123456789abcdef0123456789abcdef",
            "system_language_code": "en", "device_model": "judge", "system_version": "1", "application_version": "1"})
        self.call({
            "@type": "addProxy", "enable": True,
            "proxy": {"@type": "proxy", "server": self._proxy["host"], "port": self._proxy["port"],
                      "type": {"@type": "proxyTypeMtproto", "secret": self._proxy["secret"]}}})
        self.wait_state("authorizationStateWaitPhoneNumber")

    def log_in(self, phone, code, password=None):
        self.call({"@type": "setAuthenticationPhoneNumber", "phone_number": phone})
        self.wait_state("authorizationStateWaitCode")
        self.call({"@type": "checkAuthenticationCode", "code": code})
        if password is not None:
            self.wait_state("authorizationStateWaitPassword")
            self.call({"@type": "checkAuthenticationPassword", "password": password})
        self.wait_state("authorizationStateReady")

    def show_qr_code(self):
        """Asks for a QR code instead of a phone number; the link in it."""
        self.call({"@type": "requestQrCodeAuthentication", "other_user_ids": []})
        return self.wait_state("authorizationStateWaitOtherDeviceConfirmation")["link"]

    def download(self, file):
        """Downloads a file (TDLib's object) whole; where it lies then."""
        done = self.call({"@type": "downloadFile", "file_id": file["id"], "priority": 1, "offset": 0, "limit": 0,
                          "synchronous": True})["local"]
        if not done["is_downloading_completed"]:
            raise Failed(f"TDLib did not download the file: {done}")
        return Path(done["path"])

    def wait_update(self, matches, seconds=60):
        """The first update that `matches` says yes to, also among those that came before; it and all before are taken out."""
        end = time.monotonic() + seconds
        while True:
            for index, update in enumerate(self.updates):
                if matches(update):
                    del self.updates[:index + 1]
                    return update
            if time.monotonic() >= end:
                raise TimeoutError(f"TDLib did not report the update within {seconds} s")
            self.receive(max(0.0, end - time.monotonic()))

    def history(self, chat_id):
        """Every message of a chat, newest first, through getChatHistory."""
        messages, last = [], 0
        while True:
            page = self.call({"@type": "getChatHistory", "chat_id": chat_id, "from_message_id": last, "offset": 0,
                              "limit": 100, "only_local": False})["messages"]
            if not page:
                return messages
            messages += page
            last = page[-1]["id"]

    def close(self):
        self._send({"@type": "close"})
        self.wait_state("authorizationStateClosed")
