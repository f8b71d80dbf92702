"""Webhooks of a running `ledgram serve`: signed and ordered deliveries to a receiver that fails for a while, over a crash, and
to no address that is not allowed."""

import json
import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.api import ApiTest  # noqa: E402
from support.certificates import Authority  # noqa: E402
from support.receiver import Receiver, verify  # noqa: E402

# What is told of a receiver that fails, which these tests bring about.
FAILS = r"warning \[webhooks\] "

# Resolves names by a file that may change, in a process that has it preloaded (Debian's libnss-wrapper).
NSS_WRAPPER = "/usr/lib/x86_64-linux-gnu/libnss_wrapper.so"


class WebhookTest(ApiTest):
    simulator_options = ("--synthetic", "channels=2,posts=3,seed=5")

    environment = {}  # of `serve`, beside the test's own

    def setUp(self):
        super().setUp()
        self.ledgram.must("channel", "add", "@synthetic1")
        self.join("synthetic1")
        self.ledgram.configure("webhooks", 'allow = ["127.0.0.1"]', "first_delay = 1", "longest_delay = 1")
        self.receiver = self.new_receiver()

    def new_receiver(self, *arguments, **options):
        receiver = Receiver(*arguments, **options)
        self.addCleanup(receiver.stop)
        return receiver

    def start(self, allowed=FAILS):
        """A service that follows its channel, and the admin's client."""
        service = self.serve(allowed=allowed, environment={**os.environ, **self.environment})
        service.start()
        self.addCleanup(lambda: service.process.poll() is None and service.kill())
        admin = self.admin(service)
        service.wait_for_line(r"^serving 1 account, 1 channel$")
        return service, admin

    def create(self, client, url=None, **more):
        answer = client.post("/api/v1/webhooks", {"url": url or self.receiver.url(), **more})
        self.assertEqual(answer.status, 201, answer)
        return answer.json()

    def show(self, client, hook):
        answer = client.get(f"/api/v1/webhooks/{hook['id']}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def do(self, client, hook, what, body=None):
        answer = client.post(f"/api/v1/webhooks/{hook['id']}/{what}", body)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def publish_some(self, first, count):
        """New posts with numbered texts."""
        for number in range(first, first + count):
            self.publish("synthetic1", f"Post {number}")

    def texts(self, events):
        return [event["data"]["text"] for event in events if event["type"] == "message.new"]

    def wait_for_texts(self, wanted):
        wanted = [f"Post {number}" for number in wanted]
        self.receiver.wait_for(lambda: len(self.texts(self.receiver.events_once())) >= len(wanted), f"{len(wanted)} posts")
        self.assertEqual(self.texts(self.receiver.events_once()), wanted)


class DeliveryTest(WebhookTest):
    def test_signed_events_arrive_in_order(self):
        service, admin = self.start()
        hook = self.create(admin, name="n8n", types=["message.new", "message.edited"])
        self.assertEqual((hook["state"], hook["attempts"], hook["name"]), ("active", 0, "n8n"))
        self.publish_some(1, 5)
        self.wait_for_texts(range(1, 6))
        numbers = [event["number"] for event in self.receiver.events_once()]
        self.assertEqual(numbers, sorted(numbers))
        for delivery in self.receiver.deliveries:
            self.assertTrue(verify(delivery, hook["secret"]))
            self.assertFalse(verify(delivery, "whsec_" + "A" * 43 + "="))
            self.assertEqual(delivery.json()["delivery"], delivery.id)
            self.assertEqual(delivery.json()["webhook"], hook["id"])
            self.assertEqual(delivery.headers["Content-Type"], "application/json")
        self.assertNotIn("secret", self.show(admin, hook))
        service.stop()
        told = [event for event in self.events() if event["type"] in ("message.new", "message.edited")
                and event["number"] >= numbers[0]]
        self.assertEqual(self.receiver.events_once(), told, "the same objects as `ledgram events` prints")

    def test_a_receiver_that_fails_for_a_while_misses_nothing(self):
        answers = iter([500, (429, {"Retry-After": "1"}), 302, 204])
        self.receiver.answer = lambda delivery: next(answers, 204)
        service, admin = self.start()
        hook = self.create(admin, types=["message.new"])
        self.publish_some(1, 1)
        self.receiver.wait_for(lambda: len(self.receiver.deliveries) >= 2, "two attempts")
        self.publish_some(2, 3)
        self.wait_for_texts(range(1, 5))
        first = self.receiver.deliveries[0]
        attempts = [delivery for delivery in self.receiver.deliveries if delivery.id == first.id]
        self.assertEqual(len(attempts), 4)
        self.assertEqual({delivery.body for delivery in attempts}, {first.body})
        self.assertTrue(all(verify(delivery, hook["secret"]) for delivery in attempts))
        self.wait_until(lambda: self.show(admin, hook)["delivered"] == 4, "it works again")
        shown = self.show(admin, hook)
        self.assertEqual(shown["last_error"]["status"], 302)
        self.assertIn("redirects are not followed", shown["last_error"]["message"])
        self.assertEqual((shown["failing_since"], shown["next_try"], shown["state"]), (None, None, "active"))
        self.assertEqual(shown["attempts"], 0)
        service.stop()

    def test_a_webhook_that_fails_for_too_long_is_shown_and_resumed(self):
        self.ledgram.configure("webhooks", "give_up_after = 1")
        self.receiver.answer = lambda delivery: 503
        service, admin = self.start()
        hook = self.create(admin, types=["message.new"])
        self.publish_some(1, 1)
        self.wait_until(lambda: self.show(admin, hook)["state"] == "failed", "given up")
        shown = self.show(admin, hook)
        self.assertEqual((shown["last_error"]["status"], shown["last_error"]["message"]), (503, "the receiver answered 503"))
        self.receiver.answer = lambda delivery: 200
        self.publish_some(2, 1)
        self.assertEqual(self.do(admin, hook, "resume")["state"], "active")
        self.wait_for_texts([1, 2])
        service.stop()

    def test_after_a_crash_only_the_request_under_way_comes_again(self):
        service, admin = self.start()
        hook = self.create(admin, types=["message.new"])
        self.publish_some(1, 2)
        self.wait_for_texts([1, 2])
        self.receiver.answer = lambda delivery: None
        before = len(self.receiver.deliveries)
        self.publish_some(3, 1)
        self.receiver.wait_for(lambda: len(self.receiver.deliveries) > before, "the request that gets no answer")
        service.kill()
        self.receiver.answer = lambda delivery: 204
        self.publish_some(4, 2)
        with self.serve(allowed=FAILS) as again:
            again.wait_for_line(r"^serving 1 account, 1 channel$")
            self.wait_for_texts(range(1, 6))
        ids = [delivery.id for delivery in self.receiver.deliveries]
        repeated = {one for one in ids if ids.count(one) > 1}
        self.assertEqual(repeated, {self.receiver.deliveries[before].id})
        self.assertTrue(all(verify(delivery, hook["secret"]) for delivery in self.receiver.deliveries))

    def test_pause_replay_test_and_new_secret(self):
        service, admin = self.start()
        hook = self.create(admin, types=["message.new"])
        self.publish_some(1, 2)
        self.wait_for_texts([1, 2])
        first = self.receiver.events_once()[0]["number"]
        self.wait_until(lambda: self.show(admin, hook)["delivered"] == 2, "the position is stored")
        self.assertEqual(self.do(admin, hook, "pause")["state"], "paused")
        self.assertEqual(self.do(admin, hook, "replay", {"from": first})["position"], first - 1)
        count = len(self.receiver.deliveries)
        tested = self.do(admin, hook, "test")
        self.assertEqual((tested["accepted"], tested["status"], tested["error"]), (True, 204, None))
        self.assertEqual([delivery.events() for delivery in self.receiver.deliveries[count:]], [[]],
                         "a test goes out while the webhook is paused, and nothing else")
        self.assertIs(self.receiver.deliveries[-1].json()["test"], True)
        secret = self.do(admin, hook, "secret")["secret"]
        self.assertNotEqual(secret, hook["secret"])
        self.do(admin, hook, "resume")
        self.wait_for_texts([1, 2, 1, 2])
        self.assertTrue(verify(self.receiver.deliveries[-1], secret))
        self.assertFalse(verify(self.receiver.deliveries[-1], hook["secret"]))
        self.assertEqual(admin.request("DELETE", f"/api/v1/webhooks/{hook['id']}").status, 204)
        self.assert_problem(admin.get(f"/api/v1/webhooks/{hook['id']}"), 404, "not_found")
        self.assertEqual(admin.get("/api/v1/webhooks").json(), {"items": [], "next": None})
        service.stop()

    def test_from_begins_in_the_past(self):
        service, admin = self.start()
        marker = self.create(admin, types=["message.new"])
        self.publish_some(1, 3)
        self.wait_for_texts([1, 2, 3])
        second = self.receiver.events_once()[1]["number"]
        other = self.new_receiver()
        self.create(admin, url=other.url(), types=["message.new"], **{"from": second})
        other.wait_for(lambda: len(self.texts(other.events_once())) >= 2, "two posts")
        self.assertEqual(self.texts(other.events_once()), ["Post 2", "Post 3"])
        self.assertEqual(self.show(admin, marker)["state"], "active")
        service.stop()

    def test_changes_count_from_then_on(self):
        service, admin = self.start()
        hook = self.create(admin, types=["message.deleted"])
        other = self.new_receiver()
        answer = admin.request("PATCH", f"/api/v1/webhooks/{hook['id']}",
                               {"url": other.url("/new"), "types": ["message.new"], "name": "renamed"})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual((answer.json()["name"], answer.json()["types"]), ("renamed", ["message.new"]))
        self.publish_some(1, 1)
        other.wait_for(lambda: other.deliveries, "the new address")
        self.assertEqual(other.deliveries[0].path, "/new")
        self.assertEqual(self.receiver.deliveries, [])
        channel = self.simulator.truth("synthetic1")["id"]
        for channels, wanted in (([str(channel + 1)], 1), ([str(channel)], 2)):
            answer = admin.request("PATCH", f"/api/v1/webhooks/{hook['id']}", {"channels": channels})
            self.assertEqual(answer.json()["channels"], channels)
            self.publish_some(7, 1)
            self.wait_until_all_is_dealt_with(admin, hook)
            self.assertEqual(len(other.events_once()), wanted)
        service.stop()

    def wait_until_all_is_dealt_with(self, admin, hook):
        """Until the newest post's event was delivered or passed over."""
        posts = len(self.truth_of("synthetic1")) - 3

        def dealt_with():
            told = sum(event["type"] == "message.new" for event in self.events())
            shown = self.show(admin, hook)
            return told == posts and shown["position"] == shown["last_event"]
        self.wait_until(dealt_with, "all events are dealt with")


class OwnershipTest(WebhookTest):
    def test_a_member_gets_only_what_is_theirs(self):
        service, admin = self.start()
        member = self.new_user(admin, "bob")
        theirs = self.new_receiver()
        bobs = self.create(member, url=theirs.url())
        hook = self.create(admin, types=["message.new"])
        self.publish_some(1, 1)
        self.wait_for_texts([1])
        self.assertEqual(theirs.deliveries, [], "bob follows no channel")
        for method, path, body in (
                ("GET", "", None), ("PATCH", "", {"name": "x"}), ("POST", "/pause", None), ("POST", "/resume", None),
                ("POST", "/replay", {"from": 1}), ("POST", "/secret", None), ("POST", "/test", None), ("DELETE", "", None)):
            answer = member.request(method, f"/api/v1/webhooks/{hook['id']}{path}", body)
            self.assert_problem(answer, 404, "not_found")
            missing = member.request(method, f"/api/v1/webhooks/999{path}", body)
            self.assert_problem(missing, 404, "not_found")
        self.assertEqual([item["id"] for item in member.get("/api/v1/webhooks").json()["items"]], [bobs["id"]])
        self.assertEqual([item["id"] for item in admin.get("/api/v1/webhooks").json()["items"]], [bobs["id"], hook["id"]])
        page = admin.get("/api/v1/webhooks?limit=1").json()
        self.assertEqual([item["id"] for item in page["items"]], [bobs["id"]])
        page = admin.get(f"/api/v1/webhooks?limit=1&cursor={page['next']}").json()
        self.assertEqual(([item["id"] for item in page["items"]], page["next"]), ([hook["id"]], None))
        viewer = self.new_user(admin, "eve", role="viewer")
        self.assert_problem(viewer.post("/api/v1/webhooks", {"url": theirs.url()}), 403, "forbidden")
        service.stop()

    def test_nobody_has_more_than_fifty(self):
        service, admin = self.start()
        for _ in range(50):
            self.create(admin, url="https://example.org/", types=["hole.opened"])
        self.assert_problem(admin.post("/api/v1/webhooks", {"url": "https://example.org/"}), 409, "conflict")
        service.stop()


class AddressTest(WebhookTest):
    def test_urls_that_webhooks_may_not_have(self):
        service, admin = self.start()
        port = self.receiver.port
        for url in ("", "ftp://example.org/", "https://", "https://user:secret@example.org/", "https://example.org/#x",
                    "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", f"http://127.0.0.2:{port}/",
                    f"http://[::1]:{port}/", "http://[::ffff:10.0.0.1]/", "http://0.0.0.0/", "https://example.org/\r\nX: y",
                    "https://example.org:0/", "https://" + "a" * 2100 + "/"):
            self.assert_problem(admin.post("/api/v1/webhooks", {"url": url}), 400, "invalid_body")
        hook = self.create(admin)
        answer = admin.request("PATCH", f"/api/v1/webhooks/{hook['id']}", {"url": "http://10.0.0.1/"})
        self.assert_problem(answer, 400, "invalid_body")
        self.assertIn("webhooks.allow", answer.json()["detail"])
        for body in ({}, {"url": 5}, {"url": self.receiver.url(), "types": ["message.unknown"]},
                     {"url": self.receiver.url(), "channels": [5]}, {"url": self.receiver.url(), "other": 1}, [], "x"):
            self.assert_problem(admin.post("/api/v1/webhooks", json.dumps(body), headers={"Content-Type": "application/json"}),
                                400, "invalid_body")
        service.stop()

    def test_a_wrong_setting_is_named(self):
        config = self.ledgram.data / "ledgram.toml"
        right = config.read_text()
        for before, after, named in (('allow = ["127.0.0.1"]', 'allow = ["10.0.0.0/33"]', '"10.0.0.0/33" is neither'),
                                     ("first_delay = 1", "first_delay = 0", "webhooks.first_delay must be a number"),
                                     ("first_delay = 1", "delay = 1", "webhooks.delay is not a setting")):
            config.write_text(right.replace(before, after))
            result = self.ledgram.run("serve")
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(named, result.stderr)

    def test_names_and_forms_of_private_addresses_are_refused_when_connecting(self):
        service, admin = self.start()
        forbidden = self.new_receiver("127.0.0.2", self.receiver.port)
        for host in ("127.2", "2130706434", "0x7f000002", "0177.0.0.2"):
            hook = self.create(admin, url=f"http://{host}:{forbidden.port}/")
            tested = self.do(admin, hook, "test")
            self.assertEqual((tested["accepted"], tested["status"]), (False, None), host)
            self.assertIn("webhooks.allow", tested["error"], host)
        self.assertEqual(forbidden.connections, 0)
        service.stop()

    def test_certificates_are_checked(self):
        authority = Authority(self.ledgram.data)
        self.ledgram.configure("webhooks", f'ca_file = "{authority.certificate.name}"')
        service, admin = self.start()
        good = self.new_receiver(tls=authority.certify("IP:127.0.0.1"))
        hook = self.create(admin, url=good.url(), types=["message.new"])
        tested = self.do(admin, hook, "test")
        self.assertEqual((tested["accepted"], tested["status"], tested["error"]), (True, 204, None))
        self.publish_some(1, 2)
        good.wait_for(lambda: len(self.texts(good.events_once())) == 2, "two posts over HTTPS")
        self.assertTrue(all(verify(delivery, hook["secret"]) for delivery in good.deliveries))
        for name, certificate in (("of another host", authority.certify("DNS:example.org")),
                                  ("of the past", authority.certify("IP:127.0.0.1", days=-1)),
                                  ("of an unknown authority", Authority(self.ledgram.data, "stranger").certify("IP:127.0.0.1"))):
            wrong = self.new_receiver(tls=certificate)
            tested = self.do(admin, self.create(admin, url=wrong.url(), types=["hole.opened"]), "test")
            self.assertEqual((tested["accepted"], tested["status"]), (False, None), name)
            self.assertIn("certificate", tested["error"], name)
            self.assertEqual(wrong.connections, 1, name)
            self.assertEqual(wrong.deliveries, [], f"nothing is said to a receiver with a certificate {name}")
        service.stop()

    def test_a_redirect_leads_nowhere(self):
        service, admin = self.start()
        forbidden = self.new_receiver("127.0.0.2", self.receiver.port)
        self.receiver.answer = lambda delivery: (307, {"Location": f"http://127.0.0.2:{forbidden.port}/"})
        hook = self.create(admin)
        tested = self.do(admin, hook, "test")
        self.assertEqual((tested["accepted"], tested["status"]), (False, 307))
        self.assertEqual(forbidden.connections, 0)
        service.stop()

    def test_a_proxy_of_the_environment_is_not_used(self):
        proxy = self.new_receiver()
        self.environment = {name: f"http://127.0.0.1:{proxy.port}" for name in ("http_proxy", "ALL_PROXY")}
        service, admin = self.start()
        self.assertTrue(self.do(admin, self.create(admin), "test")["accepted"])
        self.assertEqual((proxy.connections, len(self.receiver.deliveries)), (0, 1))
        service.stop()

    @unittest.skipUnless(Path(NSS_WRAPPER).exists(), "libnss-wrapper is not installed")
    def test_a_name_that_changes_its_address_later_is_refused(self):
        hosts = self.ledgram.data / "hosts"
        hosts.write_text("127.0.0.1 rebinding.test\n")
        # A sanitizer's library wants to be the first that is loaded, and need not be here.
        self.environment = {"LD_PRELOAD": NSS_WRAPPER, "NSS_WRAPPER_HOSTS": str(hosts),
                            "ASAN_OPTIONS": "verify_asan_link_order=0"}
        forbidden = self.new_receiver("127.0.0.2", self.receiver.port)
        service, admin = self.start()
        hook = self.create(admin, url=self.receiver.url(host="rebinding.test"), types=["message.new"])
        self.publish_some(1, 1)
        self.wait_for_texts([1])
        hosts.write_text("127.0.0.2 rebinding.test\n")
        # The library looks at the file's time, which has whole seconds.
        later = hosts.stat().st_mtime + 10
        os.utime(hosts, (later, later))
        self.publish_some(2, 1)
        self.wait_until(lambda: self.show(admin, hook)["attempts"] > 0, "the address is refused")
        self.assertIn("rebinding.test (127.0.0.2)", self.show(admin, hook)["last_error"]["message"])
        self.assertEqual((forbidden.connections, len(self.receiver.deliveries)), (0, 1))
        hosts.write_text("127.0.0.1 rebinding.test\n")
        os.utime(hosts, (later + 10, later + 10))
        self.wait_for_texts([1, 2])
        service.stop()


if __name__ == "__main__":
    unittest.main()
