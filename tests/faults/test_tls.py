"""Certificates and TLS that are not as they should be are refused with their reason; only a good one is read."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from crawler.config.settings import CrawlSettings, Settings
from crawler.exceptions import FetchError
from crawler.fetch import fetch_page
from crawler.items import Page
from crawler.store import Store
from crawler.store.evidence import certificates
from tests.counts import COUNTED
from tests.server import answer

HOST = "127.77.0.1"
NOW = datetime.now(UTC)
_NO_EXTENSIONS = b"\x03\x03" + bytes(32) + b"\0" + b"\xc0\x2f" + b"\0"  # TLS 1.2, ECDHE-RSA-AES128-GCM, uncompressed
LEGACY = (
    struct.pack("!BHH", 22, 0x0303, len(_NO_EXTENSIONS) + 4)
    + b"\x02\0\0"
    + bytes([len(_NO_EXTENSIONS)])
    + _NO_EXTENSIONS
)
"""The ServerHello of a server that knows no secure renegotiation (RFC 5746)."""

Talk = Callable[[socket.socket], None]


@contextmanager
def serving(talk: Talk) -> Iterator[str]:
    """The address of a server that answers each connection by ``talk``."""
    listening = socket.create_server((HOST, 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                talk(connection)
            except OSError:
                pass
            finally:
                connection.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"https://{HOST}:{listening.getsockname()[1]}/"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


def page(context: ssl.SSLContext) -> Talk:
    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(65536)
            secured.sendall(answer(b"x"))

    return talk


def raw(said: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(said)
        connection.recv(65536)

    return talk


def hangs(connection: socket.socket) -> None:
    connection.settimeout(10)
    while connection.recv(65536):
        pass


CA = trustme.CA()
OTHER_CA = trustme.CA(organization_name="Another authority")


def server(cert: trustme.LeafCert | None = None, newest: ssl.TLSVersion | None = None) -> Talk:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (cert or CA.issue_cert(HOST)).configure_cert(context)
    if newest is not None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = newest
    return page(context)


def chainless() -> Talk:
    """A server that sends its own certificate and not that of the authority between it and the root."""
    cert = CA.create_child_ca().issue_cert(HOST)
    return of_files(cert.private_key_pem, cert.cert_chain_pems[0])


def self_signed() -> Talk:
    nobody = trustme.CA()
    return of_files(nobody.private_key_pem, nobody.cert_pem)


def of_files(key: trustme.Blob, cert: trustme.Blob) -> Talk:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with key.tempfile() as key_file, cert.tempfile() as cert_file:
        context.load_cert_chain(cert_file, key_file)
    return page(context)


@pytest.fixture
def fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Talk], Page]:
    """Fetches from a server, on a machine that trusts two authorities of our own."""
    roots = tmp_path / "ca.pem"
    for authority in (CA, OTHER_CA):
        authority.cert_pem.write_to_path(str(roots), append=True)
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", ssl.create_default_context(cafile=str(roots)))
    settings = Settings(
        allow_addresses=(f"{HOST}/32",), respect_robots=False, crawl=CrawlSettings(timeout=5.0, per_host_delay=0.0)
    )

    def fetch(talk: Talk) -> Page:
        with serving(talk) as url:
            return asyncio.run(fetch_page(settings, url))

    return fetch


@pytest.fixture
def get(fetch: Callable[[Talk], Page]) -> Callable[[Talk], int]:
    """The status of what a server answers."""
    return lambda talk: fetch(talk).status


@pytest.fixture
def shown(fetch: Callable[[Talk], Page]) -> Callable[[Talk], bytes]:
    """The certificate (DER) that stands in the evidence of a page."""

    def certificate(talk: Talk) -> bytes:
        exchange = fetch(talk).exchange
        assert exchange is not None
        return exchange.certificate

    return certificate


def test_a_good_certificate_is_read(get: Callable[[Talk], int]) -> None:
    assert get(server()) == 200


def test_a_server_that_shows_another_issuers_certificate_is_told_of(
    shown: Callable[[Talk], bytes], sqlite_store: Store
) -> None:
    renewed, foreign = shown(server()), shown(server(OTHER_CA.issue_cert(HOST)))
    before = shown(server())
    with sqlite_store.begin() as tx:
        told = [certificates.seen(tx, HOST, der, float(n)) for n, der in enumerate((before, renewed, renewed, foreign))]
    assert len({before, renewed, foreign}) == 3
    assert told[:3] == ["", "", ""]
    assert told[3].startswith(f"{HOST} shows a certificate of ")


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        pytest.param(server(CA.issue_cert(HOST, not_after=NOW - timedelta(days=1))), "has expired", id="expired"),
        pytest.param(server(CA.issue_cert(HOST, not_before=NOW + timedelta(days=1))), "not yet valid", id="notyet"),
        pytest.param(server(CA.issue_cert("other.example")), "mismatch", id="wronghost"),
        pytest.param(self_signed(), "self-signed", id="selfsigned"),
        pytest.param(server(trustme.CA().issue_cert(HOST)), "unable to get local issuer", id="unknown authority"),
        pytest.param(chainless(), "unable to get local issuer", id="nochain"),
        pytest.param(raw(LEGACY), "legacy renegotiation", id="legacy_reneg"),
        pytest.param(server(newest=ssl.TLSVersion.TLSv1), "protocol|version", id="tls10"),
        pytest.param(server(newest=ssl.TLSVersion.TLSv1_1), "protocol|version", id="tls11"),
        pytest.param(raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "version|record|SSL", id="plain"),
        pytest.param(hangs, "within", id="hang"),
    ],
)
def test_every_other_is_refused_by_its_reason(get: Callable[[Talk], int], talk: Talk, said: str) -> None:
    COUNTED["hostile cases"] += 1
    with pytest.raises(FetchError, match=said):
        get(talk)
