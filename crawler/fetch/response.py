"""What an answer becomes: the headers and the evidence of a page, taken while its connection is there."""

from __future__ import annotations

import aiohttp
import aiohttp.connector

from crawler.items import Exchange


class Response(aiohttp.ClientResponse):
    """Keeps the address that answered and its certificate, lost when a short body was already read at `start`.

    And closes the connection of a request that said it is the last one: aiohttp would keep it, were the server to.
    """

    peer, certificate = "", b""

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        """Read the head of the answer, having looked at its connection, which a short body gives back."""
        peer = connection.transport.get_extra_info("peername") if connection.transport else None
        self.peer = str(peer[0]) if peer else ""
        tls = connection.transport.get_extra_info("ssl_object") if connection.transport else None
        self.certificate = (tls.getpeercert(binary_form=True) or b"") if tls else b""
        if connection.protocol is not None and "Connection" in self.request_info.headers:
            connection.protocol.force_close()
        return await super().start(connection)


def headers_of(response: aiohttp.ClientResponse) -> dict[str, str]:
    """The headers as text, names in lower case, without cookies; of a name that comes twice the last."""
    return {k.lower(): header_text(v) for k, v in response.headers.items() if k.lower() != "set-cookie"}


def exchange_of(response: aiohttp.ClientResponse, raw: bytes) -> Exchange:
    """What crossed the wire."""
    version = ".".join(map(str, response.version or (1, 1)))
    certificate = getattr(response, "certificate", b"")
    sent = tuple(response.request_info.headers.items())
    return Exchange(sent, response.raw_headers, raw, response.reason or "", version, certificate)


def header_text(value: str) -> str:
    """A header's value as text: servers send raw GBK in them, which the client passes on as surrogates."""
    if value.isascii() and "\0" not in value:
        return value
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
