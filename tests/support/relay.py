"""A TCP relay on the loopback interface that counts what goes through it: proof that a proxy was used, and by whom."""

import socket
import threading


class Relay:
    """Passes connections on to `target`. Use as a context manager; `port` is its own, `beginnings` holds the first bytes
    that each connection sent."""

    def __init__(self, target):
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.beginnings = []
        self._sockets = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        # A blocked accept() does not end when its socket is closed; shutting it down does end it.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        with self._lock:
            for one in self._sockets:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # closed already

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, socket.socket() as server:
            try:
                server.connect(self._target)
            except OSError:
                return
            with self._lock:
                self._sockets |= {client, server}
                number = len(self.beginnings)
                self.beginnings.append(b"")
            back = threading.Thread(target=self._pump, args=(server, client, None), daemon=True)
            back.start()
            self._pump(client, server, number)
            back.join()
            with self._lock:
                self._sockets -= {client, server}

    def _pump(self, source, sink, number):
        try:
            while piece := source.recv(65536):
                if number is not None and len(self.beginnings[number]) < 64:
                    self.beginnings[number] += piece[:64]
                sink.sendall(piece)
        except OSError:
            pass  # one side has gone, and so does the other
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
