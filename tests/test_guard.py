"""No connection leads inside, however the address is written."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.exceptions import AddressRefused, FetchError
from crawler.guard import Guard
from tests.server import Server, answer

INSIDE = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.0.2", "168.63.129.16"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
    *("198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
    *("100::1", "2001:db8::1", "3fff::1", "2001:2::1", "2001:20::1", "5f00::1", "64:ff9b:1::1"),
]
EMBEDDED = [
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:0:10.0.0.1",
    "64:ff9b::169.254.169.254",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::f7f7:f7f7",  # Teredo by an inside server
    "2001:0:808:808::f5ff:fffe",  # Teredo to an inside client, 10.0.0.1
    "2606:4700::5efe:10.0.0.1",  # ISATAP
]
OUTSIDE = ["8.8.8.8", "223.5.5.5", "172.32.0.1", "100.128.0.1", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize("address", INSIDE + EMBEDDED)
def test_an_inside_address_is_refused(address: str) -> None:
    assert not Guard().allowed(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_public_address_is_allowed(address: str) -> None:
    assert Guard().allowed(address)


@pytest.mark.parametrize("text", ["", "localhost", "2130706433", "0177.0.0.1", "127.1", "１２７.0.0.1", "1.2.3.4.5"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not Guard().allowed(text)


def test_allowed_networks_pass_and_their_neighbours_do_not() -> None:
    guard = Guard(["127.0.0.1/32", "fd00::/8"])
    assert guard.allowed("127.0.0.1")
    assert guard.allowed("::ffff:127.0.0.1")
    assert guard.allowed("fd00::5")
    assert not guard.allowed("127.0.0.2")


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_every_ipv6_dress(inner: IPv4Address) -> None:
    guard, number = Guard(), int(inner)
    dresses = [0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    assert {guard.allowed(str(IPv6Address(d))) for d in dresses} == {guard.allowed(str(inner))}


@given(st.ip_addresses(v=6))
def test_outside_of_global_unicast_no_ipv6_address_is_public(address: IPv6Address) -> None:
    is_global_unicast = int(address) >> 125 == 1
    is_translated = int(address) >> 32 in (0xFFFF, 0xFFFF << 16, 0x64FF9B << 64)
    if not is_global_unicast and not is_translated:
        assert not Guard().allowed(str(address))


def test_a_refusal_names_address_reason_and_remedy() -> None:
    with pytest.raises(AddressRefused, match=r"169\.254\.169\.254.*metadata.*allow_addresses"):
        Guard().check("169.254.169.254")
    assert issubclass(AddressRefused, OSError)
    assert issubclass(AddressRefused, FetchError)


def fetch(url: str, guard: Guard) -> int:
    async def run() -> int:
        connector = aiohttp.TCPConnector(socket_factory=guard.socket_factory)
        async with aiohttp.ClientSession(connector=connector, trust_env=False) as session, session.get(url) as got:
            return got.status

    return asyncio.run(run())


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f000001", "127.1", "0.0.0.0", "[::ffff:127.0.0.1]"],
)
def test_no_spelling_of_an_inside_address_reaches_it(host: str) -> None:
    with Server({"/": answer(b"inside")}) as inside, pytest.raises((aiohttp.ClientError, OSError, ValueError)):
        fetch(f"http://{host}:{inside.port}/", Guard())
    assert inside.requests == []


def test_a_redirect_to_an_inside_address_is_refused_at_the_hop() -> None:
    with Server({"/": answer(b"inside")}, host="127.0.0.2") as inside:
        away = answer(status=302, Location=f"http://0x7f000002:{inside.port}/")
        with Server({"/": away}) as outside, pytest.raises(aiohttp.ClientConnectorError) as refused:
            fetch(outside.url, Guard(["127.0.0.1/32"]))
    assert isinstance(refused.value.os_error, AddressRefused)
    assert len(outside.requests) == 1
    assert inside.requests == []


class Rebinding(aiohttp.abc.AbstractResolver):
    """Answers with the next of its addresses each time it is asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[aiohttp.abc.ResolveResult]:
        address = self.addresses.pop(0)
        result = aiohttp.abc.ResolveResult
        return [result(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        pass


def test_a_name_that_is_bound_anew_to_an_inside_address_is_refused() -> None:
    guard = Guard(["127.0.0.1/32"])

    async def run(url: str) -> None:
        resolver = Rebinding("127.0.0.1", "127.0.0.2")
        connector = aiohttp.TCPConnector(socket_factory=guard.socket_factory, resolver=resolver, use_dns_cache=False)
        async with aiohttp.ClientSession(connector=connector) as session:
            async with session.get(url) as first:
                assert first.status == 200
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(url)

    with Server({"/": answer(b"ok")}) as site:
        asyncio.run(run(f"http://rebinding.test:{site.port}/"))
    assert len(site.requests) == 1


def test_a_library_that_connects_by_itself_is_watched() -> None:
    with Server() as site:
        with Guard().watching(), pytest.raises(AddressRefused):
            socket.create_connection((site.host, site.port), timeout=2)
        with Guard(["127.0.0.1/32"]).watching():
            socket.create_connection((site.host, site.port), timeout=2).close()
        socket.create_connection((site.host, site.port), timeout=2).close()  # nobody watches here
