"""Connections that break, answers that lie about themselves: refused with a name, read once they are well."""

from __future__ import annotations

import os
import re
import time
import zlib
from email.utils import formatdate
from gzip import compress

import brotli
import pytest

from tests.faults.hostile import Answer, Visit, cut, drip, endless, hang, http, reset
from tests.faults.texts import article, warning
from tests.faults.ward import BAD, NEIGHBOURS, Case, Meet

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]  # seconds on a busy machine; a few on an idle one


def good(name: str) -> bytes:
    return http(article(warning(name)))


def recovers(name: str, first: Answer) -> Case:
    return Case(name, bad=(first, good(name)))


def stays(name: str, answer: Answer, **more: Answer) -> Case:
    return Case(name, bad=(answer,), more=more)


def status_of(name: str, status: int, **headers: str) -> bytes:
    return http(article(warning(name)), status, **headers)


async def noise(visit: Visit) -> None:
    await visit.send(b"\x15\x03\x03\x00\x02\x02\x28")


async def too_many_headers(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    await visit.send(b"".join(b"Set-Cookie: c%d=%d\r\nX-%d: y\r\n" % (n, n, n) for n in range(25_000)))
    await visit.send(b"\r\n" + article(warning("hdr_many")).encode())


def test_what_breaks_on_the_way_is_read_when_it_is_whole(meet: Meet) -> None:
    whole = {name: good(name) for name in ("reset_mid", "short_body")}
    packed = compress(article(warning("gzip_trunc")).encode())
    chunked = article(warning("chunk_cut")).encode()
    cases = [
        recovers("reset_early", reset),
        recovers("reset_mid", cut(whole["reset_mid"], then=reset)),
        recovers("short_body", cut(whole["short_body"])),
        recovers("e429_sec", status_of("e429_sec", 429, Retry_After="5")),
        recovers("e429_date", status_of("e429_date", 429, Retry_After=formatdate(time.time() + 5, usegmt=True))),
        recovers("e429_huge", status_of("e429_huge", 429, Retry_After="99999999999")),
        recovers("e429_words", status_of("e429_words", 429, Retry_After="later, please")),
        recovers("e500_html", status_of("e500_html", 500)),
        recovers("e502_html", status_of("e502_html", 502)),
        recovers("noise", noise),
        recovers("gzip_trunc", http(packed[: len(packed) // 2], Content_Encoding="gzip")),
        recovers(
            "deflate_trunc",
            http(zlib.compress(article(warning("deflate_trunc")).encode())[:-40], Content_Encoding="deflate"),
        ),
        recovers(
            "chunk_cut", http(b"%x\r\n%s" % (2 * len(chunked), chunked), length=False, Transfer_Encoding="chunked")
        ),
        recovers("bad_chunk", http(b"zz\r\n" + chunked, length=False, Transfer_Encoding="chunked")),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "retried")


def test_what_hangs_is_given_up_in_time_and_read_when_it_answers(meet: Meet) -> None:
    cases = [
        recovers("hang_accept", hang),
        recovers("hang_headers", _after(b"HTTP/1.1 200 OK\r\n")),
        recovers("hang_body", cut(good("hang_body"), then=hang)),
        recovers("drip", drip(good("drip"), 0.01)),
    ]
    found = meet(cases, timeout="5s")
    assert found == dict.fromkeys(found, "retried")


def _after(raw: bytes) -> Answer:
    async def answer(visit: Visit) -> None:
        await visit.send(raw)
        await hang(visit)

    return answer


def test_what_is_no_page_is_refused(meet: Meet) -> None:
    bomb = b"\0" * 40_000_000
    text = {name: article(warning(name)) for name in ("http09", "gzip_gzip", "gzip_lie", "enc_unknown", "dup_length")}
    cases = [
        stays("e404", status_of("e404", 404)),
        stays("e410", status_of("e410", 410)),
        stays("e204", http(b"", 204, length=False)),
        stays("e205", http(b"", 205)),
        stays("e206", status_of("e206", 206, Content_Range="bytes 0-2000/90000")),
        stays("e304", http(b"", 304)),
        stays("e100_for_ever", endless(b"", b"")),
        stays("http09", text["http09"].encode()),
        stays("status_999", status_of("status_999", 999)),
        stays("status_0", status_of("status_0", 0)),
        stays("hdr_bomb", http(b"x", X_Bomb="a" * 8_000_000)),
        stays("hdr_many", too_many_headers),
        stays("gzip_gzip", http(compress(compress(text["gzip_gzip"].encode())), Content_Encoding="gzip, gzip, gzip")),
        stays("gzip_bomb", http(compress(bomb), Content_Encoding="gzip")),
        stays("gzip_gzip_bomb", http(compress(compress(bomb)), Content_Encoding="gzip, gzip")),
        stays("deflate_bomb", http(zlib.compress(bomb), Content_Encoding="deflate")),
        stays("br_bomb", http(brotli.compress(bomb, quality=1), Content_Encoding="br")),
        stays("gzip_lie", http(text["gzip_lie"], Content_Encoding="gzip")),
        stays("enc_unknown", http(text["enc_unknown"], Content_Encoding="x-unknown")),
        stays("huge_length", http(b"x", Content_Length="99999999999")),
        stays("huge_chunked", endless(http(length=False, Transfer_Encoding="chunked"), b"a" * 65_536)),
        stays("binary", http(b"%PDF-1.7\n" + os.urandom(5000))),
        stays("type_exe", http(article(warning("type_exe")), Content_Type="application/octet-stream")),
        stays("cs_utf7", http(b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-", Content_Type="text/html; charset=utf-7")),
        stays("empty", http(b"")),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "dropped")


def test_no_redirect_leads_astray(meet: Meet) -> None:
    port = meet.canary.port
    inside = {  # a forbidden address in every spelling; where a canary listens, it stays alone
        "meta_ip": "http://169.254.169.254/latest/meta-data/",
        "rfc1918": "http://10.0.0.1/",
        "cgnat": "http://100.64.0.1/",
        "unused": f"http://127.78.0.1:{port}/",
        "loop_ip": f"http://127.0.0.1:{port}/",
        "localhost": f"http://localhost:{port}/",
        "oct_ip": f"http://0177.0.0.1:{port}/",
        "hex_ip": f"http://0x7f000001:{port}/",
        "dec_ip": f"http://2130706433:{port}/",
        "short_ip": f"http://127.1:{port}/",
        "zero_ip": f"http://0.0.0.0:{port}/",
        "v6": f"http://[::1]:{port}/",
        "v6map": f"http://[::ffff:127.0.0.1]:{port}/",
        "nat64": f"http://[64:ff9b::7f00:1]:{port}/",
        "sixtofour": f"http://[2002:7f00:1::]:{port}/",
        "userinfo": f"http://127.77.0.1@127.0.0.1:{port}/",
        "backslash": f"http://127.0.0.1:{port}\\@127.77.0.1/",
        "fullwidth": f"http://１２７。０。０。１:{port}/",
        "crlf": f"/a%0d%0aLocation:%20http://127.0.0.1:{port}/",
    }
    other = {
        "file": "file:///etc/passwd",
        "ftp": "ftp://127.0.0.1/",
        "gopher": f"gopher://127.0.0.1:{port}/",
        "data": "data:text/html,<h1>x</h1>",
        "js": "javascript:alert(1)",
        "noloc": "",
        "to_itself": BAD,
        "broken": "http://[::1",
        "port": "http://127.77.0.1:99999/",
    }
    chain = {f"/c/{n}": http(b"", 302, Location=f"/c/{n + 1}") for n in range(40)}
    pingpong = {"/b": http(b"", 302, Location=BAD)}
    meta = f'<meta http-equiv="refresh" content="0;url=http://127.0.0.1:{port}/">'
    cases = [
        *(Case(f"redir_{name}", bad=(http(b"", 302, Location=to),)) for name, to in (inside | other).items()),
        Case("redir_chain", bad=(http(b"", 302, Location="/c/0"),), more=chain),
        Case("redir_pingpong", bad=(http(b"", 302, Location="/b"),), more=pingpong),
        Case("meta_refresh", bad=(http(f"<html><head>{meta}</head><body></body></html>"),)),
        Case("script_away", bad=(http(f"<script>location.href='http://127.0.0.1:{port}/'</script>"),)),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "dropped")
    whys = {name: meet.fates[f"redir_{name}"].whys[1] for name in inside if name != "crlf"}
    assert {n: w for n, w in whys.items() if not re.search("is refused|not a well-formed address", w)} == {}


def test_a_redirect_to_another_known_article_makes_no_second_notice(meet: Meet) -> None:
    found = meet([Case("redir_r301_ok", bad=(http(b"", 301, Location=NEIGHBOURS[0]),))])
    assert found == {"redir_r301_ok": "nothing"}


def test_neither_cookies_nor_secrets_travel_off_site(meet: Meet) -> None:
    heads: list[str] = []

    async def elsewhere(visit: Visit) -> None:
        heads.append(visit.head)
        await visit.send(http(b"", 404))

    away = http(b"", 302, Location="http://127.77.0.2:{port}/elsewhere", Set_Cookie="session=secret")

    async def offsite(visit: Visit) -> None:
        port = visit.writer.get_extra_info("sockname")[1]
        await visit.send(away.replace(b"{port}", str(port).encode()))

    found = meet([Case("redir_offsite", bad=(offsite,)), Case("other", more={"/elsewhere": elsewhere})])
    assert found["redir_offsite"] == "dropped"
    assert heads
    assert not any("cookie" in head.lower() or "authorization" in head.lower() for head in heads)
