#!/usr/bin/env python3
"""Makes web/src/api/schema.d.ts from the API of the built ledgram, or with --check says whether it is up to date.

Starts a simulated Telegram and a server on folders and ports of their own. LEDGRAM_BIN is the folder with the programs.
"""

import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support import api, harness, serving  # noqa: E402


def main(arguments):
    with harness.Simulator() as simulator, harness.Ledgram() as ledgram:
        ledgram.must("init", "--sim", simulator.data)
        with serving.Service(unittest.TestCase(), ledgram, [], None, None) as service:
            host, port = api.address_of(service)
            command = ["node", ROOT / "web/scripts/api-types.mjs", f"http://{host}:{port}", *arguments]
            return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
