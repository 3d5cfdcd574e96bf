"""What the address of a mail hook says: which server, how to log in, from whom and to whom.

smtp://user:password@host:587/?from=a@example.org&to=b@example.org,c@example.org
smtps://…       TLS from the start, port 465
mailto://…      Apprise's form, with the servers of well-known providers filled in
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from crawler.exceptions import ConfigError

Tls = Literal["none", "offered", "starttls", "tls"]
"""No TLS; where the server offers it; before anything else is said; from the start."""
NAME = "烽火 Fenghuo"
_PORTS: Mapping[Tls, int] = {"none": 25, "offered": 25, "starttls": 587, "tls": 465}
_APPRISE: Mapping[str, Tls] = {"insecure": "none", "starttls": "starttls", "ssl": "tls"}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mails of a hook are handed in, and who stands in their headers."""

    host: str
    port: int
    tls: Tls
    sender: str  # bare address
    to: tuple[str, ...]  # bare addresses
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    user: str = ""
    password: str = ""
    name: str = NAME

    @property
    def author(self) -> str:
        """The sender with a name, for the header."""
        return formataddr((self.name, self.sender))


def mailbox(url: str, secret: str | None) -> Mailbox:
    """Read an address; ``secret`` is the password where it holds none.  Raises ConfigError without the address."""
    try:
        parts = urlsplit(url)
        found = _ours(parts, secret) if parts.scheme in ("smtp", "smtps") else _apprises(url, secret)
    except ValueError as e:
        raise ConfigError(f"the address is not one for mail: {e}") from None
    if any(bad in address for address in (found.sender, *found.to, *found.cc, *found.bcc) for bad in "\r\n \0<>"):
        raise ConfigError("a mail address holds a space or a control character")
    return found


def _ours(parts: SplitResult, secret: str | None) -> Mailbox:
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    user = unquote(parts.username or "")
    to, sender = _addresses(asked.get("to", user)), asked.get("from", user)
    if not (parts.hostname and to and "@" in sender):
        raise ValueError("write smtp://host/?from=a@example.org&to=b@example.org")
    tls = _tls(parts.scheme, asked.get("tls"), user)
    return Mailbox(
        parts.hostname,
        parts.port or _PORTS[tls],
        tls,
        sender,
        to,
        cc=_addresses(asked.get("cc", "")),
        bcc=_addresses(asked.get("bcc", "")),
        user=user,
        password=unquote(parts.password or "") or secret or "",
        name=asked.get("name", NAME),
    )


def _tls(scheme: str, asked: str | None, user: str) -> Tls:
    """A password goes over TLS, unless ``tls=none`` says otherwise."""
    if asked == "none" and scheme == "smtp":
        return "none"
    if asked is not None:
        raise ValueError("tls is none or left out")
    return "tls" if scheme == "smtps" else "starttls" if user else "offered"


def _addresses(text: str) -> tuple[str, ...]:
    found = tuple(a.strip() for a in text.split(",") if a.strip())
    if any(a.count("@") != 1 for a in found):
        raise ValueError("to is a list of mail addresses")
    return found


def _apprises(url: str, secret: str | None) -> Mailbox:
    import apprise

    service: Any = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if service is None or not hasattr(service, "smtp_host"):
        raise ValueError("Apprise does not understand it")
    name, sender = service.from_addr
    return Mailbox(
        service.smtp_host or service.host,
        service.port,
        _APPRISE[service.secure_mode],
        sender,
        tuple(address for _, address in service.targets) or (sender,),
        cc=tuple(sorted(service.cc)),
        bcc=tuple(sorted(service.bcc)),
        reply_to=tuple(sorted(service.reply_to)),
        user=service.user if service.password or secret else "",
        password=service.password or secret or "",
        name=NAME if name in (False, None, "", "Apprise") else name,
    )
