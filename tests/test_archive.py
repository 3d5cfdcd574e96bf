import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive import Bad, Document, in_file, in_lines, in_stream, in_text, read, read_page
from crawler.config.catalogue import Catalogue
from crawler.exceptions import Unreadable
from crawler.items import Page, PageClass, Source

TEXT = "公安机关提醒，近期有不法分子以境外高薪招工为名，诱骗群众前往缅甸从事电信网络诈骗活动，请提高警惕。"
MINISTRY = Source.model_validate(
    {
        "id": "mps",
        "name": "公安部",
        "authority": "ministry",
        "homepage": "https://www.police.example/",
        "column": [{"url": "https://www.police.example/list.html", "body": "#only-here"}],
    }
)
CATALOGUE = Catalogue.of([MINISTRY])


def document(**said: object) -> Document:
    found = in_line({"url": "https://a.example/1", "fetched_at": "2025-03-05T00:00:00Z", "text": TEXT} | said)
    assert isinstance(found, Document), found
    return found


def in_line(said: object) -> Document | Bad:
    (found,) = in_lines([json.dumps(said).encode()], "x.jsonl")
    return found


def test_a_line_is_a_document_with_its_place() -> None:
    found = document(title="提醒", publisher="某报", unknown=1)
    assert found.where == "x.jsonl:1"
    assert (found.title, found.publisher, found.at) == ("提醒", "某报", 1741132800.0)


def test_a_time_without_offset_is_utc_and_a_missing_one_is_not_known() -> None:
    assert document(fetched_at="2025-03-05T00:00:00").at == 1741132800.0
    assert document(fetched_at=None).at == 0.0


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"text": TEXT}, "url is missing"),
        ({"url": "https://a.example/"}, "neither html nor text"),
        ({"url": "https://a.example/", "text": " \n"}, "neither html nor text"),
        ({"url": "javascript:1", "text": TEXT}, "not an http(s) address"),
        ({"url": "https://a.example/", "text": TEXT, "fetched_at": "yesterday"}, "fetched_at"),
        ({"url": "https://a.example/", "text": 7}, "text"),
        (["url"], "not a JSON object"),
    ],
)
def test_what_cannot_be_used_says_why(said: object, reason: str) -> None:
    found = in_line(said)
    assert isinstance(found, Bad)
    assert reason in found.reason


def test_front_matter_names_title_address_carrier_and_dates() -> None:
    about = "title: 标题: 有冒号\nurl: https://a.example/1\nsource: 某报\ndate: 2025-03-04\n"
    found = in_text(f"---\n{about}fetch_date: 2025-03-05T00:00:00\n---\n{TEXT}".encode(), "a.txt")
    assert isinstance(found, Document)
    assert (found.title, found.url, found.publisher) == ("标题: 有冒号", "https://a.example/1", "某报")
    assert (found.published, found.at, found.text) == ("2025-03-04", 1741132800.0, TEXT)


def test_a_text_without_address_is_named_by_its_content() -> None:
    one, same, other = (in_text(t.encode(), n) for t, n in ((TEXT, "a"), (TEXT, "b"), (TEXT + "。", "c")))
    assert isinstance(one, Document)
    assert isinstance(same, Document)
    assert isinstance(other, Document)
    assert one.identity == same.identity != other.identity
    assert one.identity.startswith("urn:sha256:")


def test_a_page_in_a_file_is_html() -> None:
    found = in_text(b"<!DOCTYPE html><html><body>x</body></html>", "a.html")
    assert isinstance(found, Document)
    assert found.html
    assert found.text is None


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.md", "a.txt", "deep/c.html", "picture.png"):
        (tmp_path / name).write_text(TEXT, "utf-8")
    assert [Path(found.where).name for found in in_file(tmp_path)] == ["a.txt", "b.md", "c.html"]


