#!/usr/bin/env python3
"""A collector on Telethon; collector.py says what it does. Telethon's documentation is followed where it speaks of not losing
updates: an SQLite session, catch_up=True, sequential_updates=True, no limit to reconnections, a clean disconnect.
"""

import asyncio
import logging
import signal

from telethon import TelegramClient, events
from telethon.crypto import rsa

import collector
import harness

# A supervisor's pause before it connects a client again that gave up.
RECONNECT_SECONDS = 1


def make_client(options, phone):
    ready = collector.ready_line(options.simulator)
    rsa.add_key(open(ready["public_key"], "rb").read(), old=False)
    client = TelegramClient(
        str(options.data / phone), collector.API_ID, collector.API_HASH, catch_up=True, sequential_updates=True,
        connection_retries=-1, retry_delay=1, request_retries=10, auto_reconnect=True, flood_sleep_threshold=24 * 3600,
        # Room for every chat and user, or it would write its caches out all the time.
        entity_cache_limit=100_000)
    # A session that never logged in names production; one that did knows its own data centre.
    if client.session.auth_key is None:
        first = ready["dcs"][0]
        client.session.set_dc(first["id"], first["host"], first["port"])
    return client


def edit_date(message):
    return int(message.edit_date.timestamp()) if message.edit_date else 0


class Follower:
    """One account."""

    def __init__(self, options, phone, store):
        self.client = make_client(options, phone)
        self.connected = asyncio.Event()
        self._store = store
        self._account = int(phone)
        # Before the first connection: what it catches up with must find them.
        self.client.add_event_handler(self._on_new, events.NewMessage())
        self.client.add_event_handler(self._on_edited, events.MessageEdited())
        self.client.add_event_handler(self._on_deleted, events.MessageDeleted())

    def _place(self, event):
        peer = event.message.peer_id
        if hasattr(peer, "channel_id"):
            return 0, peer.channel_id
        return self._account, peer.user_id if hasattr(peer, "user_id") else peer.chat_id

    async def _on_new(self, event):
        account, chat = self._place(event)
        self._store.new(account, chat, event.message.id, event.message.message or "", edit_date(event.message))

    async def _on_edited(self, event):
        account, chat = self._place(event)
        self._store.edited(account, chat, event.message.id, event.message.message or "", edit_date(event.message))

    async def _on_deleted(self, event):
        channel = getattr(event.original_update, "channel_id", None)
        if channel is None:
            self._store.deleted(self._account, None, event.deleted_ids)
        else:
            self._store.deleted(0, channel, event.deleted_ids)

    async def run(self):
        """Until it is cancelled. A client that gave up is connected again, as a supervisor would."""
        while True:
            try:
                if not self.client.is_connected():
                    await self.client.connect()
                self.connected.set()
                await self.client.run_until_disconnected()
            except Exception as error:  # whatever it was, a supervisor connects it again
                logging.warning("a client ended: %r", error)
            await asyncio.sleep(RECONNECT_SECONDS)


async def log_in(options):
    for phone in options.phones:
        client = make_client(options, phone)
        await client.connect()
        await client.send_code_request(phone)
        await client.sign_in(phone, harness.login_code(phone))
        # The list of dialogs tells Telethon the state of the channels that it is to follow.
        await client.get_dialogs()
        await client.disconnect()
    collector.say("logged in")


async def run(options):
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    store = collector.Store(options.data)
    followers = [Follower(options, phone, store) for phone in options.phones]
    tasks = [asyncio.create_task(follower.run()) for follower in followers]

    async def announce():
        for follower in followers:
            await follower.connected.wait()
        collector.say_serving(options)

    tasks.append(asyncio.create_task(announce()))
    await stopping.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for follower in followers:
        await follower.client.disconnect()
    store.close()
    collector.say("stopped")


def main():
    logging.basicConfig(level=logging.WARNING)
    options = collector.parse_arguments(__doc__.splitlines()[0])
    asyncio.run(log_in(options) if options.do == "log-in" else run(options))


main()
