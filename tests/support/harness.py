"""What the process-level tests share: a simulator and ledgram as real processes, and waiting for conditions.

Environment: LEDGRAM_BIN is the folder with the built programs (ctest sets it).
"""

import json
import os
import signal
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("LEDGRAM_BIN", ROOT / "build/release/bin"))
EXPORTS = ROOT.parent / "shared/data/channels"

# Long enough for a sanitizer build on a busy machine; a test that waits this long has failed.
PATIENCE_SECONDS = 90


class Simulator:
    """A ledgram-sim process on free ports of the loopback interface, with its data in a folder of its own.

    Use as a context manager. `ready` is the object of its ready line, `control(...)` calls its control API.
    """

    def __init__(self, *arguments, data=None):
        self._own = None if data else tempfile.TemporaryDirectory(prefix="ledgram-sim-")
        self.data = Path(data or self._own.name)
        self.arguments = [str(argument) for argument in arguments]
        self.process = None
        self.ready = None

    def start(self):
        self.process = subprocess.Popen(
            [BIN / "ledgram-sim", "--data", self.data, *self.arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        # A reader of stderr in the background, so that a talkative simulator never blocks on a full pipe.
        self._errors = []
        self._reader = threading.Thread(target=lambda: self._errors.extend(self.process.stderr), daemon=True)
        self._reader.start()
        watchdog = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        if not line:
            self.process.wait()
            self._reader.join()
            raise RuntimeError(f"ledgram-sim did not start:\n{''.join(self._errors)}")
        self.ready = json.loads(line)
        return self

    def stop(self):
        """Ends it as systemd would; returns its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=PATIENCE_SECONDS)
        self._reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        self.process = None
        return code

    def kill(self):
        self.process.kill()
        self.stop()

    def errors(self):
        return "".join(self._errors)

    def control(self, method, path, body=None):
        """One call of the control API; the answer's JSON."""
        request = urllib.request.Request(
            self.ready["control"] + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def truth(self, chat):
        return self.control("GET", f"/truth?chat={chat}")

    def calls(self, method):
        """How often a method was called since the start."""
        return self.control("GET", "/status")["methods"].get(method, {"calls": 0})["calls"]

    def errors_of(self, method):
        """How often a method was answered with an error since the start."""
        return self.control("GET", "/status")["methods"].get(method, {"errors": 0})["errors"]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        if self._own:
            self._own.cleanup()


class Ledgram:
    """Runs the ledgram program on a data folder of its own."""

    def __init__(self, data=None):
        self._own = None if data else tempfile.TemporaryDirectory(prefix="ledgram-")
        self.data = Path(data or self._own.name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._own:
            self._own.cleanup()

    def start(self, *arguments, **options):
        return subprocess.Popen(
            [BIN / "ledgram", "--data", self.data, *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def run(self, *arguments, stdin=None, timeout=PATIENCE_SECONDS, env=None):
        return subprocess.run(
            [BIN / "ledgram", "--data", self.data, *map(str, arguments)],
            stdin=subprocess.DEVNULL if stdin is None else None, input=stdin,
            capture_output=True, text=True, timeout=timeout, env=None if env is None else {**os.environ, **env})

    def must(self, *arguments, **options):
        """Runs a command that has to succeed; its standard output."""
        result = self.run(*arguments, **options)
        if result.returncode != 0:
            raise AssertionError(
                f"ledgram {' '.join(map(str, arguments))}: exit code {result.returncode}\n{result.stdout}{result.stderr}")
        return result.stdout

    def configure(self, section, *settings):
        """Writes settings under their section of ledgram.toml, which `init` has made."""
        config = self.data / "ledgram.toml"
        before, found, after = config.read_text().partition(f"[{section}]\n")
        assert found, f"{config} has no section {section}"
        config.write_text(before + found + "".join(f"{setting}\n" for setting in settings) + after)

    def listen_anywhere(self):
        """Lets `serve` take any free port, unless [http] names one already."""
        config = self.data / "ledgram.toml"
        section = config.read_text().partition("[http]\n")[2]
        if not any(line.startswith("port") for line in section.splitlines()):
            self.configure("http", "port = 0")

    def log_in(self, simulator, phone="+9996621234"):
        """init and account add against a simulator, with the test account's code."""
        self.must("init", "--sim", simulator.data)
        self.must("account", "add", "--phone", phone, "--code", login_code(phone))

    def posts(self, channel=None):
        output = self.must("posts", *([f"@{channel}"] if channel else []), "--limit", 10_000_000, "--format", "jsonl")
        return [json.loads(line) for line in output.split("\n") if line]

    def collect(self, *names):
        """Collects; the object of the last line."""
        output = self.must("collect", *[f"@{name}" for name in names], "--json", timeout=600)
        return json.loads(output.splitlines()[-1])


def login_code(phone):
    """The login code of a test account: 99966XYYYY has X five times."""
    return phone.removeprefix("+")[5] * 5


def exports():
    """The real exports, or an empty list where they are not at hand."""
    return sorted(EXPORTS.glob("*.json"))


def utf16_length(text):
    return len(text.encode("utf-16-le")) // 2


def text_of_export(message):
    """The plain text of a message in Telegram Desktop's export format."""
    text = message["text"]
    if isinstance(text, str):
        return text
    return "".join(part if isinstance(part, str) else part["text"] for part in text)
