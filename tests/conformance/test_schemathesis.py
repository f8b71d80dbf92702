"""Schemathesis, which makes requests of all kinds from /openapi.json, judges the whole HTTP interface of `ledgram serve`: no 5xx,
no status that is not documented, no answer that breaks its schema."""

import re
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

# Streams, which end late or never; test_api_events.py and test_api_accounts.py are about them.
STREAMS = ("stream_events", "stream_login")

# What can end the tester's own token or user, whose ids it finds in answers. These come last.
FATAL = ("change_user", "remove_user", "remove_token")


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
            tester = self.new_token(self.new_user(admin, "tester", role="admin"), ("read", "write", "telegram", "admin"))
            self.judge(tester, [option for name in (*STREAMS, *FATAL) for option in ("--exclude-operation-id", name)])
            self.assertEqual(tester.get("/api/v1/auth/me").status, 200, "the tester has kept its token")
            self.judge(tester, [option for name in FATAL for option in ("--include-operation-id", name)])
            self.assertEqual(admin.get("/healthz").status, 200)

    def judge(self, tester, options):
        host, port = tester.address
        # One worker: the same requests in the same order, and Python 3.11 parses sources in one thread at a time only.
        result = subprocess.run(
            [JUDGE, "run", f"http://{host}:{port}/openapi.json", "--header", f"Authorization: Bearer {tester.token}",
             "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--seed", str(SEED),
             "--max-examples", "5", "--request-timeout", "35", "--workers", "1", "--no-shrink", "--continue-on-failure",
             "--warnings", "off", *options],
            cwd=self.ledgram.data, capture_output=True, text=True, timeout=300)
        if result.returncode != 0:
            print(result.stdout)
        counts = re.search(r"^ *[0-9]+ generated, .*$", result.stdout, re.MULTILINE)
        tested = re.search(r"Tested: *([0-9]+)", result.stdout)
        summary = re.findall(r"^=+ (.*) =+$", result.stdout, re.MULTILINE)
        print(f"schemathesis: {tested and tested.group(1)} operations, {counts and counts.group(0).strip()};",
              summary[-1].strip() if summary else result.stdout[-2000:], flush=True)
        self.assertEqual(result.returncode, 0, result.stderr)


if __name__ == "__main__":
    unittest.main()
