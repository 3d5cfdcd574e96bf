"""Every screen speaks the language of its reader: no English on a Chinese page, no Chinese on an English one.

What a publisher wrote, and what is called alike in every language (addresses, ids, formats), is no word of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from lxml import html
from sqlalchemy import select, update
from starlette.testclient import TestClient

from crawler.items import State
from crawler.store.tables import columns, notices
from feeds.web.app import create_app
from feeds.web.routes import TABLE
from feeds.web.status import DaemonStatus
from tests.screens.__main__ import screens
from tests.screens.showcase import NOW, REVISED, House, bare, build

pytestmark = pytest.mark.timeout(240)
_WORD = re.compile(r"[A-Za-z]{3,}")
_HAN = re.compile(r"[㐀-鿿]+")
_ALIKE = re.compile(  # addresses, file names, keys, hashes, times
    r"\w+://\S*|[\w.-]*[/_@=…]\S*|\w+\.\w[\w.]*|\b[0-9a-f]{8,}\b|\bntc_\w+|GMT[+-]\d+|UTC[+-]\d+|\[\[\w+\]\]|`[^`]*`"
)
_NAMES = frozenset(
    """English Atom RSS JSON OPML HTTP UTC SHA API CAP WARC TLS Standard Webhooks Apprise Fenghuo Python SQLite
    PostgreSQL sqlite fenghuo OpenAPI Ruishu Chromium http url ssl default html feed scrapy sqlalchemy starlette uvicorn
    feedgen apscheduler beautifulsoup soc desk mps job lure base doctor test alert poll verify replay deliveries apt
    install chromium Service Unavailable Gone always guessed soon abc nobody sources""".split()  # noqa: SIM905
)
"""Names of formats, programs and commands, what HTTP calls its answers, and what the tests write into forms."""
_WHY = (  # of columns: some of what the rooms say, as they say it
    "https://daily.example/main/: no whole answer within 30 s",
    "not a list but error: the page says: 404; it held 20 links at the last look, nothing known is lost",
    "only 2 items on the list, which usually has 20; open it in a browser",
)
_MORE = {
    "withdrawn": "/notices/ntc_00000000000000009002",
    "dead letters": "/deliveries?state=dead",
    "no such delivery": "/deliveries?hook=nobody",
    "no such state": "/sources?state=disabled",
    "a new hook": "/hooks/new",
    "what is done": "/sources?done=looking",
    "a trial of all": "/hooks/desk/trial?days=365",
    "all chips": "/?only=revisions&source=daily&scope=domestic",
    "login": "/login",
}
_WRONG: tuple[tuple[str, dict[str, str]], ...] = (
    ("/hooks/soc", {"quiet": "always", "event.notice.new": "1"}),
    ("/hooks/soc", {"digest": "soon"}),
    ("/hooks/soc", {"secret": "abc"}),
    ("/hooks/new", {"id": "soc", "url": "https://soc.example/x"}),
    ("/hooks/new", {"id": "x", "url": "nothing"}),
    ("/hooks/new", {"id": "x", "url": "http://10.0.0.1/"}),
    ("/hooks/new", {"id": "x", "url": "file:///etc/passwd"}),
    ("/hooks/new", {"id": "x", "url": "https://x.example/${HOME}"}),
    ("/rules/new", {"mark": "of another time"}),
    ("/add", {"url": "ftp://x.example/"}),
    ("/add", {"url": "http://127.0.0.1:9/list/"}),
    ("/add/save", {"preview": "nothing"}),
    ("/notices/ntc_00000000000000009002/merge", {"other": "ntc_none"}),
    ("/notices/ntc_00000000000000009002/split", {"address": "https://nobody.example/"}),
    ("/sources/pause", {"name": "nobody"}),
    ("/sources/resume", {"name": "daily/main"}),
    ("/deliveries/999999/replay", {}),
    ("/login", {"token": "guessed"}),
)


def foreign(page: str, language: str, content: tuple[str, ...] = ()) -> list[str]:
    """The words on a page that are not in ``language``; what says of itself to be in another is left out."""
    tree = html.fromstring(page)
    other = "@lang" if language == "zh" else "starts-with(@lang, 'zh')"
    for element in tree.xpath(f"//body//*[{other}] | //script | //pre | //code | //kbd | //time | //svg//title"):
        element.drop_tree()
    said = [text for element in tree.xpath("//body | //title") for text in element.itertext()]
    said += tree.xpath("//@title | //@aria-label | //@placeholder[not(contains(., '://'))] | //@alt | //@data-label")
    return [word for text in said for word in _foreign(text, language, content)]


def _foreign(text: str, language: str, content: tuple[str, ...]) -> Iterator[str]:
    for known in sorted(content, key=len, reverse=True):
        text = text.replace(known, " ")
    if language == "en":
        yield from (word for word in _HAN.findall(text) if word != "中文")
    else:
        yield from (word for word in _WORD.findall(_ALIKE.sub(" ", text)) if word not in _NAMES)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = build(tmp_path_factory.mktemp("words"), crowd=40)
    with made.store.begin() as tx:
        keys = tx.scalars(select(columns.c.key).order_by(columns.c.key)).all()
        for key, state, why in zip(keys, (State.BROKEN, State.DEGRADED, State.QUIET), _WHY, strict=False):
            tx.execute(update(columns).where(columns.c.key == key).values(state=state, why=why))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = bare(tmp_path_factory.mktemp("empty"))
    yield made
    made.store.close()


def browse(house: House, language: str) -> TestClient:
    status = DaemonStatus(clock=lambda: 9.0, started=1.0, crawl_alive=True, crawl_heartbeat=9.0, stored=9.0)
    app = create_app(house.configuration, house.store, status, now=lambda: NOW)
    client = TestClient(app, "http://127.0.0.1:8750", client=("127.0.0.1", 50000))
    client.headers.update({"Accept-Language": language, "Accept": "text/html"})
    return client


def content(house: House) -> tuple[str, ...]:
    """What publishers wrote: titles, their names, and the names of their columns; and what was searched for."""
    with house.store.read() as tx:
        titles = tx.scalars(select(notices.c.title)).all()
        named, keys = (tx.scalars(select(c)).all() for c in (columns.c.name, columns.c.key))
    sources = house.configuration.catalogue.sources.values()
    names = [n for s in sources for n in (s.name, s.name_en or s.name, s.id)]
    parts = [part for name in named for part in name.split(" · ")]
    return tuple(
        filter(None, {*titles, *names, *named, *parts, *keys, "诈骗", "没有这样的话", REVISED.format(where="缅甸")})
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_screen_speaks_one_language(house: House, language: str) -> None:
    client, known, found = browse(house, language), content(house), {}
    for name, path in {**screens(house.revised), **_MORE}.items():
        answer = client.get(path)
        assert (name, answer.status_code) in ((name, 200), ("lost", 404))
        found[name] = foreign(answer.text, language, known)
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_house_says_what_to_do_in_one_language(empty: House, language: str) -> None:
    client, found = browse(empty, language), {}
    for path in ("/", "/sources", "/trends", "/deliveries", "/hooks", "/rules/new", "/add", "/about"):
        answer = client.get(path)
        assert answer.status_code == 200
        found[path] = foreign(answer.text, language)
        assert html.fromstring(answer.text).xpath("//main//a | //main//pre | //main//form"), path
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_went_wrong_is_said_in_one_language(house: House, language: str) -> None:
    client, known, found = browse(house, language), content(house), {}
    token = html.fromstring(client.get("/hooks/new").text).xpath("//input[@name='csrf']/@value")[0]
    for path, fields in _WRONG:
        answer = client.post(path, data={"csrf": token, **fields})
        assert (path, fields, answer.status_code >= 400) == (path, fields, True)
        found[f"{path} {fields}"] = foreign(answer.text, language, known)
    found["a form without its token"] = foreign(client.post("/hooks/new", data={"id": "x"}).text, language)
    elsewhere = client.post("/hooks/new", data={"csrf": token}, headers={"Origin": "https://elsewhere.example"})
    found["a form of another site"] = foreign(elsewhere.text, language)
    assert elsewhere.status_code == 403
    assert {asked: words for asked, words in found.items() if words} == {}


def test_every_page_of_the_table_of_routes_is_walked(house: House) -> None:
    machines = re.compile(r"/feeds|/api|/metrics|/healthz|/\.|/captures|.*\.cap$")
    pages = [way.path for way in TABLE if way.method == "GET" and not machines.match(way.path)]
    walked = [path.partition("?")[0] for path in (*screens(house.revised).values(), *_MORE.values())]
    forms = [re.compile(re.sub(r"\{[^}]+\}", "[^/]+", page)) for page in pages if page != "/rules/{number:int}"]
    assert [form.pattern for form in forms if not any(map(form.fullmatch, walked))] == []


def test_a_foreign_word_is_found_and_a_quotation_is_none() -> None:
    page = '<p>好 not good <q lang="en">well said</q> <code>make run</code></p><a title="over">x</a>'
    assert foreign(f"<html><body>{page}</body></html>", "zh") == ["not", "good", "over"]
    assert foreign("<html><body><p>all 好 <a lang='zh-CN'>中文</a></p></body></html>", "en") == ["好"]
