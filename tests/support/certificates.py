"""An authority for tests, and certificates by it, made with openssl."""

import subprocess
from pathlib import Path

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Authority:
    """Keeps what it makes in `folder`, which must be there."""

    def __init__(self, folder, name="test authority"):
        self._folder = Path(folder)
        self._name = name.replace(" ", "-")
        self.certificate = self._folder / f"{self._name}.pem"
        self._key = self._folder / f"{self._name}.key"
        self._openssl("req", "-x509", *KEY, "-subj", f"/CN={name}", "-days", "2", "-keyout", self._key, "-out",
                      self.certificate)

    def certify(self, subject, days=2):
        """(certificate, key) for a subject such as "IP:127.0.0.1" or "DNS:example.org"; of the past with -1 day."""
        base = self._folder / f"{self._name}-{subject.replace(':', '-')}-{days}"
        request, certificate, key = (base.with_name(f"{base.name}.{kind}") for kind in ("csr", "pem", "key"))
        self._openssl("req", *KEY, "-subj", "/CN=test", "-addext", f"subjectAltName={subject}", "-keyout", key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial", "-days",
                      str(days), "-copy_extensions", "copy", "-out", certificate)
        return certificate, key

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
