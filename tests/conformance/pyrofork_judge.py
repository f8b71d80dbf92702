"""Pyrofork, a Pyrogram fork, as a judge; foreign.py says what a judge reads and writes."""

import asyncio
import base64
import hashlib
import logging
from pathlib import Path

import pyrogram
import pyrogram.connection.connection
from pyrogram import handlers, raw
from pyrogram.connection.transport import tcp
from pyrogram.crypto import rsa

from judge_loop import CONFIG, say, serve

TRANSPORTS = {
    "abridged": tcp.TCPAbridged,
    "intermediate": tcp.TCPIntermediate,
    "full": tcp.TCPFull,
    "obfuscated abridged": tcp.TCPAbridgedO,
    "obfuscated intermediate": tcp.TCPIntermediateO,
}


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


def use_simulator():
    """Pyrogram has no setting for its addresses and keys; its tables of them are replaced."""
    addresses = {dc["id"]: (dc["host"], dc["port"]) for dc in CONFIG["dcs"]}
    pyrogram.connection.connection.DataCenter = lambda dc_id, *_: addresses[dc_id]
    pem = Path(CONFIG["public_key"]).read_text().splitlines()
    numbers, _ = der_value(base64.b64decode("".join(line for line in pem if "-----" not in line)))
    modulus, after = der_value(numbers)
    exponent, _ = der_value(numbers, after)
    text = tl_bytes(modulus.lstrip(b"\0")) + tl_bytes(exponent)
    fingerprint = int.from_bytes(hashlib.sha1(text).digest()[-8:], "little", signed=True)
    rsa.server_public_keys[fingerprint] = rsa.PublicKey(int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))


class Requests:
    def __init__(self, client):
        self._client = client
        self._logged_in = False

    async def _begin(self, user):
        """What Client.start does after the login."""
        self._logged_in = True
        self._client.me = user
        await self._client.initialize()
        return user

    async def login(self, phone, code):
        sent = await self._client.send_code(phone)
        user = await self._begin(await self._client.sign_in(phone, sent.phone_code_hash, code))
        return {"phone": user.phone_number}

    async def password(self, password):
        return {"phone": (await self._begin(await self._client.check_password(password))).phone_number}

    async def bot_login(self, token):
        return {"bot": (await self._begin(await self._client.sign_in_bot(token))).is_bot}

    async def me(self):
        return (await self._client.get_me()).phone_number

    async def history(self, channel):
        return [{"id": message.id, "date": int(message.date.timestamp()), "text": message.text or message.caption or ""}
                async for message in self._client.get_chat_history(channel)]

    async def count(self, channel):
        messages = 0
        async for _ in self._client.get_chat_history(channel):
            messages += 1
        return messages

    async def watch(self, channel):
        watched = (await self._client.resolve_peer(channel)).channel_id

        async def on_update(_client, update, _users, _chats):
            if isinstance(update, raw.types.UpdateDeleteChannelMessages):
                if update.channel_id == watched:
                    say({"event": "deleted", "ids": update.messages})
            elif isinstance(update, (raw.types.UpdateNewChannelMessage, raw.types.UpdateEditChannelMessage)):
                if update.message.peer_id.channel_id == watched:
                    fresh = isinstance(update, raw.types.UpdateNewChannelMessage)
                    say({"event": "new" if fresh else "edited", "id": update.message.id, "text": update.message.message})

        self._client.add_handler(handlers.RawUpdateHandler(on_update))
        await self._client.invoke(raw.functions.updates.GetState())
        return True

    async def end(self):
        if self._logged_in:
            await self._client.terminate()
        await self._client.disconnect()


async def main():
    logging.basicConfig(level=logging.INFO)
    use_simulator()
    client = pyrogram.Client(CONFIG["session"], 1, "0123456789abcdef0123456789abcdef", in_memory=True)
    client.protocol_factory = TRANSPORTS[CONFIG["transport"]]
    await client.storage.open()
    await client.storage.dc_id(CONFIG["dcs"][0]["id"])
    await client.connect()
    requests = Requests(client)
    await serve(requests)
    await requests.end()


# Pyrogram's parts take the loop that is current while they are made.
asyncio.get_event_loop_policy().get_event_loop().run_until_complete(main())
