import asyncio
import contextlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from crawler.config.catalogue import load_catalogue
from crawler.config.settings import load_settings
from demo.ledger import EXPECTED, REPRINTED, WARNING, missing, unexpected
from demo.receiver import Arrival, Receiver
from demo.run import CONFIG
from demo.site import FIRST_PORT, HOST, Site, bind, cast
from demo.story import REPRINT_OF, STORY
from demo.texts import read_texts

SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0cw=="


@pytest.fixture
def arrived() -> list[Arrival]:
    return []


@pytest.fixture
def site(arrived: list[Arrival]) -> Iterator[Site]:
    site = Site(Receiver(SECRET, arrived.append).app(), first_port=0)
    server = site.server()
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=list(site.sockets))))
    thread.start()
    yield site
    server.should_exit = True
    thread.join(10)


def get(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as response:
            return response.status, response.read(), dict(response.headers.items())
    except urllib.error.HTTPError as e:
        with contextlib.closing(e):
            return e.code, e.read(), dict(e.headers.items())


def play(site: Site, first: int, last: int) -> None:
    for step in STORY[first:last]:
        step.does(site)


def test_the_configuration_is_valid_and_names_the_sites_own_addresses() -> None:
    settings = load_settings(CONFIG, env={})
    catalogue = load_catalogue(settings)
    ports = {p.id: FIRST_PORT + i for i, p in enumerate(cast())}
    assert set(catalogue.sources) == set(ports)
    for key, column in catalogue.columns.items():
        assert column.url.startswith(f"http://{HOST}:{ports[key.partition('/')[0]]}/")
        assert column.fixed
    assert settings.hook[0].url == f"http://{HOST}:{FIRST_PORT + len(ports)}/hook"
    assert REPRINT_OF in catalogue.names


def test_every_column_of_the_configuration_answers(site: Site) -> None:
    catalogue = load_catalogue(load_settings(CONFIG, env={}))
    for key, column in catalogue.columns.items():
        publisher = site.publishers[key.partition("/")[0]]
        path = column.url.removeprefix(f"http://{HOST}:").partition("/")[2]
        status, body, _ = get(f"{publisher.base}/{path}")
        assert status == 200, key
        assert body


def test_every_article_of_the_history_can_be_read_in_its_charset(site: Site) -> None:
    for publisher in site.publishers.values():
        assert len(publisher.newest_first) >= 4
        for article in publisher.newest_first:
            status, body, headers = get(publisher.base + publisher.path(article))
            text = (
                json.loads(body)["data"]["docTitle"]
                if "json" in headers["content-type"]
                else body.decode(publisher.charset)
            )
            assert status == 200
            assert article.text.title in text


def test_the_police_speak_gbk_and_call_it_gb2312_in_a_meta_tag_only(site: Site) -> None:
    _, body, headers = get(f"{site.publishers['police'].base}/police/")
    assert headers["content-type"] == "text/html"
    assert b'charset="gb2312"' in body
    assert "公安" in body.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_an_unchanged_feed_answers_not_modified(site: Site) -> None:
    url = f"{site.publishers['consular'].base}/rss.xml"
    _, _, headers = get(url)
    assert get(url, If_None_Match=headers["etag"])[0] == 304
    play(site, 0, 6)
    assert get(url, If_None_Match=headers["etag"])[0] == 200


def test_a_counter_changes_on_every_visit(site: Site) -> None:
    url = f"{site.publishers['ministry'].base}/ministry/"
    assert get(url)[1] != get(url)[1]


def test_the_story_happens_where_it_is_told(site: Site) -> None:
    before = {p.id: get(f"{p.base}/{p.id}/")[1] for p in site.publishers.values()}
    play(site, 0, 8)
    shown = {p.id: get(f"{p.base}/{p.id}/") for p in site.publishers.values()}
    assert WARNING.encode() in shown["ministry"][1]
    assert WARNING.encode() not in before["ministry"]
    assert WARNING.encode() in shown["newspaper"][1]
    assert WARNING.encode() in shown["aggregator"][1]
    assert "暂勿前往".encode() in shown["consular"][1]
    assert "谨慎前往".encode() not in shown["consular"][1]
    assert shown["police"][0] == 521
    play(site, 8, 9)
    assert get(f"{site.publishers['police'].base}/police/")[0] == 200


def test_a_withdrawn_article_is_off_the_list_and_gone(site: Site) -> None:
    ministry = site.publishers["ministry"]
    url = ministry.base + ministry.path(ministry.articles[1174])
    assert get(url)[0] == 200
    play(site, 0, 7)
    status, body, _ = get(url)
    assert (status, "不存在" in body.decode()) == (404, True)


def test_a_reprint_carries_the_very_words_and_names_its_origin(site: Site) -> None:
    play(site, 0, 3)
    original = site.publishers["ministry"].articles[1190]
    for carrier in ("newspaper", "aggregator"):
        publisher = site.publishers[carrier]
        reprint = publisher.newest_first[0]
        page = get(publisher.base + publisher.path(reprint))[1].decode()
        assert reprint.text.paragraphs == original.text.paragraphs
        assert f"来源：{REPRINT_OF}" in page


def test_the_story_waits_only_for_what_is_expected() -> None:
    assert {step.after for step in STORY if step.after} <= set(EXPECTED)
    assert sum(step.wait for step in STORY) < 45


def test_the_revised_text_differs_in_level_and_number() -> None:
    old = next(t for t in read_texts("consular") if t.number == 318)
    new = read_texts("consular-318-revised")[0]
    assert new.number == old.number
    assert "23名" in "".join(old.paragraphs)
    assert "41名" in "".join(new.paragraphs)


def test_the_site_knows_when_nothing_is_left_to_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.site.QUIET", 0.0)
    assert not site.read()
    for publisher in site.publishers.values():
        get(f"{publisher.base}/{publisher.id}/")
    assert site.read()


def test_a_taken_port_is_named() -> None:
    with contextlib.closing(bind(1, 0)[0]) as taken, pytest.raises(OSError, match=str(taken.getsockname()[1])):
        bind(1, taken.getsockname()[1])


def post(site: Site, body: bytes, id_: str = "evt_1", secret: str = SECRET) -> int:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": id_,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(id_, now, body.decode()),
    }
    request = urllib.request.Request(f"http://{HOST}:{site.ports[-1]}/hook", body, headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as e:
        with contextlib.closing(e):
            return e.code


BODY = json.dumps({"type": "notice.new", "timestamp": "2026-01-01T00:00:00Z", "data": {"title": "甲"}}).encode()


def test_the_receiver_takes_one_message_for_one_id(site: Site, arrived: list[Arrival]) -> None:
    assert post(site, BODY) == 204
    assert post(site, BODY) == 204
    assert [a.id for a in arrived] == ["evt_1"]


def test_the_receiver_refuses_a_wrong_signature(site: Site, arrived: list[Arrival]) -> None:
    assert post(site, BODY, secret="whsec_d3Jvbmc=") == 401
    assert arrived == []


def arrivals() -> list[Arrival]:
    def data(type_: str, about: str) -> dict[str, str]:
        return {"column": about} if type_.startswith("source.") else {"title": about}

    return [Arrival(f"evt_{i}", type_, data(type_, about)) for i, (type_, about) in enumerate(EXPECTED)]


def test_nothing_is_missing_when_all_was_seen() -> None:
    assert missing(arrivals(), ["ministry", "newspaper", "aggregator"]) == []
    assert unexpected(arrivals()) == []


def test_what_was_not_seen_is_named() -> None:
    assert missing([], []) == [*EXPECTED.values(), REPRINTED]


def test_a_second_alert_and_an_alert_for_the_history_are_unexpected() -> None:
    seen = [
        *arrivals(),
        Arrival("evt_x", "notice.new", {"title": WARNING}),
        Arrival("evt_y", "notice.new", {"title": "旧"}),
    ]
    assert len(unexpected(seen)) == 2
