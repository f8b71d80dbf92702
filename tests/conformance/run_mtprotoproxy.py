"""Runs the program mtprotoproxy (PyPI) with the simulator's data centres in the place of Telegram's.

    run_mtprotoproxy.py SCRIPT SECRET TLS_DOMAIN PORT_OF_DC_1 PORT_OF_DC_2 ...

Prints the port that it listens on. The script has no setting for the data centres' addresses and wants an older asyncio for
its own main(), so its server function is used and its table of addresses is replaced; everything that speaks a protocol
is as it was published.
"""

import asyncio
import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path


def load(script):
    # It stands in TARGET/bin, and what it needs (pycryptodome) in TARGET.
    sys.path.insert(0, str(Path(script).resolve().parents[1]))
    sys.argv = ["mtprotoproxy", "unused"]  # without an argument it prints its usage and ends
    loader = SourceFileLoader("mtprotoproxy", script)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("mtprotoproxy", loader))
    loader.exec_module(module)
    return module


async def serve(script, secret, tls_domain, dc_ports):
    proxy = load(script)
    sys.argv = ["mtprotoproxy", "0", secret]
    proxy.init_config()
    # All three kinds of secret, and no strangers passed on to a web server on the network.
    for name, value in {"SECURE_ONLY": False, "TLS_ONLY": False, "TLS_DOMAIN": tls_domain, "MASK": False,
                        "PREFER_IPV6": False, "USE_MIDDLE_PROXY": False}.items():
        setattr(proxy.config, name, value)
    proxy.init_stats()
    proxy.my_ip_info = {"ipv4": "127.0.0.1", "ipv6": None}
    proxy.TG_DATACENTERS_V4 = [("127.0.0.1", port) for port in dc_ports]

    async def connect(address, _port, limit, timeout, max_attempts=3):
        return await asyncio.wait_for(asyncio.open_connection(*address, limit=limit), timeout)

    proxy.open_connection_tryer = connect
    server = await asyncio.start_server(proxy.handle_client_wrapper, "127.0.0.1", 0, limit=proxy.get_to_tg_bufsize())
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    script_path, shared_secret, domain, *ports = sys.argv[1:]
    asyncio.run(serve(script_path, shared_secret, domain, [int(port) for port in ports]))
