"""A column whose page only names its list: the list is found there, looked at, and found again when it moves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.items import Outcome
from tests.crawl.conftest import Round
from tests.publisher import ADVICE, Publisher, configure
from tests.server import answer

DAY = 1_795_000_000.0  # 2026-11-18
PAGE, LIST = "/csrc/c100028/common_xq_list.shtml", "/searchList/{id}?_isAgg=true&_isJson=true&_pageSize=18"


class Channel(Publisher):
    """An office whose list page is filled by a script from a channel's rows."""

    id = "a1a078ee"

    @property
    def url(self) -> str:
        return self.server.url + PAGE

    @property
    def list_path(self) -> str:
        return f"{LIST}&_template=index&_rangeTimeGte=&_channelName=&page=1".format(id=self.id)

    def _list(self) -> None:
        rows = [
            {
                "title": t,
                "url": path,
                "publishedTime": 1_795_000_000_000,
                "contentHtml": f"<p>{'</p><p>'.join(body)}</p>",
            }
            for path, (t, body, _) in reversed(self.articles.items())
        ]
        shell = self.page("要闻", f'<meta name="channelid" content="{self.id}"><ul id="list"></ul>')
        said = json.dumps({"data": {"results": rows}}).encode()
        self.server.answers = {PAGE: shell, self.list_path: answer(said, ETag=f'"{len(rows)}"')}


@pytest.fixture
def channel() -> Iterator[Channel]:
    with Channel() as publisher:
        publisher.seed(4)
        yield publisher


@pytest.fixture
def look(tmp_path: Path, channel: Channel, rounds_of: Callable[[Path], Round]) -> Round:
    file = configure(tmp_path, {"office": channel})
    source = tmp_path / "sources" / "office.toml"
    text = source.read_text("utf-8").replace("url = ", "[[column]]\nurl = ")
    source.write_text(f'{text}platform = "c_channel"\n', "utf-8")
    return rounds_of(file)


def test_the_list_that_the_page_names_is_read_and_its_validators_are_used(channel: Channel, look: Round) -> None:
    (first,) = look(clock=lambda: DAY)
    assert (first.outcome, first.items) == (Outcome.BASELINE, 4)
    channel.publish("警方提示：警惕缅甸妙瓦底高薪招聘陷阱", ADVICE)
    (second,) = look(clock=lambda: DAY + 3600)
    assert (second.outcome, second.new) == (Outcome.NEW, 1)
    assert {row["state"] for row in look.links().values()} == {"read"}
    channel.server.requests.clear()
    look(clock=lambda: DAY + 7200)
    page, rows = (r for r in channel.server.requests if r.path in (PAGE, channel.list_path))
    assert "If-None-Match" not in page.headers  # the page's own state says nothing of the list's
    assert rows.headers["If-None-Match"] == '"5"'


def test_a_list_that_moved_is_found_again_at_the_next_look(channel: Channel, look: Round) -> None:
    look(clock=lambda: DAY)
    channel.id = "b2b189ff"
    channel.publish("警方提示：警惕缅甸妙瓦底高薪招聘陷阱", ADVICE)
    (second,) = look(clock=lambda: DAY + 3600)
    assert (second.outcome, second.new) == (Outcome.NEW, 1)


def test_a_challenge_before_the_page_is_one(channel: Channel, look: Round) -> None:
    look(clock=lambda: DAY)
    script = b"<html><script>document.cookie='k='+Date.now();location.reload()</script></html>"
    channel.server.answers[PAGE] = answer(script, 521)
    (second,) = look(clock=lambda: DAY + 3600)
    assert second.outcome is Outcome.CHALLENGED
