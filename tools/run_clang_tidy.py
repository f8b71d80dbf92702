#!/usr/bin/env python3
"""Runs clang-tidy over the hand-written sources of a build folder, as many files at a time as there are cores.

Tests are left out: half of the time would go into them, and the compilers and sanitizers see them as well.

A file that passed before is not checked again while its preprocessed text, its flags and .clang-tidy are the same;
the record is kept in .cache/clang-tidy. usage: run_clang_tidy.py BUILD
"""

import hashlib
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "clang-tidy"
# GCC's own options that clang does not know, and the precompiled header that GCC wrote.
DROP = {"-fpch-preprocess", "-Winvalid-pch"}


def clang_arguments(entry):
    words = shlex.split(entry["command"])
    start = next(i for i, word in enumerate(words) if word.endswith(("g++", "c++", "clang++-19", "clang++")))
    kept, skip = [], 0
    for index, word in enumerate(words[start + 1:], start + 1):
        if skip:
            skip -= 1
        elif word in ("-o", "-c", "-MF", "-MT"):
            skip = 0 if word == "-c" else 1
        elif word == "-include" and words[index + 1].endswith("cmake_pch.hxx"):
            kept += [word, words[index + 1]]
            skip = 1
        elif word in DROP or word == entry["file"] or word.startswith("-fdiagnostics") or word in ("-MD", "-MMD"):
            pass
        else:
            kept.append(word)
    # GCC's library calls functions that it has deprecated itself, which clang tells of in its templates.
    return [*kept, "-Wno-unknown-warning-option", "-Wno-ignored-gch", "-Wno-deprecated-declarations"]


def key_of(entry, arguments):
    preprocessed = subprocess.run(
        ["clang++-19", *arguments, "-E", "-P", entry["file"]], cwd=entry["directory"], capture_output=True)
    if preprocessed.returncode != 0:
        return None
    digest = hashlib.sha256()
    digest.update(preprocessed.stdout)
    digest.update(Path(entry["file"]).read_bytes())
    digest.update((ROOT / ".clang-tidy").read_bytes())
    return digest.hexdigest()


def check(entry):
    arguments = clang_arguments(entry)
    key = key_of(entry, arguments)
    if key and (CACHE / key).exists():
        return True, True, ""
    result = subprocess.run(
        ["clang-tidy-19", "--quiet", entry["file"], "--", *arguments],
        cwd=entry["directory"], capture_output=True, text=True)
    if result.returncode == 0 and key:
        (CACHE / key).touch()
    return result.returncode == 0, False, result.stdout + ("" if result.returncode == 0 else result.stderr)


def main():
    build = Path(sys.argv[1]).resolve()
    database = build / "compile_commands.json"
    if not database.exists():
        sys.exit(f"run_clang_tidy.py: {build} is not configured; run ./dev build first")
    CACHE.mkdir(parents=True, exist_ok=True)
    entries = {}
    for entry in json.loads(database.read_text()):
        path = Path(entry["file"])
        if (path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "build") and path.suffix == ".cpp"
                and not path.stem.endswith("_test") and "test_support" not in path.parts):
            entries[entry["file"]] = entry
    failed = reused = 0
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for entry, (passed, known, text) in zip(entries.values(), pool.map(check, entries.values())):
            reused += known
            if not passed:
                failed += 1
                print(f"{Path(entry['file']).relative_to(ROOT)}:\n{text}", flush=True)
    print(f"clang-tidy: {len(entries)} files ({reused} unchanged since they passed), {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
