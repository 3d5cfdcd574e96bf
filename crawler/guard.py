"""The address guard: which addresses this program may connect to, decided where a connection is made.

A name, a redirect or an odd spelling of an address (``2130706433``, ``0177.0.0.1``, full-width digits) cannot get
around it, because it judges the socket address that all of them end in.  It is only as good as its reach: give
`Guard.socket_factory` to every connector, use no proxy of the environment (``trust_env=False``), and run libraries
that connect by themselves inside `Guard.watching`.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from crawler.exceptions import AddressRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]

# IANA special-purpose registries (RFC 6890 and its updates) and what clouds put on public addresses.  Our own list:
# `ipaddress.is_global` changes between Python versions and calls multicast and 6to4 global.
_REFUSED_V4: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "unspecified"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),  # RFC 6598; also Alibaba Cloud's metadata, 100.100.100.200
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "cloud metadata"),  # Azure's wire server
    ("169.254.0.0/16", "link-local or cloud metadata"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),  # also Oracle Cloud's metadata, 192.0.0.192
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved or broadcast"),
)
_REFUSED_V6: tuple[tuple[str, str], ...] = (  # inside 2000::/3; outside of it nothing is public
    ("2001:2::/48", "benchmarking"),
    ("2001:10::/28", "ORCHID"),
    ("2001:20::/28", "ORCHID"),
    ("2001:db8::/32", "documentation"),
    ("3fff::/20", "documentation"),
)
_PUBLIC_V6 = IPv6Network("2000::/3")
_LAST_32_BITS_V6 = tuple(
    IPv6Network(n)
    for n in (
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated (SIIT)
        "64:ff9b::/96",  # NAT64, RFC 6052
    )
)
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: the interface identifier carries an IPv4 address

_watching: ContextVar[Guard | None] = ContextVar("fenghuo_guard", default=None)
_hooked = False


class Guard:
    """Refuses every address that is not public, but for the networks in ``allow`` (CIDRs)."""

    def __init__(self, allow: Sequence[str] = ()) -> None:
        self._allow = tuple(ip_network(n, strict=False) for n in allow)
        self._refused = tuple((ip_network(n), why) for n, why in (*_REFUSED_V4, *_REFUSED_V6))

    def allowed(self, address: str) -> bool:
        """Whether a connection to ``address`` (an IP address, as in a socket address) may be made."""
        return self.refusal(address) is None

    def refusal(self, address: str) -> str | None:
        """Why ``address`` is refused, in two or three words; None when it is allowed."""
        try:
            return self._refusal(ip_address(address.partition("%")[0]))
        except ValueError:
            return "not an address"

    def socket_factory(self, addr_info: AddressInfo) -> socket.socket:
        """A socket for ``addr_info`` (of getaddrinfo), for ``aiohttp.TCPConnector(socket_factory=…)``.

        Raises AddressRefused.
        """
        family, kind, proto, _, address = addr_info
        self.check(address[0])
        return socket.socket(family, kind, proto)

    def check(self, address: str) -> None:
        """Raise AddressRefused unless ``address`` is allowed."""
        if why := self.refusal(address):
            raise AddressRefused(f"address {address} is refused ({why}); allow_addresses can let it through")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Check every connection that this thread makes by Python's own sockets, whoever makes it.

        For libraries that take no socket factory.  It works by an audit hook (PEP 578), which sees the address that
        is connected to; other threads are not affected.
        """
        _install_hook()
        token = _watching.set(self)
        try:
            yield
        finally:
            _watching.reset(token)

    def _refusal(self, ip: Address) -> str | None:
        if any(ip in network for network in self._allow):
            return None
        if inner := _embedded(ip):
            return next((f"leads to {i}: {why}" for i in inner if (why := self._refusal(i))), None)
        if ip.version == 6 and ip not in _PUBLIC_V6:
            return "not a public IPv6 address"
        return next((why for network, why in self._refused if ip in network), None)


def _embedded(ip: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses at which traffic to an IPv6 transition address comes out."""
    if isinstance(ip, IPv4Address):
        return ()
    if ip.teredo:  # RFC 4380: server and client
        return ip.teredo
    if ip.sixtofour:  # RFC 3056
        return (ip.sixtofour,)
    last = int(ip) & 0xFFFFFFFF
    if any(ip in n for n in _LAST_32_BITS_V6) or (int(ip) >> 32 & 0xFFFFFFFF) in _ISATAP:
        return (IPv4Address(last),)
    return ()


def _install_hook() -> None:
    global _hooked
    if not _hooked:
        sys.addaudithook(_on_audit)
        _hooked = True


def _on_audit(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and (guard := _watching.get()) and isinstance(args[1], tuple):
        guard.check(str(args[1][0]))
