"""The browser's way out: it forwards what the address guard allows, and remembers what it refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from crawler.guard import Guard
from crawler.rendering.proxy import GuardedProxy
from tests.server import Server, answer

LOOPBACK = ("127.0.0.0/8",)


def said(*sent: bytes, allow: Iterable[str] = LOOPBACK, most: int = 10**6) -> tuple[bytes, GuardedProxy]:
    """What a browser gets back that sends these parts, each after an answer to the one before."""

    async def run() -> tuple[bytes, GuardedProxy]:
        proxy, got = GuardedProxy(Guard(tuple(allow)), most), b""
        await proxy.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        async with asyncio.timeout(10):
            for part in sent:
                writer.write(part)
                got += await reader.read(65536)
            got += await reader.read()
        writer.close()
        return got, proxy

    return asyncio.run(run())


def test_a_page_is_forwarded_in_the_form_its_server_expects() -> None:
    with Server({"/a?b=1": answer(b"here")}) as site:
        got, proxy = said(f"GET {site.url}/a?b=1 HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n".encode())
    assert got.endswith(b"here")
    assert "Proxy-Connection" not in site.requests[0].headers
    assert proxy.peers == {"127.0.0.1": "127.0.0.1"}


def test_a_tunnel_passes_bytes_as_they_are() -> None:
    with Server({"/": answer(b"here")}) as site:
        tunnel = f"CONNECT 127.0.0.1:{site.port} HTTP/1.1\r\n\r\n".encode()
        got, _ = said(tunnel, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 200 Connection established\r\n\r\n")
    assert got.endswith(b"here")


def test_an_inside_address_is_not_connected_to_and_the_refusal_remembered() -> None:
    with Server({"/": answer(b"secret")}) as site:
        got, proxy = said(f"GET http://localhost:{site.port}/ HTTP/1.1\r\n\r\n".encode(), allow=())
    assert got == b""
    assert site.requests == []
    assert proxy.refused["localhost"].endswith("is refused (loopback)") or "not a public" in proxy.refused["localhost"]


@pytest.mark.parametrize(
    "head",
    [
        b"GET /only-a-path HTTP/1.1\r\n\r\n",
        b"GET ftp://x/ HTTP/1.1\r\n\r\n",
        b"GET\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
        b"x" * 70_000 + b"\r\n\r\n",
        b"CONNECT nowhere.invalid:443 HTTP/1.1\r\n\r\n",
    ],
)
def test_what_no_browser_sends_is_hung_up_on(head: bytes) -> None:
    assert said(head)[0] == b""


def test_an_endless_answer_is_cut() -> None:
    with Server({"/": answer(b"x" * 10**6)}) as site:
        got, _ = said(f"GET {site.url}/ HTTP/1.1\r\n\r\n".encode(), most=200_000)
    assert 200_000 <= len(got) <= 300_000
