"""Login and collection through the proxies that the simulator itself can play, and what a proxy that is wrong leads to."""

import fcntl
import json
import os
import pty
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402
from relay import Relay  # noqa: E402

PHONE = "+9996621234"
CODE = harness.login_code(PHONE)
CHANNEL = "synthetic1"


class ProxyCase(unittest.TestCase):
    """A simulator for the class, a configured ledgram for each test."""

    @classmethod
    def setUpClass(cls):
        cls.simulator = harness.Simulator("--synthetic", "channels=1,posts=450,seed=31").start()
        cls.mtproxy = cls.simulator.ready["mtproxy"]

    @classmethod
    def tearDownClass(cls):
        code = cls.simulator.stop()
        assert code == 0, f"ledgram-sim ended with {code}:\n{cls.simulator.errors()}"

    def setUp(self):
        self.ledgram = harness.Ledgram()
        self.addCleanup(self.ledgram.__exit__)
        self.ledgram.must("init", "--sim", self.simulator.data)

    def link(self, secret, port=None, host="127.0.0.1"):
        return f"tg://proxy?server={host}&port={port or self.mtproxy['port']}&secret={secret}"

    def accepted(self):
        return self.simulator.control("GET", "/status")["connections_accepted"]

    def collect_everything(self):
        self.ledgram.must("channel", "add", f"@{CHANNEL}")
        self.ledgram.collect()
        self.assertEqual(len(self.ledgram.posts(CHANNEL)), len(self.simulator.truth(CHANNEL)["messages"]))

    def log_in_and_collect(self, secret):
        """Through the mtproxy port; the first bytes of each connection."""
        before = self.accepted()
        with Relay((self.mtproxy["host"], self.mtproxy["port"])) as relay:
            self.ledgram.must("account", "add", "--phone", PHONE, "--code", CODE, "--proxy",
                              self.link(secret, relay.port))
            self.collect_everything()
            self.assertGreaterEqual(len(relay.beginnings), 3, "each command connects")
            self.assertEqual(self.accepted() - before, len(relay.beginnings), "a connection went past the proxy")
            return relay.beginnings

    def failed_login(self, proxy):
        begin = time.monotonic()
        result = self.ledgram.run("--log-level", "debug", "account", "add", "--phone", PHONE, "--code", CODE, "--proxy", proxy)
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertLess(time.monotonic() - begin, 60)
        self.assertNotIn("hunter2", result.stderr)
        return result.stderr

    def serve_once(self, answer):
        """A server that answers each connection with `answer`, once it has said something."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve():
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    client.recv(4096)
                    client.sendall(answer)
        threading.Thread(target=serve, daemon=True).start()
        self.addCleanup(listener.shutdown, socket.SHUT_RDWR)
        return listener.getsockname()[1]


class Proxies(ProxyCase):
    def test_mtproxy_plain_secret(self):
        for first in self.log_in_and_collect(self.mtproxy["secret"]):
            self.assertNotEqual(first[:3], b"\x16\x03\x01")

    def test_mtproxy_padded_secret(self):
        self.log_in_and_collect("dd" + self.mtproxy["secret"])

    def test_configured_for_all_accounts(self):
        with Relay((self.mtproxy["host"], self.mtproxy["port"])) as relay:
            config = self.ledgram.data / "ledgram.toml"
            config.write_text(config.read_text().replace(
                "[telegram]\n", f"[telegram]\nproxy = \"{self.link(self.mtproxy['tls_secret'], relay.port)}\"\n"))
            before = self.accepted()
            self.ledgram.must("account", "add", "--phone", PHONE, "--code", CODE)
            self.collect_everything()
            self.assertEqual(self.accepted() - before, len(relay.beginnings))
            # The account's own choice comes first.
            shown = self.ledgram.must("account", "proxy", PHONE[1:], "none")
            self.assertIn("without a proxy", shown)
            used = len(relay.beginnings)
            self.ledgram.collect()
            self.assertEqual(len(relay.beginnings), used)
            shown = self.ledgram.must("account", "proxy", PHONE[1:], "default")
            self.assertIn("MTProxy", shown)
            self.ledgram.collect()
            self.assertGreater(len(relay.beginnings), used)

    def test_the_account_keeps_its_proxy_sealed(self):
        secret = self.mtproxy["secret"]
        self.ledgram.must("account", "add", "--phone", PHONE, "--code", CODE, "--proxy", self.link(secret))
        shown = self.ledgram.must("account", "proxy", PHONE[1:])
        self.assertIn(f"MTProxy 127.0.0.1:{self.mtproxy['port']}", shown)
        self.assertNotIn(secret, shown)
        for path in self.ledgram.data.iterdir():
            self.assertNotIn(secret.encode(), path.read_bytes(), path)

    def test_bad_addresses_are_refused_without_repeating_them(self):
        for address in ("hunter2", "socks5://ann:hunter2@h", "https://hunter2:443", "tg://proxy?server=h&port=1&secret=hunter2"):
            result = self.ledgram.run("account", "add", "--phone", PHONE, "--code", CODE, "--proxy", address)
            self.assertEqual(result.returncode, 1)
            self.assertNotIn("hunter2", result.stderr + result.stdout)
            self.assertIn("proxy", result.stderr)

    def test_a_wrong_password_ends_the_attempt_at_once(self):
        port = self.serve_once(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n")
        begin = time.monotonic()
        self.assertIn("does not accept", self.failed_login(f"http://ann:hunter2@127.0.0.1:{port}"))
        self.assertLess(time.monotonic() - begin, 20, "it was tried again until the patience ended")

    def test_a_web_server_is_no_socks_proxy(self):
        port = self.serve_once(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        self.assertIn("not a SOCKS5 proxy", self.failed_login(f"socks5://ann:hunter2@127.0.0.1:{port}"))
        self.assertIn("no MTProxy that looks like TLS", self.failed_login(self.link("ee" + "00" * 16 + "61", port)))

    def test_a_socks_proxy_is_no_web_proxy(self):
        port = self.serve_once(b"\x05\xff")
        self.assertIn("not an HTTP proxy", self.failed_login(f"http://127.0.0.1:{port}"))


class Scenario07FakeTls(ProxyCase):
    """Secrets that begin with ee: the port takes nothing before ChangeCipherSpec; the client takes no wrong digest."""

    def test_login_and_collection_look_like_tls(self):
        for first in self.log_in_and_collect(self.mtproxy["tls_secret"]):
            self.assertEqual(first[:11].hex(), "1603010200010001fc0303")

    def test_a_wrong_secret_is_refused(self):
        self.ledgram.must("account", "add", "--phone", PHONE, "--code", CODE)
        secret = self.mtproxy["secret"]
        wrong = ("0" if secret[0] != "0" else "1") + secret[1:]
        self.ledgram.must("account", "proxy", PHONE[1:], self.link("ee" + wrong + "61"))
        before = self.accepted()
        result = self.ledgram.run("doctor")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the connection was closed by 127.0.0.1", result.stdout)
        self.assertGreater(self.accepted(), before)

    def test_a_real_web_server_gets_a_hello_it_understands_and_no_login(self):
        """The judge is OpenSSL in Python's ssl module: it reads our greeting, agrees on TLS 1.3, and is then left."""
        folder = Path(tempfile.mkdtemp(dir=self.ledgram.data))
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=www.example.org", "-days", "2",
             "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        context.set_alpn_protocols(["h2", "http/1.1"])
        names = []
        context.sni_callback = lambda sock, name, _: names.append(name)
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        answered = []

        def serve():
            client, _ = listener.accept()
            with client:
                incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
                tls = context.wrap_bio(incoming, outgoing, server_side=True)
                incoming.write(client.recv(4096))
                try:
                    tls.do_handshake()
                except ssl.SSLWantReadError:
                    answer = outgoing.read()
                    answered.append(answer)
                    client.sendall(answer)
                    client.recv(4096)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        host = "www.example.org"
        error = self.failed_login(self.link("ee" + "11" * 16 + host.encode().hex(), listener.getsockname()[1]))
        thread.join(timeout=harness.PATIENCE_SECONDS)
        self.assertEqual(names, [host])
        # ServerHello with TLS 1.3, not an alert or a second question.
        self.assertEqual(answered[0][0], 22)
        self.assertIn(bytes.fromhex("002b00020304"), answered[0][:200])
        self.assertIn("not made with the proxy's secret", error)


