"""Reasons in Chinese: every line of the inner rooms is known again, whatever fills it and however they are joined."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.exceptions import AddressRefused, FetchError
from crawler.fetch.encoding import decoded
from crawler.guard import Guard
from feeds.languages import messages
from feeds.reasons import CONTEXT, reason
from tests.feeds.sentences import said_in, sentences

LATIN = re.compile(r"[A-Za-z]{3,}")


@pytest.mark.parametrize("english", sorted(sentences()))
def test_every_sentence_of_the_code_is_known_again_with_what_fills_it(english: str) -> None:
    filled = re.sub(r"%\((\w+)\)s", "7", english)
    chinese = next(zh for en, zh in messages(CONTEXT) if en == english)
    assert reason(filled).zh == re.sub(r"%\((\w+)\)s", "7", chinese)
    assert reason(filled).en == filled


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("", ""),
        ("what no code of ours says", "what no code of ours says"),
        ("https://x.example/a?b=1: no whole answer within 30 s", "https://x.example/a?b=1：30 秒内没有收到完整的应答"),
        (
            "not a list but error: the page says: 404; it held 20 links at the last look, nothing known is lost",
            "不是列表，而是错误页：页面写道：404；上次查看时有 20 个链接，已知内容没有丢失",
        ),
        (
            "only 2 items on the list, which usually has 20; open it in a browser; "
            "1 article on the list cannot be read, https://x.example/1: error: the answer is empty",
            "列表上只有 2 条，平常有 20 条；请用浏览器打开看看；"
            "列表上有 1 篇文章无法读取，https://x.example/1：错误页：应答是空的",
        ),
        (
            "fenghuo.toml:12: hook.0.quiet: not a span of hours within a day: 'always' (write \"23:00-07:00\")",
            "fenghuo.toml:12：hook.0.quiet：不是一天之内的时段：'always'（请写 \"23:00-07:00\"）",
        ),
        ("99% of it stands in the known text, 7% of that in it", "其 99% 见于已知文本，已知文本的 7% 见于其中"),
        ("HTTP 503 Service Unavailable", "HTTP 503 Service Unavailable"),
    ],
)
def test_a_reason_is_told_in_chinese(said: str, chinese: str) -> None:
    assert reason(said).zh == chinese


def test_what_the_code_really_raises_is_known() -> None:
    raised = []
    for call in (lambda: Guard(()).check("10.0.0.7"), lambda: decoded(b"", "gzip, gzip, gzip, gzip, gzip, gzip", 10)):
        with pytest.raises((AddressRefused, FetchError)) as error:
            call()
        raised.append(reason(str(error.value)).zh)
    assert raised == ["地址 10.0.0.7 不允许访问（内网地址）；可用 allow_addresses 放行", "Content-Encoding 有 6 层"]


def test_choices_within_a_sentence_are_sentences_each() -> None:
    code = '''
"""Documentation of a module."""
def f(n):
    """What it does here."""
    log.warning("not said to people")
    raise E(f"{len(n)} item{'s' if n else ''} on {n.name!r}: {_why(n)}{_kept(n)}")
'''
    assert sorted(said_in(code)) == ["%(n)s item on %(name)s: %(n_)s", "%(n)s items on %(name)s: %(n_)s"]


@given(st.text(alphabet=st.sampled_from("ab:; ,%()s\n7链"), max_size=400))
def test_any_text_is_told_somehow_and_in_time(said: str) -> None:
    assert isinstance(reason(said).zh, str)


def test_a_hostile_text_costs_no_more_than_its_length() -> None:
    assert reason("; ".join(["not a list but x: "] * 200)).zh
