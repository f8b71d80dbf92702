"""Schemathesis, which makes requests of all kinds from /openapi.json, judges the whole HTTP interface of `ledgram serve`: no 5xx,
no status that is not documented, no answer that breaks its schema."""

import re
import sqlite3
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api, harness  # noqa: E402

JUDGE = harness.ROOT / "build/judges/schemathesis/bin/st"

SEED = 20261121
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance", "unsupported_method", "ignored_auth")

# Streams, which have no end; test_api_events.py is about them.
STREAMS = ("stream_events",)


class SchemathesisTest(api.ApiTest):
    simulator_options = ("--synthetic", "channels=2,posts=30,seed=5")

    def test_every_answer_is_as_documented(self):
        self.ledgram.must("channel", "add", "@synthetic1")
        self.join("synthetic1")
        with self.serve(allowed=r"warning \[|info ") as service:
            admin = self.admin(service)
            service.wait_for_line(r"^serving 1 account, 1 channel$")
            for name in ("ben", "cat"):
                self.assertEqual(admin.post("/api/v1/users", {"name": name, "password": api.PASSWORD,
                                                              "role": "member"}).status, 201)
            self.assertEqual(admin.post("/api/v1/webhooks", {"url": "https://example.invalid/"}).status, 201)
            # What is tried on users and tokens with small numbers must not end the tester's own.
            with sqlite3.connect(self.ledgram.data / "ledger.db", timeout=harness.PATIENCE_SECONDS) as ledger:
                ledger.execute("UPDATE sqlite_sequence SET seq = 5000000 WHERE name = 'users'")
                ledger.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('api_tokens', 5000000)")
            ledger.close()
            tester = self.new_token(self.new_user(admin, "tester", role="admin"), ("read", "write", "telegram", "admin"))
            host, port = admin.address
            result = subprocess.run(
                [JUDGE, "run", f"http://{host}:{port}/openapi.json", "--header", f"Authorization: Bearer {tester.token}",
                 "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--seed", str(SEED),
                 "--max-examples", "10", "--request-timeout", "35", "--workers", "2",
                 "--no-shrink", "--continue-on-failure", "--warnings", "off",
                 *[option for name in STREAMS for option in ("--exclude-operation-id", name)]],
                cwd=self.ledgram.data, capture_output=True, text=True, timeout=300)
            summary = re.findall(r"^=+ .* =+$", result.stdout, re.MULTILINE)
            print(result.stdout if result.returncode != 0 else "\n".join(
                line for line in result.stdout.splitlines() if re.search(r"Operations|Test cases|Selected|Tested|generated", line)))
            print("schemathesis:", summary[-1].strip("= ") if summary else result.stdout[-2000:])
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(admin.get("/healthz").status, 200)
            self.assertEqual(tester.get("/api/v1/auth/me").status, 200, "the tester has kept its token")


if __name__ == "__main__":
    unittest.main()
