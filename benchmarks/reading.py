"""What it costs to read, judge and save a page, stage by stage and from end to end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import urlopen

from lxml import html

from benchmarks.eval.corpus import recorded
from benchmarks.figures import Figure, share
from benchmarks.world import TOOLS, Watch, list_url, load_meter, site, slowness
from crawler import intake, platforms
from crawler.config.catalogue import Catalogue, load_catalogue
from crawler.config.settings import load_settings
from crawler.items import Article, Column, Due, Listing, Page, Source
from crawler.lighten import settle
from crawler.reading.address import url_key
from crawler.reading.lists.fingerprint import anchors_fingerprint
from crawler.store import open_store
from crawler.store.watch import columns, links

SOURCES = 50
ARTICLES = 4  # of each source, for the stages
CORPUS = TOOLS.parent / "corpus"  # recorded pages of media and public accounts
GOAL = 12.0  # CPU-milliseconds for an article, on the machine of the goals
KNOWN = 2.0  # … of a template that was read before
_T = TypeVar("_T")


@dataclass(frozen=True)
class Case:
    """One publisher: its list and some of its articles, as fetched and as understood."""

    source: Source
    column: Column
    page: Page
    listing: Listing
    visits: tuple[tuple[Due, Page], ...]


def run(folder: Path, rounds: int) -> list[Figure]:
    """CPU a page at each stage, and articles per CPU-second from `fenghuo poll` on an empty store."""
    meter = load_meter()
    with site(SOURCES) as publishers:
        factor = slowness(publishers, SOURCES)
        stages = Watch(folder / "stages", publishers, SOURCES)
        catalogue = load_catalogue(load_settings(stages.config))
        cases = [_case(catalogue, i, list_url(publishers, i)) for i in range(SOURCES)]
        got: dict[str, list[float]] = {}
        _stages(cases[:2], catalogue, folder / "warm.db")  # what is imported late is not a page's cost
        settle()  # as the crawl does before its workers are forked
        for n in range(rounds):
            for name, ms in _stages(cases, catalogue, folder / f"store-{n}.db").items():
                got.setdefault(name, []).append(round(ms, 3))
            whole = Watch(folder / f"whole-{n}", publishers, SOURCES, crawl={"per_host_delay": "0s"})
            got.setdefault("whole", []).append(round(_whole(meter, whole), 1))
    return [*_figures({name: tuple(values) for name, values in got.items()}, factor), *_recorded(rounds, factor)]


def _get(url: str) -> Page:
    with urlopen(url, timeout=30) as answer:
        return Page(answer.url, answer.status, answer.read(), answer.headers["content-type"], fetched_at=time.time())


def _case(catalogue: Catalogue, i: int, url: str) -> Case:
    source = catalogue.sources[f"s{i}"]
    column, page = source.column[0], _get(url)
    listing = platforms.read_list(page, source, column)
    found = listing.links[:ARTICLES]
    dues = [Due(source.key(column), x.url, key=x.key, title=x.title, baseline=True) for x in found]
    return Case(source, column, page, listing, tuple((due, _get(due.url)) for due in dues))


def _cost(work: Callable[[_T], Any], of: Sequence[_T]) -> tuple[float, list[Any]]:
    """CPU-milliseconds a piece, and what became of each."""
    begun = time.process_time()
    done = [work(piece) for piece in of]
    return 1000 * (time.process_time() - begun) / len(of), done


def _stages(cases: list[Case], catalogue: Catalogue, database: Path) -> dict[str, float]:
    visits = [(case, due, page) for case in cases for due, page in case.visits]
    ms: dict[str, float] = {}
    ms["lxml list"], _ = _cost(lambda c: html.fromstring(c.page.body), cases)
    ms["lxml article"], _ = _cost(lambda v: html.fromstring(v[2].body), visits)
    ms["fingerprint"], _ = _cost(lambda c: anchors_fingerprint(c.page.body), cases)
    ms["list"], _ = _cost(lambda c: platforms.read_list(c.page, c.source, c.column), cases)
    ms["article"], articles = _cost(lambda v: platforms.read_article(v[2], v[0].source, v[0].column, v[1]), visits)
    read = [(*v, a) for v, a in zip(visits, articles, strict=True)]
    ms["judge"], _ = _cost(lambda r: intake.understand(r[3], r[0].source, prior=None, catalogue=catalogue), read)
    ms["take in"] = _saving(read, cases, catalogue, database)
    return ms


def _saving(
    read: list[tuple[Case, Due, Page, Article]], cases: list[Case], catalogue: Catalogue, database: Path
) -> float:
    """Judge and save each article in a transaction of its own, as the crawl does."""
    store = open_store(f"sqlite:///{database}")
    with store.begin() as tx:
        columns.sync(tx, catalogue.enabled(), time.time())
        for c in cases:
            key = c.source.key(c.column)
            links.add(tx, key, c.listing.links, now=time.time(), owner="benchmark", baseline=True)

    def save(piece: tuple[Case, Due, Page, Article]) -> None:
        case, due, page, article = piece
        assert due.key is not None
        with store.begin() as tx:
            intake.take_in(
                tx,
                article,
                page=page,
                catalogue=catalogue,
                source=case.source,
                column=due.column,
                key=due.key,
                now=time.time(),
                baseline=True,
            )

    try:
        return _cost(save, read)[0]
    finally:
        store.close()


def _whole(meter: Any, watch: Watch) -> float:
    """Articles per CPU-second of the whole process tree, on an empty store."""
    watch.publishers.ctl("reset")
    measured = meter.run([*watch.command, "poll"])
    articles = int(watch.ask("SELECT count(*) FROM links WHERE state = 'read'")[0][0])
    answered = watch.publishers.ctl("stats")["totals"].get("200", 0)
    if measured["rc"] or answered != articles + SOURCES:
        raise RuntimeError(f"{articles} articles were read, but {answered} pages answered, exit {measured['rc']}")
    return articles / float(measured["cpu"])


def _recorded(rounds: int, factor: float) -> list[Figure]:
    """CPU of recorded pages, each the least of as many readings as there are rounds; none where there is no corpus."""
    nobody = Catalogue.of([])
    pages = [p for p in recorded(CORPUS, "news", "wechat") if p.kind.startswith("article")]
    if not pages:
        return []
    visits = [(p.page, p.publisher(nobody)) for p in pages]
    ms = sorted(min(_cost(_read_recorded, [visit])[0] for _ in range(rounds)) for visit in visits)
    parse = sorted(_cost(lambda v: html.fromstring(v[0].body), [visit])[0] for visit in visits)
    said = f"{len(ms)} pages of {sum(len(page.body) for page, _ in visits) // len(visits) // 1024} KB on average; "
    said += f"the goal is {GOAL:g} ms, this machine {factor} times slower than the goal's"
    known: dict[str, Any] = {"floor": round(share(parse, 0.5), 2), "floor_is": "lxml parse"}
    parts = (("median", 0.5, round(GOAL * factor, 1), said), ("95 of 100", 0.95, None, ""))
    return [
        Figure(
            "reading",
            f"recorded article, {name}",
            (round(share(ms, part), 1),),
            "ms CPU",
            **known,
            at_most=at_most,
            note=note,
        )
        for name, part, at_most, note in parts
    ]


def _read_recorded(visit: tuple[Page, Source]) -> Article:
    page, source = visit
    return platforms.read_article(page, source, source.column[0], Due("", page.url, key=url_key(page.url)))


def _figures(got: dict[str, tuple[float, ...]], factor: float) -> list[Figure]:
    def median(name: str) -> float:
        return sorted(got[name])[len(got[name]) // 2]

    each = 1000 / median("whole")
    known = {"reading": median("article"), "judging": median("judge"), "saving": median("take in") - median("judge")}
    parts = ", ".join(f"{name} {ms:.1f}" for name, ms in known.items())
    rest = each - sum(known.values())
    whole = f"{each:.1f} ms an article: {parts}, the rest (start, fetching, processes, feeds) {rest:.1f}"
    slow = f"of a template read before the goal is {KNOWN:g} ms; this machine is {factor} times slower than the goal's"
    article: dict[str, Any] = {"floor": median("lxml article"), "floor_is": "lxml parse"}
    listing: dict[str, Any] = {"floor": median("lxml list"), "floor_is": "lxml parse"}
    return [
        Figure("reading", "fingerprint of an unchanged list", got["fingerprint"], "ms CPU", **listing),
        Figure("reading", "list", got["list"], "ms CPU", **listing),
        Figure("reading", "article", got["article"], "ms CPU", **article, note=slow),
        Figure("reading", "judging an article", got["judge"], "ms CPU", **article),
        Figure("reading", "judging and saving an article", got["take in"], "ms CPU", **article),
        Figure("reading", "end of path", got["whole"], "articles / CPU-s", at_least=25.0, note=whole),
    ]
