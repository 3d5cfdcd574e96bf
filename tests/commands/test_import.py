import json
import re
import zipfile
from pathlib import Path

from crawler.config.settings import load_settings
from crawler.store import open_store
from crawler.store.delivery import outbox
from tests.commands.conftest import RESULT, WARNING, Place

TEXT = "".join(WARNING.split("---\n\n", 1)[1])
HOOK = '[[hook]]\nid = "soc"\nurl = "http://127.0.0.1:9/hook"\n'


def line(url: str = "https://carrier.example/b/1.html", **more: object) -> str:
    return json.dumps({"url": url, "fetched_at": "2025-03-05T08:00:00+08:00", **more}, ensure_ascii=False) + "\n"


def pending(place: Place) -> int:
    store = open_store(load_settings(place.path / "fenghuo.toml").database_url)
    try:
        with store.read() as tx:
            return outbox.pending(tx)
    finally:
        store.close()


def test_kept_documents_become_notices_of_the_right_kind(place: Place, archive: str) -> None:
    counts = place.json("import", archive)
    assert counts == {"read": 5, "new": 5, "reprint": 0, "revised": 0, "unchanged": 0, "bad": 0, "bad_lines": []}
    kinds = {n["title"]: (n["kind"], n["scope"], n["alertable"]) for n in place.json("notices")}
    assert kinds["公安部提醒：警惕赴缅北高薪招工骗局"] == ("warning", "cross-border", True)
    assert kinds["中柬警方联合捣毁一处跨境电诈窝点"] == ("enforcement", "cross-border", True)
    assert kinds["家常豆腐的三种做法"] == ("other", "none", False)


def test_two_results_that_differ_in_number_and_place_stay_two(filled: Place) -> None:
    found = filled.json("notices", "--kind", "enforcement")
    assert {n["figures"][0] for n in found} == {"犯罪嫌疑人57名", "犯罪嫌疑人83名"}


def test_the_origin_is_whom_the_text_names_and_the_date_the_carriers(filled: Place) -> None:
    notice = filled.json("notices", "--kind", "warning")[0]
    assert notice["origin"]["source"] == "mps"
    assert notice["origin"]["claimed_only"]
    assert notice["published"] == "2025-03-04T00:00:00+08:00"
    assert notice["published_precision"] == "day"
    assert notice["published_basis"] == "carrier"
    assert notice["first_seen"] == "2025-03-05T08:00:00.500Z"


def test_a_second_import_finds_nothing_new(filled: Place, archive: str) -> None:
    counts = filled.json("import", archive)
    assert (counts["unchanged"], counts["new"], counts["revised"]) == (5, 0, 0)


def test_nothing_is_queued_for_alerts_unless_asked_for(place: Place, archive: str) -> None:
    place.write("fenghuo.toml", (place.path / "fenghuo.toml").read_text("utf-8") + HOOK)
    place.ok("import", archive)
    assert pending(place) == 0
    assert place.json("deliveries") == []


def test_alert_delivers_what_is_new_and_alertable(place: Place) -> None:
    place.write("fenghuo.toml", (place.path / "fenghuo.toml").read_text("utf-8") + HOOK)
    place.ok("import", "--alert", place.write("one.md", WARNING))
    delivery = place.json("deliveries")[0]
    assert delivery["hook"] == "soc"
    assert delivery["state"] == "queued"  # nobody listens there: it will be tried again
    assert delivery["attempts"] == 1


def test_a_changed_text_is_a_revision_and_an_older_copy_of_it_none(place: Place) -> None:
    old = line(text=TEXT, title="警惕赴缅北高薪招工骗局")
    new = line(text=TEXT.replace("三万", "五万"), title="警惕赴缅北高薪招工骗局").replace("T08:", "T09:")
    counts = place.json("import", "-", stdin=old + new + old)
    assert (counts["new"], counts["revised"], counts["unchanged"]) == (1, 1, 1)
    assert "五万" in place.json("notices")[0]["body"]


def test_the_same_text_elsewhere_is_a_reprint(place: Place) -> None:
    counts = place.json("import", "-", stdin=line(text=TEXT) + line("https://other.example/2.html", text=TEXT))
    assert (counts["new"], counts["reprint"]) == (1, 1)
    assert len(place.json("notices")[0]["sightings"]) == 2


