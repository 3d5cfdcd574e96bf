"""Mail hooks against a real mail server: what arrives, and what becomes of what is refused."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from crawler.config.settings import Settings
from crawler.exceptions import ConfigError
from crawler.store import Store
from crawler.store.delivery import outbox
from crawler.store.delivery.outbox import event_id
from feeds.alerts import mail
from feeds.alerts.channels import CALM
from feeds.alerts.deliver import Delivered, Deliverer
from feeds.alerts.mailbox import Mailbox, mailbox
from feeds.alerts.message import message
from feeds.alerts.schedule import Answer
from feeds.alerts.wire import Wire
from tests.feeds.alerts.given import NOW, Clock, Event, event, happen, hook, settings
from tests.feeds.alerts.mailsink import DROP, HANG, Sink, serving

BASE = "https://fenghuo.example"


def url(sink: Sink, query: str = "from=watch@fenghuo.example&to=duty@police.example") -> str:
    return f"smtp://127.0.0.1:{sink.port}/?{query}"


def send(sink: Sink, *events: Event, query: str | None = None, deadline: float = 5.0, **more: Any) -> Answer:
    """Send one mail to ``sink``."""

    async def run() -> Answer:
        async with serving(sink):
            to = hook(url(sink, *([query] if query else [])), **more)
            async with Wire(settings(to), deadline=deadline) as wire:
                return await mail.send(wire, to, events or (event(),), BASE)

    return asyncio.run(run())


# --------------------------------------------------------------------------------------------------------------------
# What arrives


def test_a_mail_says_who_sent_it_that_a_machine_did_and_how_it_ends() -> None:
    sink = Sink("250 OK")
    assert send(sink) == Answer(True, 250)
    (got,) = sink.mails
    assert str(got["From"]) == "烽火 Fenghuo <watch@fenghuo.example>"
    assert got["To"] == "duty@police.example"
    assert got["Subject"] == "【新通告】谨防境外高薪招工骗局"
    assert got["Date"].datetime.timestamp() == NOW
    assert got["Message-ID"] == "<evt_1.soc@fenghuo.example>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["List-Unsubscribe"] == "<mailto:watch@fenghuo.example?subject=unsubscribe%20soc>"
    assert got["List-Unsubscribe-Post"] is None


def test_it_is_plain_and_html_and_both_say_the_same() -> None:
    sink = Sink("250 OK")
    send(sink, event(title="<script>alert(1)</script> & 甲", body="<b>假冒</b> @all"))
    (got,) = sink.mails
    assert got.get_content_type() == "multipart/alternative"
    plain, page = (got.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert "<b>假冒</b> @all" in plain
    assert "原文 https://police.example/1.html" in plain
    assert "&lt;b&gt;假冒&lt;/b&gt;" in page
    assert '<a href="https://police.example/1.html">原文</a>' in page
    assert "<script>" not in page


def test_one_click_unsubscribing_is_offered_where_there_is_an_address_for_it() -> None:
    sink = Sink("250 OK")
    send(sink, unsubscribe="https://lists.example/leave?soc")
    assert sink.mails[0]["List-Unsubscribe"] == "<https://lists.example/leave?soc>"
    assert sink.mails[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_revision_answers_the_mail_that_told_of_the_notice() -> None:
    sink = Sink("250 OK")
    first = event_id("ntc_1", "notice.new", 0)
    send(sink, event("notice.revised", id="evt_2"))
    assert sink.mails[0]["In-Reply-To"] == sink.mails[0]["References"] == f"<{first}.soc@fenghuo.example>"
    assert sink.mails[0]["Message-ID"] == "<evt_2.soc@fenghuo.example>"


def test_a_title_cannot_add_a_header_or_a_recipient() -> None:
    sink = Sink("250 OK")
    send(sink, event(title="甲\r\nBcc: evil@example.org\r\n\r\nbody"))
    (got,) = sink.mails
    assert got["Bcc"] is None
    assert sink.envelopes[0].rcpt_tos == ["duty@police.example"]
    assert len(got.get_all("Subject") or ()) == 1


def test_a_hundred_events_are_one_mail_that_lists_them_all() -> None:
    sink = Sink("250 OK")
    send(sink, *(event(id=f"evt_{n}", title=f"通告{n}") for n in range(100)))
    plain = sink.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert all(f"通告{n} {BASE}/notices/ntc_1" in plain for n in range(100))
    assert sink.mails[0]["Message-ID"].startswith("<digest_")


def test_the_same_events_are_the_same_bytes() -> None:
    box = mailbox("smtp://mx.example/?from=a@x.example&to=b@y.example", None)
    text = message([event()], "zh-CN", BASE, 9999)
    first, second = (mail.composed(hook("smtp://x"), box, [event()], text, BASE).as_bytes() for _ in range(2))
    assert first == second
    assert first.isascii()


@pytest.mark.parametrize("base", ["http://127.0.0.1:8750", "http://[::1]:8750", "http://localhost", ""])
def test_a_site_without_a_name_speaks_as_this_machine(base: str) -> None:
    box = mailbox("smtp://mx.example/?from=a@x.example&to=b@y.example", None)
    to = hook("smtp://x")
    text = message([event()], "zh-CN", base, 9999)
    assert mail.composed(to, box, [event()], text, base)["Message-ID"] == "<evt_1.soc@localhost>"


# --------------------------------------------------------------------------------------------------------------------
# What is refused


def test_451_is_tried_again_and_554_is_the_last_word() -> None:
    later, never = send(Sink("451 greylisted, come back")), send(Sink("554 rejected by content"))
    assert (later.ok, later.status, later.final, later.error) == (False, 451, False, "SMTP 451 greylisted, come back")
    assert (never.ok, never.status, never.final, never.refused) == (False, 554, True, True)


@pytest.mark.parametrize(("code", "final"), [("450 busy", False), ("550 no such user", True)])
def test_when_every_recipient_is_refused_so_is_the_mail(code: str, final: bool) -> None:
    got = send(Sink("250 OK", recipients={"duty@police.example": code}))
    assert (got.ok, got.final) == (False, final)


def test_a_mail_that_some_recipients_get_is_not_sent_to_them_again() -> None:
    sink = Sink("250 OK", recipients={"b@y.example": "550 no such user"})
    got = send(sink, query="from=a@x.example&to=b@y.example,c@y.example")
    assert (got.ok, got.error) == (True, "accepted, but not for 1 of the recipients")
    assert sink.envelopes[0].rcpt_tos == ["c@y.example"]


def test_a_server_that_hangs_or_drops_the_connection_is_a_failure_with_a_reason() -> None:
    assert send(Sink(HANG), deadline=0.3).error == "no answer within 0.3 s"
    assert send(Sink(DROP)).error == "the connection was closed without an answer"


@pytest.mark.parametrize("farewell", [HANG, "500 what?", "999 hm"])
def test_a_mail_that_is_accepted_is_so_whatever_the_farewell(farewell: str) -> None:
    assert send(Sink("250 OK", farewell=farewell), deadline=0.5).ok


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 400 Bad\r\n\r\n", b"\xff\x00\x1b[31m\r\n", b"220 " + b"x" * 2_000_000, b"220-a\r\n" * 300_000]
)
def test_what_is_no_mail_server_is_named(said: bytes) -> None:
    async def run() -> Answer:
        async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                writer.write(said)
                await writer.drain()

        server = await asyncio.start_server(speak, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        to = hook(f"smtp://127.0.0.1:{port}/?to=b@y.example&from=a@x.example")
        async with server, Wire(settings(to), deadline=5.0) as wire:
            return await mail.send(wire, to, [event()], BASE)

    got = asyncio.run(run())
    assert not got.ok
    assert not got.final
    assert got.error.startswith("not an answer of a mail server: ")
    assert got.error.isprintable()


def test_an_inside_address_is_not_connected_to() -> None:
    async def run() -> Answer:
        async with serving(Sink("250 OK")) as sink, Wire(Settings()) as wire:
            return await mail.send(wire, hook(url(sink)), [event()], BASE)

    assert "127.0.0.1 is refused (loopback)" in asyncio.run(run()).error


def test_no_password_goes_over_a_line_that_is_not_encrypted() -> None:
    sink = Sink("250 OK")

    async def run() -> Answer:
        async with serving(sink) as here:
            to = hook(f"smtp://u:pa55word@127.0.0.1:{here.port}/?from=a@x.example&to=b@y.example")
            async with Wire(settings(to), deadline=3.0) as wire:
                return await mail.send(wire, to, [event()], BASE)

    got = asyncio.run(run())
    assert not got.ok
    assert "pa55word" not in got.error
    assert sink.mails == []


def test_greylisting_a_cut_connection_and_a_refusal_on_the_way_through_the_outbox(store: Store) -> None:
    """451, then a connection that is cut, then accepted; a 554 is a dead letter and no other mail waits for it."""
    sink, clock = Sink("451 later", DROP, "250 OK", "554 never"), Clock()

    async def run() -> list[Delivered]:
        async with serving(sink) as here:
            to = settings(hook(url(here)))
            deliverer = Deliverer(store, to, owner="me", now=clock, chance=lambda: 0.0, deadline=5.0)
            done = []
            happen(store, "甲")
            for wait in (0.0, 5.0, 300.0):
                clock.now += wait
                done.append(await deliverer.run(last=True))
            happen(store, "乙")
            done.append(await deliverer.run(last=True))
            await deliverer.close()
            return done

    assert asyncio.run(run()) == [Delivered(failed=1)] * 2 + [Delivered(delivered=1), Delivered(dead=1)]
    first, second, third, fourth = (m["Message-ID"] for m in sink.mails)
    assert first == second == third != fourth
    with store.read() as tx:
        assert sorted((d.title, d.state, d.last_status) for d in outbox.deliveries(tx)) == [
            ("乙", "dead", 554),
            ("甲", "delivered", 250),
        ]


def test_three_hundred_at_once_are_one_mail_on_the_way_through_the_outbox(store: Store) -> None:
    sink, clock = Sink("250 OK"), Clock()

    async def run() -> list[Delivered]:
        async with serving(sink) as here:
            deliverer = Deliverer(store, settings(hook(url(here))), owner="me", now=clock, chance=lambda: 0.0)
            happen(store, *(f"通告{n}" for n in range(300)))
            done = [await deliverer.run()]
            clock.now += CALM
            done.append(await deliverer.run())
            await deliverer.close()
            return done

    assert asyncio.run(run()) == [Delivered(), Delivered(delivered=300)]
    (mail_of_all,) = sink.mails
    assert "300" in mail_of_all["Subject"]


# --------------------------------------------------------------------------------------------------------------------
# Addresses


@pytest.mark.parametrize(
    ("address", "secret", "expected"),
    [
        (
            "smtp://mx.example/?from=a@x.example&to=b@y.example,c@y.example",
            None,
            Mailbox("mx.example", 25, "offered", "a@x.example", ("b@y.example", "c@y.example")),
        ),
        (
            "smtp://a%40x.example:p%40ss@mx.example/?to=b@y.example&name=Watch",
            None,
            Mailbox(
                "mx.example",
                587,
                "starttls",
                "a@x.example",
                ("b@y.example",),
                user="a@x.example",
                password="p@ss",
                name="Watch",
            ),
        ),
        (
            "smtps://a%40x.example@mx.example:1465/",
            "p4ss",
            Mailbox("mx.example", 1465, "tls", "a@x.example", ("a@x.example",), user="a@x.example", password="p4ss"),
        ),
        (
            "mailto://user:pass@mx.example:2525?from=a@x.example&to=b@y.example&mode=insecure",
            None,
            Mailbox("mx.example", 2525, "none", "a@x.example", ("b@y.example",), user="user", password="pass"),
        ),
        (
            "mailtos://user:pass@gmail.com",
            None,
            Mailbox(
                "smtp.gmail.com",
                587,
                "starttls",
                "user@gmail.com",
                ("user@gmail.com",),
                user="user@gmail.com",
                password="pass",
            ),
        ),
    ],
)
def test_an_address_says_where_a_mail_is_handed_in(address: str, secret: str | None, expected: Mailbox) -> None:
    assert mailbox(address, secret) == expected


@pytest.mark.parametrize(
    "address",
    [
        "smtp://mx.example/",
        "smtp://mx.example/?from=a@x.example&to=nobody",
        "smtp:///?from=a@x.example&to=b@y.example",
        "smtp://mx.example:port/?from=a@x.example&to=b@y.example",
        "smtp://mx.example/?from=a@x.example%0d%0aBcc:e@x.example&to=b@y.example",
        "mailto://nobody",
    ],
)
def test_a_wrong_address_is_an_error_without_the_address(address: str) -> None:
    with pytest.raises(ConfigError) as refused:
        mailbox(address, None)
    assert "\n" not in str(refused.value)
