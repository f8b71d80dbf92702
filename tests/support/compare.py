"""Compares posts in the ledger with messages in Telegram Desktop's export format."""

import datetime
import json
import unittest

import harness

# Export entities that carry something besides their text, and the name of it in the ledger's entities.
EXTRAS = {"text_link": "href", "pre": "language", "mention_name": "user_id", "custom_emoji": "document_id"}


def load_export(path):
    """The messages of an export that collecting must bring, by id."""
    return {message["id"]: message for message in json.loads(path.read_text(encoding="utf-8"))["messages"]}


def iso8601(unix_seconds):
    moment = datetime.datetime.fromtimestamp(int(unix_seconds), datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def expected_entities(message):
    """Entities with offsets and lengths in UTF-16 units, computed from the export's run of parts."""
    entities, offset = [], 0
    for part in message.get("text_entities", []):
        length = harness.utf16_length(part["text"])
        if part["type"] != "plain":
            entity = {"type": part["type"], "offset": offset, "length": length}
            extra = EXTRAS.get(part["type"])
            if extra and part.get(extra):
                entity[extra] = part[extra]
            entities.append(entity)
        offset += length
    return entities


class LedgerComparison(unittest.TestCase):
    maxDiff = 2000

    def assert_ledger_equals(self, posts, messages):
        """`posts`: objects of `ledgram posts --format jsonl`; `messages`: export messages by id, service ones left out."""
        seen = {}
        for post in posts:
            self.assertNotIn(post["id"], seen, "a post is there twice")
            seen[post["id"]] = post
        wanted = {number: message for number, message in messages.items() if message["type"] == "message"}
        self.assertEqual(sorted(seen), sorted(wanted), "missing or surplus posts")
        for number, message in wanted.items():
            post = seen[number]
            self.assertEqual(post["text"], harness.text_of_export(message), f"text of {number}")
            self.assertEqual(post["date"], iso8601(message["date_unixtime"]), f"date of {number}")
            self.assertEqual(post["entities"], expected_entities(message), f"entities of {number}")
            if "views" in message:
                self.assertEqual(post["views"], message["views"], f"views of {number}")
