"""What a source that somebody adds is to be called, and how far its word goes until somebody says otherwise."""

from __future__ import annotations

import re
from collections.abc import Collection

from crawler.config.catalogue import host_of
from crawler.items import Authority
from crawler.judging.attribution.official import governmental, office
from crawler.judging.attribution.posing import posing
from crawler.judging.tables import table, words
from crawler.reading.wechat import is_wechat

_LONGEST = 48  # characters of an id; a number may follow
_OFFICIAL_ELSE = Authority.AGENCY  # a public body whose name does not say which kind


def inferred_id(url: str, taken: Collection[str], name: str = "") -> str:
    """An id for a source at ``url`` that is none of ``taken``: the telling labels of its host, else of its name.

    ``https://gat.gd.gov.cn/jfts/`` is ``gat-gd``, ``https://www.bbc.co.uk/`` is ``bbc``; a second one is ``bbc-2``.
    """
    host = host_of(url)
    labels = host.split(".") if host.rpartition(".")[2].isdigit() else host.split(".")[:-1]
    telling = [label for label in labels if label not in _general()]
    base = slug("-".join(telling)) or slug(host) or slug(name) or "source"
    numbers = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(id for id in numbers if id not in taken)


def slug(text: str) -> str:
    """``text`` as small letters, digits and single hyphens, at most 48 characters; "" when it holds none of these."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[: _LONGEST + 1].strip("-")[:_LONGEST].strip("-")


def inferred_authority(url: str, names: Collection[str]) -> Authority:
    """What kind of publisher stands at ``url`` and is called ``names``; official only below a government's domain."""
    host = host_of(url)
    if is_wechat(url):
        return Authority.ACCOUNT
    if not governmental(host):
        return Authority.MEDIA
    known = (found for name in names if (found := office(name)) and found.at_home(host))
    return next((found.authority for found in known), _OFFICIAL_ELSE)


def pretence(url: str, names: Collection[str]) -> str:
    """Why the site at ``url``, which calls itself ``names``, is not what it seems; "" when it pretends nothing."""
    return "" if is_wechat(url) else posing(host_of(url), names)


def _general() -> frozenset[str]:
    """Labels of hosts that tell nothing of whose they are."""
    return frozenset(word for row in table("host_labels") for word in words(row["labels"]))
