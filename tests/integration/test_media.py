"""`ledgram media fetch` against file servers that behave and misbehave: what is stored is equal to the truth, or nothing is."""

import hashlib
import json
import signal
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import harness  # noqa: E402

ODD_SIZES = [0, 1, 4095, 4096, 1 << 20, (1 << 20) + 1, 23_000_000]
LARGEST_PART = 512 * 1024
PHOTO_BYTES = b"\xff\xd8" + bytes(range(256)) * 300


def document(number, size, **more):
    return {"id": number, "type": "message", "date_unixtime": str(1_700_000_000 + number), "text": f"file {number}",
            "file": f"files/{number}.bin", "file_name": f"{number}.bin", "file_size": size, **more}


def photo(number, size, name="(File not included)"):
    return {"id": number, "type": "message", "date_unixtime": str(1_700_000_000 + number), "text": "",
            "photo": name, "width": 1000, "height": 700, "photo_file_size": size}


# Makes a photo or file the preview of the link that the message is about.
LINK = {"text": "https://example.org/", "preview_of": "https://example.org/"}


class MediaTest(unittest.TestCase):
    """A simulator with one chat, @files, and a ledgram that has collected it."""

    messages = []
    files = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ledgram-export-")
        self.addCleanup(folder.cleanup)
        for name, content in self.files.items():
            path = Path(folder.name) / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        export = Path(folder.name) / "files.json"
        export.write_text(json.dumps({"name": "Files", "type": "public_channel", "id": 1500, "messages": self.messages}))
        self.simulator = harness.Simulator("--channel", export).start()
        self.addCleanup(self.simulator.__exit__)
        self.ledgram = harness.Ledgram()
        self.addCleanup(self.ledgram.__exit__)
        self.ledgram.log_in(self.simulator)
        self.ledgram.must("channel", "add", "@files")
        self.ledgram.collect("files")

    def settings(self, **settings):
        self.simulator.control("POST", "/files", settings)

    def fault(self, **fault):
        self.simulator.control("POST", "/faults", {"method": "upload.getFile", **fault})

    def fetch(self, *options, code=0):
        """Runs to the end; the object of the last line, and stderr."""
        result = self.ledgram.run("media", "fetch", "@files", "--json", *options)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return json.loads(result.stdout.splitlines()[-1]), result.stderr

    def listed(self):
        output = self.ledgram.must("media", "list", "@files", "--format", "jsonl")
        return {line["message"]: line for line in map(json.loads, output.splitlines())}

    def check_truth(self, *numbers):
        """What lies in the store for these messages is what the simulator has."""
        listed = self.listed()
        for number in numbers:
            truth = self.simulator.control("GET", f"/truth/file?chat=files&id={number}")
            line = listed[number]
            self.assertEqual(line["state"], "stored", line)
            self.assertEqual((line["size"], line["sha256"]), (truth["size"], truth["sha256"]))
            content = Path(line["path"]).read_bytes()
            self.assertEqual(len(content), truth["size"])
            self.assertEqual(hashlib.sha256(content).hexdigest(), truth["sha256"])

    def stored_files(self):
        media = self.ledgram.data / "media"
        return [path for path in media.rglob("*") if path.is_file() and path.parent.name != "partial"]

    def partial_files(self):
        return list((self.ledgram.data / "media/partial").iterdir())


class Media(MediaTest):
    messages = [document(number, size) for number, size in enumerate(ODD_SIZES, 1)] + [
        photo(11, 70_001),
        photo(12, 1, "photos/real.jpg"),
        document(13, 0, file="files/real.bin"),
        document(14, 300_000, content=5),
        document(15, 300_000, content=5),  # another document with the same bytes
        document(16, 300_000, same_file_as=14),  # the same document again
        {"id": 17, "type": "message", "date_unixtime": "1700000100", "text": "no file"},
        photo(18, 60_000) | LINK,
        document(19, 150_000, media_type="video_file") | LINK,
    ]
    files = {"photos/real.jpg": PHOTO_BYTES, "files/real.bin": b"real bytes" * 1000}
    numbers = [*range(1, 8), 11, 12, 13, 15, 16, 18, 19]

    def test_killed_and_resumed_everything_is_equal(self):
        self.fault(kind="delay", milliseconds=700)
        with self.ledgram.start("media", "fetch", "@files", "--json") as process:
            for line in process.stdout:
                progress = json.loads(line)
                if progress.get("event") == "progress" and progress["bytes_done"] > 2_000_000:
                    break
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stderr.read()
        self.assertEqual(process.returncode, -signal.SIGKILL)
        # A file that was stored while its row was not is fetched again, and so is the part that was being written.
        stored = sum(line["size"] for line in self.listed().values() if line["state"] == "stored")
        partial = [path.stat().st_size for path in self.partial_files()]
        kept = stored + sum(partial) - LARGEST_PART * len(partial)
        self.assertGreater(stored + sum(partial), 0)
        self.simulator.control("DELETE", "/faults")
        summary, _ = self.fetch()
        whole = sum(ODD_SIZES) + 70_001 + len(PHOTO_BYTES) + 10_000 + 600_000 + 60_000 + 150_000
        self.assertLessEqual(summary["bytes"], whole - kept)
        self.check_truth(*self.numbers)
        self.assertEqual(self.partial_files(), [])
        # Messages 14 to 16 have two documents with one content.
        self.assertEqual(len(self.stored_files()), len(ODD_SIZES) + 2 + 1 + 1 + 2)
        self.assertEqual((self.ledgram.data / "media").stat().st_mode & 0o077, 0)

        # A second run has nothing to do, and a new message is all that a third one fetches.
        parts = self.simulator.calls("upload.getFile")
        self.assertEqual(self.fetch()[0]["files"], 0)
        self.assertEqual(self.simulator.calls("upload.getFile"), parts)
        self.simulator.control("POST", "/publish", {"chat": "files", **document(0, 10_000)})
        self.ledgram.collect("files")
        self.assertEqual(self.fetch()[0]["files"], 1)

    def test_an_interrupted_run_goes_on(self):
        self.fault(kind="delay", milliseconds=700)
        with self.ledgram.start("media", "fetch", "@files", "--json") as process:
            for line in process.stdout:
                if json.loads(line).get("event") == "progress":
                    break
            process.send_signal(signal.SIGINT)
            process.stdout.read()
            process.stderr.read()
            process.wait(timeout=harness.PATIENCE_SECONDS)
        self.assertEqual(process.returncode, 130)
        self.simulator.control("DELETE", "/faults")
        self.fetch()
        self.check_truth(*self.numbers)

    def test_large_files_are_left_out_when_asked(self):
        summary, _ = self.fetch("--max-size", "1M")
        self.assertEqual(summary["too_big"], 2)
        states = {number: line["state"] for number, line in self.listed().items()}
        self.assertEqual((states[5], states[6], states[7]), ("stored", "too_big", "too_big"))
        self.assertEqual(self.fetch()[0]["files"], 2)
        self.check_truth(*self.numbers)
        self.assertEqual(self.ledgram.run("media", "fetch", "@files", "--max-size", "much").returncode, 2)
        self.assertRegex(self.ledgram.must("media", "list", "@files"), r"\n7 +document +21\.9 MB +stored +7\.bin")


