"""Whether a page pretends to be an office: by an address that imitates one, or by a name that its address belies."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from crawler.judging.attribution.official import governmental, office, under
from crawler.judging.tables import table

# Addresses a reader takes for a government's: gov.cn.example.com, gov-cn.com, mps-gov.cn, mpsgov.cn, mps.gov.top.
_IMITATION = re.compile(
    r"(?:^|[.-])gov[.-]?(?:cn|hk|mo|tw|sg)(?=[.-]|$)"
    r"|(?<!\be)-gov(?:[.-]|$)"
    r"|(?:^|\.)gov-"
    r"|(?:^|[.-])(?:mps|mfa|fmprc|cac|miit|court|spp|nia|nfra|cbirc|csrc|pbc|chinatax|customs|gat|gaj|ga)gov(?=[.-]|$)"
    r"|(?:^|\.)gov\.(?:com|net|org|cc|top|xyz|vip|info|site|online|club|shop|live|icu)(?:\.cn)?$"
)
_SECOND = frozenset({"com", "net", "org", "gov", "ac", "co", "edu"})
_COUNTRY = 2  # letters of a country's registry
_LABEL = 63  # characters of a label (RFC 1035, 2.3.4)


def posing(host: str, names: Iterable[str]) -> str:
    """Why a page at ``host``, which calls its site ``names``, pretends to be an office; "" when it does not.

    A page below any government's domain never pretends: those domains go to public bodies only, which honestly
    republish one another's texts.  Without a host ("") nothing can be belied.
    """
    host = host.rstrip(".").lower()
    if not host or governmental(host):
        return ""
    if imitates(host):
        return f"{host} imitates the address of a government"
    for name in names:
        if (found := office(name)) and not found.at_home(host):
            return f"calls itself {name}, which is not at {host}"
    return ""


def imitates(host: str) -> bool:
    """Whether ``host`` is written so that it is taken for a government's address and is none."""
    if _is_number(host):
        return False
    shown = _shown(host.lower())
    plain = _plain(shown)
    if _IMITATION.search(shown) or (plain != shown and (governmental(plain) or _IMITATION.search(plain))):
        return True
    if under(host, tuple(_domains())):
        return False
    return any(_resembles(plain, domain, alone=alone) for domain, alone in _disguises())


def _resembles(host: str, domain: str, *, alone: bool) -> bool:
    """Whether ``host`` is a known office's domain in disguise.

    The domain in other letters or in front of another one (interpol.int.example.com); where its name is that office's
    ``alone``, also the name below another registry (interpol.com), written together or apart (china-court.org).
    """
    if f".{domain}." in f".{host}.":
        return True
    if not alone:
        return False
    labels = host.split(".")
    name = domain.split(".")[0].replace("-", "")
    return any(label.replace("-", "") == name and _last(labels[n + 1 :]) for n, label in enumerate(labels[:-1]))


def _last(rest: list[str]) -> bool:
    """Whether what follows a label is a registry, so that the label is what somebody registered."""
    return len(rest) == 1 or (len(rest) == 2 and rest[0] in _SECOND and len(rest[1]) == _COUNTRY)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _shown(host: str) -> str:
    """The host as a browser shows it: full-width letters as plain ones, the labels of IDNA (RFC 3492) decoded."""
    return unicodedata.normalize("NFKC", ".".join(_decoded(label) for label in host.split("."))).lower()


def _decoded(label: str) -> str:
    if not label.startswith("xn--") or len(label) > _LABEL:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def _plain(shown: str) -> str:
    """The host with every sign as the plain letter that it looks like."""
    apart = unicodedata.normalize("NFKD", shown)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_lookalikes())


@cache
def _domains() -> dict[str, bool]:
    """Domains of offices below no government's registry, and whether nobody else bears that name."""
    return {row["domain"]: row["alone"] == "yes" for row in table("official_domains")}


@cache
def _disguises() -> tuple[tuple[str, bool], ...]:
    """The same with every sign as the plain letter that it looks like, as hosts are compared."""
    return tuple((_plain(domain), alone) for domain, alone in _domains().items())


@cache
def _lookalikes() -> dict[int, str]:
    """Letters and digits that look like another letter: what a host may have of Unicode's confusables, and ours."""
    return {ord(row["sign"]): row["like"] for row in table("lookalikes")}
