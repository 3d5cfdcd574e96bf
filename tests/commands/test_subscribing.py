import tomllib

from tests.commands.conftest import Place

OPML = """<?xml version="1.0" encoding="UTF-8"?><opml version="1.0"><body><outline text="反诈">
<outline text="平安江边 | WeWe RSS" xmlUrl="http://bridge.example/feeds/MP_WXS_1.atom" htmlUrl="https://mp.weixin.qq.com/"/>
<outline text="江边日报" xmlUrl="https://paper.example/rss.xml" htmlUrl="https://www.paper.example/"/></outline>
<outline text="江边日报体育" xmlUrl="https://paper.example/sport.xml" htmlUrl="https://www.paper.example/"/>
<outline text="江边省公安厅" xmlUrl="https://gat.example.gov.cn/rss.xml"/>
</body></opml>"""


def test_subscriptions_become_sources(place: Place) -> None:
    said = place.json("import", place.write("feeds.opml", OPML))
    assert (said["read"], said["added"], said["known"], said["bad"]) == (4, 4, 0, 0)
    assert said["sources"] == ["bridge", "paper", "paper-2", "gat-example"]
    files = {id: tomllib.loads((place.path / f"sources/{id}.toml").read_text("utf-8")) for id in said["sources"]}
    assert files["paper"]["homepage"] == "https://www.paper.example/"
    assert files["paper"]["tags"] == ["反诈"]
    assert files["bridge"] == {
        "id": "bridge",
        "name": "平安江边",
        "authority": "account",
        "tags": ["反诈"],
        "column": [{"url": "http://bridge.example/feeds/MP_WXS_1.atom", "platform": "wechat"}],
    }
    assert [files[id]["authority"] for id in ("paper", "gat-example")] == ["media", "police"]
    watched = [c["column"] for c in place.json("sources")]
    assert {"bridge/main", "paper/main", "paper-2/main", "gat-example/main", "mps/main"} == set(watched)


def test_importing_again_adds_nothing(place: Place) -> None:
    file = place.write("feeds.xml", OPML)
    place.ok("import", file)
    assert place.ok("import", file) == "read 4, added 0, known 4, bad 0\n"


def test_what_cannot_be_used_is_counted_and_named(place: Place) -> None:
    text = OPML.replace("https://paper.example/sport.xml", "feed:sport")
    result = place.run("import", place.write("feeds.opml", text))
    assert result.exit_code == 3
    assert result.stdout == "read 4, added 3, known 0, bad 1\n"
    assert result.stderr == "江边日报体育: no http(s) address: 'feed:sport'\n"


def test_a_file_that_is_no_opml_inside_is_one_line(place: Place) -> None:
    result = place.run("import", place.write("feeds.opml", "<rss><opml></rss>"))
    assert result.exit_code == 3
    assert result.stderr.count("\n") == 1


def test_opml_is_imported_by_itself(place: Place) -> None:
    result = place.run("import", place.write("feeds.opml", OPML), place.write("one.txt", "x"))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_what_is_exported_is_imported_elsewhere(place: Place) -> None:
    place.ok("import", place.write("feeds.opml", OPML))
    exported = place.write("ours.opml", place.ok("export", "--format", "opml"))
    place.write("other/fenghuo.toml", 'sources = ["sources/*.toml"]\n')
    result = place.run("import", exported, "-c", str(place.path / "other/fenghuo.toml"))
    assert result.stdout == "read 5, added 5, known 0, bad 0\n"
    kinds = [
        tomllib.loads(f.read_text("utf-8"))["column"][0]["platform"]
        for f in sorted((place.path / "other/sources").iterdir())
    ]
    assert sorted(kinds) == ["feed", "feed", "feed", "html", "wechat"]
