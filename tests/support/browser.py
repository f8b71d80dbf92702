"""Tests in a browser: a script of web/tests in Node.js, with Debian's Chromium, against a running `ledgram serve`."""

import json
import os
import shutil
import subprocess
import threading

from support import harness

SCREENSHOTS = harness.BIN.parent / "web-screenshots"


def chromium():
    return shutil.which("chromium") or shutil.which("chromium-browser")


def run(test, script, settings, answers=None):
    """Runs web/tests/SCRIPT. It gets `settings` as its first line of input, and for each of its lines "ASK what" the result of
    answers[what]() as the next one. Fails the test if it does not end with 0."""
    test.assertTrue(chromium(), "chromium is missing; ./dev test installs it")
    SCREENSHOTS.mkdir(exist_ok=True)
    browser = subprocess.Popen(["node", harness.ROOT / "web/tests" / script], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env={**os.environ, "NODE_OPTIONS": ""})
    errors = []
    reader = threading.Thread(target=lambda: errors.extend(browser.stderr), daemon=True)
    reader.start()

    def tell(what):
        browser.stdin.write(json.dumps(what) + "\n")
        browser.stdin.flush()

    tell({**settings, "chromium": chromium(), "screenshots": str(SCREENSHOTS)})
    said = []
    for line in browser.stdout:
        said.append(line)
        print(line, end="", flush=True)
        if line.startswith("ASK "):
            tell(answers[line.removeprefix("ASK ").rstrip("\n")]())
    code = browser.wait(timeout=harness.PATIENCE_SECONDS)
    reader.join()
    for pipe in (browser.stdin, browser.stdout, browser.stderr):
        pipe.close()
    test.assertEqual(code, 0, "".join(said + errors))
