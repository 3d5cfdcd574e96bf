"""How pages are made: templates, the reader's language, times in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crawler.items import Reason, timestamp
from feeds import words
from feeds.channels import MAIN
from feeds.web.context import context_of
from feeds.web.gate import ticket
from feeds.web.texts import LANGUAGES, TEXTS, ago

_COOKIE = "fenghuo_lang"
_COOKIE_SECONDS = 365 * 86400
_TABLES = {
    "kind": words.KINDS,
    "scope": words.SCOPES,
    "status": words.STATUSES,
    "state": words.STATES,
    "delivery": words.DELIVERY_STATES,
    "event": words.EVENTS,
    "authority": words.AUTHORITIES,
    "field": words.FIELDS,
    "place": words.places(),
    "scam_types": words.scams(),
    "places": words.places(),
    "victims": words.victims(),
}
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["rfc3339"] = timestamp


@dataclass(frozen=True, slots=True)
class View:
    """One reader's look at a page: language, moment, and what every page shows."""

    language: str
    now: float
    path: str
    hooks: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # of sources in English, by id
    chosen: bool = False  # the language was asked for just now
    read_token: str = field(default="", repr=False)

    @classmethod
    def of(cls, request: Request) -> View:
        """The view that ``request`` asks for."""
        context = context_of(request)
        return cls(
            language=language_of(request),
            now=context.now(),
            path=request.url.path,
            hooks=tuple(h.id for h in context.settings.hook),
            names={s.id: s.name_en for s in context.catalogue.sources.values() if s.name_en},
            chosen=request.query_params.get("lang") in LANGUAGES,
            read_token=context.settings.read_token,
        )

    @property
    def t(self) -> dict[str, str]:
        """The sentences of the pages."""
        return {key: word.of(self.language) for key, word in TEXTS.items()}

    def feed(self, path: str, suffix: str) -> str:
        """The address of a feed, with the token that opens it alone where readers need one."""
        return f"/feeds/{path}.{suffix}{ticket(self.read_token, path)}"

    def say(self, table: str, value: str) -> str:
        """What ``value`` is called."""
        return words.word(_TABLES[table], value).of(self.language)

    def ago(self, then: float) -> str:
        """How long ago ``then`` was."""
        return ago(then, self.now).of(self.language)

    def source(self, id: str | None, name: str) -> str:
        """What a source is called; ``name`` is what it calls itself."""
        return (self.names.get(id or "") if self.language == "en" else None) or name

    def published(self, notice: dict[str, Any]) -> str:
        """When a notice was published, as precisely as its publisher says and not more."""
        said = notice["published"]
        length = {"day": 10, "minute": 16}.get(said.precision, 19)
        return str(said.at[:length].replace("T", " "))

    def reason(self, reason: Reason) -> str:
        """What a reason is the reason of."""
        value = self.say(reason.field, reason.value) if reason.field in _TABLES else reason.value
        return f"{self.say('field', reason.field)}: {value}"


def page(view: View, template: str, *, status: int = 200, **values: Any) -> Response:
    """The page of ``template``."""
    feeds = [(path, view.t[f"feed_{path}"]) for path in MAIN]
    known = {"view": view, "t": view.t, "language": view.language, "path": view.path, "feeds": feeds, "refresh": None}
    html = _templates.get_template(template).render(known | values)
    response = HTMLResponse(html.encode("utf-8", "replace"), status, {"Cache-Control": "private, no-cache"})
    response.headers["Vary"] = "Accept-Language, Cookie"
    if view.chosen:
        response.set_cookie(_COOKIE, view.language, max_age=_COOKIE_SECONDS, samesite="lax", httponly=True)
    return response


def language_of(request: Request) -> str:
    """The reader's language: asked for, remembered, or the browser's; Chinese where none of them is known."""
    for said in (request.query_params.get("lang"), request.cookies.get(_COOKIE)):
        if said in LANGUAGES:
            return said
    return preferred(request.headers.get("accept-language", ""))


def preferred(accept_language: str) -> str:
    """``en`` or ``zh``, whichever an Accept-Language header weighs more (RFC 9110, 12.5.4)."""
    weights = {"zh": 0.0, "en": 0.0}
    for part in accept_language.lower().split(","):
        tag, _, parameter = part.strip().partition(";")
        language = tag.partition("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(parameter))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _weight(parameter: str) -> float:
    try:
        return float(parameter.replace(" ", "").removeprefix("q=") or 1)
    except ValueError:
        return 0.0
