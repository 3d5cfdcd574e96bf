"""The other end of a hook: a receiver that verifies every signature and keeps a log of what arrived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


@dataclass(frozen=True)
class Arrival:
    """One webhook that arrived with a good signature."""

    id: str
    type: str
    data: dict[str, Any]

    @property
    def about(self) -> str:
        """What it speaks of, in one line."""
        if self.type.startswith("source."):
            return f"{self.data['column']}: {self.data['why']}" if self.data.get("why") else str(self.data["column"])
        return f"{self.data['origin']['name']} 《{self.data['title']}》"


class Receiver:
    """Keeps arrivals, each id once, and tells ``on_arrival``; refuses what is not signed with ``secret``."""

    def __init__(self, secret: str, on_arrival: Callable[[Arrival], None]) -> None:
        self._webhook = Webhook(secret)
        self._on_arrival = on_arrival
        self.arrivals: dict[str, Arrival] = {}
        self.refused = 0

    def app(self) -> Starlette:
        """The receiver as an application: POST /hook."""
        return Starlette(routes=[Route("/hook", self._receive, methods=["POST"])])

    async def _receive(self, request: Request) -> Response:
        headers = dict(request.headers)
        try:
            body = self._webhook.verify(await request.body(), headers)
        except WebhookVerificationError:
            self.refused += 1
            return PlainTextResponse("bad signature\n", 401)
        arrival = Arrival(headers["webhook-id"], body["type"], body["data"])
        if arrival.id not in self.arrivals:  # a second try carries the same id and is the same message
            self.arrivals[arrival.id] = arrival
            self._on_arrival(arrival)
        return Response(status_code=204)
