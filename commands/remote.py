"""A daemon elsewhere: what commands with `--api URL` ask of it and have it do, and its refusals in one line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from http.client import HTTPResponse

Api = Annotated[
    str | None,
    typer.Option("--api", metavar="URL", envvar="FENGHUO_API", help="Ask the daemon there, not the database here."),
]
Token = Annotated[
    str | None,
    typer.Option(metavar="TOKEN", envvar="FENGHUO_TOKEN", help="read_token or admin_token of that daemon."),
]
_SECONDS = 120  # for an answer: a page that is read on demand may take 90
_SILENCE = 60  # of a stream, which is broken every 15
_LONGEST_LINE = 1_000_000  # bytes of an event
_PAGE = 200
_MOST = 200_000_000  # bytes of an answer


class Remote:
    """The API of a daemon."""

    def __init__(self, address: str, token: str | None) -> None:
        from urllib.parse import urlsplit

        from crawler.exceptions import ConfigError

        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
            raise ConfigError(f"--api {address!r}: write the address of a daemon, such as https://fenghuo.example")
        self._address, self._token = address.rstrip("/").removesuffix("/api/v1"), token

    def get(self, path: str, **asked: object) -> Any:
        """The answer to GET; what is None or empty is not asked.  Raises FetchError, UnknownNotice."""
        from urllib.parse import urlencode

        said = {name: _text(value) for name, value in asked.items() if value not in (None, "", ())}
        return self._send("GET", f"{path}?{urlencode(said)}" if said else path)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer to POST.  Raises FetchError, UnknownNotice."""
        return self._send("POST", path, body or {})

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to PATCH.  Raises FetchError, UnknownNotice."""
        return self._send("PATCH", path, body)

    def pages(self, path: str, name: str, limit: int | None = None, **asked: object) -> Iterator[dict[str, Any]]:
        """The rows of a list, page by page, ``limit`` at most."""
        cursor: str | None = ""
        while cursor is not None and (limit is None or limit > 0):
            size = _PAGE if limit is None else min(limit, _PAGE)
            answer = self.get(path, **asked, limit=size, cursor=cursor)
            yield from answer[name]
            cursor, limit = answer["next"], limit and limit - len(answer[name])

    def stream(self, last: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """What happens there, as it happens, after the event ``last``: number and data, first of all a `reset`.

        It ends when the daemon does.  Raises FetchError.
        """
        said = {"Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
        with self._opened("GET", "/stream", None, said, _SILENCE) as response:
            yield "", {"type": "reset"}  # what came before the stream was open is in the lists
            yield from _events(response)

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        with self._opened(method, path, body, {"Accept": "application/json"}, _SECONDS) as response:
            return self._read(response)

    @contextmanager
    def _opened(
        self, method: str, path: str, body: Mapping[str, Any] | None, said: Mapping[str, str], seconds: float
    ) -> Iterator[HTTPResponse]:
        from http.client import HTTPException
        from urllib.error import HTTPError, URLError
        from urllib.request import Request

        from crawler.exceptions import FetchError

        headers = {"Content-Type": "application/json", "User-Agent": "fenghuo", **said}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self._address}/api/v1{path}", data, headers, method=method)
        try:
            with _opener().open(request, timeout=seconds) as response:
                yield response
        except HTTPError as e:
            raise self._refusal(e.code, e.read(_MOST)) from None
        except (URLError, OSError, HTTPException) as e:
            why = getattr(e, "reason", e)
            raise FetchError(f"{self._address}: no daemon answers there ({_line(why)})") from None

    def _read(self, response: HTTPResponse) -> Any:
        from crawler.exceptions import FetchError

        try:
            return json.loads(response.read(_MOST))
        except ValueError:
            raise FetchError(f"{self._address}: what answers there is no Fenghuo") from None

    def _refusal(self, status: int, body: bytes) -> Exception:
        """The error that a problem (RFC 9457) tells of."""
        from crawler.exceptions import FetchError, UnknownNotice

        try:
            problem = json.loads(body)
            said = _line(problem.get("detail") or problem["title"])
        except (ValueError, KeyError, AttributeError):
            return FetchError(f"{self._address}: what answers there is no Fenghuo (HTTP {status})")
        if status == 404:
            return UnknownNotice(said)
        if status in (401, 403):
            return FetchError(f"{self._address} refuses: {said} (--token or FENGHUO_TOKEN)")
        return FetchError(f"{self._address} refuses: {said}")


def _events(response: HTTPResponse) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a stream, each a line of JSON with its number; other lines (a pulse, a retry) say nothing."""
    number = ""
    while line := response.readline(_LONGEST_LINE):
        name, _, value = line.decode("utf-8", "replace").rstrip("\r\n").partition(": ")
        if name == "id":
            number = value
        elif name == "data":
            with suppress(ValueError):
                data = json.loads(value)
                yield number, data if isinstance(data, dict) else {}


def remote(api: str | None, token: str | None) -> Remote | None:
    """The daemon that a command is to ask; None: none, work here.  Raises ConfigError."""
    return Remote(api, token) if api else None


def _opener() -> Any:
    """No redirect is followed: it could carry the token elsewhere."""
    from urllib.request import HTTPRedirectHandler, build_opener

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    return build_opener(Stay)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _line(said: object) -> str:
    """What a stranger says, in one line without anything that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(said)).split())[:500]
