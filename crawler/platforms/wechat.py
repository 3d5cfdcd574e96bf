"""Public accounts of WeChat, through the feed that some bridge makes of them; no login, no challenge is ever solved.

A bridge (Wechat2RSS, wewe-rss, RSSHub …) names articles; which account wrote one, only its page says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from crawler.items import Article, Column, Due, Link, Listing, Model, Page, PageClass, Source
from crawler.platforms import feed
from crawler.platforms.articles import on_page
from crawler.reading.address import account_of, canonical_url
from crawler.reading.wechat import is_wechat

next_page = feed.next_page


class Options(Model):
    """``[column.wechat]``."""

    article: Literal["page", "entry"] = "page"
    """Where the article is read: at mp.weixin.qq.com, or in the entry where the bridge carries the whole text.

    An official source's are read at mp.weixin.qq.com: a bridge's word alone makes nothing official.
    """


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The articles that a bridge's feed names, under the keys of WeChat, whatever else their addresses carry.

    Temporary addresses name nothing that lasts, and other accounts' articles are not the source's: both are left out.
    """
    where = "page" if source.authority.official else Options.model_validate(column.options).article
    found = feed.read_entries(page, source, feed.Options(article=where, key="link"))
    if found.page_class is not PageClass.FEED:
        return found
    articles = [link for link in found.links if is_wechat(link.url)]
    lasting = [link for link in articles if link.key.startswith(("wx:", "wxs:"))]
    own = [link for link in lasting if not _foreign(link.key, source)]
    left_out = (
        (len(found.links) - len(articles), "are no articles of WeChat"),
        (len(articles) - len(lasting), "have only a temporary address"),
        (len(lasting) - len(own), "are another account's"),
    )
    said = (f"{count} of {len(found.links)} entries {why}" for count, why in left_out if count)
    return replace(found, links=tuple(map(_lasting, own)), why="; ".join(filter(None, (found.why, *said))))


def read_article(page: Page, source: Source, column: Column, due: Due) -> Article:
    """The article at mp.weixin.qq.com; MOVED when it is of another account than the column is for."""
    article = on_page(page, source, column, due)
    if article.page_class is PageClass.ARTICLE and (why := _of_another(article, source)):
        return replace(article, page_class=PageClass.MOVED, why=why)
    return article


def _of_another(article: Article, source: Source) -> str:
    """Why an article is not the source's own, by the number of its account, or where none is known by its name."""
    numbers = [n for key in (article.key, *article.aliases) if (n := account_of(key))]
    if source.accounts and numbers:
        return "" if set(source.accounts).intersection(numbers) else f"of an account not in accounts{_by(article)}"
    named = {source.name, source.name_en, *source.aliases, *source.accounts.values()}
    if source.authority.official and not named.intersection(article.attribution.site):
        return f"of an account that the source does not name{_by(article)}; name it in accounts or aliases"
    return ""


def _by(article: Article) -> str:
    return "".join(f": {name}" for name in article.attribution.site[:1])


def _foreign(key: str, source: Source) -> bool:
    """Whether a link's key says that its article is of an account which the source does not have."""
    number = account_of(key)
    return bool(source.accounts) and number is not None and number not in source.accounts


def _lasting(link: Link) -> Link:
    return replace(link, url=canonical_url(link.url))