def test_a_link_in_a_folder_is_not_followed_and_costs_no_good_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_text("不该读到的内容", "utf-8")
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "a.txt").write_text("谨防境外高薪招工", "utf-8")
    (folder / "leads-out.txt").symlink_to(tmp_path / "elsewhere.txt")
    (folder / "leads-round.txt").symlink_to(folder)
    (folder / "leads-nowhere.jsonl").symlink_to(tmp_path / "nothing")
    found = list(in_file(folder))
    assert [d.text for d in found if isinstance(d, Document)] == ["谨防境外高薪招工"]
    wrong = {Path(b.where).name: b.reason for b in found if isinstance(b, Bad)}
    assert wrong.keys() == {"leads-out.txt", "leads-round.txt", "leads-nowhere.jsonl"}
    assert all("is a link" in reason for reason in wrong.values())
    assert [d.text for d in in_file(folder / "leads-out.txt") if isinstance(d, Document)] == ["不该读到的内容"]


def test_a_pipe_or_a_folder_with_the_name_of_a_text_is_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "waits-for-ever.txt")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "folder.txt" / "b.txt").write_text("谨防冒充使馆来电", "utf-8")
    bad, good = sorted(in_file(tmp_path), key=lambda d: isinstance(d, Document))
    assert isinstance(bad, Bad)
    assert bad.reason == "is no file"
    assert isinstance(good, Document)
    assert good.text == "谨防冒充使馆来电"


def test_a_file_that_cannot_be_read_is_bad(tmp_path: Path) -> None:
    (found,) = in_file(tmp_path / "nowhere.txt")
    assert isinstance(found, Bad)
    assert found.reason == "cannot be read: No such file or directory"


def test_a_stream_is_lines_or_one_text() -> None:
    line = json.dumps({"url": "https://a.example/1", "text": TEXT}).encode()
    assert len(list(in_stream(io.BytesIO(b"\n\xef\xbb\xbf" + line + b"\n" + line)))) == 2
    (found,) = in_stream(io.BytesIO(("\n" + TEXT).encode()))
    assert isinstance(found, Document)
    assert (found.text or "").strip() == TEXT


def test_a_carrier_is_found_by_id_by_name_and_by_host() -> None:
    assert read(document(source="mps"), CATALOGUE).source == MINISTRY
    assert read(document(publisher="公安部"), CATALOGUE).source == MINISTRY
    assert read(document(url="https://police.example/9"), CATALOGUE).source == MINISTRY
    assert read(document(publisher="某报"), CATALOGUE).source is None


def test_a_text_by_a_stranger_is_attributed_to_its_name() -> None:
    assert read(document(publisher="某报"), CATALOGUE).article.claimed == "某报"
    assert read(document(text=TEXT + "\n\n（来源：公安部）", publisher="某报"), CATALOGUE).article.claimed == "公安部"


def test_a_date_keeps_its_precision_and_a_wrong_one_is_refused() -> None:
    published = read(document(published="2025-03-04"), CATALOGUE).article.published
    assert published is not None
    assert (published.at, published.precision) == ("2025-03-04T00:00:00+08:00", "day")
    with pytest.raises(Unreadable, match="not a date"):
        read(document(published="soon"), CATALOGUE)


def test_a_page_of_a_known_host_is_read_with_its_selectors_and_a_strangers_without() -> None:
    body = (
        f"<html><body><h1>提醒</h1><div><p>{TEXT}</p></div><div id='only-here'><p>{TEXT[::-1]}</p></div></body></html>"
    )
    known = read_page(Page("https://www.police.example/1", 200, body.encode()), CATALOGUE)
    other = read_page(Page("https://b.example/1", 200, body.encode()), CATALOGUE)
    assert known.source == MINISTRY
    assert TEXT not in known.article.body
    assert other.source is None
    assert other.article.page_class is PageClass.ARTICLE
    assert TEXT in other.article.body


@given(st.binary(max_size=200))
def test_any_bytes_give_documents_or_reasons(content: bytes) -> None:
    for found in (*in_stream(io.BytesIO(content)), in_text(content, "x")):
        assert isinstance(found, Document | Bad)


def test_a_publisher_known_by_its_names_only_carries_what_is_kept_of_it() -> None:
    paper = Source.model_validate({"id": "paper", "name": "江边日报", "authority": "media", "column": []})
    kept = f"<html><head><title>提醒</title></head><body><div class='content'><p>{TEXT}</p></div></body></html>"
    found = read(document(publisher="江边日报", text=None, html=kept), Catalogue.of([paper]))
    assert found.source == paper
    assert found.article.page_class is PageClass.ARTICLE
    assert TEXT in found.article.body
