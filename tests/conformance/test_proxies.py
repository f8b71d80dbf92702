"""Proxies that others wrote carry our login and collection: microsocks (SOCKS5), tinyproxy (HTTP CONNECT) and
mtprotoproxy (MTProxy with plain, dd and ee secrets); and TDLib reaches the simulator's mtproxy port with its ee secret."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import harness  # noqa: E402
import tdlib  # noqa: E402
from relay import Relay  # noqa: E402

PHONE = "+9996621234"
CODE = harness.login_code(PHONE)
CHANNEL = "synthetic1"
USER, PASSWORD = "ann", "p@ss:w/rd"
ENCODED = "p%40ss%3Aw%2Frd"
MTPROTOPROXY = harness.ROOT / "build/judges/mtprotoproxy/bin/mtprotoproxy.py"


def program(name):
    """Servers stand in sbin, which is not in everybody's PATH."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class ProxyJudge(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = harness.Simulator("--synthetic", "channels=1,posts=450,seed=32").start()

    @classmethod
    def tearDownClass(cls):
        code = cls.simulator.stop()
        assert code == 0, f"ledgram-sim ended with {code}:\n{cls.simulator.errors()}"

    def setUp(self):
        self.ledgram = harness.Ledgram()
        self.addCleanup(self.ledgram.__exit__)
        self.ledgram.must("init", "--sim", self.simulator.data)

    def spawn(self, *command):
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

        def end():
            process.kill()
            process.wait()
            process.stdout.close()
        self.addCleanup(end)
        return process

    def wait_until_listening(self, port, process):
        deadline = time.monotonic() + harness.PATIENCE_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except ConnectionRefusedError:
                continue
        self.fail(f"the proxy does not listen (exit code {process.poll()})")

    def log_in_and_collect(self, port, url):
        """`url` has {port}; every connection to the simulator has to have come through the proxy."""
        before = self.simulator.control("GET", "/status")["connections_accepted"]
        with Relay(("127.0.0.1", port)) as relay:
            self.ledgram.must("account", "add", "--phone", PHONE, "--code", CODE, "--proxy", url.format(port=relay.port))
            self.ledgram.must("channel", "add", f"@{CHANNEL}")
            self.ledgram.collect()
            accepted = self.simulator.control("GET", "/status")["connections_accepted"]
            self.assertGreater(len(relay.beginnings), 2)
            self.assertEqual(accepted - before, len(relay.beginnings))
        self.assertEqual(len(self.ledgram.posts(CHANNEL)), len(self.simulator.truth(CHANNEL)["messages"]))

    def refused(self, url):
        result = self.ledgram.run("account", "add", "--phone", PHONE, "--code", CODE, "--proxy", url)
        self.assertEqual(result.returncode, 1, result.stdout)
        return result.stderr


@unittest.skipUnless(program("microsocks"), "microsocks is not installed; ./dev test installs it")
class Socks5(ProxyJudge):
    def start(self, *options):
        port = free_port()
        self.wait_until_listening(port, self.spawn(program("microsocks"), "-i", "127.0.0.1", "-p", port, *options))
        return port

    def test_with_password(self):
        port = self.start("-u", USER, "-P", PASSWORD)
        self.log_in_and_collect(port, f"socks5://{USER}:{ENCODED}@127.0.0.1:{{port}}")

    def test_without_password(self):
        self.log_in_and_collect(self.start(), "socks5://127.0.0.1:{port}")

    def test_wrong_and_missing_password(self):
        port = self.start("-u", USER, "-P", PASSWORD)
        error = self.refused(f"socks5://{USER}:hunter2@127.0.0.1:{port}")
        self.assertIn("does not accept the user name and password", error)
        self.assertNotIn("hunter2", error)
        self.assertIn("proxy", self.refused(f"socks5://127.0.0.1:{port}"))


