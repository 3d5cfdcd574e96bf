"""How pages are made: templates, the reader's language, times in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crawler.items import Reason, timestamp
from feeds import words
from feeds.channels import MAIN
from feeds.languages import Word, language_named, preferred, translations
from feeds.reasons import reason
from feeds.web import times
from feeds.web.callers import Caller, Role, caller_of
from feeds.web.context import context_of
from feeds.web.sessions import Visitor, visitor_of
from feeds.web.tickets import ticket

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
    "role": words.ROLES,
    "revision": words.REVISIONS,
    "place": words.places(),
    "scam_types": words.scams(),
    "places": words.places(),
    "victims": words.victims(),
    "facet": words.FACETS,
    "only": words.ONLY,
    "watch": words.WATCH,
    "leg": words.LEGS,
    "outcome": words.OUTCOMES,
}
_FILTERS = {"rfc3339": timestamp, "utc": times.utc, "machine": times.machine, "told": times.told}


@dataclass(frozen=True, slots=True)
class View:
    """One reader's look at a page: language, moment, and what every page shows."""

    language: str
    now: float
    path: str
    elsewhere: str = ""  # this page in the other language
    hooks: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # of sources in English, by id
    done: str = ""  # what a form has just done
    chosen: bool = False  # the language was asked for just now
    read_token: str = field(default="", repr=False)
    operates: bool = False  # may change things
    door: Literal["", "in", "out"] = ""  # whether one may log in, or is logged in
    visitor: Visitor | None = field(default=None, repr=False)

    @classmethod
    def of(cls, request: Request) -> View:
        """The view that ``request`` asks for."""
        context = context_of(request)
        caller = caller_of(request)
        role = caller.role
        return cls(
            language=language_of(request),
            now=context.now(),
            path=request.url.path,
            elsewhere=_elsewhere(request),
            done=request.query_params.get("done", ""),
            hooks=tuple(h.id for h in context.settings.hook),
            names=context.catalogue.called_in_english,
            chosen=language_named(request.query_params.get("lang")) is not None,
            read_token=context.settings.read_token if role >= Role.READ else "",  # the tokens of feeds are for readers
            operates=role >= Role.OPERATE,
            door=_door(caller, context.settings.admin_token),
            visitor=visitor_of(request),
        )

    @property
    def csrf(self) -> str:
        """What a form of this page must carry; asking for it gives the reader the cookie that goes with it."""
        return self.visitor.token if self.visitor else ""

    def gettext(self, message: str) -> str:
        """A sentence in the reader's language."""
        return translations(self.language).gettext(message)

    def ngettext(self, one: str, many: str, num: int) -> str:
        """A sentence that counts, in the reader's language."""
        return translations(self.language).ngettext(one, many, num) % {"num": num}

    def feed(self, path: str, suffix: str) -> str:
        """The address of a feed, with the token that opens it alone where readers need one."""
        return f"/feeds/{path}.{suffix}{ticket(self.read_token, path)}"

    def tell(self, word: Word) -> str:
        """A word in the reader's language."""
        return word.of(self.language)

    def say(self, table: str, value: str) -> str:
        """What ``value`` is called."""
        return words.word(_TABLES[table], value).of(self.language)

    def ago(self, then: float) -> str:
        """How long ago ``then`` was."""
        return times.ago(then, self.now, self.language)

    def length(self, seconds: float) -> str:
        """A length of time in words."""
        return times.length(seconds, self.language)

    def source(self, id: str | None, name: str) -> str:
        """What a source is called; ``name`` is what it calls itself."""
        return (self.names.get(id or "") if self.language == "en" else None) or name

    def reason(self, reason: Reason) -> str:
        """What a reason is the reason of."""
        value = self.say(reason.field, reason.value) if reason.field in _TABLES else reason.value
        return self.gettext("%(field)s: %(value)s") % {"field": self.say("field", reason.field), "value": value}


def _door(caller: Caller, admin_token: str) -> Literal["", "in", "out"]:
    if caller.by in ("session", "link"):
        return "out"
    return "in" if admin_token and caller.role is Role.READ else ""


@cache
def templates(language: str) -> Environment:
    """The templates, whose ``_("…")`` and ``ngettext`` speak ``language``."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(_FILTERS, span=partial(times.length, language=language))
    made.filters["reason"] = lambda said: reason(str(said)).of(language)
    return made


def page(view: View, template: str, *, status: int = 200, **values: Any) -> Response:
    """The page of ``template``."""
    feeds = [(path, channel.name.of(view.language)) for path, channel in MAIN.items()]
    known = {"view": view, "language": view.language, "path": view.path, "feeds": feeds, "refresh": None}
    known["other_language"] = view.elsewhere
    known["done"] = words.DONE[view.done].of(view.language) if view.done in words.DONE else ""
    html = templates(view.language).get_template(template).render(known | values)
    response = HTMLResponse(html.encode("utf-8", "replace"), status, {"Cache-Control": "private, no-cache"})
    response.headers["Vary"] = "Accept-Language, Cookie"
    if view.chosen:
        response.set_cookie(_COOKIE, view.language, max_age=_COOKIE_SECONDS, samesite="lax", httponly=True)
    return response


def language_of(request: Request) -> str:
    """The reader's language: asked for, remembered, or the browser's; Chinese where none of them is known."""
    said = (language_named(tag) for tag in (request.query_params.get("lang"), request.cookies.get(_COOKIE)))
    return next(filter(None, said), None) or preferred(request.headers.get("accept-language", ""))


def _elsewhere(request: Request) -> str:
    said = [(k, v) for k, v in request.query_params.multi_items() if k not in ("lang", "token", "done")]
    return f"?{urlencode([*said, ('lang', 'zh' if language_of(request) == 'en' else 'en')], safe=',')}"
