"""Telethon as a judge; foreign.py says what a judge reads and writes."""

import asyncio
import hashlib
import logging
from pathlib import Path

from telethon import TelegramClient, errors, events
from telethon.crypto import rsa
from telethon.network import connection
from telethon.sessions import MemorySession, StringSession
from telethon.tl import types

from judge_loop import CONFIG, say, serve

TRANSPORTS = {
    "full": connection.ConnectionTcpFull,
    "abridged": connection.ConnectionTcpAbridged,
    "intermediate": connection.ConnectionTcpIntermediate,
    "obfuscated abridged": connection.ConnectionTcpObfuscated,
    "mtproxy abridged": connection.ConnectionTcpMTProxyAbridged,
    "mtproxy intermediate": connection.ConnectionTcpMTProxyIntermediate,
    "mtproxy padded": connection.ConnectionTcpMTProxyRandomizedIntermediate,
}


def make_session():
    """A session string knows its data centre and the address."""
    if "session_string" in CONFIG:
        return StringSession(CONFIG["session_string"])
    session = MemorySession()
    first = CONFIG["dcs"][0]
    session.set_dc(first["id"], first["host"], first["port"])
    return session


def make_client():
    rsa.add_key(Path(CONFIG["public_key"]).read_bytes(), old=False)
    proxy = CONFIG["mtproxy"]
    proxied = CONFIG["transport"].startswith("mtproxy")
    return TelegramClient(make_session(), 1, "0123456789abcdef0123456789abcdef", connection=TRANSPORTS[CONFIG["transport"]],
                          proxy=(proxy["host"], proxy["port"], proxy["secret"]) if proxied else None)


class Requests:
    def __init__(self, client):
        self._client = client
        self._found = {}

    async def login(self, phone, code):
        await self._client.send_code_request(phone)
        return {"phone": (await self._client.sign_in(phone, code)).phone}

    async def password(self, password):
        return {"phone": (await self._client.sign_in(password=password)).phone}

    async def bot_login(self, token):
        return {"bot": (await self._client.sign_in(bot_token=token)).bot}

    async def me(self):
        return (await self._client.get_me()).phone

    async def history(self, channel):
        return [{"id": message.id, "date": int(message.date.timestamp()), "text": message.message or ""}
                async for message in self._client.iter_messages(channel)]

    async def count(self, channel):
        messages = 0
        # Without a word Telethon waits a second between pages of a long history.
        async for _ in self._client.iter_messages(channel, wait_time=0):
            messages += 1
        return messages

    async def qr(self, password):
        login = await self._client.qr_login()
        while True:
            # It misses an acceptance that comes before it waits, so the link is told afterwards.
            waiting = asyncio.ensure_future(login.wait())
            await asyncio.sleep(0)
            say({"event": "qr", "link": login.url})
            try:
                return {"phone": (await waiting).phone}
            except asyncio.TimeoutError:
                await login.recreate()
            except errors.SessionPasswordNeededError:
                return await self.password(password)

    async def find(self, channel):
        self._found = {message.id: message async for message in self._client.iter_messages(channel) if message.file}
        return list(self._found)

    async def download(self, message):
        content = await self._client.download_media(self._found[message], file=bytes)
        return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    async def watch(self, channel):
        watched = (await self._client.get_input_entity(channel)).channel_id

        async def on_update(update):
            if isinstance(update, types.UpdateDeleteChannelMessages):
                if update.channel_id == watched:
                    say({"event": "deleted", "ids": update.messages})
            elif update.message.peer_id.channel_id == watched:
                fresh = isinstance(update, types.UpdateNewChannelMessage)
                say({"event": "new" if fresh else "edited", "id": update.message.id, "text": update.message.message})

        self._client.add_event_handler(on_update, events.Raw([
            types.UpdateNewChannelMessage, types.UpdateEditChannelMessage, types.UpdateDeleteChannelMessages]))
        # The list of dialogs tells Telethon the state of the channels that it is to follow.
        await self._client.get_dialogs()
        return True


async def main():
    logging.basicConfig(level=logging.INFO)
    client = make_client()
    await client.connect()
    await serve(Requests(client))
    await client.disconnect()


asyncio.run(main())
