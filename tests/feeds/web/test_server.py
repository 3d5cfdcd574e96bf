"""The server on a real socket."""

from __future__ import annotations

import asyncio
import http.client
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from crawler.config.settings import Settings
from crawler.exceptions import ConfigError
from feeds.web import gate, impatient
from feeds.web.app import create_app
from feeds.web.server import listening, make_server
from feeds.web.status import DaemonStatus
from tests.feeds.world import World, make_notice


@contextmanager
def running(world: World, status: DaemonStatus) -> Iterator[int]:
    """The port on which the web of ``world`` answers."""
    server = make_server(create_app(world.configuration, world.store, status))
    with listening(world.settings) as sockets:
        thread = Thread(target=lambda: asyncio.run(server.serve(sockets)))
        thread.start()
        try:
            yield sockets[0].getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()


def test_a_feed_on_the_wire(
    make_world: Callable[..., World], status: DaemonStatus, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world = make_world('listen = "127.0.0.1:0"\nread_token = "corn-flower"')
    world.remember(make_notice(1))
    world.publish()
    with running(world, status) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        address = "/feeds/all.atom?token=corn-flower"
        connection.request("GET", address)
        first = connection.getresponse()
        assert first.read() == world.feed("all.atom")
        connection.request("GET", address, headers={"If-None-Match": first.headers["ETag"]})
        second = connection.getresponse()
        assert (second.status, second.read(), second.headers["Server"]) == (304, b"", None)
        connection.request("HEAD", address)
        third = connection.getresponse()
        assert (third.status, third.read()) == (200, b"")
        assert int(third.headers["Content-Length"]) == len(world.feed("all.atom"))
        connection.close()
    assert "corn-flower" not in caplog.text


def test_the_server_leaves_signals_to_the_daemon(make_world: Callable[..., World], status: DaemonStatus) -> None:
    world = make_world('listen = "127.0.0.1:0"')
    server = make_server(create_app(world.configuration, world.store, status))
    before = signal.getsignal(signal.SIGTERM)
    with server.capture_signals():
        assert signal.getsignal(signal.SIGTERM) is before


def test_an_address_that_is_taken_is_named() -> None:
    with listening(Settings(listen="127.0.0.1:0")) as sockets:
        taken = f"127.0.0.1:{sockets[0].getsockname()[1]}"
        with pytest.raises(ConfigError, match=rf"^listen = '{taken}': Address already in use; "):
            listening(Settings(listen=taken)).__enter__()


def test_a_name_is_listened_on_at_every_address_it_has() -> None:
    with listening(Settings(listen="localhost:0")) as sockets:
        assert {s.getsockname()[0] for s in sockets} <= {"127.0.0.1", "::1"}
        assert sockets


def test_an_error_of_the_block_stays_what_it_is() -> None:
    with pytest.raises(OSError, match="disk"), listening(Settings(listen="127.0.0.1:0")):
        raise OSError("disk")


def test_a_request_that_is_told_too_slowly_or_at_length_is_cut(
    make_world: Callable[..., World], status: DaemonStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impatient, "SLOWEST", 0.2)
    monkeypatch.setattr(gate, "SLOWEST_BODY", 0.2)
    world = make_world('listen = "127.0.0.1:0"')
    head = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
    with running(world, status) as port:
        said = {
            name: _told(port, sent)
            for name, sent in {
                "nothing": b"",
                "half a head": head,
                "endless head": head + b"X: " + b"x" * 200_000,
                "half a body": head + b"\r\ncsrf=",
                "two requests, half of one": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHo",
            }.items()
        }
    assert said == {
        "nothing": b"",
        "half a head": b"",
        "endless head": b"",
        "half a body": b"HTTP/1.1 408",
        "two requests, half of one": b"HTTP/1.1 200",
    }


def _told(port: int, sent: bytes) -> bytes:
    """The beginning of what the server says before it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        said = b""
        with suppress(ConnectionError):
            connection.sendall(sent)
            while part := connection.recv(4096):
                said += part
    return said[:12]
