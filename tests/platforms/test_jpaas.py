"""Hanweb JPAAS: a page of scripts, its list as HTML within JSON."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler import platforms
from crawler.items import PageClass
from tests.platforms.conftest import Make, titles

URL = "https://www.office.example/zwgk/wjgs/index.html"
UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"


def unit(tag: str, quote: str = '"') -> str:
    inside = "'" if quote == '"' else "&quot;"
    asked = {"webId": "8d828e", "pageId": "1b56e5", "parseType": "buildstatic", "tagId": tag, "tplSetId": "209"}
    query = ",".join(f"{inside}{k}{inside}:{inside}{v}{inside}" for k, v in asked.items())
    said = {"parseType": "buildstatic", "url": UNIT, "querydata": f"{{{query}}}"}
    return f"<script {' '.join(f'{k}={quote}{v}{quote}' for k, v in said.items())}></script>"


def answer(count: int = 8) -> str:
    rows = "".join(
        f'<li class="clearfix"><a href="/art/2026/art_{n:032x}.html" title="{t}">{t}</a><span>{d}</span></li>'
        for n, (t, d) in enumerate(titles(count))
    )
    return json.dumps({"success": True, "data": {"html": f'<div class="page-content"><ul>{rows}</ul></div>'}})


@pytest.mark.parametrize("quote", ['"', "'"])
def test_the_page_says_what_to_ask_for(site: Make, quote: str) -> None:
    at = site("jpaas", URL)
    there = at.entrance(at.page(unit("导航", quote) + unit("当前栏目列表", quote)))
    assert there is not None
    parts = urlsplit(there)
    assert (parts.netloc, parts.path) == ("www.office.example", UNIT)
    asked = {k: v[0] for k, v in parse_qs(parts.query).items()}
    assert asked["tagId"] == "当前栏目列表"
    assert (asked["webId"], asked["pageId"], asked["tplSetId"]) == ("8d828e", "1b56e5", "209")
    assert json.loads(asked["paramJson"]) == {"pageNo": 1, "pageSize": "24"}


def test_the_answer_is_read_and_followed_by_the_next_number(site: Make) -> None:
    at = site("jpaas", URL)
    there = at.entrance(at.page(unit("列表")))
    assert there is not None
    page = at.data(answer(), there)
    assert at.read(page)[0] == (
        f"https://www.office.example/art/2026/art_{0:032x}.html",
        "关于防范境外招工骗局的第1号提醒",
        "2026-02-27",
    )
    assert len(at.read(page)) == 8
    following = at.next(page)
    assert following is not None
    assert json.loads(parse_qs(urlsplit(following).query)["paramJson"][0])["pageNo"] == 2
    assert urlsplit(following)._replace(query="") == urlsplit(there)._replace(query="")


@pytest.mark.parametrize(
    "body", ['{"success": true, "data": {"html": ""}}', '{"data": null}', '{"success": false, "code": 500}', "{oops"]
)
def test_an_answer_without_a_list_is_not_an_empty_list(site: Make, body: str) -> None:
    at = site("jpaas", URL)
    listing = platforms.read_list(at.data(body), at.source, at.column)
    assert listing.page_class is not PageClass.LIST
    assert listing.why


@pytest.mark.parametrize("tag", ["<script parseType=buildstatic querydata='{oops'></script>", "<script></script>", ""])
def test_a_page_that_says_nothing_leads_nowhere(site: Make, tag: str) -> None:
    at = site("jpaas", URL)
    assert at.entrance(at.page(tag)) is None
    assert at.next(at.page(tag)) is None
