"""The two places where any platform's article may be: a web page, or the list itself."""

from __future__ import annotations

from typing import cast

from crawler.items import Article, Column, Due, Page, Precision, Published, Source


def on_page(page: Page, source: Source, column: Column, due: Due) -> Article:
    """The article on a web page."""
    from crawler.reading.articles.article import read_article  # 0.1 s of import, for worker processes only

    return read_article(page, source, column, due)


def in_list(text: str, page: Page, source: Source, due: Due) -> Article:
    """The article whose HTML the list carried as ``text``."""
    from crawler.reading.articles.article import article_from_html

    listed = Published(due.published, cast(Precision, due.published_precision or "day")) if due.published else None
    return article_from_html(
        text,
        url=due.url,
        title=due.title,
        source=source,
        published=listed,
        key=due.key,
        fetched_at=page.fetched_at,
    )


def warm_up() -> None:
    """Import what reading needs, so that the first page of a worker is as quick as the others."""
    import crawler.reading.articles.article  # noqa: F401
