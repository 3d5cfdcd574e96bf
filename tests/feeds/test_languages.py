"""The two languages: the catalogue is whole, and each reader gets the language that was asked for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from feeds.languages import LANGUAGES, Word, language_named, preferred
from tests.feeds import catalogue
from tests.feeds.catalogue import ROOT

HAN = re.compile(r"[㐀-鿿]")
PLACEHOLDER = re.compile(r"%\(\w+\)s")
NAMES = {"Atom", "RSS", "JSON", "OPML", "CAP", "HTTP", "English", "中文"}


def test_the_catalogue_holds_what_the_code_says_and_nothing_else() -> None:
    assert catalogue.CATALOGUE.read_text("utf-8") == catalogue.brought_up_to_date(), "run `make words`"


def test_every_message_is_translated_and_none_is_a_guess() -> None:
    messages = [m for m in catalogue.kept() if m.id]
    assert [m.id for m in messages if m.fuzzy or not all([m.string] if isinstance(m.string, str) else m.string)] == []
    assert len(messages) > 100


def test_a_translation_fills_in_what_its_sentence_does() -> None:
    for message in catalogue.kept():
        english = [message.id] if isinstance(message.id, str) else list(message.id)
        chinese = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = {frozenset(PLACEHOLDER.findall(text)) for text in english}
        assert {frozenset(PLACEHOLDER.findall(text)) for text in chinese} == wanted, message.id


def test_a_notice_and_an_alert_have_one_word_each_the_one_of_the_glossary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    assert "| notice | 通告 |" in glossary
    assert "| alertable | 可告警 |" in glossary
    assert [m.id for m in catalogue.kept() if re.search("通报|通知|预警", str(m.string))] == []
    readme = (ROOT / "README.zh-CN.md").read_text("utf-8")
    assert re.findall("通报|预警", readme) == []


def test_the_code_speaks_english_and_the_catalogue_chinese() -> None:
    for message in catalogue.extracted():
        assert not HAN.search(str(message.id)), message.id


def test_templates_say_nothing_that_is_not_marked() -> None:
    for file in sorted((ROOT / "feeds" / "web" / "templates").glob("*.html")):
        assert (file.name, unmarked(file.read_text("utf-8"))) == (file.name, [])


def unmarked(template: str) -> list[str]:
    """What a template says to people by itself: text and spoken attributes outside of any tag of Jinja."""
    plain = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template, flags=re.DOTALL)
    plain = re.sub(r"<(pre|code|script|style)\b.*?</\1>|<!--.*?-->|<!doctype html>", " ", plain, flags=re.DOTALL)
    tree = html.fromstring(f"<div>{plain}</div>")
    spoken = [v for e in tree.iter() for a, v in e.attrib.items() if a in ("alt", "title", "placeholder", "aria-label")]
    texts = [text for e in tree.iter() for text in (e.text, e.tail)]
    words = [word for said in (*texts, *spoken) for word in re.findall(r"\w*[^\W\d_]{2}\w*", said or "")]
    return [word for word in words if word not in NAMES]


def test_a_bare_word_in_a_template_is_found() -> None:
    assert unmarked('<p title="Hello">{{ _("Good") }} {% if x %}evening{% endif %} <b>all</b></p>') == [
        "evening",
        "all",
        "Hello",
    ]


def test_a_word_is_told_in_both_languages() -> None:
    assert Word("new notice").both == "新通告 new notice"
    assert Word("new notice").of("zh") == "新通告"
    assert Word.known("Border Safety", "边海安全").both == "边海安全 Border Safety"


def test_a_word_within_a_sentence_is_told_in_its_language() -> None:
    said = Word("%(part)s has been silent for %(n)s s").filled(part=Word("the crawl"), n=7)
    assert said == Word.known("the crawl has been silent for 7 s", "抓取进程已 7 秒没有动静")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("en-US,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-Hant-TW", "zh"),
        ("fr,en;q=0.5,zh;q=0.2", "en"),
        ("en, zh", "en"),
        ("zh;q=0.8, en;q=0.8", "zh"),
        ("en;q=x, zh", "zh"),
        ("en;q=0, *", "zh"),
        ("zh;q=0, *;q=0.1", "en"),
        ("zh;q=0, en;q=0", "zh"),
        ("fr", "zh"),
        ("*", "zh"),
        ("EN;Q=1.0", "en"),
        ("english", "zh"),
    ],
)
def test_the_browser_decides_the_language(header: str, language: str) -> None:
    assert preferred(header) == language


@given(st.text())
def test_any_header_has_a_language(header: str) -> None:
    assert preferred(header) in LANGUAGES


@given(st.permutations([("en", 0.9), ("zh", 0.5), ("fr", 1.0), ("*", 0.1)]))
def test_weights_decide_and_not_the_order(ranges: list[tuple[str, float]]) -> None:
    assert preferred(", ".join(f"{tag};q={weight}" for tag, weight in ranges)) == "en"


def test_a_tag_names_a_language_by_its_first_part() -> None:
    assert [language_named(tag) for tag in ("zh", "zh_CN", "en-GB", "ZH-Hans", "fr", "", None, "eng")] == [
        "zh", "zh", "en", "zh", None, None, None, None,
    ]  # fmt: skip


def test_a_page_escapes_what_a_translation_is_filled_with() -> None:
    from feeds.web.view import templates

    made = templates("zh").from_string(
        '{{ ngettext("%(num)s reprint", "%(num)s reprints", 2) }} {{ _("%(part)s has not reported yet", part=part) }}'
    )
    assert made.render(part="<b>") == "2 处转载 &lt;b&gt;尚未报到"
