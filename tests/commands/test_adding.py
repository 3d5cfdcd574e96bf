"""`fenghuo add`: from an address to a source that is watched, without a file edited by hand."""

from __future__ import annotations

import json
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from crawler.rendering.browser import find_browser
from tests.commands.conftest import Place
from tests.server import Answer, Server, answer

TEXT = "近日，多名群众接到自称使馆工作人员的电话，对方以护照异常为由要求转账。凡是要求向安全账户转账的都是诈骗。"
TITLES = (
    "警惕冒充使馆的来电",
    "谨防境外高薪招工骗局",
    "虚假投资平台案例通报",
    "防范换汇诈骗的提醒",
    "切勿出租银行账户",
    "识别钓鱼短信的方法",
)


def page(title: str, inside: str, head: str = "", charset: str = "utf-8") -> bytes:
    html = (
        f'<html><head><meta charset="{charset}"><title>{title}</title>{head}</head><body>'
        f'<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a></div>{inside}'
        '<div class="footer">版权所有 江边市反诈中心 <a href="/map.html">网站地图</a></div></body></html>'
    )
    return answer(html.encode(charset), Content_Type="text/html")


def article(title: str, number: int, charset: str = "utf-8") -> bytes:
    body = f"<p>{TEXT}</p><p>如有疑问，请拨打96110咨询，第{number}号。</p>"
    inside = f'<h1>{title}</h1><div>发布时间：2026-03-0{number} 09:30</div><div class="TRS_Editor">{body}</div>'
    return page(f"{title}_江边警讯", inside, charset=charset)


def listing(head: str = "", charset: str = "utf-8") -> bytes:
    rows = "".join(
        f'<li><a href="/tips/{n}.html">{t}</a><span>2026-03-0{n}</span></li>' for n, t in enumerate(TITLES, 1)
    )
    return page("警示信息_江边警讯", f'<ul class="list">{rows}</ul>', head, charset)


