"""The six publishers of the replay site: each answers like the kind of site it stands for, at an address of its own."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from demo.texts import Text

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Article:
    """A text as one publisher carries it."""

    text: Text
    published: datetime
    claimed: str | None = None  # the name after 来源：, on a reprint

    @property
    def day(self) -> str:
        """The date as lists print it."""
        return f"{self.published:%Y-%m-%d}"

    @property
    def minute(self) -> str:
        """The date as article pages print it."""
        return f"{self.published:%Y-%m-%d %H:%M}"


@dataclass
class Publisher:
    """What all publishers share: a stock of articles, and a mood."""

    id: str
    name: str
    base: str = ""  # http://127.0.0.1:port, once a port is bound
    charset: str = "utf-8"
    declared: str | None = "utf-8"  # in the Content-Type header
    challenged: bool = False  # a firewall asks every visitor for a cookie made by a script
    visits: int = 0
    asked: dict[str, float] = field(default_factory=dict)  # path -> when it was first asked for (monotonic seconds)
    articles: dict[int, Article] = field(default_factory=dict)

    def stock(self, texts: Iterable[Text]) -> None:
        """Publish ``texts`` as the history that was there before anybody looked."""
        today = datetime.now(_ZONE).replace(hour=9, minute=30, second=0, microsecond=0)
        for text in texts:
            self.articles[text.number] = Article(text, today - timedelta(days=text.days))

    def publish(self, text: Text, *, claimed: str | None = None) -> None:
        """Publish ``text`` now, or put it in the place of an article with its number, which keeps its date."""
        old = self.articles.get(text.number)
        self.articles[text.number] = Article(text, old.published if old else datetime.now(_ZONE), claimed)

    def withdraw(self, number: int) -> None:
        """Take an article off the list and off the site."""
        del self.articles[number]

    @property
    def newest_first(self) -> list[Article]:
        """The list as it is shown."""
        return sorted(self.articles.values(), key=lambda a: a.published, reverse=True)

    def path(self, article: Article) -> str:
        """Where the article's page is."""
        return f"/{self.id}/{article.published:%Y%m}/t{article.published:%Y%m%d}_{article.text.number}.html"

    def app(self) -> Starlette:
        """The site of this publisher."""
        return Starlette(routes=[Route("/robots.txt", _robots), Route("/{path:path}", self._answer)])

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        self.visits += 1
        self.asked.setdefault(path, time.monotonic())
        if self.challenged:
            return self._challenge()
        page = self.pages().get(path)
        return page() if page else self._html("missing.html", 404)

    def pages(self) -> dict[str, Callable[[], Response]]:
        """Every path that answers now, and how."""
        shown = {self.path(a): partial(self._html, "article.html", article=a) for a in self.newest_first}
        return {f"/{self.id}/": partial(self._html, "list.html", articles=self.newest_first), **shown}

    def _html(self, template: str, status: int = 200, **values: object) -> Response:
        html = _TEMPLATES.get_template(template).render(publisher=self, **values)
        media = f"text/html; charset={self.declared}" if self.declared else "text/html"
        return Response(html.encode(self.charset, "xmlcharrefreplace"), status, {"Content-Type": media})

    def _challenge(self) -> Response:
        """What a visitor gets from a well-known firewall: status 521, a cookie, and a script instead of a page."""
        script = "<script>document.cookie='__clearance='+(+!+[]+[])+'.7|-1|'+';path=/';location.reload()</script>"
        headers = {"Content-Type": "text/html", "Set-Cookie": "__visit=demo; HttpOnly", "Cache-Control": "no-store"}
        return Response(script, 521, headers)


class FeedPublisher(Publisher):
    """A publisher that offers RSS with validators; the entries link to ordinary pages."""

    def pages(self) -> dict[str, Callable[[], Response]]:
        """The pages of every publisher, and the feed."""
        return {**super().pages(), "/rss.xml": self._feed}

    def _feed(self) -> Response:
        entries = [(a, self.base + self.path(a), format_datetime(a.published)) for a in self.newest_first]
        xml = _TEMPLATES.get_template("rss.xml").render(publisher=self, entries=entries).encode()
        etag = f'"{hashlib.sha256(xml).hexdigest()[:16]}"'
        return Response(xml, 200, {"Content-Type": "application/rss+xml", "ETag": etag})

    async def _answer(self, request: Request) -> Response:
        response = await super()._answer(request)
        if "etag" in response.headers and request.headers.get("if-none-match") == response.headers["etag"]:
            return Response(status_code=304, headers={"ETag": response.headers["etag"]})
        return response


class JsonPublisher(Publisher):
    """A publisher whose pages are an empty shell: a script fetches the list and the articles as JSON."""

    def pages(self) -> dict[str, Callable[[], Response]]:
        """The shell, the list and the articles."""
        documents = {self.path(a): partial(self._document, a) for a in self.newest_first}
        return {f"/{self.id}/": partial(self._html, "shell.html"), "/api/list.json": self._list, **documents}

    def path(self, article: Article) -> str:
        """Where the article's data is."""
        return f"/api/doc/{article.text.number}.json"

    def _list(self) -> Response:
        rows = [{"docId": a.text.number, "docTitle": a.text.title, "publishDate": a.minute} for a in self.newest_first]
        return JSONResponse({"code": 200, "data": {"total": len(rows), "rows": rows}})

    def _document(self, article: Article) -> Response:
        body = "".join(f"<p>{p}</p>" for p in article.text.paragraphs)
        data = {
            "docId": article.text.number,
            "docTitle": article.text.title,
            "publishDate": article.minute,
            "docSource": self.name,
            "docClob": body,
        }
        return JSONResponse({"code": 200, "data": data})


async def _robots(request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /search\n")