def test_html_is_read_like_a_crawled_page(place: Place) -> None:
    body = "".join(f"<p>{p}</p>" for p in TEXT.splitlines() if p)
    page = f"<html><body><h1>警惕赴缅北高薪招工骗局</h1><div class='TRS_Editor'>{body}</div></body></html>"
    counts = place.json("import", "-", stdin=line("https://police.example/tips/7.html", html=page))
    assert counts["new"] == 1
    origin = place.json("notices")[0]["origin"]
    assert (origin["source"], origin["official"], origin["claimed_only"]) == ("mps", True, False)


def test_bad_lines_are_named_and_cost_no_good_one(place: Place) -> None:
    lines = "not json\n" + "\n" + line(text=TEXT) + '{"text": "x"}\n' + "[1]\n" + line() + line("ftp://x/", text=TEXT)
    file = place.write("mixed.jsonl", lines)
    result = place.run("import", file, "--json")
    assert result.exit_code == 3
    found = json.loads(result.stdout)
    assert (found["read"], found["new"], found["bad"]) == (6, 1, 5)
    reasons = {bad["where"].rpartition(":")[2]: bad["reason"] for bad in found["bad_lines"]}
    assert reasons["1"].startswith("not JSON")
    assert reasons["4"] == "url is missing"
    assert reasons["5"] == "not a JSON object"
    assert reasons["6"] == "neither html nor text"
    assert "ftp" in reasons["7"]


def test_bad_lines_are_one_line_each_on_standard_error(place: Place) -> None:
    result = place.run("import", place.write("bad.jsonl", "{\n[]\n"))
    assert result.exit_code == 3
    assert result.stdout == "read 2, new 0, reprint 0, revised 0, unchanged 0, bad 2\n"
    assert [x.startswith(str(place.path)) for x in result.stderr.splitlines()] == [True, True]


def test_a_deleted_page_is_bad_and_never_a_notice(place: Place) -> None:
    gone = "<html><body><div class='weui-msg'><h2>该内容已被发布者删除</h2></div></body></html>"
    counts = place.json("import", "-", stdin=line("https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaaa", html=gone))
    assert (counts["new"], counts["bad"]) == (0, 1)
    assert place.json("notices") == []


def test_bytes_that_are_no_utf8_are_a_bad_line(place: Place) -> None:
    counts = place.json("import", "-", stdin=b'{"url": "https://a.example/", "text": "\xd6\xd0"}\n')
    assert counts["bad"] == 1


def test_a_missing_file_is_bad_and_the_others_are_read(place: Place) -> None:
    result = place.run("import", str(place.path / "nowhere.jsonl"), place.write("one.md", RESULT), "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["new"] == 1


def test_an_import_publishes_the_feeds(filled: Place) -> None:
    assert "缅北" in Path(filled.path / "var/feeds/all.atom").read_text("utf-8")


def test_an_archive_file_is_never_unpacked(place: Place) -> None:
    file = place.path / "evil.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../escaped.md", RESULT)
        archive.writestr("/escaped.md", RESULT)
    before = set(place.path.parent.iterdir())
    assert place.run("import", str(file)).exit_code == 3
    assert place.run("restore", str(file)).exit_code == 1
    assert place.json("notices") == []
    assert set(place.path.parent.iterdir()) == before


def test_what_a_document_calls_itself_names_no_file(place: Place) -> None:
    odd = "../../escaped"
    said = line("https://carrier.example/%2e%2e/%2e%2e/x.html", text=TEXT, id=odd, source=odd, title=odd, column=odd)
    before = set(place.path.parent.iterdir())
    counts = place.json("import", "-", stdin=said)
    (notice,) = place.json("notices")
    place.ok("evidence", notice["id"], "--out", str(place.path / "x.zip"))
    with zipfile.ZipFile(place.path / "x.zip") as bundle:
        names = bundle.namelist()
    assert (counts["new"], set(place.path.parent.iterdir())) == (1, before)
    assert [name for name in names if not re.fullmatch(r"(?:[a-z]+/)?[\w-]+(?:\.[a-z]+)*", name)] == []