def rss(server: Server, title: str = "江边警讯", to: str = "{url}/tips/{n}.html") -> bytes:
    items = "".join(
        f"<item><title>{t}</title><link>{to.format(url=server.url, n=n)}</link>"
        f"<pubDate>Mon, 0{n} Mar 2026 01:30:00 GMT</pubDate></item>"
        for n, t in enumerate(TITLES, 1)
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'
    return answer(body.encode(), Content_Type="application/rss+xml")


def site(charset: str = "utf-8", **more: Answer) -> Server:
    pages: dict[str, Answer] = {f"/tips/{n}.html": article(t, n, charset) for n, t in enumerate(TITLES, 1)}
    return Server({"/robots.txt": answer(b""), "/tips/": listing(charset=charset), **pages, **more})


def written(place: Place) -> dict[str, Any]:
    """What the one file says that was added."""
    (file,) = (f for f in (place.path / "sources").iterdir() if f.name != "mps.toml")
    return tomllib.loads(file.read_text("utf-8"))


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_a_list_page_becomes_a_source_that_is_then_polled(place: Place, charset: str) -> None:
    with site(charset) as server:
        found = place.json("add", f"{server.url}/tips/", "--yes")
        polled = place.json("poll", found["id"])
    assert [link["title"] for link in found["links"]] == list(TITLES)
    assert found["links"][0]["published"].startswith("2026-03-01")
    assert found["article"]["title"] == TITLES[0]
    assert found["article"]["published"].startswith("2026-03-01T09:30")
    assert found["article"]["body"].startswith(TEXT[:20])
    assert Path(found["file"]).is_file()
    assert polled["looks"][0]["outcome"] == "baseline"
    assert polled["looks"][0]["items"] == len(TITLES)


def test_the_file_says_who_publishes_what_where(place: Place) -> None:
    with site() as server:
        place.ok("add", f"{server.url}/tips/", "--yes", "--id", "jiangbian", "--authority", "police")
        said = written(place)
    assert said["id"] == "jiangbian"
    assert said["name"] == "江边警讯"
    assert said["authority"] == "police"
    assert said["column"] == [{"id": "main", "name": "警示信息", "url": f"{server.url}/tips/", "platform": "html"}]


def test_nobody_is_official_at_an_address_of_their_own(place: Place) -> None:
    with site() as server:
        found = place.json("add", f"{server.url}/tips/", "--yes", "--name", "江边市公安局")
    assert found["official"] is False
    assert any("江边市公安局" in note for note in found["notes"]), "it calls itself an office and is not at home there"


def test_what_would_be_read_is_shown_and_nothing_is_written_without_a_yes(place: Place) -> None:
    with site() as server:
        asked = place.run("add", f"{server.url}/tips/", stdin="n\n")
        silent = place.run("add", f"{server.url}/tips/", stdin="")
        agreed = place.run("add", f"{server.url}/tips/", stdin="y\n")
    assert (asked.exit_code, silent.exit_code, agreed.exit_code) == (3, 3, 0)
    assert TITLES[0] in asked.stdout
    assert TEXT[:20] in asked.stdout
    assert "nothing was written" in asked.stderr
    assert "written" in agreed.stdout


def test_an_annotated_page_outlines_what_was_found(place: Place) -> None:
    file = place.path / "preview.html"
    with site() as server:
        place.run("add", f"{server.url}/tips/", "--html", str(file), stdin="")
    html = file.read_text("utf-8")
    assert html.count("data-fenghuo=") == len(TITLES)
    assert 'href="/zwgk/" data-fenghuo' not in html


def test_a_page_that_names_its_feed_is_watched_through_it(place: Place) -> None:
    link = '<link rel="alternate" type="application/rss+xml" title="RSS" href="/rss.xml">'
    with site() as server:
        server.answers |= {"/rss.xml": rss(server), "/tips/": listing(link)}
        found = place.json("add", f"{server.url}/tips/", "--yes")
    assert (found["platform"], found["url"]) == ("feed", f"{server.url}/rss.xml")
    assert found["links"][0]["published"].startswith("2026-03-01T01:30")


def test_a_feed_of_something_else_is_only_named(place: Place) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/all.xml">'
    with site() as server:
        server.answers |= {"/all.xml": rss(server, to="{url}/sport/{n}.html"), "/tips/": listing(link)}
        found = place.json("add", f"{server.url}/tips/", "--yes")
    assert found["platform"] == "html"
    assert any("/all.xml" in note for note in found["notes"])


def test_a_page_without_a_list_is_watched_through_the_feed_that_it_names(place: Place) -> None:
    link = '<link rel="alternate" type="application/atom+xml" href="/rss.xml">'
    with site() as server:
        server.answers |= {"/rss.xml": rss(server), "/": page("江边警讯", "<p>欢迎访问</p>", link)}
        found = place.json("add", f"{server.url}/", "--yes")
    assert (found["platform"], len(found["links"])) == ("feed", len(TITLES))


def test_a_json_list_is_read_by_its_fields(place: Place) -> None:
    rows = [{"docTitle": t, "docUrl": f"/tips/{n}.html", "pubTime": f"2026-03-0{n}"} for n, t in enumerate(TITLES, 1)]
    body = json.dumps({"code": 0, "data": {"rows": rows}}, ensure_ascii=False).encode()
    with site() as server:
        server.answers["/api/list"] = answer(body, Content_Type="application/json")
        found = place.json("add", f"{server.url}/api/list", "--yes")
        said = written(place)
    assert found["platform"] == "json"
    assert [link["title"] for link in found["links"]] == list(TITLES)
    assert said["column"][0]["json"] == {
        "items": "data.rows",
        "url": "docUrl",
        "title": "docTitle",
        "published": "pubTime",
    }


def test_a_bridge_of_a_public_account_is_watched_as_one(place: Place) -> None:
    to = "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ==&amp;mid=10000{n}&amp;idx=1&amp;sn=ab&amp;chksm=cd"
    with site() as server:
        server.answers["/bridge.xml"] = rss(server, "平安江边 | WeWe RSS", to)
        found = place.json("add", f"{server.url}/bridge.xml", "--yes")
        said = written(place)
    assert (found["platform"], found["authority"], found["name"]) == ("wechat", "account", "平安江边")
    assert said["accounts"] == {"平安江边": "MzAwMDAwMDAwMQ=="}
    assert "chksm" not in found["links"][0]["url"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (page("站点", "<p>欢迎访问本站。</p>"), "no list"),
        (article(TITLES[0], 1), "this is an article"),
        (answer(b"not here", 404), "HTTP 404"),
        (answer(b"<html><script>document.cookie='k='+Date.now();location.reload()</script></html>", 521), "challenge"),
        (answer(b'{"error": "nothing"}', Content_Type="application/json"), "no list"),
    ],
)
def test_what_is_no_list_is_one_line_that_says_what_was_seen(place: Place, body: bytes, said: str) -> None:
    with Server({"/robots.txt": answer(b""), "/x": body}) as server:
        result = place.run("add", f"{server.url}/x", "--yes")
    assert result.exit_code == 3
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert list((place.path / "sources").iterdir()) == [place.path / "sources" / "mps.toml"]


