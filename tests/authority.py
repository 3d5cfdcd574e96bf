"""A time-stamping authority of our own: OpenSSL signs, a local HTTP server hands it out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

_SECTION = """[tsa]
default_tsa = t
[t]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """Keys and certificates in a folder; ``root`` is whom its stamps go back to."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.root, self.broken = folder, folder / "root.pem", False
        folder.mkdir(parents=True)
        (folder / "tsa.cnf").write_text(_SECTION.format(folder=folder), "utf-8")
        (folder / "serial").write_text("01\n", "utf-8")
        (folder / "ext").write_text("extendedKeyUsage=critical,timeStamping\nbasicConstraints=CA:FALSE\n", "utf-8")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        self._openssl("req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root")
        self._openssl("req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=TSA")
        signed = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-extfile", "ext", "-out", "tsa.pem")
        self._openssl("x509", "-req", "-in", "tsa.csr", *signed)

    def stamp(self, question: bytes) -> bytes:
        """The answer to a question, DER."""
        (self._folder / "q").write_bytes(question)
        self._openssl("ts", "-reply", "-config", "tsa.cnf", "-section", "t", "-queryfile", "q", "-out", "r")
        return b"rubbish" if self.broken else (self._folder / "r").read_bytes()

    def _openssl(self, *args: str) -> None:
        subprocess.run(["openssl", *args], cwd=self._folder, check=True, capture_output=True, timeout=30)


@contextmanager
def serving(authority: Authority) -> Iterator[str]:
    """The address at which it can be asked while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = authority.stamp(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
