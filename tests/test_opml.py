from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.exceptions import Unreadable
from crawler.opml import Subscription, Unusable, is_opml, read_opml


def opml(inside: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return f'{head}<opml version="2.0"><head><title>x</title></head><body>{inside}</body></opml>'


def test_feeds_are_read_with_their_folders() -> None:
    body = opml(
        '<outline text="反诈"><outline text="官方"><outline type="rss" text="甲" htmlUrl="https://a.example/" '
        'xmlUrl="https://a.example/rss?x=1&amp;y=2"/></outline></outline>'
        '<outline title="乙" XMLURL="http://b.example/atom" htmlUrl="javascript:x"/>'
    )
    assert list(read_opml(body.encode())) == [
        Subscription("甲", "https://a.example/rss?x=1&y=2", True, "https://a.example/", ("反诈", "官方")),
        Subscription("乙", "http://b.example/atom", True),
    ]


def test_links_and_what_cannot_be_used() -> None:
    body = opml(
        '<outline type="link" text="丙" url="https://c.example/list/"/><outline text="空"/>'
        '<outline text="丁" xmlUrl="feed://d.example/"/>'
    )
    link, empty, other = read_opml(body.encode())
    assert link == Subscription("丙", "https://c.example/list/", False)
    assert isinstance(empty, Unusable)
    assert isinstance(other, Unusable)
    assert "feed://d.example/" in other.reason


def test_a_file_in_gbk_and_one_that_is_not_well_formed_are_read() -> None:
    gbk = opml('<outline text="警讯" xmlUrl="https://a.example/"/>', '<?xml version="1.0" encoding="gb2312"?>')
    assert [s.title for s in read_opml(gbk.encode("gb18030"))] == ["警讯"]
    broken = opml('<outline text="a & b" xmlUrl="https://a.example/"/>')
    assert next(read_opml(broken.encode())).title.startswith("a")


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"<rss/>", b"{}", b'<!DOCTYPE x [<!ENTITY a "b">]><opml><body><outline text="&a;"/></body></opml>'],
)
def test_what_is_no_opml_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        list(read_opml(body))


def test_a_file_is_told_by_its_root() -> None:
    assert is_opml(opml("").encode())
    assert not is_opml(b"<rss><channel/></rss>")


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(body: bytes) -> None:
    with suppress(Unreadable):
        assert all(found.title is not None for found in read_opml(b"<opml>" + body))