@pytest.mark.parametrize(
    "args",
    [
        ["tips"],
        ["ftp://office.example/"],
        ["https://"],
        ["https://office.example/", "--id", "Ä"],
        ["https://office.example/", "--id", "../../x"],
        ["https://office.example/", "--id", "..\\x"],
        ["https://office.example/", "--id", "/tmp/x"],
        ["https://office.example/", "--id", "mps"],
        ["https://office.example/", "--authority", "king"],
        ["https://office.example/", "--name", " "],
        ["https://police.example/tips/index.html"],
    ],
)
def test_a_wrong_call_is_one_line_before_anything_is_fetched(place: Place, args: list[str]) -> None:
    result = place.run("add", *args, "--yes")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_a_source_that_is_watched_already_is_not_added_twice(place: Place) -> None:
    with site() as server:
        place.ok("add", f"{server.url}/tips/", "--yes")
        again = place.run("add", f"{server.url}/tips/?utm_source=x", "--yes")
    assert again.exit_code == 2
    assert "already watched" in again.stderr


def test_a_second_list_of_a_host_gets_an_id_of_its_own(place: Place) -> None:
    with site() as server:
        server.answers["/more/"] = listing()
        ids = [place.json("add", f"{server.url}/{path}/", "--yes")["id"] for path in ("tips", "more")]
    assert ids == ["127-0-0-1", "127-0-0-1-2"]


def test_a_file_that_is_there_is_never_replaced(place: Place) -> None:
    place.write("fenghuo.toml", (place.path / "fenghuo.toml").read_text("utf-8").replace("*", "*"))
    place.write("sources/mine.toml.bak", "")
    place.write("sources/sub/x.toml", "")
    (place.path / "sources" / "taken.toml").symlink_to(place.path / "nowhere.toml")
    with site() as server:
        result = place.run("add", f"{server.url}/tips/", "--yes", "--id", "taken")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert not (place.path / "nowhere.toml").exists()


def test_the_first_source_of_a_new_installation_needs_no_file(place: Place) -> None:
    place.write("new/fenghuo.toml", 'allow_addresses = ["127.0.0.1/32"]\ncrawl = { per_host_delay = "0s" }\n')
    config = str(place.path / "new" / "fenghuo.toml")
    with site() as server:
        found = json.loads(place.run("add", f"{server.url}/tips/", "--yes", "--json", "-c", config).stdout)
        listed = json.loads(place.run("sources", "--json", "-c", config).stdout)
    assert found["file"] == str(place.path / "new" / "sources" / "127-0-0-1.toml")
    assert "127-0-0-1/main" in [c["column"] for c in listed]
    assert len(listed) > 1, "the shipped catalogue is still watched"


def test_a_folder_that_the_configuration_names_may_be_empty_yet(place: Place) -> None:
    place.write("fenghuo.toml", 'sources = ["mine/*.toml"]\nallow_addresses = ["127.0.0.1/32"]\n')
    with site() as server:
        found = place.json("add", f"{server.url}/tips/", "--yes")
    assert Path(found["file"]).parent == place.path / "mine"


