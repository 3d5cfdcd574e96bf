"""Lists that lie, hang or are swamped, as pages, as feeds and as JSON; and robots.txt that fails."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import pytest

from tests.faults.hostile import Answer, hang, http
from tests.faults.texts import article, listing, warning
from tests.faults.ward import NEIGHBOURS, Case, Meet, Rows, published

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]  # seconds on a busy machine; a few on an idle one

CAPTCHA = "<html><head><title>安全验证</title></head><body><div>请完成安全验证后继续访问</div></body></html>"
FEED = 'platform = "feed"'
JSON = 'platform = "json"\n[column.json]\nitems = "rows"\nurl = "{u}"\ntitle = "t"\npublished = "d"\nid = "id"'


def rows(name: str) -> Rows:
    return published(Case(name))


def html(name: str, more: str = "", given: Rows | None = None) -> bytes:
    return http(listing(rows(name) if given is None else given, more))


def seeds(name: str) -> Rows:
    return rows(name)[len(NEIGHBOURS) :]


def in_turn(name: str, *after: Answer | None, first: Answer | None = None, column: str = "") -> Case:
    return Case(name, lists=after, more={"/tzgg/": first} if first else {}, column=column)


def test_a_list_that_lies_makes_nothing_up_and_loses_nothing(meet: Meet) -> None:
    port = meet.canary.port
    links = "".join(
        f'<li><a href="{href}">关于做好窗口服务工作的通知安排{n}</a><span>2026-11-20</span></li>'
        for n, href in enumerate(
            ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", f"http://127.0.0.1:{port}/a.html")
        )
    )
    first, *others = rows("list_urls_utm")
    same = [(f"{first[0]}?utm_source=x", first[1]), (f"/./{first[0][1:]}#top", first[1]), *others, (first[0], first[1])]
    twice = rows("list_dup")
    backfill = [(f"/tzgg/201501/t20150105_{n}.html", warning(f"old {n}").title) for n in (1, 2)]
    old = {path: http(article(warning(f"old {n}"), date="2015-01-05")) for n, (path, _) in enumerate(backfill, 1)}
    many = "".join(f'<li><a href="/tzgg/x/{n}.html">关于窗口服务工作的通知{n}</a></li>' for n in range(100_000))
    cases = [
        in_turn("xss_href", html("xss_href", links)),
        in_turn("list_shuffled", None, html("list_shuffled", given=rows("list_shuffled")[::-1])),
        in_turn("list_urls_utm", None, html("list_urls_utm", given=same)),
        in_turn("list_dup", html("list_dup", given=[*twice, *twice[:1], *twice])),
        Case("list_backfill", lists=(None, html("list_backfill", given=rows("list_backfill") + backfill)), more=old),
        in_turn("list_emptied", None, html("list_emptied", given=[])),
        in_turn(
            "layout_change",
            None,
            http("<html><body><p>新版网站</p><table><tr><td>欢迎</td></tr></table></body></html>"),
        ),
        in_turn("list_captcha", None, http(CAPTCHA)),
        in_turn("list_404", None, http("", 404)),
        in_turn("list_100k", html("list_100k", many)),
    ]
    found = meet(cases)
    ill = ("list_emptied", "layout_change", "list_captcha", "list_404")
    states = {name: fate.states[-1] for name, fate in meet.fates.items() if name in ill}
    assert found == dict.fromkeys(found, "nothing")
    assert {s in ("degraded", "challenged", "broken") for s in states.values()} == {True}, states
    assert all(meet.fates[name].whys[-1] for name in ill)


def test_a_list_that_hangs_delays_nobody_and_is_read_when_it_answers(meet: Meet) -> None:
    found = meet([in_turn("list_hang", hang, None), in_turn("well")], timeout="5s")
    assert meet.fates["list_hang"].whys[1]
    assert meet.fates["list_hang"].events[1]["n1"] == 0
    assert found == {"list_hang": "nothing", "well": "nothing"}


# --------------------------------------------------------------------------------------------------------------------


def rss(given: Rows, *, before: str = "", more: str = "", head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{path}</link><guid>{path}</guid>"
        "<pubDate>Fri, 20 Nov 2026 09:30:00 +0800</pubDate></item>"
        for path, title in given
    )
    return f'{head}{before}<rss version="2.0"><channel><title>通知公告</title>{items}{more}</channel></rss>'


def fed(name: str, second: str | bytes, *later: str | bytes) -> Case:
    said = [http(x, Content_Type="text/xml") for x in (rss(seeds(name)), second, *later)]
    return in_turn(name, *said[1:], first=said[0], column=FEED)


def test_a_hostile_feed_reaches_nothing_and_the_next_sound_one_is_read(meet: Meet) -> None:
    port = meet.canary.port
    quad = f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctypes = {
        "feed_quad": (quad, "<item><title>" + "&a;" * 50_000 + "</title></item>"),
        "feed_laughs": (f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>', "<item><title>&l9;</title></item>"),
        "feed_xxe_file": ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "<item><title>&e;</title></item>"),
        "feed_xxe_http": (
            f'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:{port}/">]>',
            "<item><title>&e;</title></item>",
        ),
    }
    cases = [fed(n, rss(rows(n), before=b, more=m), rss(rows(n))) for n, (b, m) in doctypes.items()]
    found = meet(cases)
    assert found == dict.fromkeys(found, "nothing")
    assert all(fate.whys[1] and not fate.events[1]["n1"] for fate in meet.fates.values())
    assert "root:" not in "".join(meet.outputs.values())


def test_an_odd_feed_is_read_for_what_is_good_in_it(meet: Meet) -> None:
    port = meet.canary.port
    enclosure = f'<item><title>x</title><enclosure url="http://127.0.0.1:{port}/a.mp3" type="audio/mpeg"/></item>'
    external = f'<!DOCTYPE rss SYSTEM "http://127.0.0.1:{port}/x.dtd">'
    style = f'<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet href="http://127.0.0.1:{port}/x.xsl"?>'
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    names = "feed_xinclude feed_deep feed_gbk feed_dupguid feed_noguid feed_encl feed_dtd feed_style feed_gbk_lie"
    all = {name: rows(name) for name in names.split()}
    gbk = rss(all["feed_gbk"], head='<?xml version="1.0" encoding="GB2312"?>')
    lie = rss(all["feed_gbk_lie"])
    dup = rss(all["feed_dupguid"]).replace("<channel>", "<channel>" + _item(all["feed_dupguid"][0]))
    cases = [
        fed("feed_xinclude", rss(all["feed_xinclude"], more=include)),
        fed("feed_deep", rss(all["feed_deep"], more="<a>" * 100_000)),
        fed("feed_gbk", gbk.encode("gbk")),
        fed("feed_gbk_lie", lie.encode("gbk")),
        fed("feed_dupguid", dup),
        fed("feed_noguid", rss(all["feed_noguid"], more="<item><title>没有编号也没有链接的条目</title></item>" * 2)),
        fed("feed_encl", rss(all["feed_encl"], more=enclosure)),
        fed("feed_dtd", rss(all["feed_dtd"], before=external)),
        fed("feed_style", rss(all["feed_style"], head=style)),
        fed("feed_broken", rss(rows("feed_broken")), rss(rows("feed_broken"))[:900]),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "nothing")
    assert "root:" not in "".join(meet.outputs.values())
    assert "not well-formed" in meet.fates["feed_broken"].whys[2]


def _item(row: tuple[str, str]) -> str:
    return f"<item><title>{row[1]}</title><link>{row[0]}</link><guid>{row[0]}</guid></item>"


# --------------------------------------------------------------------------------------------------------------------


def api(given: Rows, more: Sequence[Any] = ()) -> str:
    said = [{"id": n, "t": t, "u": p, "d": "2026-11-20 09:30"} for n, (p, t) in enumerate(given)]
    return json.dumps({"rows": [*said, *more]}, ensure_ascii=False)


def asked(name: str, *after: str) -> Case:
    said = [http(x, Content_Type="application/json") for x in (api(seeds(name)), *after)]
    return in_turn(name, *said[1:], first=said[0], column=JSON)


def test_json_of_any_kind_is_read_for_what_is_good_in_it(meet: Meet) -> None:
    names = "api_hugeint api_nan api_dupkey api_types api_jsonp api_bom"
    all = {name: api(rows(name)) for name in names.split()}
    wrong = [None, 7, [], {}, {"id": {}, "t": [], "u": 3.5, "d": True}, {"u": None}, {"u": {"a": "b"}, "t": {"c": "d"}}]
    huge, nan = "9" * 5000, '{"id": NaN, "t": Infinity, "u": -Infinity, "d": 1e999}'
    row = f'{{"id": {huge}, "t": {huge}, "u": {huge}, "d": {huge}}}'
    cases = [
        asked("api_hugeint", all["api_hugeint"].replace("]}", f", {row}]}}")),
        asked("api_nan", all["api_nan"].replace("]}", f", {nan}]}}")),
        asked("api_dupkey", all["api_dupkey"].replace('{"id"', '{"id": 7, "t": "x", "u": "/x", "d": 1, "id"')),
        asked("api_types", api(rows("api_types"), wrong)),
        asked("api_jsonp", f"\ufeff/**/cb_1({all['api_jsonp']});"),
        asked("api_bom", f"\ufeff{all['api_bom']}"),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "nothing")


def test_json_that_is_no_list_is_named_and_read_when_it_is_one(meet: Meet) -> None:
    bad = ('{"rows": [', "[" * 100_000, '{"rows": 7}', "null", '"x"', "")
    found = meet([asked(f"api_{n}", said, api(rows(f"api_{n}"))) for n, said in enumerate(bad)])
    assert found == dict.fromkeys(found, "nothing")
    assert all(fate.whys[1] for fate in meet.fates.values())


# --------------------------------------------------------------------------------------------------------------------


def robots(name: str, file: Answer, **more: Answer) -> Case:
    return Case(name, more={"/robots.txt": file, **more})


def test_robots_txt_is_obeyed_as_rfc_9309_says_also_where_it_fails(meet: Meet) -> None:
    text, page = {"Content_Type": "text/plain"}, "<html><body><p>Disallow: /</p></body></html>"
    big = b"User-agent: *\nDisallow: /no\n" + b"# filling\n" * 200_000
    binary = bytes(range(256)) * 2000
    allowed = [
        robots("html", http(page)),
        robots("soft404", http(f"<!DOCTYPE html>\n{page}")),
        robots("big", http(big, **text)),
        robots("binary", http(binary, **text)),
        robots("long_line", http(b"User-agent: *\nDisallow: /" + b"a*" * 100_000, **text)),
        robots("e404", http(b"", 404)),
        robots("e401", http(b"", 401)),
        robots("loop", http(b"", 302, Location="/robots.txt")),
    ]
    forbidden = [
        robots("deny", http("User-agent: *\nDisallow: /\n", **text)),
        robots("e500", http(b"", 500)),
        robots("hang", hang),
        robots("inside", http(b"", 302, Location=f"http://127.0.0.1:{meet.canary.port}/robots.txt")),
    ]
    meet([*allowed, *forbidden], timeout="5s")
    read = {name for name, fate in meet.fates.items() if fate.all["n1"] == 1 == fate.all["n2"]}
    assert read == {case.name for case in allowed}
    assert all(meet.fates[case.name].whys[-1] for case in forbidden)
    hosts = {meet.host[case.name] for case in forbidden}
    assert {path for host, path in meet.hits if host in hosts} == {"/robots.txt"}
