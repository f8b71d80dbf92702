"""The web app as `ledgram serve` hands it out."""

import gzip
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import api  # noqa: E402

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br"}

# What the browser loads before the first page shows, compressed.
MOST_BYTES_AT_FIRST = 300_000


class DeliveryTest(api.ApiTest):
    def test_the_app_comes_with_its_headers(self):
        with self.serve() as service:
            client = self.client(service)
            for path in ("/", "/setup?token=x", "/channels/12", "/settings/profile"):
                page = client.get(path, headers=BROWSER)
                self.assertEqual(page.status, 200, path)
                self.assertEqual(page.headers["Content-Type"], "text/html; charset=utf-8")
                self.assertEqual(page.headers["Cache-Control"], "no-cache")
                policy = page.headers["Content-Security-Policy"]
                for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
                             "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"):
                    self.assertIn(part, policy)
                self.assertNotIn("unsafe", policy)
                self.assertNotRegex(policy, r"https?:|\*")
                again = client.get(path, headers={**BROWSER, "If-None-Match": page.headers["ETag"]})
                self.assertEqual((again.status, again.body), (304, b""))

    def test_files_with_hashed_names_are_kept_and_packed_and_the_first_load_is_small(self):
        with self.serve() as service:
            client = self.client(service)
            page = client.get("/", headers=BROWSER)
            text = gzip.decompress(page.body) if page.headers["Content-Encoding"] == "gzip" else page.body
            files = re.findall(r'(?:src|href)="(/assets/[^"]+)"', text.decode())
            self.assertTrue(any(name.endswith(".js") for name in files), files)
            self.assertTrue(any(name.endswith(".css") for name in files), files)
            self.assertNotRegex(text.decode(), r'(?:src|href)="(?:https?:)?//')
            self.assertNotRegex(text.decode(), r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=")
            size = len(page.body)
            for name in files:
                packed = client.get(name, headers=BROWSER)
                self.assertEqual((packed.status, packed.headers["Cache-Control"]),
                                 (200, "public, max-age=31536000, immutable"))
                plain = client.get(name, headers={"Accept": "*/*"})
                self.assertIsNone(plain.headers["Content-Encoding"])
                body = gzip.decompress(packed.body) if packed.headers["Content-Encoding"] == "gzip" else packed.body
                self.assertEqual(body, plain.body)
                self.assertNotEqual(plain.headers["ETag"], packed.headers["ETag"])
                size += len(packed.body)
            print(f"first load: {size} bytes compressed")
            self.assertLess(size, MOST_BYTES_AT_FIRST)

    def test_the_api_stays_the_api(self):
        with self.serve() as service:
            client = self.client(service)
            self.assert_problem(client.get("/api/v1/nothing", headers=BROWSER), 404, "not_found")
            self.assert_problem(client.get("/api", headers=BROWSER), 404, "not_found")
            self.assert_problem(client.get("/assets/nothing.js"), 404, "not_found")
            self.assert_problem(client.get("/channels/12", headers={"Accept": "application/json"}), 404, "not_found")
            self.assert_problem(client.post("/", {}), 404, "not_found")
            self.assert_problem(client.get("/api/v1/auth/me", headers=BROWSER), 401, "unauthenticated")
            self.assertEqual(client.get("/version", headers=BROWSER).json()["name"], "ledgram")


if __name__ == "__main__":
    unittest.main()
