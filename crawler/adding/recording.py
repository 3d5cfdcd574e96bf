"""The pages that a source was added by, kept in the data directory, and what must still be read from them.

The layout is that of tests/pages: raw bytes beside an ``expected.json`` that says what they hold, column by column.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler import platforms
from crawler.adding.found import Found, Visit, due_of
from crawler.exceptions import ConfigError
from crawler.items import Article, Column, Link, Listing, Page, PageClass, Source

if TYPE_CHECKING:
    from crawler.config.settings import Settings

_EXPECTED = "expected.json"
_SUFFIXES = {"text/html": ".html", "application/xhtml+xml": ".html", "application/json": ".json"}
_ENDS = 30  # characters of a body's beginning and end that must be read again
_SHOWN = 3  # titles that are named in one line of what changed


@dataclass(frozen=True)
class Recorded:
    """What was recorded of a column, and where its pages lie."""

    folder: Path
    said: Mapping[str, Any]

    @property
    def at(self) -> float:
        """When it was recorded, POSIX seconds."""
        return float(self.said["at"])

    def page(self, name: str, about: Mapping[str, Any]) -> Page:
        """A recorded page as its server sent it.  Raises ConfigError."""
        try:
            body = (self.folder / name).read_bytes()
        except OSError as e:
            raise ConfigError(f"{self.folder / name}: {e.strerror}") from e
        return Page(about["url"], 200, body, about.get("content_type", ""), fetched_at=self.at)


def record(settings: Settings, source: Source, found: Found, visit: Visit | None) -> None:
    """Keep the pages of a new source and what was read from them; what was kept under its id before is replaced."""
    column, page = found.column, found.page
    folder = settings.data_dir / "pages" / source.id
    name = f"{column.id}{_suffix(page)}"
    said: dict[str, Any] = {
        "at": page.fetched_at,
        "url": page.url,
        "content_type": page.content_type,
        "list": name,
        "links": [_link(link) for link in found.listing.links],
    }
    files = {name: page.body}
    if visit is not None:
        said["article"] = _article(visit.article) | {"url": visit.link.url}
        if visit.page is not None:
            stored = f"{column.id}.article{_suffix(visit.page)}"
            files[stored] = visit.page.body
            said["article"] |= {"page": stored, "url": visit.page.url, "content_type": visit.page.content_type}
    files[_EXPECTED] = json.dumps({column.id: said}, ensure_ascii=False, indent=1).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            _put(folder / file, content)
    except OSError as e:
        raise ConfigError(f"{folder}: cannot be written: {e.strerror}") from e


def recorded(settings: Settings, source: Source, column: Column) -> Recorded | None:
    """What was recorded of a column; None where nothing was.  Raises ConfigError when it cannot be read."""
    folder = settings.data_dir / "pages" / source.id
    try:
        said = json.loads((folder / _EXPECTED).read_text("utf-8"))
        return Recorded(folder, said[column.id]) if column.id in said else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as e:
        raise ConfigError(f"{folder / _EXPECTED}: cannot be read: {' '.join(str(e).split())}") from e


def broken(kept: Recorded, source: Source, column: Column) -> list[str]:
    """What is read otherwise from the recorded pages than when they were recorded; [] when all is as it was."""
    try:
        return list(_broken(kept, source, column))
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        return [f"{kept.folder / _EXPECTED}: not as it was recorded: {type(e).__name__}: {e}"]
    except ConfigError as e:
        return [str(e)]


def changed(kept: Recorded, listing: Listing) -> list[str]:
    """What is different on the site since its list was recorded; [] when nothing is."""
    before, now = {url: title for url, title, _ in kept.said["links"]}, {x.url: x.title for x in listing.links}
    new, gone = [t for u, t in now.items() if u not in before], [t for u, t in before.items() if u not in now]
    dated, undated = any(date for *_, date in kept.said["links"]), not any(x.published for x in listing.links)
    lines = [
        f"{listing.page_class} in place of a list: {listing.why}"
        if listing.page_class not in (PageClass.LIST, PageClass.FEED)
        else "",
        _named("new", new) if new else "",
        _named("no longer listed", gone) if gone else "",
        "none of the recorded items is listed any more" if before and not before.keys() & now.keys() else "",
        "the list shows no dates any more" if dated and undated and now else "",
    ]
    return [line for line in lines if line]


def _broken(kept: Recorded, source: Source, column: Column) -> Iterator[str]:
    said = kept.said
    listing = platforms.read_list(kept.page(said["list"], said), source, column)
    links = [_link(link) for link in listing.links]
    if links != said["links"]:
        same = sum(link in said["links"] for link in links)
        yield f"the recorded list: {len(links)} items, {same} of the {len(said['links'])} recorded ones as they were"
    if wanted := said.get("article"):
        article = _reread(kept, wanted, listing, source, column)
        if article is None:
            yield "the recorded article: not in the list any more"
        elif article.page_class is not PageClass.ARTICLE:
            yield f"the recorded article: {article.page_class}: {article.why}"
        else:
            read = _article(article)
            yield from (
                f"the recorded article's {k}: {read[k]!r}, was {wanted[k]!r}" for k in read if read[k] != wanted[k]
            )


def _reread(
    kept: Recorded, wanted: Mapping[str, Any], listing: Listing, source: Source, column: Column
) -> Article | None:
    """The recorded article: from its page, or from the list that carried it."""
    link = next((x for x in listing.links if x.key == wanted["key"]), None)
    if link is None:
        return None
    page = kept.page(wanted["page"], wanted) if "page" in wanted else Page(link.url, 200, b"")
    return platforms.read_article(page, source, column, due_of(source, column, link))


def _named(what: str, titles: list[str]) -> str:
    more = f" and {len(titles) - _SHOWN} more" if len(titles) > _SHOWN else ""
    return f"{what}: {len(titles)} ({'; '.join(t[:40] for t in titles[:_SHOWN])}{more})"


def _link(link: Link) -> list[str | None]:
    return [link.url, link.title, link.published.at[:10] if link.published else None]


def _article(article: Article) -> dict[str, Any]:
    published = article.published.at if article.published else None
    body = article.body
    return {
        "key": article.key,
        "title": article.title,
        "published": published,
        "first": body[:_ENDS],
        "last": body[-_ENDS:],
        "characters": len(body),
    }


def _suffix(page: Page) -> str:
    kind = page.content_type.partition(";")[0].strip().lower()
    guess = _SUFFIXES.get(kind) or (".xml" if kind.endswith("xml") else mimetypes.guess_extension(kind) or ".html")
    return guess if guess.isascii() else ".html"


def _put(file: Path, content: bytes) -> None:
    """Write ``file`` whole."""
    draft = file.with_name(f".{file.name}")
    draft.write_bytes(content)
    draft.replace(file)
