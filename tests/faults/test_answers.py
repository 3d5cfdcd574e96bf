"""Answers made to confuse whoever reads them: framing that two readers understand differently, bombs, odd pauses."""

from __future__ import annotations

import gzip
import time
import zlib
from email.utils import formatdate

import pytest

from tests.faults.hostile import Answer, Visit, http
from tests.faults.texts import article, warning
from tests.faults.ward import BAD, Case, Meet

pytestmark = pytest.mark.timeout(480)  # seconds on a busy machine; a few on an idle one


def text(name: str) -> bytes:
    return article(warning(name)).encode()


def recovers(name: str, first: Answer) -> Case:
    return Case(name, bad=(first, http(text(name))))


def framed(name: str, *lines: str, body: bytes | None = None) -> Case:
    """An article whose answer has these header lines and no others."""
    head = "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", *lines, "", ""])
    return recovers(name, head.encode() + (text(name) if body is None else body))


def chunked(body: bytes, size: int) -> bytes:
    parts = [body[n : n + size] for n in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


async def headers_for_ever(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    for n in range(10_000):
        await visit.send(b"X-%d: %s\r\n" % (n, b"y" * 4000))


async def informed_for_ever(visit: Visit) -> None:
    for _ in range(200_000):
        await visit.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x.css>\r\n\r\n" * 100)


@pytest.mark.slow
def test_framing_that_two_readers_understand_differently_is_no_article(meet: Meet) -> None:
    size, chunks = len(text("len_list")), "Transfer-Encoding: chunked"
    found = meet(
        [
            framed("len_negative", "Content-Length: -5"),
            framed("len_signed", f"Content-Length: +{size}"),
            framed("len_list", f"Content-Length: {size}, 10"),
            framed("len_two", f"Content-Length: {size}", "Content-Length: 200"),
            framed("len_hex", f"Content-Length: {size:#x}"),
            framed("len_and_chunks", "Content-Length: 90", chunks, body=chunked(text("len_and_chunks"), 999)),
            framed("gzip_inside", "Transfer-Encoding: gzip, chunked", body=chunked(gzip.compress(text("x")), 999)),
            framed("chunk_huge", chunks, body=b"f" * 18 + b"\r\n" + text("chunk_huge")),
            framed("chunk_negative", chunks, body=b"-10\r\n" + text("chunk_negative")),
            framed("chunk_note", chunks, body=b"10;" + b"x" * 9_000_000),
            framed("chunk_unended", chunks, body=chunked(text("chunk_unended"), 999)[:-5]),
            framed("header_nul", "X-A: a\0b", "Connection: close"),
            framed("header_nameless", ": nothing", "Connection: close"),
            framed("header_spaced", "Content-Length : 10"),
            recovers("headers_for_ever", headers_for_ever),
            recovers("informed_for_ever", informed_for_ever),
            recovers("status_words", b"HTTP/1.1 OK 200\r\n\r\n"),
            recovers("status_negative", b"HTTP/1.1 -200 OK\r\nContent-Length: 0\r\n\r\n"),
            recovers("status_four_digits", b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
            recovers("http_2", b"HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n"),
            recovers("upgrade", http(text("upgrade"), 101, Upgrade="websocket")),
        ],
        timeout="10s",
    )
    assert found == dict.fromkeys(found, "retried")


def test_a_bomb_in_any_wrapping_is_refused_by_name(meet: Meet) -> None:
    zeros = bytes(40_000_000)
    raw = zlib.compressobj(1, zlib.DEFLATED, -15)
    bomb = {"deflate": raw.compress(zeros) + raw.flush(), "gzip": gzip.compress(zeros, 1)}
    flags = b"\x1f\x8b\x08\x1c" + bytes(6) + b"\xff\xff" + b"A" * 5000  # a header that announces more than there is
    encoded = {
        "deflate_raw": ("deflate", bomb["deflate"]),
        "gzip_spelt": ("X-GZip", bomb["gzip"]),
        "gzip_members": ("gzip", b"".join(gzip.compress(b"x") for _ in range(3000))),
        "gzip_three": ("gzip,gzip,gzip", gzip.compress(gzip.compress(bomb["gzip"]))),
        "gzip_head": ("gzip", gzip.compress(b"")[:10]),
        "gzip_flags": ("gzip", flags),
        "gzip_tail": ("gzip", gzip.compress(text("gzip_tail")) + b"<script>alert(1)</script>"),
        "gzip_sum": ("gzip", gzip.compress(text("gzip_sum"))[:-8] + bytes(8)),
        "zstd": ("zstd", b"\x28\xb5\x2f\xfd" + bytes(100)),
        "compress": ("compress", b"\x1f\x9d\x90" + bytes(100)),
        "layers": (",".join(["identity"] * 500), text("layers")),
    }
    cases = [Case(name, bad=(http(body, Content_Encoding=said),)) for name, (said, body) in encoded.items()]
    packed = http(chunked(bomb["gzip"], 100), length=False, Content_Encoding="gzip", Transfer_Encoding="chunked")
    found = meet([*cases, Case("gzip_chunked", bad=(packed,))], polls=2)
    assert found == dict.fromkeys(found, "dropped")


def test_no_pause_that_a_server_asks_for_stops_a_column_or_is_told_as_a_mistake_of_ours(meet: Meet) -> None:
    asked = {
        "superscript": "²",
        "arabic": "٣",
        "negative": "-5",
        "fraction": "1.5",
        "past": formatdate(time.time() - 86400, usegmt=True),
        "year_1": "Mon, 01 Jan 0001 00:00:00 -0000",
        "year_9999": "Fri, 31 Dec 9999 23:59:59 -2359",
        "year_of_many_digits": "Fri, 20 Nov 99999999999999999999 09:00:00 GMT",
        "zone": "Fri, 20 Nov 2026 09:00:00 +9999",
        "no_day": "Fri, 99 Nov 2026 99:99:99 GMT",
        "list": "5, 7",
        "nines": "9" * 7000,
    }
    cases = [recovers(name, http(text(name), 503, Retry_After=said)) for name, said in asked.items()]
    raw = http(text("bytes"), 429).replace(b"Connection:", b"Retry-After: \xff\xfe\r\nConnection:")
    found = meet([*cases, recovers("bytes", raw)])
    assert found == dict.fromkeys(found, "retried")
    assert {why.partition(";")[0] for fate in meet.fates.values() for why in fate.whys[1:2]} == {"HTTP 503", "HTTP 429"}


@pytest.mark.slow
def test_no_further_spelling_of_an_address_leads_astray(meet: Meet) -> None:
    port = meet.canary.port
    inside = (
        *(
            "[::127.0.0.1]",
            "[::ffff:0:127.0.0.1]",
            "[0:0:0:0:0:ffff:7f00:1]",
            "[::1%25lo]",
            "[::1%lo]",
            "[fe80::1%25lo]",
        ),
        *("[2001:0:7f00:1::]", "[2001:4860::5efe:7f00:1]", "[fd00:ec2::254]", "[2001:db8::1]", "[ff02::1]"),
        *("0177.1", "0x7f.0x0.0x0.0x1", "127.0x0.01", "017700000001", "4294967297", "127.0.0.1.", "localhost."),
        *("%31%32%37.0.0.1", "①②⑦.⓪.⓪.①", "127.0.\u00ad0.1", "a:b@127.0.0.1", "0", "255.255.255.255", "168.63.129.16"),
    )
    elsewhere = {
        "scheme_tab": f"ht\ttp://127.0.0.1:{port}/",
        "scheme_none": f"//127.0.0.1:{port}/",
        "scheme_case": f"hTTp://127.0.0.1:{port}/",
        "backslashes": f"\\\\127.0.0.1:{port}\\",
        "one_slash": f"http:/127.0.0.1:{port}/",
        "three_slashes": f"http:///127.0.0.1:{port}/",
        "no_slash": f"http:127.0.0.1:{port}",
        "hash": f"http://127.0.0.1:{port}#@127.77.0.1/",
        "no_host": "http:///",
        "port_0": "http://127.77.0.1:0/",
        "port_negative": "http://127.77.0.1:-80/",
        "port_words": "http://127.77.0.1:http/",
        "nfkc": "http://a℀b.example/",
        "long": "/" + "a" * 7000,
        "dots": "/.." * 2000,
        "blob": f"blob:http://127.0.0.1:{port}/x",
        "source": f"view-source:http://127.0.0.1:{port}/",
        "jar": f"jar:http://127.0.0.1:{port}/!/",
        "ws": f"ws://127.0.0.1:{port}/",
        "about": "about:blank",
        "mailto": "mailto:a@b.example",
        "s3": "s3://bucket/key",
    }
    to = {f"redir_{n:02}": f"http://{host}:{port}/" for n, host in enumerate(inside)} | elsewhere
    refresh = "<html><head><meta http-equiv=refresh content=\"0; URL='{}'\"></head><body></body></html>"
    leading = {"file": "file:///etc/passwd", "data": "data:text/html,<h1>x</h1>", "port": to["redir_00"], "loop": BAD}
    twice = http(b"", 302, Location="/x").replace(b"Connection:", b"Location: http://127.0.0.1/\r\nConnection:")
    found = meet(
        [
            *(Case(name, bad=(http(b"", 302, Location=where),)) for name, where in to.items()),
            *(Case(f"status_{n}", bad=(http(b"", n, Location=to["hash"]),)) for n in (201, 300, 305, 306, 399)),
            *(Case(f"meta_{name}", bad=(http(refresh.format(where)),)) for name, where in leading.items()),
            Case("refresh", bad=(http(b"", Refresh=f"0;url=http://127.0.0.1:{port}/"),)),
            Case("location_twice", bad=(twice,)),
        ],
        polls=2,
    )
    assert found == dict.fromkeys(found, "dropped")


def test_a_list_that_answers_so_is_named_without_a_traceback_and_read_when_it_is_well(meet: Meet) -> None:
    year = "Fri, 20 Nov 99999999999999999999 09:00:00 GMT"
    answers = {
        "host_of_signs": http(b"", 302, Location="http://a℀b.example/"),
        "host_unended": http(b"", 302, Location="http://[::1"),
        "pause_superscript": http(b"", 503, Retry_After="²"),
        "pause_year": http(b"", 503, Retry_After=year),
        "length_negative": http(b"", length=False, Content_Length="-5"),
    }
    found = meet([Case(name, lists=(answer, None)) for name, answer in answers.items()])
    assert found == dict.fromkeys(found, "nothing")
    assert all(fate.whys[1] and not fate.whys[2] for fate in meet.fates.values())
