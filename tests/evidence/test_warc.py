"""WARC records: what came over the wire, readable by other people's tools and byte for byte the same ever after."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from crawler.evidence import warc
from crawler.items import Exchange, Page

BODY = "<html><p>境外高薪招工</p></html>".encode("gb18030")


def packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def fetched(body: bytes = BODY, raw: bytes | None = None, encoding: str = "", **more: Any) -> Page:
    answered = [(b"Content-Type", b"text/html; charset=gb2312"), (b"Set-Cookie", b"session=s3cret")]
    answered += [(b"Content-Encoding", encoding.encode()), (b"Transfer-Encoding", b"chunked")] if encoding else []
    sent = (("Host", "police.example"), ("Accept", "*/*"), ("Cookie", "session=s3cret"))
    exchange = Exchange(sent, tuple(answered), body if raw is None else raw, "OK", "1.1", b"a certificate")
    page = Page("https://police.example/t?id=1", 200, body, "text/html", {}, 1_700_000_000.25, "192.0.2.1", exchange)
    return replace(page, **more)


def read(records: bytes) -> list[tuple[str, Any, bytes]]:
    return [(r.rec_type, r, r.raw_stream.read()) for r in ArchiveIterator(BytesIO(records))]


def test_an_answer_is_kept_as_it_was_received_with_its_request() -> None:
    raw = packed(BODY)
    (kind, answer, body), (asked, request, _) = read(warc.records_of(fetched(raw=raw, encoding="gzip")))
    assert (kind, asked, body) == ("response", "request", raw)
    named = answer.rec_headers.get_header
    assert answer.rec_headers.protocol == "WARC/1.1"
    assert named("WARC-Target-URI") == "https://police.example/t?id=1"
    assert named("WARC-IP-Address") == "192.0.2.1"
    assert named("WARC-Date") == "2023-11-14T22:13:20.250000Z"
    assert named("WARC-TLS-Certificate-Digest") == f"sha256:{warc.sha256(b'a certificate')}"
    assert named("WARC-Payload-Digest") == f"sha256:{warc.sha256(raw)}"
    assert answer.http_headers.get_header("Content-Encoding") == "gzip"
    assert answer.http_headers.get_header("X-Orig-Transfer-Encoding") == "chunked"  # undone: no chunks are kept
    assert request.http_headers.protocol == "GET"
    assert request.http_headers.get_header("Host") == "police.example"
    assert request.rec_headers.get_header("WARC-Concurrent-To") == named("WARC-Record-ID")


def test_no_cookie_is_kept() -> None:
    assert b"s3cret" not in gzip.decompress(warc.records_of(fetched()))


def test_the_same_bytes_once_more_are_a_revisit_without_a_body() -> None:
    original = warc.Original("https://police.example/first", 1_600_000_000.0)
    records = warc.records_of(fetched(), original)
    kind, revisit, _ = read(records)[0]
    assert kind == "revisit"
    assert revisit.rec_headers.get_header("WARC-Refers-To-Target-URI") == original.url
    assert revisit.rec_headers.get_header("WARC-Refers-To-Date") == "2020-09-13T12:26:40.000000Z"
    assert revisit.rec_headers.get_header("WARC-Profile").endswith("/1.1/revisit/identical-payload-digest")
    assert revisit.http_headers.get_header("Content-Type") == "text/html; charset=gb2312"
    assert warc.body_in(records) is None


def test_what_we_did_not_fetch_over_http_is_a_resource() -> None:
    kind, resource, body = read(warc.records_of(fetched(exchange=None)))[0]
    assert (kind, body) == ("resource", BODY)
    assert resource.rec_headers.get_header("Content-Type") == "text/html"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (packed(BODY), "gzip"),
        (zlib.compress(BODY), "deflate"),
        (zlib.compress(BODY)[2:-4], "deflate"),  # raw, as many servers send it
        (packed(packed(BODY)), "gzip, gzip"),  # in layers: kept as it was read
        (packed(BODY[:5]) + packed(BODY[5:]), "gzip"),
        (b"", "br"),
    ],
)
def test_the_page_comes_back_however_it_was_encoded(raw: bytes, encoding: str) -> None:
    assert warc.body_in(warc.records_of(fetched(raw=raw, encoding=encoding))) == BODY


@given(st.binary(max_size=3000), st.text(max_size=40), st.lists(st.tuples(st.binary(), st.binary()), max_size=4))
def test_any_answer_makes_a_file_that_other_tools_find_sound(body: bytes, url: str, fields: list[Any]) -> None:
    exchange = Exchange((("X", url),), tuple(fields), body, url)
    encoded = any(n.lower() == b"content-encoding" for n, _ in fields)
    page = Page(f"https://police.example/{url}", 200, body, "", {}, 1.0, "", exchange)
    records = warc.records_of(page)
    assert records == warc.records_of(page)
    assert encoded or warc.body_in(records) == body
    assert all(kind in ("response", "request") for kind, *_ in read(warc.info("f", 1.0, "us") + records)[1:])


def test_a_whole_file_passes_the_checker_of_warcio(tmp_path: Any) -> None:
    file = tmp_path / "x.warc.gz"
    raw = packed(BODY)
    original = warc.Original("https://police.example/first", 1.0)
    pages = [warc.records_of(fetched(raw=raw, encoding="gzip")), warc.records_of(fetched(exchange=None))]
    file.write_bytes(warc.info(file.name, 1.0, "Fenghuo") + b"".join(pages) + warc.records_of(fetched(), original))
    checker = Checker(type("Command", (), {"inputs": [str(file)], "verbose": False}))
    checker.process_all()
    assert checker.exit_value == 0


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", packed(b"rubbish"), b"\x1f\x8b"])
def test_what_is_no_record_is_said_so(rubbish: bytes) -> None:
    with pytest.raises(ValueError, match="not a WARC record"):
        warc.body_in(rubbish)
