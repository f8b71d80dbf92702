#!/usr/bin/env python3
"""Holds the structure rules that no compiler checks. Prints each breach as path:line: text and exits 1.

Rules: sans-IO floors know no clock, no randomness and no sockets; third-party C headers stay out of public headers;
coroutines are detached only in TaskGroup; tests do not sleep; hand-written files stay under 600 lines; every source
file is listed in a CMakeLists.txt; every header opens with a doc comment; the scenario table of docs/conformance.md names
the suites that exist, and all of them; the web app makes no markup of texts.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SANS_IO = ("src/base/", "src/tl/", "src/crypto/", "src/mtproto/", "src/sessions/", "src/updates/", "sim/content/",
           "sim/api/")
# SQLite reads the foreign database from memory there, without touching a file.
SQLITE_IN_MEMORY = ("src/sessions/session_file.cpp",)
MAX_LINES = 600
# A file may be longer if it says why in its first lines.
LONG_FILE_REASON = re.compile(r"Long because")

SANS_IO_FORBIDDEN = re.compile(r"::now\(\)|random_device|RAND_bytes|boost/asio|sqlite3\.h")
HEADER_FORBIDDEN = re.compile(r'#include\s*[<"](sqlite3\.h|libpq-fe\.h|openssl/|curl/|sodium|zlib\.h)')
SLEEP = re.compile(r"sleep_for|sleep_until|\busleep\(|(?<![_a-zA-Z:])sleep\(")
DETACHED = re.compile(r"\basio::detached\b")
MARKUP_FROM_TEXT = re.compile(
    r"dangerouslySetInnerHTML|\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|"
    r"srcDoc|\beval\(|new Function\b|setAttribute\(")
LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX)\b")


def tracked_files():
    output = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [line for line in output.splitlines() if (ROOT / line).is_file()]


def public_headers(files):
    """Headers that another floor includes, directly or through headers of their own floor."""
    include = re.compile(r'#include "ledgram/(\w+)/([\w/.]+)"')
    public, pending = set(), []
    included_by = {}
    for path in files:
        if path.endswith((".cpp", ".hpp")):
            included_by[path] = [f"src/{floor}/{name}" for floor, name in
                                 include.findall((ROOT / path).read_text(encoding="utf-8"))]
    for path, headers in included_by.items():
        folder = path.rsplit("/", 1)[0]
        pending += [header for header in headers if not header.startswith(folder + "/")]
    while pending:
        header = pending.pop()
        if header not in public:
            public.add(header)
            pending += included_by.get(header, [])
    return public


def check_lines(path, lines, public):
    is_test = path.endswith("_test.cpp") or path.startswith("tests/")
    sans_io = path.startswith(SANS_IO) and not is_test and "test_support" not in path
    for number, line in enumerate(lines, 1):
        code = line.split("//")[0]
        if sans_io and path in SQLITE_IN_MEMORY:
            code = code.replace("#include <sqlite3.h>", "")
        if sans_io and SANS_IO_FORBIDDEN.search(code):
            yield number, "clock, randomness, sockets or a database inside a sans-IO floor"
        if path in public and HEADER_FORBIDDEN.search(code):
            yield number, "a third-party C header in a header that another floor includes"
        # An awaited timer stands for work that a test cancels; it does not hold up the thread.
        if is_test and SLEEP.search(code) and "co_await" not in code:
            yield number, "a test that sleeps; wait for a condition or set the clock by hand"
        if DETACHED.search(code) and "task_group" not in path:
            yield number, "a detached coroutine outside TaskGroup"
        if LEFTOVER.search(line):
            yield number, "an unfinished note"


def check_file(path, public):
    text = (ROOT / path).read_text(encoding="utf-8")
    lines = text.splitlines()
    yield from check_lines(path, lines, public)
    if len(lines) > MAX_LINES and not any(LONG_FILE_REASON.search(line) for line in lines[:12]):
        yield 1, f"{len(lines)} lines; split it, or write the reason at its top (Long because ...)"
    if path.endswith(".hpp") and not any(line.startswith("///") for line in lines[:8]):
        yield 1, "a header without an opening doc comment"


def check_listed(files):
    listed = {}
    for path in files:
        if path.endswith("CMakeLists.txt"):
            listed[str(Path(path).parent)] = (ROOT / path).read_text(encoding="utf-8")
    for path in files:
        if not path.endswith(".cpp"):
            continue
        folder = Path(path).parent
        for parent in [folder, *folder.parents]:
            name = str(Path(path).relative_to(parent))
            if str(parent) in listed and name in listed[str(parent)]:
                break
        else:
            yield path, 1, "is in no CMakeLists.txt, so it is never built"


def check_conformance(files):
    page = "docs/conformance.md"
    in_code, listed = {}, set(re.findall(r"\bScenario\d\d\w*", (ROOT / page).read_text(encoding="utf-8")))
    suite = re.compile(r"(?:TEST(?:_F|_P)?|INSTANTIATE_TEST_SUITE_P)\((Scenario\d\d\w*)|^class (Scenario\d\d\w*)", re.MULTILINE)
    for path in files:
        if path.endswith("_test.cpp") or (path.startswith("tests/") and path.endswith(".py")):
            for names in suite.findall((ROOT / path).read_text(encoding="utf-8")):
                in_code.setdefault(names[0] or names[1], path)
    for name in sorted(listed - set(in_code)):
        yield page, 1, f"{name} is no test suite"
    for name, path in sorted(in_code.items()):
        if name not in listed:
            yield path, 1, f"{name} is missing in {page}"


def check_markup(files):
    for path in files:
        if not path.startswith("web/src/") or not path.endswith((".ts", ".tsx")) or path.endswith(".d.ts"):
            continue
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
            if MARKUP_FROM_TEXT.search(line):
                yield path, number, "a way from a text to markup or code; show texts as {text}"
            if LEFTOVER.search(line):
                yield path, number, "an unfinished note"


def main():
    files = tracked_files()
    public = public_headers(files)
    breaches = [(path, *breach) for path in files if path.endswith((".cpp", ".hpp")) for breach in check_file(path, public)]
    breaches += check_listed(files)
    breaches += check_conformance(files)
    breaches += check_markup(files)
    for path, number, text in breaches:
        print(f"{path}:{number}: {text}")
    sources = sum(path.endswith((".cpp", ".hpp")) for path in files)
    print(f"structure rules: {sources} files, {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
