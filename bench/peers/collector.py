"""What the collectors of the comparison share: their command line, their store, and how they start and stop.

A collector follows chats live with one Telegram library and stores what the library hands it, as people write such
programs: one process, one SQLite file, each message committed before the handler returns, a unique key so that what is
handed over twice is stored once. `ledgram-bench chaos --collector NAME` starts, kills and restarts it.

    collect_telethon.py log-in|run --simulator DIR --data DIR --phones 9996620001,... --chats synthetic1,...

`log-in` logs the accounts in, once, and ends. `run` prints `serving N accounts, M channels` when all are connected, and at
SIGTERM ends with exit code 0. Both keep their sessions and `collected.db` in the data folder.
"""

import argparse
import json
import sqlite3
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/conformance"), str(ROOT / "tests/support")]

API_ID, API_HASH = 1, "0123456789abcdef0123456789abcdef"

# `account` is 0 for channels and supergroups, whose messages are the same for every account.
SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
  account INTEGER NOT NULL,
  chat INTEGER NOT NULL,
  number INTEGER NOT NULL,
  text TEXT NOT NULL,
  edit_date INTEGER NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  handed_over INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (account, chat, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS messages_by_number ON messages (account, number);
"""


class Store:
    """The SQLite file. Every method is one transaction, and is done when it returns."""

    def __init__(self, folder):
        self._db = sqlite3.connect(Path(folder) / "collected.db", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    def close(self):
        self._db.close()

    def new(self, account, chat, number, text, edit_date):
        """A message as news. The unique key takes what was handed over before; only a later edit replaces the content."""
        self._db.execute(
            "INSERT INTO messages (account, chat, number, text, edit_date) VALUES (?1, ?2, ?3, ?4, ?5)"
            " ON CONFLICT DO UPDATE SET handed_over = handed_over + 1,"
            "   text = CASE WHEN ?5 >= edit_date THEN ?4 ELSE text END, edit_date = max(edit_date, ?5)",
            (account, chat, number, text, edit_date))

    def edited(self, account, chat, number, text, edit_date):
        """An edit; of a message that is not there yet it is the first that is known of it."""
        self._db.execute(
            "INSERT INTO messages (account, chat, number, text, edit_date, handed_over) VALUES (?1, ?2, ?3, ?4, ?5, 0)"
            " ON CONFLICT DO UPDATE SET text = ?4, edit_date = ?5 WHERE ?5 >= edit_date",
            (account, chat, number, text, edit_date))

    def edit_text(self, account, chat, number, text):
        """For libraries that tell of the content and of the date apart."""
        self._db.execute("UPDATE messages SET text = ?4 WHERE account = ?1 AND chat = ?2 AND number = ?3",
                         (account, chat, number, text))

    def edit_date(self, account, chat, number, edit_date):
        self._db.execute("UPDATE messages SET edit_date = ?4 WHERE account = ?1 AND chat = ?2 AND number = ?3",
                         (account, chat, number, edit_date))

    def deleted(self, account, chat, numbers):
        """`chat` None: of private chats and basic groups, whose numbers are unique within the account."""
        self._db.execute("BEGIN IMMEDIATE")
        for number in numbers:
            if chat is None:
                self._db.execute("UPDATE messages SET deleted = 1 WHERE account = ? AND number = ?", (account, number))
            else:
                self._db.execute("UPDATE messages SET deleted = 1 WHERE account = ? AND chat = ? AND number = ?",
                                 (account, chat, number))
        self._db.execute("COMMIT")


def ready_line(simulator):
    """What the simulator said when it was ready, by which the libraries are led to it."""
    return json.loads((Path(simulator) / "ready.json").read_text(encoding="utf-8"))


def parse_arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("do", choices=["log-in", "run"])
    parser.add_argument("--simulator", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--phones", type=lambda text: text.split(","), required=True)
    parser.add_argument("--chats", type=lambda text: text.split(","), required=True)
    options = parser.parse_args()
    options.data.mkdir(parents=True, exist_ok=True)
    return options


def say(line):
    print(line, flush=True)


def say_serving(options):
    say(f"serving {len(options.phones)} accounts, {len(options.chats)} channels")
