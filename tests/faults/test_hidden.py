"""Feeds, JSON and pages that hide what they are: in encodings, in numbers, in depth; what is good in them is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.faults.hostile import http
from tests.faults.test_lists import JSON, api, fed, in_turn, rows, rss, seeds
from tests.faults.texts import article, warning
from tests.faults.ward import Case, Meet

pytestmark = pytest.mark.timeout(480)  # seconds on a busy machine; a few on an idle one

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def test_a_feed_cannot_hide_entities_and_no_entity_of_an_attribute_grows(meet: Meet) -> None:
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>'
    nul = bomb.replace("<!ENTITY", "<!EN\0TITY").replace("<!DOCTYPE", "<!DOC\x01TYPE")
    use, port = '<item a="&l9;"><title>&l9;</title></item>', meet.canary.port
    outside = f'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/x.dtd">%p;]>'
    notation = f'<!DOCTYPE x PUBLIC "-//x//y" "http://127.0.0.1:{port}/x.dtd" [<!ELEMENT x ANY>]>'
    utf16 = rss(rows("utf16"), before=bomb, more=use).encode("utf-16")
    cases = [
        fed("plain", rss(rows("plain"), before=bomb, more=use), rss(rows("plain"))),
        fed("nul", rss(rows("nul"), before=nul, more=use), rss(rows("nul"))),
        fed("utf16", utf16, rss(rows("utf16"))),
        fed("parameter", rss(rows("parameter"), before=outside), rss(rows("parameter"))),
        fed("notation", rss(rows("notation"), before=notation), rss(rows("notation"))),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "nothing")
    refused = {name: fate.whys[1] for name, fate in meet.fates.items() if name != "notation"}
    assert {why for why in refused.values() if "declares entities" not in why} == set(), refused
    assert "haha" not in "".join(meet.outputs.values())


def test_no_date_of_a_feed_or_a_number_in_json_stops_the_entries_beside_it(meet: Meet) -> None:
    dates = (
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "-5",
        "1e999",
        "9" * 4000,
        "0000-00-00",
    )
    odd = "".join(f"<item><title>往期简报第{n}号</title><pubDate>{d}</pubDate></item>" for n, d in enumerate(dates))
    numbers: list[Any] = [-1e18, 9e18, 253402300800000, -1, 0, 1e308, True, "0", "9999999999999", [1], {"a": 1}, None]
    strange = [{"id": f"x{n}", "t": f"往期简报第{n}号", "d": d} for n, d in enumerate(numbers)]
    deep: dict[str, Any] = {}
    for _ in range(900):
        deep = {"a": deep}
    said = [http(x, Content_Type="application/json") for x in (api(seeds("json")), api(rows("json"), strange))]
    nested = [http(x, Content_Type="application/json") for x in (api(seeds("deep")), api(rows("deep"), [deep]))]
    found = meet(
        [
            fed("feed", rss(rows("feed"), more=odd)),
            in_turn("json", said[1], first=said[0], column=JSON),
            in_turn("deep", nested[1], first=nested[0], column=JSON),
        ]
    )
    assert found == dict.fromkeys(found, "nothing")


def test_what_a_feed_holds_beside_its_entries_costs_nothing(meet: Meet) -> None:
    names = "".join(f' xmlns:n{n}="u:{n}"' for n in range(20_000))
    attributes = " ".join(f'a{n}=""' for n in range(40_000))
    cases = [
        fed("namespaces", rss(rows("namespaces"), more=f"<x{names}/>")),
        fed("attributes", rss(rows("attributes"), more=f"<x {attributes}/>")),
        fed("comments", rss(rows("comments"), more="<!-- -->" * 200_000)),
        fed("instructions", rss(rows("instructions"), more="<?x y?>" * 200_000)),
        fed("cdata", rss(rows("cdata"), more="<x><![CDATA[" + "]]" * 500_000 + "]]></x>")),
        fed("ampersands", rss(rows("ampersands"), more="<x>" + "&" * 500_000 + "</x>")),
        fed("categories", rss(rows("categories"), more="<category>x</category>" * 100_000)),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "nothing")


def test_an_encoding_hides_no_markup_and_loses_no_article(meet: Meet) -> None:
    def page(name: str, raw: bytes, said: str) -> Case:
        return Case(name, bad=(http(raw, Content_Type=f"text/html; charset={said}"),))

    def text(name: str) -> str:
        return article(warning(name), last="<p>~{</p><p>\x1b$B</p><p>\x1b(J</p>").replace('<meta charset="utf-8">', "")

    cases = [
        page("hz", text("hz").encode("gb18030"), "hz-gb-2312"),
        page("iso_2022_kr", text("iso_2022_kr").encode(), "iso-2022-kr"),
        page("iso_2022_jp", text("iso_2022_jp").encode(), "iso-2022-jp"),
        page("utf_16_said", text("utf_16_said").encode(), "utf-16"),
        page("utf_32_said", text("utf_32_said").encode(), "utf-32"),
        page("idna", text("idna").encode(), "punycode"),
        page("unicode_escape", text("unicode_escape").encode(), "unicode_escape"),
        page("nul", text("nul").encode(), "a\0b".replace("\0", "%00")),
        page("long", text("long").encode(), "x" * 5000),
        page("two", text("two").encode(), "gbk; charset=utf-8"),
        page("big_endian", b"\xfe\xff" + text("big_endian").encode("utf-16-be"), "gbk"),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "published")
    assert "\ufffd" not in "\n".join(meet.outputs.values())
    assert json.dumps("\x1b")[1:-1] not in "".join(meet.outputs.values())
