"""A receiver of webhooks in tests: remembers what it got and answers as it is told."""

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import sys
import threading
import time

from support import harness


class Delivery:
    def __init__(self, handler, body):
        self.path = handler.path
        self.headers = handler.headers
        self.body = body
        self.id = handler.headers["webhook-id"]

    def json(self):
        return json.loads(self.body)

    def events(self):
        return self.json()["events"]


def verify(delivery, secret):
    """Whether the signature is right, as docs/webhooks.md tells receivers to check it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{delivery.headers['webhook-id']}.{delivery.headers['webhook-timestamp']}.".encode() + delivery.body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    recent = abs(time.time() - int(delivery.headers["webhook-timestamp"])) < 300
    return recent and any(hmac.compare_digest(expected, given)
                          for given in delivery.headers["webhook-signature"].split(" "))


class Receiver:
    """An HTTP server on the loopback interface, with `tls` = (certificate, key) one of HTTPS. `answer(delivery)` gives a status, (status, headers), or None to say nothing
    until the receiver is stopped."""

    def __init__(self, address="127.0.0.1", port=0, tls=None):
        self.deliveries = []
        self.connections = 0
        self.answer = lambda delivery: 204
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                delivery = Delivery(self, body)
                answer = receiver.answer(delivery)
                with receiver._changed:
                    receiver.deliveries.append(delivery)
                    receiver._changed.notify_all()
                if answer is None:
                    receiver._stopped.wait()
                    self.close_connection = True
                    return
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in {"Content-Length": "0", "Connection": "close", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def verify_request(self, request, client_address):
                receiver.connections += 1
                return True

            def handle_error(self, request, client_address):
                # A client that does not trust the certificate has hung up.
                if not isinstance(sys.exc_info()[1], OSError):
                    super().handle_error(request, client_address)

        self._server = Server((address, port), Handler)
        self._scheme = "https" if tls else "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            # The handshake is done by the thread of the connection, at its first read.
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def url(self, path="/hook", host="127.0.0.1"):
        return f"{self._scheme}://{host}:{self.port}{path}"

    def wait_for(self, holds, what):
        """Waits until `holds()`, which is asked after each delivery."""
        with self._changed:
            if not self._changed.wait_for(holds, harness.PATIENCE_SECONDS):
                raise AssertionError(f"{what}: not within {harness.PATIENCE_SECONDS} s, {len(self.deliveries)} deliveries")

    def events_once(self):
        """Events in the order of their arrival, of each delivery once, as a receiver that knows ids takes them."""
        known, events = set(), []
        for delivery in list(self.deliveries):
            if delivery.id not in known:
                known.add(delivery.id)
                events += delivery.events()
        return events

    def stop(self):
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
