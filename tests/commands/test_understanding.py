import json

from tests.commands.conftest import WARNING, Place
from tests.server import Server, answer

ARTICLE = """<html><head><title>提醒</title></head><body><h1>警惕境外投资平台骗局</h1><p>2025-03-04 10:20</p>
<div class="TRS_Editor">
<p>近期，柬埔寨境内的诈骗团伙以虚假投资平台为诱饵，诱骗国内群众转账，公安机关提醒切勿向陌生账户汇款。</p>
<p>凡是声称稳赚不赔的境外投资平台都是诈骗，请广大群众提高警惕，如有疑问请拨打96110咨询。</p></div></body></html>"""
LIST = "<html><body><ul>{}</ul></body></html>".format(
    "".join(
        f'<li><a href="/n/{i}.html">关于防范跨境电信网络诈骗的提醒第{i}号</a><span>2025-03-0{i}</span></li>'
        for i in range(1, 8)
    )
)


def source(place: Place, url: str) -> None:
    place.write(
        "sources/local.toml", f'id = "local"\nname = "本地公安"\nauthority = "police"\nurl = "{url}/list.html"\n'
    )


def site() -> Server:
    pages = {f"/n/{i}.html": answer(ARTICLE.encode()) for i in range(1, 8)}
    return Server({"/list.html": answer(LIST.encode()), "/robots.txt": answer(b""), **pages})


def test_a_text_is_explained_with_the_sentences_it_rests_on(place: Place) -> None:
    found = place.json("explain", place.write("one.txt", WARNING))
    assert (found["kind"], found["scope"], found["alertable"]) == ("warning", "cross-border", True)
    assert found["places"][0]["code"] == "MM"
    fields = {r["field"] for r in found["reasons"]}
    assert {"kind", "scope", "places"} <= fields
    assert all(r["because"] for r in found["reasons"])


def test_standard_input_is_explained_as_plain_text(place: Place) -> None:
    said = place.ok("explain", "-", stdin=WARNING.split("---\n\n", 1)[1])
    assert "why kind" in said
    assert "cross-border" in said


def test_a_text_of_one_line_is_explained_as_well(place: Place) -> None:
    said = place.ok("explain", "-", stdin="公安部提醒：警惕赴缅北高薪招工骗局，切勿轻信境外高薪招聘。\n")
    assert "cross-border" in said


def test_an_explanation_leaves_no_trace(bare: Place) -> None:
    bare.ok("explain", bare.write("one.txt", WARNING))
    assert not (bare.path / "var").exists()


def test_a_page_that_is_no_article_cannot_be_explained(place: Place) -> None:
    gone = "<html><body><div class='weui-msg'><h2>该内容已被发布者删除</h2></div></body></html>"
    result = place.run("explain", place.write("gone.html", gone))
    assert result.exit_code == 3
    assert "deleted" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_source_is_checked_list_and_article(bare: Place) -> None:
    with site() as server:
        source(bare, server.url)
        found = bare.json("check", "local")
    assert found["page_class"] == "list"
    assert len(found["links"]) == 7
    assert found["articles"][0]["kind"] == "warning"
    assert found["articles"][0]["origin"]["source"] == "local"
    assert not (bare.path / "var").exists()


def test_one_column_and_one_address_can_be_checked(place: Place) -> None:
    with site() as server:
        source(place, server.url)
        assert place.json("check", "local/main", "--articles", "0")["articles"] == []
        page = place.json("check", f"{server.url}/n/3.html")
        shown = place.ok("check", f"{server.url}/n/3.html")
    assert page["page_class"] == "article"
    assert page["published"].startswith("2025-03-04T10:20")
    assert "柬埔寨" in shown


def test_a_list_that_nobody_has_configured_is_shown_with_what_would_be_found(place: Place) -> None:
    with site() as server:
        found = place.json("check", f"{server.url}/list.html")
    assert found["page_class"] == "list"
    assert len(found["links"]) == 7
    assert "稳赚不赔" in found["articles"][0]["body"]
    assert found["articles"][0]["origin"]["official"] is False


def test_a_source_file_is_checked_before_it_is_put_into_the_catalogue(place: Place) -> None:
    with site() as server:
        text = f'id = "draft"\nname = "本地公安"\nauthority = "police"\nurl = "{server.url}/list.html"\n'
        found = place.json("check", place.write("draft.toml", text))
    assert found["column"] == "draft/main"
    assert len(found["links"]) == 7


def test_a_kept_page_is_checked_as_well(place: Place) -> None:
    found = place.json("check", place.write("page.html", ARTICLE))
    assert found["title"] == "警惕境外投资平台骗局"
    assert "96110" in found["contacts"]


def test_each_line_that_was_cut_is_shown_with_its_rule(place: Place) -> None:
    page = place.write("page.html", ARTICLE.replace("</div></body>", "<p>责任编辑：周五</p></div></body>"))
    found = place.json("check", page)
    assert dict(zip(found["cuts"], found["cut_by"], strict=True))["责任编辑：周五"].endswith("editor")
    assert "责任编辑：周五\t" in place.ok("check", page, "--explain-cuts")
    assert "责任编辑" not in place.ok("check", page)


def test_a_page_that_is_not_there_exits_3(place: Place) -> None:
    with site() as server:
        source(place, server.url)
        result = place.run("check", f"{server.url}/nothing.html", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["understood"] is False


def test_a_dead_host_is_one_line_and_exit_3(place: Place) -> None:
    with site() as server:
        url = server.url
    result = place.run("check", f"{url}/n/1.html")
    assert result.exit_code == 3
    assert result.stderr.startswith("fenghuo: ")
    assert result.stderr.count("\n") == 1


def test_a_source_that_cannot_be_fetched_is_a_result_with_a_why(place: Place) -> None:
    with site() as server:
        source(place, server.url)
    result = place.run("check", "local", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["why"]


def test_a_private_address_is_refused_unless_allowed(place: Place) -> None:
    place.write("fenghuo.toml", 'sources = ["sources/*.toml"]\n')
    with site() as server:
        result = place.run("check", f"{server.url}/n/1.html")
        assert server.paths() == []
    assert result.exit_code == 3


def test_a_target_that_is_nothing_is_a_wrong_call(place: Place) -> None:
    result = place.run("check", "no-such-source")
    assert result.exit_code == 2
    assert "no-such-source" in result.stderr
