"""Writes folders as Telegram Desktop before 7.3 wrote them, with the standard library alone: Ledgram's reading of the
key of a real login is judged by this and by the fixtures that other programs made.
"""

import hashlib
import os
import struct
from pathlib import Path


def _make_sbox():
    sbox, p, q = [0] * 256, 1, 1
    while True:
        p = p ^ (p << 1) & 0xFF ^ (0x1B if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xFF
        if q & 0x80:
            q ^= 0x09
        turned = q ^ (q << 1 | q >> 7) ^ (q << 2 | q >> 6) ^ (q << 3 | q >> 5) ^ (q << 4 | q >> 4)
        sbox[p] = turned & 0xFF ^ 0x63
        if p == 1:
            break
    sbox[0] = 0x63
    return sbox


SBOX = _make_sbox()


def _expand(key):
    words = [list(key[i:i + 4]) for i in range(0, 32, 4)]
    constant = 1
    for i in range(8, 60):
        word = list(words[-1])
        if i % 8 == 0:
            word = [SBOX[byte] for byte in word[1:] + word[:1]]
            word[0] ^= constant
            constant <<= 1
        elif i % 8 == 4:
            word = [SBOX[byte] for byte in word]
        words.append([a ^ b for a, b in zip(words[-8], word)])
    return [sum(words[i:i + 4], []) for i in range(0, 60, 4)]


def _double(byte):
    return byte << 1 & 0xFF ^ (0x1B if byte & 0x80 else 0)


def _encrypt_block(rounds, block):
    state = [a ^ b for a, b in zip(block, rounds[0])]
    for number, key in enumerate(rounds[1:], 1):
        state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if number < 14:
            mixed = []
            for column in range(0, 16, 4):
                a = state[column:column + 4]
                everything = a[0] ^ a[1] ^ a[2] ^ a[3]
                mixed += [a[i] ^ everything ^ _double(a[i] ^ a[(i + 1) % 4]) for i in range(4)]
            state = mixed
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def _xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def _ige_encrypt(key, iv, text):
    rounds, before_cipher, before_plain, out = _expand(key), iv[:16], iv[16:], b""
    for i in range(0, len(text), 16):
        plain = text[i:i + 16]
        cipher = _xor(_encrypt_block(rounds, _xor(plain, before_cipher)), before_plain)
        before_cipher, before_plain = cipher, plain
        out += cipher
    return out


def _sha1(*parts):
    return hashlib.sha1(b"".join(parts)).digest()


def _encrypt(content, key):
    text = struct.pack("<I", len(content) + 4) + content
    text += os.urandom(-len(text) % 16)
    message = _sha1(text)[:16]
    # The keys of MTProto 1.0 for messages to the client.
    a = _sha1(message, key[8:40])
    b = _sha1(key[40:56], message, key[56:72])
    c = _sha1(key[72:104], message)
    d = _sha1(message, key[104:136])
    return message + _ige_encrypt(a[:8] + b[8:] + c[4:16], a[8:] + b[:8] + c[16:] + d[:8], text)


def _array(content):
    return struct.pack(">I", len(content)) + content


def _write(path, content):
    version = struct.pack("<i", 5008003)
    digest = hashlib.md5(content + struct.pack("<i", len(content)) + version + b"TDF$").digest()
    path.write_bytes(b"TDF$" + version + content + digest)


def _file_name(index):
    name = "data" if index == 0 else f"data#{index + 1}"
    return "".join(f"{byte & 15:X}{byte >> 4:X}" for byte in hashlib.md5(name.encode()).digest()[:8]) + "s"


def write(folder, logins, passcode=""):
    """`logins`: (user, data centre, key of 256 bytes) of each account."""
    folder = Path(folder)
    folder.mkdir(parents=True)
    local_key, salt, secret = os.urandom(256), os.urandom(32), passcode.encode()
    outer = hashlib.pbkdf2_hmac("sha512", hashlib.sha512(salt + secret + salt).digest(), salt,
                                100_000 if passcode else 1, 256)
    accounts = struct.pack(f">i{len(logins)}ii", len(logins), *range(len(logins)), 0)
    _write(folder / "key_datas",
           _array(salt) + _array(_encrypt(local_key, outer)) + _array(_encrypt(accounts, local_key)))
    for index, (user, dc, key) in enumerate(logins):
        login = struct.pack(">iiqii", -1, -1, user, dc, 1) + struct.pack(">i", dc) + key + struct.pack(">i", 0)
        _write(folder / _file_name(index),
               _array(_encrypt(struct.pack(">i", 75) + _array(login), local_key)))
    return folder
