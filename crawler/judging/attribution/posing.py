"""Whether a page pretends to be an office: by an address that imitates one, or by a name that its address belies."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from crawler.judging.attribution.official import governmental, office
from crawler.judging.tables import table

# Addresses a reader takes for a government's: gov.cn.example.com, gov-cn.com, mps-gov.cn, mpsgov.cn, mps.gov.top.
_IMITATION = re.compile(
    r"(?:^|[.-])gov[.-]?(?:cn|hk|mo|tw|sg)(?=[.-]|$)"
    r"|(?<!\be)-gov(?:[.-]|$)"
    r"|(?:^|\.)gov-"
    r"|(?:^|[.-])(?:mps|mfa|fmprc|cac|miit|court|spp|nia|nfra|cbirc|csrc|pbc|chinatax|customs|gat|gaj|ga)gov(?=[.-]|$)"
    r"|(?:^|\.)gov\.(?:com|net|org|cc|top|xyz|vip|info|site|online|club|shop|live|icu)$"
)
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
    plain = shown.translate(_lookalikes())
    return bool(_IMITATION.search(shown)) or (
        plain != shown and (governmental(plain) or bool(_IMITATION.search(plain)))
    )


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


@cache
def _lookalikes() -> dict[int, str]:
    """Letters and digits that look like another letter (a part of Unicode's confusables, UTS 39)."""
    return {ord(row["sign"]): row["like"] for row in table("lookalikes")}
