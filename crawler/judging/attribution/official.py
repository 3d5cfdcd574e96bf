"""The names of official bodies and the domains they are at home on, by the patterns of `data/official_names.tsv`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from crawler.items import Authority
from crawler.judging.tables import table, words
from crawler.reading.normalise import simplified

_LONGEST = 80  # characters of a name
_OUTSIDE = " \t@＠“”\"'「」『』《》<>（）()【】[]·、，,。.:：|｜"
_MEDIUM = re.compile(
    r"(?:[（(][^（）()]{1,20}[)）]|(?:微信|官方)?(?:公众号|订阅号|服务号|视频号|头条号|百家号|澎湃号|抖音号)|官方(?:微信|微博|账号|网站|抖音|APP)"
    r"|新闻办公室|新闻办|新闻中心|新闻传媒中心|客户端|微博|微信|官网|官微|网站|门户网|APP|网)$",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    "冒充|假冒|自称|虚假|伪造|所谓|某|当地|各地|有关|相关|本地|多地|涉事|门口|家属|粉丝|山寨|打假|曝光|全国公安"
)
_ANY = "[\\u4e00-\\u9fff]{2,14}"
_UNITS = "省|市|县|区|州|盟|旗|镇|乡|自治区|自治州|新区|开发区"


@dataclass(frozen=True, slots=True)
class Office:
    """What kind of body bears a name, and the domains (suffixes) at which its kind is at home."""

    authority: Authority
    homes: tuple[str, ...]

    def at_home(self, host: str) -> bool:
        """Whether ``host`` is one of these domains or below one."""
        return under(host, self.homes)


def office(name: str) -> Office | None:
    """The official body that ``name`` names in any of its spellings; None when there is no such."""
    return next((found for spelling in spellings(name) if (found := _office(spelling))), None)


def official_name(name: str) -> Authority | None:
    """What kind of official body bears exactly this name; None: no such."""
    found = _office(name)
    return found.authority if found else None


def spellings(name: str) -> Iterator[str]:
    """The name as it stands, in simplified characters, and without the media it was said through."""
    name = name[:_LONGEST]
    for spelling in dict.fromkeys((name.strip(), name.strip(_OUTSIDE), simplified(name).strip(_OUTSIDE))):
        bare = spelling
        while bare:
            yield bare
            bare, before = _MEDIUM.sub("", bare).strip(_OUTSIDE), bare
            if bare == before:
                break


def governmental(host: str) -> bool:
    """Whether ``host`` is below a domain that only public bodies get."""
    return under(host, _registries())


def under(host: str, domains: tuple[str, ...]) -> bool:
    """Whether ``host`` is one of ``domains`` or below one."""
    return any(host == d or host.endswith(f".{d}") for d in domains)


@cache
def _registries() -> tuple[str, ...]:
    return tuple(dict.fromkeys(home for _, found in _offices() for home in found.homes))


def _office(name: str) -> Office | None:
    if len(name) > _LONGEST or _NOBODY.search(name):
        return None
    return next((found for pattern, found in _offices() if pattern.fullmatch(name)), None)


@cache
def _offices() -> tuple[tuple[re.Pattern[str], Office], ...]:
    """Every pattern; ``{region}`` is a province or prefecture of GB/T 2260 by its short name (`data/regions.tsv`)."""
    regions = "|".join(sorted((r["name"] for r in table("regions")), key=len, reverse=True))
    region = f"(?:{regions})(?:{_UNITS})?"
    place = f"(?:[\\u4e00-\\u9fff]{{2,10}}?(?:{_UNITS})|{region}(?:[\\u4e00-\\u9fff]{{2,6}})?)"
    forms = {"{region}": region, "{place}": place, "{any}": _ANY}
    return tuple((_compiled(r["pattern"], forms), _of(r)) for r in table("official_names"))


def _compiled(pattern: str, forms: dict[str, str]) -> re.Pattern[str]:
    for mark, form in forms.items():
        pattern = pattern.replace(mark, form)
    return re.compile(pattern, re.IGNORECASE)


def _of(row: dict[str, str]) -> Office:
    return Office(Authority(row["authority"]), tuple(words(row["home"])))
