"""What stands in the place of a known article changes nothing of it, and is asked for again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.store.wire import notices
from tests.crawl.conftest import Round
from tests.publisher import Publisher
from tests.server import answer

TITLE = "警方提示：警惕缅甸妙瓦底高薪招聘陷阱"
DAY = 1_800_000_000.0
Make = Callable[[Path], Round]


def known(look_round: Round) -> tuple[str, str, int]:
    """Status, body and number of revisions of the one warning."""
    with look_round.store.read() as tx:
        (notice,) = [n for n in notices.search(tx, notices.Query()) if n.title == TITLE]
    return notice.status, notice.body, len(notice.revisions)


def cut(page: bytes) -> bytes:
    """The answer with half of its text, as a server sends it that lost the rest."""
    body = page.partition(b"\r\n\r\n")[2]
    return answer(body[: body.index("警方提醒：".encode()) + 40])


@pytest.mark.parametrize(
    ("stand_in", "why"),
    [
        (cut, "breaks off"),
        (lambda _: answer("<title>安全验证</title><p>请完成安全验证后继续访问</p>".encode()), "the page says"),
        (lambda _: answer(b"<script>document.cookie='k=1';location.reload()</script>", status=412), "HTTP 412"),
        (lambda _: answer(b"<script>document.cookie='k=1';location.reload()</script>", status=521), "HTTP 521"),
        (lambda _: answer('{"code":500,"msg":"系统异常"}'.encode()), "JSON says"),
        (lambda _: answer("<h1>系统繁忙，请稍后再试</h1>".encode()), "the page says"),
    ],
    ids=["cut", "captcha", "412", "521", "JSON", "busy"],
)
def test_what_stands_in_the_place_of_a_known_article_changes_nothing(
    office: Publisher,
    file: Path,
    rounds_of: Make,
    monkeypatch: pytest.MonkeyPatch,
    stand_in: Callable[[bytes], bytes],
    why: str,
) -> None:
    monkeypatch.setenv("FENGHUO_CRAWL__REVISIT", '["1h", "1d", "1d", "1d"]')
    look_round = rounds_of(file)
    look_round(clock=lambda: DAY)
    path = office.publish(TITLE)
    look_round(clock=lambda: DAY + 3600)
    before, page = known(look_round), office.server.answers[path]
    assert isinstance(page, bytes)
    office.server.answers[path] = stand_in(page)
    look_round(clock=lambda: DAY + 3 * 3600)
    link = look_round.links()[office.server.url + path]
    assert why in link["why"]
    assert (link["state"], link["due"] is not None) == ("read", True)
    assert known(look_round) == before
    office.server.answers[path] = page.replace(b"12308", b"12345")
    look_round(clock=lambda: DAY + 2 * 86400)
    status, body, revisions = known(look_round)
    assert (status, "12345" in body, revisions) == ("revised", True, 1)
