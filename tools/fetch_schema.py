#!/usr/bin/env python3
"""Writes schema/api.tl, schema/mtproto.tl and schema/layers/*.tl from the npm package @mtcute/tl.

    tools/fetch_schema.py [--version 223.0.0] [--package DIR] [--out DIR] [--check]

The package's major version is the layer. Without --package it is fetched with `npm pack` into a temporary folder.
--package writes api.tl and mtproto.tl alone; otherwise the older layers that ledgram-sim speaks are written too.
--check writes nothing and exits with 1 if the files in --out differ from what would be written.

Needs Python 3.9 and, without --package, npm. Uses the standard library only.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zlib

DEFAULT_VERSION = "223.0.0"

# Layers that ledgram-sim speaks beside that one: all that @mtcute/tl published in the year before it, so that releases of
# Telethon, Pyrogram's forks and mtcute meet their own layer.
OLDER_VERSIONS = ("216.0.0", "218.0.1", "220.0.0", "221.0.0")

# Parts of the language itself; mtcute's file leaves them out, readers of a .tl file expect them.
API_BUILTINS = """\
boolFalse#bc799737 = Bool;
boolTrue#997275b5 = Bool;
true#3fedd339 = True;
vector#1cb5c415 {t:Type} # [ t ] = Vector t;
"""

# mtcute's own: constructors of long gone layers under names of its own, and methods in its namespace (mtcute.*).
API_INVENTED = {"inputPeerPhotoFileLocationLegacy", "inputStickerSetThumbLegacy"}
API_INVENTED_PREFIX = "mtcute."
# Also its own: wrappers without their query (invokeWithLayerPrefix), under the ids of the wrappers.
API_INVENTED_SUFFIX = "Prefix"

# In mtcute's MTProto file, but not used as types: there everything is of kind "class".
MT_METHODS = {
    "req_pq", "req_pq_multi", "req_DH_params", "set_client_DH_params", "rpc_drop_answer", "get_future_salts", "ping",
    "ping_delay_disconnect", "destroy_session", "destroy_auth_key",
}

# Missing from mtcute's file because its code writes them by hand. Taken from core.telegram.org/schema/mtproto,
# /mtproto/auth_key and /mtproto/service_messages.
MT_ADDED_TYPES = """\
p_q_inner_data#83c95aec pq:bytes p:bytes q:bytes nonce:int128 server_nonce:int128 new_nonce:int256 = P_Q_inner_data;
p_q_inner_data_temp#3c6a84d4 pq:bytes p:bytes q:bytes nonce:int128 server_nonce:int128 new_nonce:int256 expires_in:int = P_Q_inner_data;
server_DH_params_fail#79cb045d nonce:int128 server_nonce:int128 new_nonce_hash:int128 = Server_DH_Params;
msg_resend_ans_req#8610baeb msg_ids:Vector<long> = MsgResendReq;
rpc_result#f35c6d01 req_msg_id:long result:Object = RpcResult;
gzip_packed#3072cfa1 packed_data:bytes = Object;
"""

MT_ADDED_METHODS = """\
req_pq#60469778 nonce:int128 = ResPQ;
"""

# Their contents cannot be read by a schema alone (a container's messages are bounded by their own length fields).
# floor mtproto has them by hand; the numbers are in src/tl/mt_ids.hpp.
MT_BY_HAND = """\
// msg_container#73f1f8dc messages:vector<%Message> = MessageContainer;
// message msg_id:long seqno:int bytes:int body:Object = Message;
// msg_copy#e06046b2 orig_message:Message = MessageCopy;
"""


def strip(name):
    return name[3:] if name.startswith("mt_") else name


def argument_type(kind, modifiers):
    kind = strip(kind)
    if kind == "int53":  # a long whose values are known to fit a JavaScript number
        kind = "long"
    if modifiers.get("isBareVector"):
        # isBareType's name is a constructor's, so its lower-case first letter already says "bare".
        kind = f"vector<{kind}>"
    elif modifiers.get("isVector"):
        kind = f"Vector<{kind}>"
    if "predicate" in modifiers:
        kind = f"{modifiers['predicate']}?{kind}"
    return kind


def line_of(entry):
    parts = [f"{strip(entry['name'])}#{entry['id']:08x}"]
    parts += [f"{{{g['name']}:{g['type']}}}" for g in entry.get("generics", [])]
    parts += [f"{a['name']}:{argument_type(a['type'], a.get('typeModifiers', {}))}" for a in entry["arguments"]]
    # On results, constructorId only repeats that the type has one constructor; results are always boxed.
    modifiers = {k: v for k, v in entry.get("typeModifiers", {}).items() if k in ("isVector", "isBareVector")}
    parts += ["=", argument_type(entry["type"], modifiers) + ";"]
    return " ".join(parts)


def crc_of(line):
    """The constructor id by the convention: CRC32 of the line without id, `true` flags, braces and brackets."""
    text = re.sub(r"#[0-9a-f]{1,8}\b", "", line.rstrip(";"), count=1)
    text = re.sub(r" \w+:flags\d*\.\d+\?true\b", "", text)
    text = text.replace(":bytes ", ":string ").replace("?bytes ", "?string ").replace("<", " ").replace(">", "")
    text = text.replace("{", "").replace("}", "")
    return zlib.crc32(text.encode())


def id_of(line):
    return int(re.match(r"[\w.]+#([0-9a-f]+)", line).group(1), 16)


def check(title, lines):
    seen = {}
    for line in lines:
        number = id_of(line)
        if number in seen:
            sys.exit(f"{title}: the id {number:08x} is used twice:\n  {seen[number]}\n  {line}")
        seen[number] = line
    wrong = [line for line in lines if " # [" not in line and crc_of(line) != id_of(line)]
    print(f"{title}: {len(lines)} lines, {len(wrong)} whose id is not the CRC32 of their text")
    for line in wrong:
        print(f"  {line[:110]}  (CRC32 {crc_of(line):08x})")


def package_folder(version, into):
    done = subprocess.run(["npm", "pack", f"@mtcute/tl@{version}", "--silent"], cwd=into, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"npm pack @mtcute/tl@{version} failed: {done.stderr.strip()}")
    with tarfile.open(pathlib.Path(into) / done.stdout.strip().splitlines()[-1]) as archive:
        for member in archive.getmembers():
            target = pathlib.Path(into, member.name).resolve()
            if pathlib.Path(into).resolve() not in target.parents or not (member.isfile() or member.isdir()):
                sys.exit(f"the package holds an unexpected entry: {member.name}")
        archive.extractall(into)
    return pathlib.Path(into) / "package"


def invented(entry):
    name = entry["name"]
    if name.startswith("invoke") and name.endswith(API_INVENTED_SUFFIX):
        return True
    return name in API_INVENTED or name.startswith(API_INVENTED_PREFIX)


def texts(folder):
    version = json.loads((folder / "package.json").read_text())["version"]
    api = json.loads((folder / "api-schema.json").read_text())
    mt = json.loads((folder / "mtp-schema.json").read_text())
    head = f"// Written by tools/fetch_schema.py from @mtcute/tl {version}. Do not edit.\n"

    entries = [e for e in api["e"] if not invented(e)]
    types = API_BUILTINS.splitlines() + [line_of(e) for e in entries if e["kind"] == "class"]
    functions = [line_of(e) for e in entries if e["kind"] == "method"]
    check("api.tl", types + functions)
    api_text = head + "\n".join(types) + "\n\n---functions---\n\n" + "\n".join(functions) + f"\n\n// LAYER {api['l']}\n"

    mt_lines = [(strip(e["name"]), line_of(e)) for e in mt]
    types = [line for name, line in mt_lines if name not in MT_METHODS]
    functions = [line for name, line in mt_lines if name in MT_METHODS]
    check("mtproto.tl", types + MT_ADDED_TYPES.splitlines() + functions + MT_ADDED_METHODS.splitlines())
    added = "// Added from Telegram's documentation, see tools/fetch_schema.py:\n"
    by_hand = "// By hand in floor mtproto:\n" + MT_BY_HAND
    mt_text = (head + "\n".join(types) + "\n\n" + added + MT_ADDED_TYPES + "\n" + by_hand + "\n---functions---\n\n"
               + "\n".join(functions) + "\n\n" + added + MT_ADDED_METHODS)
    return {"api.tl": api_text, "mtproto.tl": mt_text}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--version", default=DEFAULT_VERSION)
    parser.add_argument("--package", type=pathlib.Path, help="an unpacked package instead of npm")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent / "schema")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        written = texts(options.package or package_folder(options.version, temporary))
    for version in () if options.package else OLDER_VERSIONS:
        with tempfile.TemporaryDirectory() as temporary:
            written[f"layers/{version.split('.')[0]}.tl"] = texts(package_folder(version, temporary))["api.tl"]
    different = []
    for name, text in written.items():
        target = options.out / name
        if options.check:
            if not target.exists() or target.read_text() != text:
                different.append(str(target))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
            print(f"wrote {target}")
    if different:
        sys.exit("not up to date: " + ", ".join(different) + "; run tools/fetch_schema.py")


if __name__ == "__main__":
    main()