class Scenario46MediaFetch(MediaTest):
    """Line 46 of the protocol checklist's section 13, through the whole program."""

    messages = [document(1, 9_000_000), photo(2, 50_000)]

    def test_minus_503_on_part_7_is_asked_for_again(self):
        self.fault(kind="rpc_error", code=-503, message="Timeout", skip=6, times=1)
        self.fetch()
        self.check_truth(1, 2)
        self.assertEqual(self.simulator.control("GET", "/status")["methods"]["upload.getFile"]["errors"], 1)

    def test_references_that_expire_in_the_middle(self):
        self.settings(expire_after=5)
        self.fetch()
        self.check_truth(1, 2)
        self.assertGreater(self.simulator.calls("channels.getMessages"), 0)

    def test_references_that_are_all_old(self):
        self.settings(expire_references=True)
        self.fetch()
        self.check_truth(1, 2)

    def test_files_that_were_moved_to_another_data_centre(self):
        self.settings(dc=3)
        self.fetch()
        self.check_truth(1, 2)
        methods = self.simulator.control("GET", "/status")["methods"]
        # DC 1, which the messages name, and DC 3; the account lives on DC 2.
        self.assertEqual(methods["auth.exportAuthorization"]["calls"], 2)
        self.assertEqual(methods["auth.importAuthorization"]["calls"], 2)
        self.assertIn("9996621234", self.ledgram.must("account", "list"))
        # The authorization and the place are remembered.
        self.simulator.control("POST", "/publish", {"chat": "files", **document(0, 10_000)})
        self.ledgram.collect("files")
        self.fetch()
        again = self.simulator.control("GET", "/status")["methods"]
        self.assertEqual(again["auth.exportAuthorization"]["calls"], 2)

    def test_an_early_empty_part_is_never_a_short_file(self):
        self.settings(empty_parts=1)
        self.fetch()
        self.check_truth(1, 2)

    def test_an_early_end_is_an_error(self):
        self.settings(empty_parts=1_000_000)
        summary, errors = self.fetch(code=1)
        self.assertEqual((summary["files"], summary["failed"]), (1, 1))
        line = self.listed()[1]
        self.assertEqual(line["state"], "failed")
        self.assertIn("ended the file", line["error"])
        self.settings(empty_parts=0)
        self.assertEqual(self.fetch(code=1)[0]["waiting"], 1)
        self.fetch("--retry")
        self.check_truth(1, 2)

    def test_from_the_cdn(self):
        self.settings(cdn=True, reupload=True)
        self.fetch()
        self.check_truth(1, 2)
        self.assertGreater(self.simulator.calls("upload.getCdnFile"), 0)
        self.assertGreater(self.simulator.calls("upload.reuploadCdnFile"), 0)
        keys = self.simulator.control("GET", "/status")["auth_keys"]
        self.assertEqual([key["account"] for key in keys if key["dc"] == 203], [""])

    def test_one_false_hash_of_the_cdn(self):
        self.settings(cdn=True, false_hashes=1)
        result = self.ledgram.run("media", "fetch", "@files")
        self.assertEqual(result.returncode, 1)
        self.assertIn("CDN", result.stderr)
        self.assertEqual(self.partial_files(), [])
        self.assertEqual(len(self.stored_files()), 1)
        self.fetch("--retry")
        self.check_truth(1, 2)

    def test_a_speed_limit_is_sat_out_and_told_once(self):
        self.fault(kind="rpc_error", code=420, message="FLOOD_PREMIUM_WAIT_1", skip=3, times=2)
        result = self.ledgram.run("media", "fetch", "@files")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.count("slows downloads down"), 1)
        self.check_truth(1, 2)

    def test_connections_that_break(self):
        self.simulator.control("POST", "/faults", {"kind": "drop", "after_bytes": 3_000_000, "times": 4, "dc": 1})
        self.fetch()
        self.check_truth(1, 2)


if __name__ == "__main__":
    unittest.main()