def test_without_a_folder_of_ones_own_the_line_to_add_is_said(place: Place) -> None:
    from crawler.config.settings import SHIPPED

    place.write("fenghuo.toml", f"sources = [{json.dumps(SHIPPED)}]\n")
    result = place.run("add", "https://office.example/", "--yes")
    assert result.exit_code == 2
    assert 'fenghuo.toml:1: sources: no folder of your own for new sources; add "sources/*.toml"' in result.stderr


def test_the_recorded_pages_are_read_again_by_check(place: Place) -> None:
    with site() as server:
        id = place.json("add", f"{server.url}/tips/", "--yes")["id"]
        same = place.run("check", id, "--json")
        server.answers["/tips/"] = page(
            "警示信息", "<ul class='list'><li><a href='/tips/6.html'>识别钓鱼短信的方法</a></li></ul>"
        )
        place.path.joinpath("var", "pages", id, "main.html").write_bytes(b"<html><body>gone</body></html>")
        broken = place.run("check", id, "--json")
    found = json.loads(same.stdout)
    assert (same.exit_code, found["recorded"], found["changed"]) == (0, [], [])
    found = json.loads(broken.stdout)
    assert broken.exit_code == 3
    assert found["recorded"][0].startswith("the recorded list: 0 items")
    assert any(line.startswith("no longer listed: ") for line in found["changed"])


def test_an_article_that_cannot_be_read_is_said_and_does_not_hinder(place: Place) -> None:
    with Server({"/robots.txt": answer(b""), "/tips/": listing()}) as server:
        found = place.json("add", f"{server.url}/tips/", "--yes")
    assert found["article"] is None
    assert found["notes"][0] == "no article could be read yet"
    assert any("404" in note for note in found["notes"])


def test_where_robots_forbids_nothing_is_read(place: Place) -> None:
    robots = answer(b"User-agent: *\nDisallow: /\n", Content_Type="text/plain")
    with Server({"/robots.txt": robots, "/tips/": listing()}) as server:
        result = place.run("add", f"{server.url}/tips/", "--yes")
        assert server.paths() == ["/robots.txt"]
    assert result.exit_code == 3


def test_a_list_that_a_script_loads_is_read_where_that_loads_it(place: Place) -> None:
    rows = [
        {"title": t, "publishUrl": f"/tips/{n}.html", "publishTime": f"2026-03-0{n}"} for n, t in enumerate(TITLES, 1)
    ]
    body = json.dumps({"datasource": rows}, ensure_ascii=False).encode()
    with site() as server:
        server.answers |= {
            "/col/": page("警示_江边警讯", '<div data="datasource:0123456789abcdef"></div>'),
            "/col/ds_0123456789abcdef.json": answer(body, Content_Type="application/json"),
        }
        found = place.json("add", f"{server.url}/col/", "--yes")
        again = place.run("check", found["id"])
    assert (found["platform"], found["url"]) == ("xinhua", f"{server.url}/col/")
    assert [link["title"] for link in found["links"]] == list(TITLES)
    assert again.exit_code == 0, again.output


def test_requests_to_one_host_keep_their_distance(place: Place) -> None:
    config = (place.path / "fenghuo.toml").read_text("utf-8").replace('"0s"', '"300ms"')
    place.write("fenghuo.toml", config)
    with site() as server:
        began = time.monotonic()
        place.ok("add", f"{server.url}/tips/", "--yes")
        assert server.paths() == ["/robots.txt", "/tips/", "/tips/1.html"]
    assert time.monotonic() - began >= 0.6


@pytest.mark.skipif(find_browser() is None, reason="no browser is installed")
def test_a_list_that_scripts_make_is_added_with_a_browser(place: Place) -> None:
    whole = listing().partition(b"\r\n\r\n")[2].decode()
    made = f"<!doctype html><title>警示信息</title><body><script>document.body.innerHTML = {json.dumps(whole)}</script>"
    with site(**{"/tips/": answer(made.encode())}) as server:
        bare = place.run("add", f"{server.url}/tips/", "--yes")
        found = place.json("add", f"{server.url}/tips/", "--yes", "--render")
        said = written(place)
    assert bare.exit_code == 3
    assert [link["title"] for link in found["links"]] == list(TITLES)
    assert said["column"][0]["render"] is True
