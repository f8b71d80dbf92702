"""Feeds over HTTP, read with a real XML parser."""

import email.utils
import sys
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api  # noqa: E402

ATOM = "{http://www.w3.org/2005/Atom}"
EVIL = "<script>alert('1')</script> & \"quotes\" ]]> <![CDATA[ \u2028 кінець\nsecond line"


class Feeds(api.CollectedApiTest):
    posts = 60

    def setUp(self):
        super().setUp()
        self.channel = self.channels["synthetic1"]

    def make(self, client, **feed):
        answer = client.post("/api/v1/feeds", feed)
        self.assertEqual(answer.status, 201, answer)
        return answer.json()

    def read(self, client, path, kind):
        answer = api.Client(client.address).get(path)
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.headers["Content-Type"].startswith(kind))
        return xml.fromstring(answer.body)

    def test_a_channel_as_rss_and_atom_with_everything_escaped(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            number = self.publish("synthetic1", EVIL)
            self.wait_until_equal("synthetic1")
            feed = self.make(admin, channel=self.channel, title="A & <b>")
            rss = self.read(admin, feed["rss"], "application/rss+xml").find("channel")
            self.assertEqual(rss.findtext("title"), "A & <b>")
            items = rss.findall("item")
            self.assertEqual(len(items), 50)
            self.assertEqual(len({item.findtext("guid") for item in items}), 50)
            self.assertTrue(items[0].findtext("link").endswith(f"/{number}"))
            self.assertEqual(items[0].findtext("title"), EVIL.split("\n")[0])
            # One level of escaping is XML's; what is left is HTML that shows the text.
            self.assertEqual(items[0].findtext("description"),
                             EVIL.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
                             .replace("'", "&#39;").replace("\n", "<br>"))
            dates = [email.utils.parsedate_to_datetime(item.findtext("pubDate")) for item in items]
            self.assertEqual(dates, sorted(dates, reverse=True))

            atom = self.read(admin, feed["atom"], "application/atom+xml")
            entries = atom.findall(ATOM + "entry")
            self.assertEqual([entry.findtext(ATOM + "title") for entry in entries],
                             [item.findtext("title") for item in items])
            self.assertEqual(entries[0].findtext(ATOM + "content"), items[0].findtext("description"))
            for name in ("id", "updated", "title"):
                self.assertTrue(atom.findtext(ATOM + name))
            self.assertTrue(atom.find(ATOM + "link").get("href").endswith(feed["atom"]))

    def test_a_search_as_a_feed(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            feed = self.make(admin, search="міст -залізничний")
            self.assertEqual(feed["title"], "міст -залізничний")
            wanted = self.publish("synthetic1", "Новий міст")
            self.publish("synthetic1", "Новий залізничний міст")
            self.publish("synthetic2", "нічого")

            def links():
                items = self.read(admin, feed["rss"], "application/rss+xml").find("channel").findall("item")
                return [item.findtext("link") for item in items]

            self.wait_until(links, "the search finds it")
            self.assertEqual([link.rsplit("/", 1)[1] for link in links()], [str(wanted)])

    def test_the_secret_is_the_access(self):
        with self.serve() as service:
            admin = self.admin(service)
            bob = self.new_user(admin, "bob")
            feed = self.make(admin, channel=self.channel)
            self.assertNotIn("token", str(admin.get("/api/v1/feeds").json()))
            self.assertEqual([one["id"] for one in admin.get("/api/v1/feeds").json()["items"]], [feed["id"]])
            self.assertEqual(bob.get("/api/v1/feeds").json()["items"], [])
            self.assert_problem(bob.request("DELETE", f"/api/v1/feeds/{feed['id']}"), 404, "not_found")
            self.assert_problem(bob.post("/api/v1/feeds", {"channel": self.channel}), 404, "not_found")
            # What bob follows is nothing, so his feed is empty.
            empty = self.make(bob, title="everything")
            self.assertEqual(self.read(bob, empty["rss"], "application/rss+xml").find("channel").findall("item"), [])
            stranger = api.Client(admin.address)
            self.assert_problem(stranger.get("/feeds/feed_wrong/rss"), 404, "not_found")
            answer = stranger.get(feed["rss"])
            again = stranger.get(feed["rss"], headers={"If-None-Match": answer.headers["ETag"]})
            self.assertEqual(again.status, 304)
            self.assertEqual(admin.request("DELETE", f"/api/v1/feeds/{feed['id']}").status, 204)
            self.assert_problem(stranger.get(feed["rss"]), 404, "not_found")

    def test_a_feed_of_no_words_is_refused(self):
        with self.serve() as service:
            admin = self.admin(service)
            for search in ("-only", "***"):
                self.assertEqual(admin.post("/api/v1/feeds", {"search": search}).status, 400)


if __name__ == "__main__":
    unittest.main(verbosity=2)
