"""Sessions of the page: a signed cookie, behind which a row of the store says who is logged in; and tokens for forms.

Somebody who is not logged in has a cookie too as soon as a form is shown to them: its token must come back with the
form, so that no other site can send it in their name.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from crawler.config.settings import Settings
from crawler.store import Store, meta, sessions
from feeds.web.callers import Role, same

COOKIE = "fenghuo_session"
SECONDS = 7 * 86400  # for which a login holds
FIELD = "csrf"  # of a form
HEADER = "x-csrf-token"
_KEY = "web key"  # in meta


@dataclass
class Visitor:
    """One browser, as its cookie tells; ``shown``: it was given a token, so that it must get the cookie too."""

    secret: str
    key: bytes = field(repr=False)
    fresh: bool = False  # it had no cookie that is ours
    shown: bool = False

    @property
    def token(self) -> str:
        """What a form of this browser must carry."""
        self.shown = True
        return _signature(self.key, f"form:{self.secret}")

    @property
    def cookie(self) -> str:
        """What the cookie holds."""
        return f"{self.secret}.{_signature(self.key, self.secret)}"


def make_key(store: Store) -> bytes:
    """The key of this installation, made when it is first asked for.  Raises StoreError."""
    with store.begin() as tx:
        known = meta.get(tx, _KEY)
        if known is None:
            known = secrets.token_hex(32)
            meta.put(tx, _KEY, known)
    return bytes.fromhex(known)


def signing(key: bytes, settings: Settings) -> bytes:
    """The key for cookies: with other tokens all of them end."""
    said = f"{settings.admin_token}\n{settings.read_token}".encode()
    return hmac.digest(key, said, "sha256")


def visitor(cookie: str, key: bytes) -> Visitor:
    """The browser that sent ``cookie``; a new one when we did not write it."""
    secret, _, signature = cookie.partition(".")
    if secret and same(signature, _signature(key, secret)):
        return Visitor(secret, key)
    return Visitor(secrets.token_urlsafe(32), key, fresh=True)


def visitor_of(request: Request) -> Visitor:
    """The browser that sent ``request``; the gate found it out."""
    found: Visitor = request.scope["state"]["visitor"]
    return found


def role_of(store: Store, who: Visitor, now: float) -> Role:
    """What the browser was logged in for.  Raises StoreError."""
    if who.fresh:
        return Role.ANYONE
    with store.read() as tx:
        known = sessions.role(tx, who.secret, now)
    return Role[known.upper()] if known else Role.ANYONE


def log_in(store: Store, who: Visitor, role: Role, now: float) -> Visitor:
    """Begin a session under a new name, so that whoever planted the old one has nothing.  Raises StoreError."""
    new = Visitor(secrets.token_urlsafe(32), who.key)
    with store.begin() as tx:
        sessions.end(tx, who.secret)
        sessions.begin(tx, new.secret, role.name.lower(), now=now, until=now + SECONDS)
    return new


def log_out(store: Store, who: Visitor) -> None:
    """End the session, also for whoever has a copy of the cookie.  Raises StoreError."""
    with store.begin() as tx:
        sessions.end(tx, who.secret)


def give(response: Response, who: Visitor, settings: Settings) -> None:
    """Set the cookie."""
    secure = settings.base_url.startswith("https:")
    response.set_cookie(COOKIE, who.cookie, max_age=SECONDS, httponly=True, samesite="lax", secure=secure)


def is_meant(who: Visitor, token: str) -> bool:
    """Whether a form that carries ``token`` was shown to this browser by us."""
    return not who.fresh and same(token, _signature(who.key, f"form:{who.secret}"))


def _signature(key: bytes, said: str) -> str:
    return hmac.new(key, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