@unittest.skipUnless(program("tinyproxy"), "tinyproxy is not installed; ./dev test installs it")
class HttpConnect(ProxyJudge):
    def start(self, *lines):
        port = free_port()
        config = self.ledgram.data / "tinyproxy.conf"
        config.write_text("\n".join([f"Port {port}", "Listen 127.0.0.1", "Timeout 600", "MaxClients 50",
                                     "LogLevel Critical", f"LogFile \"{self.ledgram.data}/tinyproxy.log\"", *lines, ""]))
        self.wait_until_listening(port, self.spawn(program("tinyproxy"), "-d", "-c", config))
        return port

    def test_with_password(self):
        # tinyproxy allows only letters, digits and a few signs in a password.
        port = self.start(f"BasicAuth {USER} secret-word")
        self.log_in_and_collect(port, f"http://{USER}:secret-word@127.0.0.1:{{port}}")

    def test_without_password(self):
        self.log_in_and_collect(self.start(), "http://127.0.0.1:{port}")

    def test_wrong_and_missing_password(self):
        port = self.start(f"BasicAuth {USER} secret-word")
        for url in (f"http://{USER}:hunter2@127.0.0.1:{port}", f"http://127.0.0.1:{port}"):
            error = self.refused(url)
            self.assertRegex(error, "user name and (a )?password|401|407")
            self.assertNotIn("hunter2", error)

    def test_a_port_that_the_proxy_does_not_allow(self):
        port = self.start("ConnectPort 443")
        config = self.ledgram.data / "ledgram.toml"
        config.write_text(config.read_text().replace("[telegram]\n", f"[telegram]\nproxy = \"http://127.0.0.1:{port}\"\n"))
        result = self.ledgram.run("doctor")
        self.assertEqual(result.returncode, 1)
        self.assertIn("403", result.stdout)


@unittest.skipUnless(MTPROTOPROXY.exists(), f"mtprotoproxy is not at {MTPROTOPROXY}; ./dev test fetches it")
class Mtproxy(ProxyJudge):
    SECRET = "0123456789abcdef00112233445566aa"
    DOMAIN = "www.example.org"

    def start(self):
        runner = Path(__file__).resolve().parent / "run_mtprotoproxy.py"
        ports = [dc["port"] for dc in self.simulator.ready["dcs"]]
        process = self.spawn(sys.executable, runner, MTPROTOPROXY, self.SECRET, self.DOMAIN, *ports)
        line = process.stdout.readline()
        self.assertTrue(line, "mtprotoproxy did not start")
        return int(line)

    def link(self, secret):
        return f"https://t.me/proxy?server=127.0.0.1&port={{port}}&secret={secret}"

    def test_plain_secret(self):
        self.log_in_and_collect(self.start(), self.link(self.SECRET))

    def test_dd_secret(self):
        self.log_in_and_collect(self.start(), self.link("dd" + self.SECRET))

    def test_ee_secret(self):
        self.log_in_and_collect(self.start(), self.link("ee" + self.SECRET + self.DOMAIN.encode().hex()))


@unittest.skipUnless(tdlib.LIBRARY.exists(), f"TDLib is not at {tdlib.LIBRARY}; ./dev test fetches it")
class Scenario07Tdlib(unittest.TestCase):
    """TDLib's own disguise against the simulator's: it checks our digest, and our port checks its greeting."""

    def test_reads_a_channel_behind_an_ee_secret(self):
        with harness.Simulator("--synthetic", "channels=1,posts=250,seed=33") as simulator, \
                tempfile.TemporaryDirectory(prefix="ledgram-tdlib-") as folder:
            mtproxy = simulator.ready["mtproxy"]
            library = Path(folder) / "libtdjson.so"
            tdlib.with_key(tdlib.LIBRARY, Path(simulator.ready["public_key"]), library)
            with Relay((mtproxy["host"], mtproxy["port"])) as relay:
                client = tdlib.TdClient(library, Path(folder) / "db",
                                        {**mtproxy, "port": relay.port, "secret": mtproxy["tls_secret"]})
                client.start()
                client.log_in(PHONE, CODE)
                chat = client.call({"@type": "searchPublicChat", "username": CHANNEL})
                messages = client.history(chat["id"])
                client.close()
                self.assertEqual(len(messages), len(simulator.truth(CHANNEL)["messages"]))
                for first in relay.beginnings:
                    self.assertEqual(first[:3].hex(), "160301" if first else "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