class Doctor(ProxyCase):
    """`ledgram doctor`: every kind of finding, with what to do about it."""

    def doctor(self, *arguments, env=None):
        """Exit code, and the findings by check."""
        result = self.ledgram.run("doctor", "--json", *arguments, env=env)
        report = json.loads(result.stdout)
        self.assertEqual(result.returncode, 1 if report["problems"] else 0, result.stdout)
        findings = {}
        for finding in report["findings"]:
            findings.setdefault(finding["check"], []).append(finding)
        return result.returncode, findings

    def assert_finding(self, check, health, text, advice=""):
        code, findings = self.doctor()
        self.assertEqual(code, 1 if health == "problem" else 0, findings)
        match = [f for f in findings[check] if f["health"] == health and text in f["text"] and advice in f["advice"]]
        self.assertTrue(match, findings[check])
        return findings

    def log_in(self, *more):
        self.ledgram.must("account", "add", "--phone", PHONE, "--code", CODE, *more)

    def simulator_copy(self):
        """The simulator's folder as a client sees it, to be changed; the configuration then points there."""
        folder = self.ledgram.data / "sim"
        folder.mkdir()
        for name in ("ready.json", "public.pem"):
            (folder / name).write_bytes((self.simulator.data / name).read_bytes())
        self.ledgram.must("init", "--sim", folder, "--force")
        return folder

    def test_nothing_is_wrong(self):
        self.log_in("--proxy", self.link(self.mtproxy["tls_secret"]))
        result = self.ledgram.run("doctor")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertTrue(result.stdout.endswith("nothing is wrong\n"), result.stdout)
        self.assertEqual(result.stderr, "", "progress is for terminals")
        for text in ("undamaged, ranges consistent", "logged in, data centre 2", "looks like TLS", "data centre 5",
                     "key exchange in", "clock"):
            self.assertIn(text, result.stdout)
        self.assertNotIn(self.mtproxy["secret"], result.stdout)

    def test_progress_is_shown_on_a_terminal(self):
        terminal, shown = pty.openpty()
        self.addCleanup(os.close, terminal)
        process = subprocess.Popen([harness.BIN / "ledgram", "--data", self.ledgram.data, "doctor"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=shown, text=True)
        os.close(shown)
        output = process.communicate(timeout=harness.PATIENCE_SECONDS)[0]
        self.assertEqual(process.returncode, 0, output)
        self.assertRegex(os.read(terminal, 65536).decode(), "data centres asked, [0-9]+ s at most")

    def test_clock(self):
        """Scenario 12 through the whole program: a server whose clock is another one."""
        self.addCleanup(self.simulator.control, "DELETE", "/faults")
        for seconds, words in ((3600, "3600 s behind"), (-3600, "3600 s ahead of")):
            with self.subTest(seconds):
                self.simulator.control("DELETE", "/faults")
                self.simulator.control("POST", "/faults", {"kind": "clock_offset", "seconds": seconds})
                findings = self.assert_finding("clock", "warning", words, "timedatectl")
                self.assertEqual({finding["health"] for finding in findings["data centre 2"]}, {"ok"})
                # It is no more than a warning, because Ledgram goes by Telegram's clock.
                with harness.Ledgram() as other:
                    other.log_in(self.simulator, f"+999662{abs(seconds) + (seconds < 0)}")
                    other.must("channel", "add", f"@{CHANNEL}")
                    other.collect(CHANNEL)
                    self.assertEqual(len(other.posts(CHANNEL)), self.simulator.truth(CHANNEL)["count"])
        self.simulator.control("DELETE", "/faults")
        self.simulator.control("POST", "/faults", {"kind": "clock_offset", "seconds": 10})
        self.assert_finding("clock", "ok", "+")

    def test_no_accounts_yet(self):
        self.assert_finding("accounts", "warning", "none yet", "account add")

    def test_no_folder(self):
        ledgram = harness.Ledgram(self.ledgram.data / "nowhere")
        result = ledgram.run("doctor")
        self.assertEqual(result.returncode, 1)
        self.assertIn("ledgram init", result.stdout)
        self.assertFalse(ledgram.data.exists(), "looking made a folder")

    def test_configuration(self):
        config = self.ledgram.data / "ledgram.toml"
        config.write_text("[telegram\n")
        self.assert_finding("configuration", "problem", "line 1")
        config.unlink()
        self.assert_finding("configuration", "problem", "ledgram init")

    def test_modes(self):
        self.ledgram.data.chmod(0o755)
        (self.ledgram.data / "ledgram.toml").chmod(0o644)
        self.assert_finding("data folder", "warning", "mode 755", "chmod 700")
        self.assert_finding("data folder", "warning", "mode 644", "chmod 600")

    def test_seal_key(self):
        self.log_in()
        key = self.ledgram.data / "seal.key"
        right = key.read_text()
        key.chmod(0o644)
        self.assert_finding("seal key", "problem", "chmod 600")
        key.chmod(0o600)
        key.write_text("ab" * 32 + "\n")
        self.assert_finding("seal key", "problem", "sealed with another key")
        key.unlink()
        self.assert_finding("seal key", "problem", "missing", "from a copy")
        self.assertFalse(key.exists(), "looking made a key")
        code, findings = self.doctor(env={"LEDGRAM_SEAL_KEY": right.strip()})
        self.assertEqual(code, 0, findings)

    def test_ledger(self):
        self.log_in()
        self.collect_everything()
        file = self.ledgram.data / "ledger.db"
        with sqlite3.connect(file) as database:
            channel = database.execute("SELECT channel FROM ranges").fetchone()[0]
            version = database.execute("PRAGMA user_version").fetchone()[0]
            database.execute("INSERT INTO ranges VALUES (?, 2, 5)", (channel,))
        database.close()
        self.assert_finding("ledger", "problem", "overlapping ranges")
        with sqlite3.connect(file) as database:
            database.execute("PRAGMA user_version = 999")
        database.close()
        self.assert_finding("ledger", "problem", "newer ledgram")
        with sqlite3.connect(file) as database:
            database.execute(f"PRAGMA user_version = {version}")
        database.close()
        size = file.stat().st_size
        with open(file, "r+b") as raw:
            raw.seek(size // 2)
            raw.write(b"\xff" * 40000)
        self.assert_finding("ledger", "problem", "damaged")
        file.write_bytes(b"")
        self.assert_finding("ledger", "problem", "empty")

    def test_accounts(self):
        self.log_in()
        self.ledgram.must("channel", "add", f"@{CHANNEL}")
        file = self.ledgram.data / "ledger.db"
        with sqlite3.connect(file) as database:
            database.execute("UPDATE channels SET account = NULL")
            sessions = database.execute("SELECT account, sealed FROM sessions").fetchall()
            database.execute("UPDATE sessions SET sealed = x'00'")
        database.close()
        account = f"account {PHONE[1:]}"
        findings = self.assert_finding(account, "problem", "cannot be opened", "account add")
        self.assertIn("channel add", findings["channels"][0]["advice"])
        with sqlite3.connect(file) as database:
            database.execute("DELETE FROM sessions")
        database.close()
        self.assert_finding(account, "problem", "missing", "account add")
        with sqlite3.connect(file) as database:
            database.execute("UPDATE accounts SET state = 1")
            database.executemany("INSERT INTO sessions VALUES (?, ?)", sessions)
        database.close()
        self.assert_finding(account, "warning", "ended its login", "account add")

    def test_another_ledgram_holds_the_folder(self):
        self.log_in()
        with open(self.ledgram.data / "lock", "r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            findings = self.assert_finding("lock", "warning", "another ledgram", "full check")
            self.assertIn("quick check", findings["ledger"][0]["text"])
            self.assertEqual(findings["data centre 2"][0]["health"], "ok", "what needs no lock is checked")

    def test_no_simulator(self):
        folder = self.simulator_copy()
        (folder / "ready.json").unlink()
        self.assert_finding("network", "problem", "no simulator runs")

    def test_a_data_centre_that_refuses_and_one_that_says_nothing(self):
        folder = self.simulator_copy()
        ready = json.loads((folder / "ready.json").read_text())
        with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as closed:
            ready["dcs"][0]["port"] = silent.getsockname()[1]
            ready["dcs"][2]["port"] = closed.getsockname()[1]
            closed.close()
            (folder / "ready.json").write_text(json.dumps(ready))
            begin = time.monotonic()
            _, findings = self.doctor()
            self.assertLess(time.monotonic() - begin, 45, "the time was not bounded")
        self.assertEqual(findings["data centre 1"][0]["health"], "problem")
        self.assertEqual(findings["data centre 2"][0]["health"], "ok")
        self.assertIn("refused", findings["data centre 3"][0]["text"])
        self.assertIn("network", findings["data centre 3"][0]["advice"])

    def test_a_server_with_another_key(self):
        folder = self.simulator_copy()
        made = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout
        public = subprocess.run(["openssl", "rsa", "-RSAPublicKey_out"], input=made, capture_output=True, check=True)
        (folder / "public.pem").write_bytes(public.stdout)
        self.assert_finding("data centre 2", "problem", "key exchange", "not Telegram")

    def test_a_proxy_that_is_wrong(self):
        self.log_in()
        port = self.serve_once(b"\x05\xff")
        self.ledgram.must("account", "proxy", PHONE[1:], f"socks5://ann:hunter2@127.0.0.1:{port}")
        findings = self.assert_finding("data centre 4", "problem", f"socks5://127.0.0.1:{port}", "account proxy")
        self.assertNotIn("hunter2", json.dumps(findings))


if __name__ == "__main__":
    unittest.main(verbosity=2)
