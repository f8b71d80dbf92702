"""Exports of the same format that are not like the five real ones: large, long, in other scripts, with everything."""

import json
import random
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402
from compare import LedgerComparison, load_export  # noqa: E402

START = 1_600_000_000


def message(number, text="", **more):
    return {"id": number, "type": "message", "date": "2020-09-13T12:26:40", "date_unixtime": str(START + number * 60),
            "from": "A channel", "from_id": "channel1000000001", "text": text,
            "text_entities": [{"type": "plain", "text": text}] if text else [], **more}


def parts(number, *entities, **more):
    """A message whose text consists of (type, text, extras) parts."""
    made = [{"type": kind, "text": text, **extra} for kind, text, extra in entities]
    text = [part["text"] if part["type"] == "plain" else part for part in made]
    return {**message(number, **more), "text": text, "text_entities": made}


def write_export(folder, name, messages, chat_type="public_channel"):
    path = Path(folder) / f"{name}.json"
    path.write_text(json.dumps(
        {"name": name.title(), "type": chat_type, "id": 1_000_000_001, "messages": messages}, ensure_ascii=False),
        encoding="utf-8")
    return path


class OtherExports(LedgerComparison):
    def collect_and_compare(self, messages, name="odd_channel", timeout=600):
        with tempfile.TemporaryDirectory() as folder:
            path = write_export(folder, name, messages)
            with harness.Simulator("--channel", path) as simulator, harness.Ledgram() as ledgram:
                ledgram.log_in(simulator)
                ledgram.must("channel", "add", f"@{name}")
                result = ledgram.collect()
                self.assertEqual(result["posts_added"], sum(one["type"] == "message" for one in messages))
                posts = ledgram.posts(name)
                self.assert_ledger_equals(posts, load_export(path))
                ledgram.must("verify")
                self.assertEqual(ledgram.collect()["posts_added"], 0)
                return {post["id"]: post for post in posts}

    def test_ids_with_gaps(self):
        draw = random.Random(5)
        numbers = sorted(draw.sample(range(2, 40_000), 1_234))
        # Gaps of thousands, a gap at the start, and neighbours.
        self.collect_and_compare([message(number, f"post {number}") for number in numbers])

    def test_long_emoji_and_right_to_left_texts(self):
        family = "\U0001F468\u200D\U0001F469\u200D\U0001F467"
        self.collect_and_compare([
            message(2, "x" * 4096),
            message(3, "ю" * 4096),
            message(4, "\U0001F600" * 2048),
            parts(5, ("plain", family + " ", {}), ("bold", "שלום עולם", {}), ("plain", " و ", {}),
                  ("hashtag", "#مرحبا", {})),
            message(6, "line\nbreaks\n\n and \t tabs"),
            parts(7, ("plain", "see ", {}), ("text_link", "this", {"href": "https://example.org/a?b=c&d=%20"}),
                  ("plain", " and ", {}), ("code", "x < y && y > z", {}), ("plain", " ", {}),
                  ("pre", "int main() {}", {"language": "cpp"}), ("spoiler", "hidden", {}), ("italic", "i", {}),
                  ("underline", "u", {}), ("strikethrough", "s", {}), ("mention", "@someone", {}),
                  ("email", "a@example.org", {}), ("phone", "+380000000000", {}), ("cashtag", "$USD", {}),
                  ("bot_command", "/start", {}), ("blockquote", "quoted", {})),
        ])

    def test_service_messages_albums_and_media(self):
        photo = {"photo": "photos/photo_1.jpg", "width": 1280, "height": 720}
        service = {"id": 2, "type": "service", "date": "2020-09-13T12:26:40", "date_unixtime": str(START),
                   "actor": "A channel", "actor_id": "channel1000000001", "action": "create_channel", "title": "A channel",
                   "text": "", "text_entities": []}
        pinned = {**service, "id": 9, "date_unixtime": str(START + 540), "action": "pin_message", "message_id": 3}
        album = [message(number, "caption" if number == 4 else "", **photo) | {"date_unixtime": str(START + 240)}
                 for number in (4, 5, 6)]
        posts = self.collect_and_compare([
            service, message(3, "first"), *album,
            message(7, "an answer", reply_to_message_id=3),
            message(8, "a file", file="files/report.pdf", file_name="report.pdf", mime_type="application/pdf"),
            pinned,
            message(10, "edited", edited="2020-09-14T00:00:00", edited_unixtime=str(START + 90_000)),
            message(11, "forwarded", forwarded_from="Somebody"),
        ])
        self.assertEqual(len({posts[number]["grouped_id"] for number in (4, 5, 6)}), 1)
        self.assertIsNotNone(posts[4]["grouped_id"])
        self.assertEqual(posts[4]["media"]["kind"], "photo")
        self.assertEqual(posts[7]["reply_to"], 3)
        self.assertEqual(posts[8]["media"]["file_name"], "report.pdf")
        self.assertIsNotNone(posts[10]["edit_date"])

    def test_a_hundred_thousand_posts(self):
        self.collect_and_compare([message(number, f"post {number}") for number in range(2, 100_002)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
