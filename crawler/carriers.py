"""Who carried a page that was not found through a column: a source of the catalogue, or a stranger."""

from __future__ import annotations

from crawler.config.catalogue import Catalogue, host_of
from crawler.items import Article, Authority, Column, Source
from crawler.reading.address import account_of
from crawler.reading.wechat import is_wechat

NOWHERE = "https://unknown.invalid/"
"""The list of whoever has none (RFC 2606)."""


def carrier(catalogue: Catalogue, url: str, *, name: str | None = None) -> Source | None:
    """The source that carries ``url``: the one called ``name``, else the only one at home on the address's host.

    A medium is at home on the hosts below its own too, an office only on its own: www.gov.cn is not every *.gov.cn.
    None when the catalogue knows none, or more than one; a WeChat address alone names nobody.
    """
    if name and (known := catalogue.names.get(name)):
        return catalogue.sources[known]
    return _at_home(catalogue, host_of(url)) if not is_wechat(url) else None


def account(catalogue: Catalogue, article: Article) -> Source | None:
    """The source whose public account of WeChat wrote ``article``: by the account's number, else by its name.

    An account whose number the catalogue gives is not known by its name alone when another number bears it.
    """
    if not is_wechat(article.url):
        return None
    number = next((n for key in (article.key, *article.aliases) if (n := account_of(key))), None)
    if number and (known := catalogue.accounts.get(number)):
        return catalogue.sources[known]
    named = ((n, s) for n in article.attribution.site if (s := carrier(catalogue, article.url, name=n)))
    return next((s for n, s in named if number is None or n not in s.accounts.values()), None)


def _at_home(catalogue: Catalogue, host: str) -> Source | None:
    if known := catalogue.homes.get(host):
        return catalogue.sources[known]
    while "." in (host := host.partition(".")[2]):
        if (known := catalogue.homes.get(host)) and not catalogue.sources[known].authority.official:
            return catalogue.sources[known]
    return None


def stranger(url: str, name: str | None = None) -> Source:
    """A publisher that the catalogue does not know, so that its page can be read; never official."""
    host = host_of(url)
    column = Column(url=url if host else NOWHERE)
    return Source(id="unknown", name=name or host or "unknown", authority=Authority.ACCOUNT, column=(column,))
