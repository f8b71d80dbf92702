"""TDLib 1.8.62 against ledgram-sim: a client that we did not write reads what the simulator serves."""

import hashlib
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import foreign  # noqa: E402
import harness  # noqa: E402
import tdlib  # noqa: E402

PHONE = "+9996621234"
PASSWORD_PHONE = "+9996624321"
UPDATES_PHONE = "+9996625678"
QR_PASSWORD_PHONE = "+9996612468"
QR_PASSWORD_PHONE_ELSEWHERE = "+9996642468"
PRIVATE_PHONE = "+9996626262"
PASSWORD = "correct horse battery staple"
# TDLib shows a server message's id shifted by 20 bits.
SERVER_ID_SHIFT = 20


class TdlibJudge(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        foreign.need(tdlib.LIBRARY)
        cls.folder = tempfile.TemporaryDirectory(prefix="ledgram-tdlib-")
        cls.simulator = harness.Simulator(
            "--synthetic", "channels=2,posts=1500,seed=11", "--password", f"{PASSWORD_PHONE}={PASSWORD}",
            "--channel", foreign.write_files(cls.folder.name),
            *[argument for export in harness.exports() for argument in ("--channel", export)]).start()
        cls.library = Path(cls.folder.name) / "libtdjson.so"
        tdlib.with_key(tdlib.LIBRARY, Path(cls.simulator.ready["public_key"]), cls.library)

    @classmethod
    def tearDownClass(cls):
        code = cls.simulator.stop()
        cls.folder.cleanup()
        assert code == 0, f"ledgram-sim ended with {code}:\n{cls.simulator.errors()}"

    def client(self, name):
        client = tdlib.TdClient(self.library, Path(self.folder.name) / name, self.simulator.ready["mtproxy"])
        client.start()
        self.addCleanup(client.close)
        return client

    def read_channel(self, client, username):
        chat = client.call({"@type": "searchPublicChat", "username": username})
        return client.history(chat["id"])

    def assert_like_truth(self, messages, username):
        truth = {message["id"]: message for message in self.simulator.truth(username)["messages"]}
        self.assertGreater(len(truth), 0)
        seen = {message["id"] >> SERVER_ID_SHIFT: message for message in messages}
        self.assertEqual(len(seen), len(messages), "a message came twice")
        self.assertEqual(sorted(seen), sorted(truth))
        for number, message in seen.items():
            content = message["content"]
            text = content.get("text") or content.get("caption")
            if text is not None:
                # TDLib trims what it shows, so both sides are compared without the space around.
                self.assertEqual(text["text"].strip(), truth[number]["text"].strip(), f"message {number}")
            self.assertEqual(message["date"], truth[number]["date"], f"message {number}")

    def test_login_with_code_and_whole_channels(self):
        client = self.client("code")
        client.log_in(PHONE, harness.login_code(PHONE))
        self.assertEqual(client.call({"@type": "getMe"})["phone_number"], PHONE.removeprefix("+"))
        self.assert_like_truth(self.read_channel(client, "synthetic1"), "synthetic1")
        for export in harness.exports():
            with self.subTest(export.stem):
                self.assert_like_truth(self.read_channel(client, export.stem), export.stem)

    def test_two_step_password(self):
        client = self.client("password")
        client.call({"@type": "setAuthenticationPhoneNumber", "phone_number": PASSWORD_PHONE})
        client.wait_state("authorizationStateWaitCode")
        client.call({"@type": "checkAuthenticationCode", "code": harness.login_code(PASSWORD_PHONE)})
        client.wait_state("authorizationStateWaitPassword")
        with self.assertRaisesRegex(tdlib.Failed, "PASSWORD_HASH_INVALID"):
            client.call({"@type": "checkAuthenticationPassword", "password": "wrong"})
        client.call({"@type": "checkAuthenticationPassword", "password": PASSWORD})
        client.wait_state("authorizationStateReady")
        self.assert_like_truth(self.read_channel(client, "synthetic1"), "synthetic1")

    def accept(self, link, phone):
        self.assertRegex(link, "^tg://login\\?token=[A-Za-z0-9_-]+$")
        self.simulator.control("POST", "/qr/accept", {"token": link, "phone": phone})

    def assert_logged_in(self, client, phone):
        client.wait_state("authorizationStateReady")
        self.assertEqual(client.call({"@type": "getMe"})["phone_number"], phone.removeprefix("+"))
        self.assert_like_truth(self.read_channel(client, "synthetic1"), "synthetic1")

    def test_qr_login(self):
        # TDLib begins at DC 1; the second account lives elsewhere, so its token is redeemed there.
        for phone, migrations in (("+9996611111", 0), ("+9996641111", 1)):
            with self.subTest(phone):
                client = self.client(phone)
                before = self.simulator.calls("auth.importLoginToken")
                self.accept(client.show_qr_code(), phone)
                self.assert_logged_in(client, phone)
                self.assertEqual(self.simulator.calls("auth.importLoginToken") - before, migrations)
        self.assertEqual(self.simulator.control("GET", "/qr")["tokens"], [])

    def test_qr_code_that_runs_out_is_renewed(self):
        self.simulator.control("POST", "/qr", {"seconds": 2})
        self.addCleanup(self.simulator.control, "POST", "/qr", {"seconds": 30})
        client = self.client("renewed")
        links = {client.show_qr_code()}
        self.simulator.control("POST", "/qr", {"seconds": 30})
        while len(links) < 2:
            client.receive(harness.PATIENCE_SECONDS)
            links.add(client.state["link"])
        self.accept(client.state["link"], PHONE)
        self.assert_logged_in(client, PHONE)

    def test_qr_login_with_a_password(self):
        for phone in (QR_PASSWORD_PHONE, QR_PASSWORD_PHONE_ELSEWHERE):
            with self.subTest(phone):
                self.simulator.control("POST", "/accounts", {"phone": phone, "password": PASSWORD})
                client = self.client(phone)
                self.accept(client.show_qr_code(), phone)
                client.wait_state("authorizationStateWaitPassword")
                with self.assertRaisesRegex(tdlib.Failed, "PASSWORD_HASH_INVALID"):
                    client.call({"@type": "checkAuthenticationPassword", "password": "wrong"})
                client.call({"@type": "checkAuthenticationPassword", "password": PASSWORD})
                self.assert_logged_in(client, phone)

    def files(self, client):
        """The document and the photo in its largest form of foreign.FILES, as TDLib names them now."""
        messages = {message["id"] >> SERVER_ID_SHIFT: message["content"]
                    for message in self.read_channel(client, foreign.FILES)}
        largest = max(messages[2]["photo"]["sizes"], key=lambda size: size["width"])
        return {1: messages[1]["document"]["document"], 2: largest["photo"]}

    def assert_files(self, client):
        for number, file in self.files(client).items():
            content = client.download(file).read_bytes()
            self.assertEqual(content, foreign.FILE_BYTES[number], f"message {number}")
            truth = self.simulator.control("GET", f"/truth/file?chat={foreign.FILES}&id={number}")
            self.assertEqual((len(content), hashlib.sha256(content).hexdigest()), (truth["size"], truth["sha256"]))

    def test_files(self):
        # The account lives at DC 2, so that both are other data centres, which want an authorization of their own.
        self.addCleanup(self.simulator.control, "POST", "/files", {"dc": 1})
        for dc in (1, 3):
            with self.subTest(dc=dc):
                self.simulator.control("POST", "/files", {"dc": dc})
                client = self.client(f"files at {dc}")
                client.log_in(PHONE, harness.login_code(PHONE))
                self.assert_files(client)

    def test_a_file_that_moved(self):
        """TDLib goes by the data centre that the message named. It does not follow FILE_MIGRATE, but reports a failure."""
        self.addCleanup(self.simulator.control, "POST", "/files", {"dc": 1})
        client = self.client("moved files")
        client.log_in(PHONE, harness.login_code(PHONE))
        files = self.files(client)
        errors = self.simulator.errors_of("upload.getFile")
        self.simulator.control("POST", "/files", {"dc": 3})
        for number in files:
            with self.assertRaisesRegex(tdlib.Failed, "download has failed"):
                client.download(files[number])
        self.assertGreater(self.simulator.errors_of("upload.getFile"), errors)

    def test_live_updates_and_what_was_missed(self):
        client = self.client("updates")
        client.log_in(UPDATES_PHONE, harness.login_code(UPDATES_PHONE))
        self.simulator.control("POST", "/join", {"phone": UPDATES_PHONE, "chat": "synthetic2"})
        chat = client.call({"@type": "searchPublicChat", "username": "synthetic2"})["id"]
        client.call({"@type": "openChat", "chat_id": chat})
        with self.subTest("connected"):
            self.assert_like_truth(client.history(chat), "synthetic2")
            self.assert_told_of_changes(client, chat, "while connected", lambda: None)
        with self.subTest("after a cut"):
            # No connection comes through until the changes are made.
            refusal = self.simulator.control("POST", "/faults", {"kind": "refuse"})["id"]
            self.simulator.control("POST", "/faults", {"kind": "drop"})
            self.assert_told_of_changes(
                client, chat, "while cut", lambda: self.simulator.control("DELETE", f"/faults?id={refusal}"))
        with self.subTest("by differences"):
            # The sessions do not outlive the server, so what happened meanwhile must be asked for.
            client.call({"@type": "setNetworkType", "type": {"@type": "networkTypeNone"}})
            self.assertEqual(self.simulator.stop(), 0)
            self.simulator.start()
            self.assert_told_of_changes(
                client, chat, "while away",
                lambda: client.call({"@type": "setNetworkType", "type": {"@type": "networkTypeWiFi"}}))
            self.assertGreater(self.simulator.calls("updates.getDifference"), 0)
            self.assertGreater(self.simulator.calls("updates.getChannelDifference"), 0)
        with self.subTest("history afterwards"):
            self.assert_like_truth(client.history(chat), "synthetic2")

    def assert_told_of_changes(self, client, chat, text, after_changes):
        """Edits one post, deletes one, publishes one; all of it must arrive as updates."""
        truth = self.simulator.truth("synthetic2")["messages"]
        edited, deleted = truth[-2]["id"], truth[-1]["id"]
        client.updates.clear()
        new = self.simulator.control("POST", "/publish", {"chat": "synthetic2", "text": f"new {text}"})["id"]
        self.simulator.control("POST", "/edit", {"chat": "synthetic2", "id": edited, "text": f"edited {text}"})
        self.simulator.control("POST", "/delete", {"chat": "synthetic2", "ids": [deleted]})
        after_changes()
        wanted = {
            "new": lambda update: update["@type"] == "updateNewMessage"
            and update["message"]["id"] >> SERVER_ID_SHIFT == new
            and update["message"]["content"]["text"]["text"] == f"new {text}",
            "edited": lambda update: update["@type"] == "updateMessageContent"
            and update["message_id"] >> SERVER_ID_SHIFT == edited
            and update["new_content"]["text"]["text"] == f"edited {text}",
            "deleted": lambda update: update["@type"] == "updateDeleteMessages" and update["is_permanent"]
            and [message >> SERVER_ID_SHIFT for message in update["message_ids"]] == [deleted],
        }
        while wanted:
            update = client.wait_update(lambda update: any(matches(update) for matches in wanted.values()))
            wanted = {name: matches for name, matches in wanted.items() if not matches(update)}

    def wait_text(self, client, text):
        """The new message with this text."""
        update = client.wait_update(
            lambda update: update["@type"] == "updateNewMessage"
            and update["message"]["content"].get("text", {}).get("text") == text)
        return update["message"]

    def test_private_chats_and_groups(self):
        client = self.client("private")
        client.log_in(PRIVATE_PHONE, harness.login_code(PRIVATE_PHONE))
        # What happens before TDLib has asked for the state is none of its news.
        status = "/status?account=" + PRIVATE_PHONE.removeprefix("+")
        while "updates.getState" not in self.simulator.control("GET", status)["methods"]:
            client.receive(0.05)
        send = lambda **message: self.simulator.control("POST", "/send", {"phone": PRIVATE_PHONE, **message})
        with self.subTest("private chat"):
            first = send(**{"from": "Olha", "text": "who is this?"})["id"]
            message = self.wait_text(client, "who is this?")
            self.assertEqual(message["id"] >> SERVER_ID_SHIFT, first)
            chat = message["chat_id"]
            self.assertEqual(client.call({"@type": "getChat", "chat_id": chat})["title"], "Olha")
            second = send(**{"from": "Olha", "text": "in the short form"})["id"]
            self.wait_text(client, "in the short form")
            send(to="Olha", text="from another device")
            self.assertTrue(self.wait_text(client, "from another device")["is_outgoing"])
            self.simulator.control("POST", "/edit", {"phone": PRIVATE_PHONE, "id": first, "text": "it is me"})
            client.wait_update(lambda update: update["@type"] == "updateMessageContent"
                               and update["new_content"]["text"]["text"] == "it is me")
            self.simulator.control("POST", "/delete", {"phone": PRIVATE_PHONE, "id": second})
            client.wait_update(lambda update: update["@type"] == "updateDeleteMessages" and update["is_permanent"]
                               and [message >> SERVER_ID_SHIFT for message in update["message_ids"]] == [second])
        with self.subTest("a lost update is asked for"):
            before = self.simulator.calls("updates.getDifference")
            self.simulator.control("POST", "/faults", {"kind": "drop_update", "times": 1})
            send(**{"from": "Olha", "text": "lost on the way"})
            send(**{"from": "Olha", "text": "shows the gap"})
            self.wait_text(client, "lost on the way")
            self.wait_text(client, "shows the gap")
            self.assertGreater(self.simulator.calls("updates.getDifference"), before)
        with self.subTest("basic group"):
            self.simulator.control("POST", "/groups",
                                   {"title": "Walkers", "members": [PRIVATE_PHONE], "people": ["Olha", "Taras"]})
            created = client.wait_update(
                lambda update: update["@type"] == "updateNewMessage"
                and update["message"]["content"]["@type"] == "messageBasicGroupChatCreate")
            self.assertEqual(len(created["message"]["content"]["member_user_ids"]), 3)
            send(group="Walkers", text="tomorrow at nine", **{"from": "Taras"})
            message = self.wait_text(client, "tomorrow at nine")
            group = message["chat_id"]
            self.assertEqual(client.call({"@type": "getChat", "chat_id": group})["title"], "Walkers")
            self.assertEqual(len(client.history(group)), 2)
        with self.subTest("missed in slices"):
            client.call({"@type": "setNetworkType", "type": {"@type": "networkTypeNone"}})
            self.assertEqual(self.simulator.stop(), 0)
            self.simulator.start()
            self.simulator.control("POST", "/faults", {"kind": "difference_slices", "events": 4})
            for number in range(11):
                send(**{"from": "Olha", "text": f"missed {number}"})
            client.call({"@type": "setNetworkType", "type": {"@type": "networkTypeWiFi"}})
            for number in range(11):
                self.wait_text(client, f"missed {number}")
            self.simulator.control("DELETE", "/faults")
        with self.subTest("history"):
            truth = self.simulator.control("GET", "/truth?phone=" + PRIVATE_PHONE.removeprefix("+"))["messages"]
            ours = {message["id"]: message["text"] for message in truth if message["peer"]["type"] == "user"}
            seen = {message["id"] >> SERVER_ID_SHIFT: message["content"]["text"]["text"]
                    for message in client.history(chat)}
            self.assertEqual(seen, ours)
        with self.subTest("migration"):
            channel = self.simulator.control("POST", "/migrate_group", {"group": "Walkers", "chat": "walkers"})["id"]
            upgraded = client.wait_update(
                lambda update: update["@type"] == "updateBasicGroup"
                and update["basic_group"]["upgraded_to_supergroup_id"] == channel)
            self.assertFalse(upgraded["basic_group"]["is_active"])
            self.simulator.control("POST", "/publish", {"chat": "walkers", "text": "onwards"})
            self.wait_text(client, "onwards")

    def test_wrong_code_is_refused(self):
        client = self.client("wrong")
        client.call({"@type": "setAuthenticationPhoneNumber", "phone_number": "+9996627777"})
        client.wait_state("authorizationStateWaitCode")
        with self.assertRaisesRegex(tdlib.Failed, "PHONE_CODE_INVALID"):
            client.call({"@type": "checkAuthenticationCode", "code": "00000"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
