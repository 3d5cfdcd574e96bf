"""Links that carry a token: what they open, how a browser goes on without it, and where they may lead."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qsl, quote

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response

from crawler.config.settings import Settings
from crawler.store.wire.publications import is_part
from feeds.web.callers import same

COOKIE = "fenghuo_read"
_COOKIE_SECONDS = 30 * 86400
_FEEDS = "/feeds/"


def offered_by(query: str) -> str:
    """The token in a query string; "" for none."""
    return dict(parse_qsl(query)).get("token", "")


def without_token(query: str) -> str:
    """A query string without the token, everything else as it was."""
    return "&".join(p for p in query.split("&") if p and p.partition("=")[0] != "token")


def feed_token(read_token: str, path: str) -> str:
    """What lets a reader into the feed at ``path`` (below /feeds/, without suffix) and its archive, and nowhere else.

    Derived, so that it can be given away: it tells nothing of ``read_token``, and ends when that one is changed.
    """
    return hmac.new(read_token.encode(), f"feed:{path}".encode(), hashlib.sha256).hexdigest()[:32]


def ticket(read_token: str, path: str) -> str:
    """The query by which the feed at ``path`` is read; "" where none is needed."""
    return f"?token={feed_token(read_token, path)}" if read_token else ""


def opens(offered: str, read_token: str, path: str) -> bool:
    """Whether the token ``offered`` opens the document at ``path``, as a whole or for a feed and its archive alone."""
    if not offered or not read_token or same(offered, read_token):  # of an empty one everybody could derive the rest
        return bool(offered and read_token)
    feed = path.removeprefix(_FEEDS).rpartition(".")[0] if path.startswith(_FEEDS) else ""
    above, _, last = feed.rpartition("/")
    whole = above if is_part(last) or above == "misp" else feed  # whose part it is, or one of whose files
    return bool(whole) and same(offered, feed_token(read_token, whole))


def local(path: str, query: str = "") -> str:
    """An address of this site for a redirect; whatever a stranger wrote, it leads nowhere else."""
    rest = f"?{query}" if (query := without_token(query)) else ""
    return quote("/" + path.lstrip("/\\"), safe="/~") + "".join(c for c in rest if " " < c < "\x7f" and c != "\\")


def follows_link(query: str, headers: Headers, settings: Settings) -> bool:
    """Whether the address, or a cookie from an earlier one, carries the read token."""
    if not settings.read_token:
        return False
    offered = offered_by(query)
    cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    return same(offered, settings.read_token) or same(cookie, _stamp(settings))


def remember(path: str, query: str, settings: Settings) -> Response:
    """Take the token out of the address bar, the history and the referrer: a cookie has it from here on."""
    response = RedirectResponse(local(path, query), 303)
    secure = settings.base_url.startswith("https:")
    response.set_cookie(COOKIE, _stamp(settings), max_age=_COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure)
    return response


def _stamp(settings: Settings) -> str:
    """What the cookie holds: proves the token without being it."""
    return hashlib.sha256(b"fenghuo-read:" + settings.read_token.encode()).hexdigest()
