"""Mail hooks: one message over SMTP, plain and HTML, that threads, that machines see is by a machine, and ends lists.

An event's Message-ID is the same on every try, so that a copy whose answer was lost is known for one.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import html
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote, urlsplit

import aiosmtplib

from crawler.config.hooks import Hook
from crawler.exceptions import AddressRefused, ConfigError
from crawler.store.delivery.outbox import Event, event_id
from crawler.store.text import one_line
from feeds.alerts.mailbox import Mailbox, mailbox
from feeds.alerts.message import Line, Message
from feeds.alerts.schedule import Answer
from feeds.alerts.template import told
from feeds.alerts.wire import Wire

_MOST = 200_000  # bytes of text in one mail
_EXCERPT = 4000  # characters of a notice's text
_FAREWELL = 1.0  # seconds for the answer to QUIT
_POLICY = SMTP.clone(cte_type="7bit")  # so that every server takes it
_FOLLOWS = ("notice.revised", "notice.withdrawn")


def serves(hook: Hook) -> bool:
    """Whether ``hook`` is a mail hook of ours; what shall be encrypted by PGP is Apprise's."""
    return hook.scheme in ("smtp", "smtps") or (hook.scheme in ("mailto", "mailtos") and "pgp" not in hook.url)


async def send(wire: Wire, hook: Hook, events: Sequence[Event], base_url: str) -> Answer:
    """Send events as one mail."""
    try:
        box = await asyncio.to_thread(mailbox, hook.url, hook.secret)
    except ConfigError as e:
        return Answer(False, error=str(e))
    text = await told(hook, events, base_url, _MOST, _EXCERPT)
    mail = composed(hook, box, events, text, base_url)
    try:
        return await _hand_in(wire, box, mail, _host(base_url))
    except (aiosmtplib.SMTPException, OSError, ValueError) as e:
        return _refused(e, wire.deadline)


# --------------------------------------------------------------------------------------------------------------------
# The message


def composed(hook: Hook, box: Mailbox, events: Sequence[Event], text: Message, base_url: str) -> EmailMessage:
    """The mail, a function of its arguments alone: the same bytes on every try."""
    host, first = _host(base_url), events[0]
    mail = EmailMessage(policy=_POLICY)
    mail["From"], mail["To"] = box.author, ", ".join(box.to)
    for name, addresses in (("Cc", box.cc), ("Reply-To", box.reply_to)):
        if addresses:
            mail[name] = ", ".join(addresses)
    mail["Subject"] = one_line(text.title, 200)
    mail["Date"] = format_datetime(datetime.fromtimestamp(max(e.at for e in events), UTC))
    mail["Message-ID"] = _message_id(_subject([e.id for e in events]), hook, host)
    if len(events) == 1 and first.type in _FOLLOWS:
        told_first = event_id(str(first.payload.get("id")), "notice.new", 0)
        mail["In-Reply-To"] = mail["References"] = _message_id(told_first, hook, host)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834
    mail["List-Id"] = f"<{hook.id}.{host}>"  # RFC 2919
    away = hook.unsubscribe or f"mailto:{box.sender}?subject={quote(f'unsubscribe {hook.id}')}"
    mail["List-Unsubscribe"] = f"<{away}>"
    if away.startswith("https://"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    mail.set_content(f"{text.body}\n")
    mail.add_alternative(_page(text, hook.language), subtype="html")
    mail.set_boundary(f"fenghuo-{_digest(first.id)}")
    return mail


def _subject(ids: Sequence[str]) -> str:
    """What a message is of: one event, or just these."""
    return ids[0] if len(ids) == 1 else f"digest_{_digest(*ids)}"


def _message_id(subject: str, hook: Hook, host: str) -> str:
    return f"<{subject}.{hook.id}@{host}>"


def _digest(*ids: str) -> str:
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:24]


def _host(base_url: str) -> str:
    """The name under which we speak: that of our own site, which may be none but an address."""
    name = urlsplit(base_url).hostname or ""
    return name if name.rpartition(".")[2].isalpha() else "localhost"


def _page(text: Message, language: str) -> str:
    lines = "\n".join(f"<p>{_shown(line)}</p>" for line in text.lines)
    title = html.escape(text.title)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body><h2>{title}</h2>\n{lines}\n</body></html>\n"
    )


def _shown(line: Line) -> str:
    text = html.escape(line.text)
    return f'<a href="{html.escape(line.url)}">{text}</a>' if line.url else text


# --------------------------------------------------------------------------------------------------------------------
# The way


async def _hand_in(wire: Wire, box: Mailbox, mail: EmailMessage, host: str) -> Answer:
    """Speak SMTP over a connection that the address guard has let through.  Raises SMTPException, OSError."""
    async with asyncio.timeout(wire.deadline):
        client = aiosmtplib.SMTP(
            hostname=box.host,
            sock=await wire.connect(box.host, box.port),
            local_hostname=host,
            timeout=wire.deadline,
            use_tls=box.tls == "tls",
            start_tls={"none": False, "offered": None, "starttls": True, "tls": False}[box.tls],
            tls_context=_context(box),
        )
        try:
            await client.connect()
            if box.user:
                await client.login(box.user, box.password)
            refused, _ = await client.sendmail(box.sender, [*box.to, *box.cc, *box.bcc], mail.as_bytes())
        except BaseException:
            client.close()
            raise
    await _leave(client)
    error = f"accepted, but not for {len(refused)} of the recipients" if refused else ""
    return Answer(True, 250, error)


async def _leave(client: aiosmtplib.SMTP) -> None:
    """End a session whose mail is accepted, whatever comes now: a server that hangs here has it all the same."""
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=_FAREWELL)
    client.close()


def _context(box: Mailbox) -> ssl.SSLContext:
    """TLS that nobody promised is better unverified than none; where it must be, it is verified (RFC 7435)."""
    context = ssl.create_default_context()
    if box.tls == "offered":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _refused(e: Exception, deadline: float) -> Answer:
    """Why a mail was not accepted; 5xx to the message itself is the last word, all else is tried again."""
    match e:
        case aiosmtplib.SMTPRecipientsRefused():
            codes = [r.code for r in e.recipients]
            final = all(map(_is_final, codes))
            return Answer(False, codes[0], _said(codes[0], e.recipients[0].message), refused=final, final=final)
        case aiosmtplib.SMTPDataError() | aiosmtplib.SMTPSenderRefused():
            return Answer(False, e.code, _said(e.code, e.message), refused=_is_final(e.code), final=_is_final(e.code))
        case aiosmtplib.SMTPResponseException(code=aiosmtplib.SMTPStatus.invalid_response):
            return Answer(False, error=f"not an answer of a mail server: {one_line(e.message, 80)}")
        case aiosmtplib.SMTPResponseException():
            return Answer(False, e.code, _said(e.code, e.message))
        case TimeoutError():
            return Answer(False, error=f"no answer within {deadline:g} s")
        case AddressRefused():
            return Answer(False, error=str(e))
        case aiosmtplib.SMTPServerDisconnected():
            return Answer(False, error="the connection was closed without an answer")
        case ssl.SSLError():
            return Answer(False, error=f"TLS failed: {e.reason or 'handshake'}")
        case OSError():
            return Answer(False, error=f"cannot connect: {e.strerror or type(e).__name__}")
    return Answer(False, error=f"not an answer of a mail server: {type(e).__name__}")


def _is_final(code: int) -> bool:
    """Whether a server will never take the message (RFC 5321, 4.2.1)."""
    return 500 <= code < 600


def _said(code: int, message: str) -> str:
    return f"SMTP {code} {one_line(message, 200)}".strip()
