"""Who asks: from which machine, with which token, and what that lets them do.  Pure."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

from crawler.config.settings import Settings

FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


class Role(IntEnum):
    """What somebody may do; each may also do what those before may."""

    ANYONE = 0
    READ = 1
    OPERATE = 2


By = Literal["nothing", "address", "bearer", "session", "link"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as it is known."""

    address: str  # "" when a proxy that we do not know stands between
    role: Role
    by: By  # what gave the role


def caller_of(request: Request) -> Caller:
    """Who sent ``request``; the gate found it out."""
    caller: Caller = request.scope["state"]["caller"]
    return caller


def client_address(peer: str, headers: Headers, proxies: Sequence[str]) -> str:
    """The address of the machine that asks, "" when that cannot be known.

    X-Forwarded-For is believed from the right, as far as those who wrote it are ``proxies`` (addresses, CIDRs).  A
    request that says it was passed on, by whom we were not told, is from nowhere: above all not from this machine.
    """
    if not _is_in(peer, tuple(proxies)):
        return "" if any(name in headers for name in FORWARDED) else peer
    said = ",".join(headers.getlist("x-forwarded-for")).split(",")
    for address in (part.strip() for part in reversed(said)):
        if not _is_in(address, tuple(proxies)):
            return address if _parsed(address) else ""
    return ""


def role_by_address(address: str, settings: Settings) -> Role:
    """What whoever asks from ``address`` may do without a token: read here, and operate here, where no token is set.

    Where ``base_url`` is a public name others come in through a proxy that need not say so: then nobody operates.
    """
    if settings.read_token or not is_loopback(address):
        return Role.ANYONE
    return Role.READ if settings.admin_token or not is_private(settings) else Role.OPERATE


def role_by_token(token: str, settings: Settings, address: str) -> Role:
    """What a token lets its holder do."""
    if settings.admin_token and same(token, settings.admin_token):
        return Role.OPERATE
    if not (settings.read_token and same(token, settings.read_token)):
        return Role.ANYONE
    return raised(Role.READ, address, settings)


def raised(role: Role, address: str, settings: Settings) -> Role:
    """``role``, or more: without an ``admin_token`` whoever may read on this machine may operate here."""
    here = not settings.admin_token and is_loopback(address) and is_private(settings)
    return Role.OPERATE if role is Role.READ and here else role


def same(a: str, b: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing, not even of their lengths."""
    return hmac.compare_digest(*(hashlib.sha256(x.encode("utf-8", "replace")).digest() for x in (a, b)))


def is_private(settings: Settings) -> bool:
    """Whether the page is served under a name of this machine only."""
    return is_loopback(urlsplit(settings.base_url).hostname or "")


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine."""
    if host == "localhost":
        return True
    ip = _parsed(host)
    return ip is not None and (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


@lru_cache(maxsize=1024)
def _is_in(address: str, networks: tuple[str, ...]) -> bool:
    ip = _parsed(address)
    if ip is None:
        return False
    return any(ip in ipaddress.ip_network(network, strict=False) for network in networks)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None
