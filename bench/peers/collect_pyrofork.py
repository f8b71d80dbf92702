#!/usr/bin/env python3
"""A collector on Pyrofork; collector.py says what it does. skip_updates=False makes it recover at the start what it missed
(recover_gaps), one worker keeps the order of the updates, and its session is its own SQLite file.
"""

import asyncio
import base64
import hashlib
import logging
import signal
from pathlib import Path

import pyrogram
import pyrogram.connection.connection
from pyrogram import handlers, raw
from pyrogram.crypto import rsa

import collector
import harness

# A supervisor's pause before it starts a client again that could not start.
RESTART_SECONDS = 1
# Pyrogram writes a channel as this minus its number.
CHANNELS_BELOW = -1_000_000_000_000


def der_value(data, at=0):
    """The value of the DER object at `at`, and where the next one begins."""
    length, at = data[at + 1], at + 2
    if length >= 0x80:
        size = length & 0x7f
        length, at = int.from_bytes(data[at:at + size], "big"), at + size
    return data[at:at + length], at + length


def tl_bytes(data):
    head = bytes([len(data)]) if len(data) < 254 else b"\xfe" + len(data).to_bytes(3, "little")
    return head + data + bytes(-(len(head) + len(data)) % 4)


def use_simulator(ready):
    """Pyrogram has no setting for its addresses and keys; its tables of them are replaced."""
    addresses = {dc["id"]: (dc["host"], dc["port"]) for dc in ready["dcs"]}
    pyrogram.connection.connection.DataCenter = lambda dc_id, *_: addresses[dc_id]
    pem = Path(ready["public_key"]).read_text().splitlines()
    numbers, _ = der_value(base64.b64decode("".join(line for line in pem if "-----" not in line)))
    modulus, after = der_value(numbers)
    exponent, _ = der_value(numbers, after)
    text = tl_bytes(modulus.lstrip(b"\0")) + tl_bytes(exponent)
    fingerprint = int.from_bytes(hashlib.sha1(text).digest()[-8:], "little", signed=True)
    rsa.server_public_keys[fingerprint] = rsa.PublicKey(int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))


def make_client(options, phone, **arguments):
    return pyrogram.Client(phone, collector.API_ID, collector.API_HASH, workdir=options.data, skip_updates=False, workers=1,
                           sleep_threshold=24 * 3600, phone_number=phone, **arguments)


class Follower:
    """One account."""

    def __init__(self, options, phone, store):
        self._options = options
        self._phone = phone
        self._store = store
        self.client = None
        self.connected = asyncio.Event()

    async def run(self):
        """Starts it, however often that takes; from then on Pyrogram connects again by itself."""
        while True:
            self.client = make_client(self._options, self._phone)
            # Raw updates, since Pyrogram's own message objects take calls of their own to build.
            self.client.add_handler(handlers.RawUpdateHandler(self._on_update))
            try:
                await self.client.start()
                self.connected.set()
                return
            except Exception as error:  # whatever it was, a supervisor starts it again
                logging.warning("a client could not start: %r", error)
                await self._let_go()
            await asyncio.sleep(RESTART_SECONDS)

    async def _let_go(self):
        """What is left of a start that failed holds the session file."""
        try:
            await self.client.disconnect()
        except Exception as error:
            logging.warning("a client could not be disconnected: %r", error)

    def _place(self, peer):
        if isinstance(peer, raw.types.PeerChannel):
            return 0, peer.channel_id
        return int(self._phone), peer.user_id if isinstance(peer, raw.types.PeerUser) else peer.chat_id

    async def _on_update(self, _client, update, _users, _chats):
        if isinstance(update, (raw.types.UpdateNewChannelMessage, raw.types.UpdateNewMessage)):
            if isinstance(update.message, raw.types.Message):
                self._store.new(*self._place(update.message.peer_id), update.message.id, update.message.message,
                                update.message.edit_date or 0)
        elif isinstance(update, (raw.types.UpdateEditChannelMessage, raw.types.UpdateEditMessage)):
            if isinstance(update.message, raw.types.Message):
                self._store.edited(*self._place(update.message.peer_id), update.message.id, update.message.message,
                                   update.message.edit_date or 0)
        elif isinstance(update, raw.types.UpdateDeleteChannelMessages):
            self._store.deleted(0, update.channel_id, update.messages)
        elif isinstance(update, raw.types.UpdateDeleteMessages):
            self._store.deleted(int(self._phone), None, update.messages)


async def log_in(options):
    for phone in options.phones:
        client = make_client(options, phone, phone_code=harness.login_code(phone))
        await client.storage.open()
        await client.storage.dc_id(collector.ready_line(options.simulator)["dcs"][0]["id"])
        await client.storage.close()
        client = make_client(options, phone, phone_code=harness.login_code(phone))
        await client.start()
        # The list of dialogs leaves the access hashes of the channels in the session.
        async for _ in client.get_dialogs():
            pass
        await client.stop()
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
        if follower.connected.is_set():
            await follower.client.stop()
    store.close()
    collector.say("stopped")


def main():
    logging.basicConfig(level=logging.WARNING)
    options = collector.parse_arguments(__doc__.splitlines()[0])
    use_simulator(collector.ready_line(options.simulator))
    # Pyrogram's parts take the loop that is current while they are made.
    loop = asyncio.get_event_loop_policy().get_event_loop()
    loop.run_until_complete(log_in(options) if options.do == "log-in" else run(options))


main()
