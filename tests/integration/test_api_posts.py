"""Posts, search, figures and the reading half of the old contract, over HTTP against a running `ledgram serve`."""

import collections
import datetime
import sys
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api  # noqa: E402


def day_of(seconds):
    """The day of UTC."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date()


class ReadingTest(api.CollectedApiTest):
    posts = 250

    def pages(self, client, path, items="items", **query):
        """All items of a list, page by page."""
        found, cursor = [], None
        while True:
            if cursor:
                query["cursor"] = cursor
            answer = client.get(path + ("?" + urllib.parse.urlencode(query) if query else ""))
            self.assertEqual(answer.status, 200, answer)
            page = answer.json()
            self.assertLessEqual(len(page[items]), int(query.get("limit", 1000)))
            found += page[items]
            cursor = page["next"]
            if not cursor:
                return found

    def search(self, client, words, **query):
        """What is found once the index has read everything."""
        nothing = query.pop("nothing", None) is not None

        def look():
            answer = client.get("/api/v1/search?" + urllib.parse.urlencode({"q": words, **query}))
            self.assertEqual(answer.status, 200, answer)
            self.found = answer.json()
            return self.found["behind"] == 0 and bool(self.found["items"]) != nothing
        self.wait_until(look, f"search for {words!r}")
        return self.found["items"]


class Posts(ReadingTest):
    def test_pages_hold_every_post_once_newest_first(self):
        with self.serve() as service:
            admin = self.admin(service)
            everything = self.pages(admin, "/api/v1/posts", limit=37)
            self.assertEqual([post["date"] for post in everything],
                             sorted((post["date"] for post in everything), reverse=True))
            for chat, channel in self.channels.items():
                posts = self.pages(admin, f"/api/v1/channels/{channel}/posts", limit=61)
                self.assertEqual({post["id"]: post["text"] for post in posts}, self.truth_of(chat))
                self.assertEqual([post["id"] for post in posts],
                                 [post["id"] for post in everything if post["channel_id"] == channel])
            rising = self.pages(admin, "/api/v1/posts", limit=37, order="oldest_first")
            self.assertEqual([(post["channel_id"], post["id"]) for post in rising],
                             [(post["channel_id"], post["id"]) for post in reversed(everything)])
            some = self.pages(admin, "/api/v1/posts", limit=500, channel=self.channels["synthetic2"])
            self.assertEqual({post["channel"] for post in some}, {"synthetic2"})

    def test_filters(self):
        with self.serve() as service:
            admin = self.admin(service)
            channel = self.channels["synthetic1"]
            path = f"/api/v1/channels/{channel}/posts"
            posts = self.pages(admin, path, limit=500)
            middle = posts[len(posts) // 2]["date"]
            later = self.pages(admin, path, limit=50, since=middle)
            earlier = self.pages(admin, path, limit=50, until=middle)
            self.assertEqual([post["id"] for post in later + earlier], [post["id"] for post in posts])
            self.assertTrue(all(post["date"] >= middle for post in later))
            word = posts[0]["text"].split()[0].upper()
            expected = [post["id"] for post in posts if word.lower() in post["text"].lower()]
            self.assertEqual([post["id"] for post in self.pages(admin, path, limit=500, text=word)], expected)
            for kind in ("has_media", "has_link"):
                having = self.pages(admin, path, limit=500, **{kind: "true"})
                without = self.pages(admin, path, limit=500, **{kind: "false"})
                self.assertEqual({post["id"] for post in having} | {post["id"] for post in without},
                                 {post["id"] for post in posts})
                self.assertFalse({post["id"] for post in having} & {post["id"] for post in without})
            for wrong in ("limit=0", "order=any", "since=yesterday", "has_link=perhaps", "cursor=zzz", "text="):
                self.assert_problem(admin.get(f"{path}?{wrong}"), 400, "invalid_parameter")

    def test_a_post_with_its_versions_also_when_it_is_gone(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            number = self.publish("synthetic1", "first words")
            self.edit("synthetic1", number, "second words")
            self.wait_until_equal("synthetic1")
            path = f"/api/v1/channels/{self.channels['synthetic1']}/posts/{number}"
            self.wait_until(lambda: admin.get(path).status == 200 and admin.get(path).json()["versions"], "an edit")
            post = admin.get(path).json()
            self.assertEqual((post["text"], post["deleted"]), ("second words", False))
            self.assertEqual([version["text"] for version in post["versions"]], ["first words"])
            self.delete("synthetic1", [number])
            self.wait_until(lambda: admin.get(path).json()["deleted"], "a deletion")
            listed = self.pages(admin, f"/api/v1/channels/{self.channels['synthetic1']}/posts", limit=500)
            self.assertNotIn(number, [post["id"] for post in listed])
            self.assert_problem(admin.get(path + "999"), 404, "not_found")

    def test_messages_a_day(self):
        with self.serve() as service:
            admin = self.admin(service)
            bob = self.new_user(admin, "bob")
            path = f"/api/v1/channels/{self.channels['synthetic1']}/activity"
            messages = self.simulator.truth("synthetic1")["messages"]
            newest = max(message["date"] for message in messages)
            until = urllib.parse.quote(day_of(newest).isoformat() + "T12:00:00Z")
            for offset in (0, 120, -90):
                answer = admin.get(f"{path}?days=40&until={until}&offset={offset}")
                self.assertEqual(answer.status, 200, answer)
                days = answer.json()["days"]
                last = day_of(newest)
                self.assertEqual([day["day"] for day in days],
                                 [(last - datetime.timedelta(days=back)).isoformat() for back in range(39, -1, -1)])
                truth = collections.Counter(day_of(message["date"] + offset * 60).isoformat() for message in messages)
                self.assertEqual([day["messages"] for day in days], [truth[day["day"]] for day in days])
                self.assertGreater(sum(day["messages"] for day in days), 0)
            today = admin.get(path).json()["days"]
            self.assertEqual(len(today), 30)
            self.publish("synthetic1", "of today")
            service.wait_for_line("serving")
            self.wait_until(lambda: admin.get(path).json()["days"][-1]["messages"] == 1, "a message of today")
            self.assert_problem(bob.get(path), 404, "not_found")
            for wrong in ("days=0", "days=367", "offset=900", "until=1970-01-01T00:00:00Z", "until=9999-12-31T00:00:00Z"):
                self.assert_problem(admin.get(f"{path}?{wrong}"), 400, "invalid_parameter")

    def test_an_etag_saves_what_has_not_changed(self):
        with self.serve() as service:
            admin = self.admin(service)
            answer = admin.get("/api/v1/posts")
            again = admin.get("/api/v1/posts", headers={"If-None-Match": answer.headers["ETag"]})
            self.assertEqual((again.status, again.body), (304, b""))

    def test_who_follows_nothing_sees_nothing(self):
        with self.serve() as service:
            admin = self.admin(service)
            bob = self.new_user(admin, "bob")
            channel = self.channels["synthetic1"]
            number = max(self.truth_of("synthetic1"))
            self.assertEqual(admin.get(f"/api/v1/channels/{channel}/posts/{number}").status, 200)
            self.assertEqual(self.pages(bob, "/api/v1/posts"), [])
            self.assertEqual(self.pages(bob, "/api/v1/posts", channel=channel), [])
            self.assert_problem(bob.get(f"/api/v1/channels/{channel}/posts"), 404, "not_found")
            self.assert_problem(bob.get(f"/api/v1/channels/{channel}/posts/{number}"), 404, "not_found")
            word = next(iter(self.truth_of("synthetic1").values())).split()[0]
            self.assertTrue(self.search(admin, word))
            answer = bob.get("/api/v1/search?" + urllib.parse.urlencode({"q": word}))
            self.assertEqual(answer.json()["items"], [])
            for path in ("/api/v1/posts", "/api/v1/search?q=x", "/api/v1/events", "/metrics", "/users", "/api/v1/feeds"):
                self.assert_problem(api.Client(admin.address).get(path), 401, "unauthenticated")
            self.assert_problem(bob.get("/metrics"), 403, "forbidden")


class Search(ReadingTest):
    def test_words_phrases_and_what_is_marked(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            first = self.publish("synthetic1", "😀 Київський міст через Дніпро, дзвінкоголосо")
            second = self.publish("synthetic1", "Мост открыт: ёжиковость, Київський гість")
            self.wait_until_equal("synthetic1")
            found = self.search(admin, "київський")
            self.assertEqual([post["id"] for post in found], [second, first])
            self.assertEqual(found[1]["highlights"], [{"offset": 3, "length": 9}])
            self.assertEqual([post["id"] for post in self.search(admin, '"київський міст"')], [first])
            self.assertEqual([post["id"] for post in self.search(admin, "київський -міст")], [second])
            self.assertEqual([post["id"] for post in self.search(admin, "дзвінкого*")], [first])
            self.assertEqual([post["id"] for post in self.search(admin, "ЕЖИКОВОСТЬ")], [second])
            self.edit("synthetic1", first, "змінено")
            self.delete("synthetic1", [second])
            self.search(admin, "змінено")
            self.assertEqual(self.search(admin, "київський", nothing=True), [])

    def test_every_post_of_a_word_over_all_pages(self):
        with self.serve() as service:
            admin = self.admin(service)
            texts = {(chat, number): text for chat in self.channels for number, text in self.truth_of(chat).items()}
            word = next(iter(texts.values())).split()[0].strip(".,")
            self.search(admin, word)
            found = self.pages(admin, "/api/v1/search", q=word, limit=7)
            keys = [(post["channel"], post["id"]) for post in found]
            self.assertEqual(len(keys), len(set(keys)))
            for key in keys:
                self.assertIn(word.lower(), texts[key].lower())
            for post in found:
                self.assertTrue(post["highlights"])
                at = post["highlights"][0]
                marked = post["text"].encode("utf-16-le")[2 * at["offset"]:2 * (at["offset"] + at["length"])]
                self.assertEqual(marked.decode("utf-16-le").lower(), word.lower())

    def test_whatever_is_typed_is_an_answer_or_a_problem(self):
        with self.serve() as service:
            admin = self.admin(service)
            for words in ('"', '" OR "', "AND", "NEAR(a b)", "text:x", "^a", "a*b*", "{a}:b", "';--", "(", "a NOT", "\u0000x"):
                answer = admin.get("/api/v1/search?" + urllib.parse.urlencode({"q": words}))
                self.assertIn(answer.status, (200, 400), (words, answer))
            for words in ("-only", "***", "!?"):
                self.assert_problem(admin.get("/api/v1/search?" + urllib.parse.urlencode({"q": words})),
                                    400, "invalid_parameter")

    def test_the_index_is_made_again_when_it_is_gone(self):
        with self.serve() as service:
            admin = self.admin(service)
            word = next(iter(self.truth_of("synthetic1").values())).split()[0].strip(".,")
            before = {(post["channel_id"], post["id"]) for post in self.search(admin, word, limit=200)}
        for file in self.ledgram.data.glob("search.db*"):
            file.unlink()
        with self.serve() as service:
            admin = self.client(service)
            admin.take_session(self.log_in(admin, api.NAME, api.PASSWORD))
            after = {(post["channel_id"], post["id"]) for post in self.search(admin, word, limit=200)}
        self.assertEqual(after, before)


class Contract(ReadingTest):
    def test_users_channels_and_posts(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            program = self.new_token(admin)
            address = f"?token={program.token}"
            users = api.Client(admin.address).get("/users" + address).json()
            self.assertEqual((users["total"], users["filters"]),
                             (1, {"authenticated_only": False, "active_only": False}))
            user = users["users"][0]
            self.assertEqual(sorted(user), sorted(["id", "telegram_id", "username", "first_name", "last_name",
                                                   "created_at", "is_active", "is_authenticated", "last_auth_check"]))
            self.assertTrue(user["is_active"] and user["is_authenticated"])
            self.assertEqual(program.get("/users?authenticated_only=true&active_only=true").json()["total"], 1)

            channels = program.get(f"/users/{user['telegram_id']}/channels").json()
            self.assertEqual({one["channel_username"] for one in channels["channels"]}, set(self.channels))

            numbers = [self.publish("synthetic1", f"news {i}") for i in range(51)]
            self.wait_until_equal("synthetic1")
            posts = self.pages(program, f"/users/{user['telegram_id']}/posts", items="posts", hours_back=1, limit=20)
            self.assertEqual([post["telegram_message_id"] for post in posts], numbers[::-1])
            self.assertEqual(sorted(posts[0]), sorted(["id", "channel_username", "telegram_message_id", "text", "views",
                                                       "url", "posted_at", "parsed_at", "tags"]))
            self.assertEqual(len({post["id"] for post in posts}), 51)
            self.assert_problem(program.get("/users/12345/posts"), 404, "not_found")
            self.assert_problem(api.Client(admin.address).get("/users"), 401, "unauthenticated")
            bob = self.new_user(admin, "bob")
            self.assertEqual(bob.get("/users").json()["total"], 0)
            self.assert_problem(bob.get(f"/users/{user['telegram_id']}/posts"), 404, "not_found")


class Figures(ReadingTest):
    def test_metrics_tell_what_there_is(self):
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            admin.get("/api/v1/posts")
            self.publish("synthetic1", "one more")
            self.wait_until_equal("synthetic1")
            figures = {}

            def read():
                figures.update(self.figures(admin))
                return figures.get('ledgram_events_total{type="message.new"}', 0) >= 1

            self.wait_until(read, "the event is counted")
            self.assertEqual(figures["ledgram_messages"], sum(
                len(self.simulator.truth(chat)["messages"]) for chat in self.channels))
            self.assertEqual(figures["ledgram_channels"], 2)
            self.assertEqual(figures["ledgram_holes"], 0)
            self.assertEqual(figures['ledgram_accounts{state="active"}'], 1)
            self.assertGreaterEqual(figures['ledgram_http_answers_total{route="list_posts",status="200"}'], 1)
            self.assertGreaterEqual(figures["ledgram_message_lag_seconds_count"], 1)
            answered = 'ledgram_telegram_calls_total{error="",method="updates.'
            self.assertGreaterEqual(sum(value for name, value in figures.items() if name.startswith(answered)), 1)
            for name in ('ledgram_queue_jobs{queue="ledger"}', "ledgram_search_behind", "ledgram_event_streams",
                         "ledgram_commit_waiting_rows", "ledgram_http_connections"):
                self.assertIn(name, figures)

    def figures(self, client):
        answer = client.get("/metrics")
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        lines = [line for line in answer.body.decode().splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    def storage(self, client):
        figures = self.figures(client)
        return {part: figures[f'ledgram_storage_bytes{{part="{part}"}}'] for part in ("ledger", "journal", "search", "media")}

    def test_storage_is_told_by_part(self):
        data = self.ledgram.data
        (data / "media" / "ab").mkdir(parents=True)
        (data / "media" / "ab" / "abc").write_bytes(b"x" * 12345)
        with self.serve() as service:
            admin = self.admin(service)
            service.wait_for_line("serving")
            self.wait_until(lambda: self.storage(admin)["search"] > 0, "the search index is there")
            told = self.storage(admin)
            self.assertEqual(told["media"], 12345)
            self.assertEqual(told["ledger"], (data / "ledger.db").stat().st_size)
            self.assertGreater(told["journal"], 0)

    def test_lines_that_were_held_back_are_counted(self):
        (self.ledgram.data / "media").symlink_to("media")
        with self.serve(allowed="the size of the files of media cannot be told|the same again") as service:
            admin = self.admin(service)
            for looks in range(3):
                figures = self.figures(admin)
                self.assertEqual(figures['ledgram_storage_bytes{part="media"}'], 0)
                # The first of these errors is shown; it is logged before the lines are counted.
                self.assertEqual(figures['ledgram_log_lines_held_total{log="errors"}'], looks)
                self.assertEqual(figures['ledgram_log_lines_held_total{log="connections"}'], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
