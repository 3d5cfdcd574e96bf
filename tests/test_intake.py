from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crawler.archive import Document, in_lines, read
from crawler.config.catalogue import Catalogue
from crawler.exceptions import Unreadable
from crawler.intake import take_away, take_in, take_unchanged
from crawler.items import Article, Change, ChangeType, Exchange, Page, PageClass, Source, Verdict
from crawler.store import Store
from crawler.store.delivery import outbox
from crawler.store.evidence import captures, chain
from crawler.store.evidence.verifying import verify
from crawler.store.watch import identity, visits
from crawler.store.wire import notices

TEXT = (
    "公安机关提醒，近期有不法分子以境外高薪招工为名，诱骗群众前往缅甸从事电信网络诈骗活动，已有32名群众被解救回国。"
    "请广大群众切勿轻信招工广告，不要偷越国境。"
)
MINISTRY = Source.model_validate(
    {
        "id": "mps",
        "name": "公安部",
        "authority": "ministry",
        "column": [{"id": "tips", "url": "https://police.example/list.html", "kind": "warning"}],
    }
)
CATALOGUE = Catalogue.of([MINISTRY])
URL = "https://police.example/1.html"


def article(text: str = TEXT, url: str = URL, **changed: object) -> Article:
    line = f'{{"url": "{url}", "title": "警惕赴境外高薪招工骗局", "source": "mps", "text": "{text}"}}'
    (document,) = in_lines([line.encode()], "x")
    assert isinstance(document, Document)
    return replace(read(document, CATALOGUE).article, **changed)  # type: ignore[arg-type]


def take(store: Store, found: Article, *, now: float = 1000.0, baseline: bool = False, body: bytes = b"x") -> Change:
    with store.begin() as tx:
        return take_in(
            tx,
            found,
            page=Page(found.url, 200, body, headers={"ETag": '"1"'}, fetched_at=now),
            catalogue=CATALOGUE,
            source=MINISTRY,
            column="mps/tips",
            key=found.key,
            now=now,
            baseline=baseline,
            revisit=(10.0, 20.0),
        )


def test_a_new_article_is_remembered_with_event_sighting_and_evidence(store: Store) -> None:
    change = take(store, article())
    assert change.type is ChangeType.NEW
    with store.read() as tx:
        notice = notices.get(tx, change.notice.id)
        assert notice.alertable
        assert [(s.url, s.source, s.column, s.role) for s in notice.sightings] == [(URL, "mps", "mps/tips", "original")]
        assert captures.load(tx, captures.of_link(tx, article().key)[0], Path()).body == b"x"
        assert outbox.pending(tx) == 1


def test_a_baseline_article_is_remembered_and_not_announced(store: Store) -> None:
    change = take(store, article(), baseline=True)
    assert change.event is None
    with store.read() as tx:
        assert outbox.pending(tx) == 0
        assert notices.count(tx) == 1


def test_an_unchanged_article_adds_nothing_but_a_visit(store: Store) -> None:
    take(store, article())
    assert take(store, article(), now=2000.0).type is ChangeType.UNCHANGED
    with store.read() as tx:
        assert len(captures.of_link(tx, article().key)) == 1
        assert visits.made(tx, article().key)[0] == 2


def test_a_changed_number_is_a_revision_with_its_own_evidence(store: Store) -> None:
    take(store, article())
    change = take(store, article(TEXT.replace("32", "45")), now=2000.0)
    assert change.type is ChangeType.REVISED
    assert change.event == "notice.revised"
    with store.read() as tx:
        assert len(captures.of_link(tx, article().key)) == 2


def test_a_reading_older_than_what_is_known_changes_nothing(store: Store) -> None:
    take(store, article(), now=2000.0)
    assert take(store, article(TEXT.replace("32", "45")), now=1000.0).type is ChangeType.UNCHANGED
    with store.read() as tx:
        assert "32" in notices.get(tx, take(store, article(), now=2001.0).notice.id).body


def test_another_key_of_the_same_page_becomes_an_alias(store: Store) -> None:
    take(store, article())
    change = take(store, article(key="wxs:other", aliases=(article().key,)), now=2000.0)
    assert change.type is ChangeType.UNCHANGED
    with store.read() as tx:
        assert identity.resolve(tx, ["wxs:other"]).keys() == {"wxs:other"}
        assert notices.count(tx) == 1


def test_visits_follow_the_plan_and_then_end(store: Store) -> None:
    def due(now: float) -> bool:
        with store.begin() as tx:
            found = visits.claim(tx, now=now, owner="x", limit=9)
            visits.release(tx, "x")
            return bool(found)

    key = take(store, article(), now=1000.0) and article().key
    assert (due(1009.0), due(1010.0)) == (False, True)
    with store.begin() as tx:
        take_unchanged(tx, key, now=1010.0, revisit=(10.0, 20.0))
    assert (due(1029.0), due(1030.0)) == (False, True)
    with store.begin() as tx:
        take_unchanged(tx, key, now=1030.0, revisit=(10.0, 20.0))
    assert not due(9e9)


def test_a_page_must_be_gone_twice_before_its_notice_is_withdrawn(store: Store) -> None:
    notice = take(store, article()).notice
    with store.begin() as tx:
        assert take_away(tx, article().key, now=2000.0, again=600.0) is None
    with store.begin() as tx:
        change = take_away(tx, article().key, now=2600.0, again=600.0)
    assert change is not None
    assert change.event == "notice.withdrawn"
    with store.read() as tx:
        assert notices.get(tx, notice.id).status == "withdrawn"


def test_a_page_that_is_back_at_the_second_look_was_never_gone(store: Store) -> None:
    take(store, article())
    with store.begin() as tx:
        take_away(tx, article().key, now=2000.0, again=600.0)
    take(store, article(), now=2600.0)
    with store.begin() as tx:
        assert take_away(tx, article().key, now=3000.0, again=600.0) is None


def test_a_notice_with_a_living_reprint_is_not_withdrawn(store: Store) -> None:
    notice = take(store, article()).notice
    assert take(store, article(url="https://police.example/2.html"), now=1500.0).type is ChangeType.REPRINT
    for now in (2000.0, 2600.0):
        with store.begin() as tx:
            assert take_away(tx, article().key, now=now, again=600.0) is None
    with store.read() as tx:
        assert notices.get(tx, notice.id).status == "current"


def test_a_withdrawn_notice_that_is_back_is_restored(store: Store) -> None:
    take(store, article())
    for now in (2000.0, 2600.0):
        with store.begin() as tx:
            take_away(tx, article().key, now=now, again=600.0)
    assert take(store, article(), now=3000.0).type is ChangeType.RESTORED


def test_what_is_no_article_is_refused_and_leaves_no_trace(store: Store) -> None:
    with pytest.raises(Unreadable, match="login"):
        take(store, article(page_class=PageClass.LOGIN, why="a login form"))
    with store.read() as tx:
        assert notices.count(tx) == 0


def test_the_verdict_of_a_column_of_warnings_is_the_judges(store: Store) -> None:
    verdict = take(store, article()).notice.verdict
    assert isinstance(verdict, Verdict)
    assert (verdict.kind, verdict.scope) == ("warning", "cross-border")


HOUSE = ("云州月刊", "编读往来", "一图读懂云州")


def a_text(n: int) -> str:
    body = f"云州市民赵某{n}被人以高薪为名骗至境外，同行{n + 20}人均已解救回国，案件正在进一步办理之中。"
    return "\\n".join((HOUSE[0], body, body.replace("赵某", "钱某"), *HOUSE[1:]))


def house_article(n: int) -> Article:
    return article(a_text(n), f"https://police.example/h{n}.html")


def test_lines_that_a_source_prints_around_all_its_texts_are_learnt_and_cut(store: Store) -> None:
    bodies = [take(store, house_article(n)).notice.body for n in range(12)]
    assert all(line in bodies[0] for line in HOUSE[1:])
    assert not any(line in bodies[-1] for line in HOUSE)
    assert bodies[-1].count("\n") == 1


def test_a_page_read_again_is_no_revision_because_a_line_was_learnt_meanwhile(store: Store) -> None:
    first = take(store, house_article(0))
    for n in range(1, 12):
        take(store, house_article(n), now=1000.0 + n)
    for n in range(12):
        assert take(store, house_article(n), now=2000.0 + n, body=b"y").type is ChangeType.UNCHANGED
    with store.read() as tx:
        assert notices.get(tx, first.notice.id).body == first.notice.body


def test_a_text_that_really_changed_is_a_revision_that_does_not_speak_of_house_text(store: Store) -> None:
    for n in range(12):
        take(store, house_article(n), now=1000.0 + n)
    changed = replace(house_article(0), body=house_article(0).body.replace("同行20人", "同行26人"))
    change = take(store, changed, now=3000.0, body=b"z")
    assert change.type is ChangeType.REVISED
    assert change.revision
    assert change.revision.material
    assert HOUSE[1] not in change.revision.summary


# --------------------------------------------------------------------------------------------------------------------
# Doubt: what a second look must confirm


def due(store: Store, now: float, **more: bool) -> bool:
    """Whether the link is visited at ``now``."""
    with store.begin() as tx:
        found = visits.claim(tx, now=now, owner="x", limit=9, **more)  # type: ignore[arg-type]
        visits.release(tx, "x")
        return bool(found)


def shown(store: Store) -> str:
    with store.begin() as tx:
        return next(iter(notices.search(tx, notices.Query()))).body


def test_flapping_between_two_cached_versions_is_one_revision_and_one_event(store: Store) -> None:
    old, new = article(), article(TEXT.replace("32", "45"))
    types = [take(store, a, now=1000.0 + n).type for n, a in enumerate([old, new, old, new, old, new])]
    assert types == [ChangeType.NEW, ChangeType.REVISED, *[ChangeType.UNCHANGED] * 4]
    assert "45" in shown(store)
    with store.read() as tx:
        assert outbox.pending(tx) == 2


def test_a_correction_that_is_taken_back_is_shown_once_it_held_for_two_looks(store: Store) -> None:
    old, new = article(), article(TEXT.replace("32", "45"))
    types = [take(store, a, now=1000.0 + n).type for n, a in enumerate([old, new, old, old, old])]
    assert types[2:] == [ChangeType.UNCHANGED, ChangeType.REVISED, ChangeType.UNCHANGED]
    assert "32" in shown(store)


def test_a_doubted_reading_is_looked_at_again_soon_in_full_and_beside_the_plan(store: Store) -> None:
    old, new = article(), article(TEXT.replace("32", "45"))
    for n, found in enumerate([old, new]):
        take(store, found, now=1000.0 + n)
    change = take(store, old, now=2000.0)
    assert change.doubt is not None
    assert (due(store, 2009.0), due(store, 2010.0)) == (False, True)
    assert due(store, 2001.0, gone_now=True)
    with store.read() as tx:
        assert visits.made(tx, article().key)[0] == 2
        assert visits.doubt(tx, [article().key]) == (change.doubt.wording, 1)
    take(store, new, now=3000.0)
    with store.read() as tx:
        assert visits.doubt(tx, [article().key]) == ("", 0)


def test_a_page_found_deleted_between_two_doubted_looks_ends_the_doubt(store: Store) -> None:
    old, new = article(), article(TEXT.replace("32", "45"))
    for n, found in enumerate([old, new, old]):
        take(store, found, now=1000.0 + n)
    with store.begin() as tx:
        take_away(tx, article().key, now=2000.0, again=600.0)
    assert take(store, old, now=3000.0).type is ChangeType.UNCHANGED


def test_the_deletion_of_an_original_with_a_living_copy_is_shown_with_its_sighting(store: Store) -> None:
    notice = take(store, article()).notice
    take(store, article(url="https://police.example/2.html"), now=1500.0)
    for now in (2000.0, 2600.0):
        with store.begin() as tx:
            take_away(tx, article().key, now=now, again=600.0)
    with store.read() as tx:
        assert [(s.url, s.gone) for s in notices.get(tx, notice.id).sightings] == [
            (URL, True),
            ("https://police.example/2.html", False),
        ]


def test_a_restored_notice_keeps_what_it_said_and_says_that_it_is_back(store: Store) -> None:
    take(store, article())
    for now in (2000.0, 2600.0):
        with store.begin() as tx:
            take_away(tx, article().key, now=now, again=600.0)
    change = take(store, article(TEXT.replace("32", "45")), now=3000.0)
    assert change.type is ChangeType.RESTORED
    with store.read() as tx:
        assert [r.summary for r in notices.get(tx, change.notice.id).revisions] == ["恢复 restored; 数字: 32名 → 45名"]


OFFICE_PAGE = b'<div class="header"><ul class="menu"><p id="zoom" class="article editor"><p class="source">'
OTHER_PAGE = b'<div class="casino"><div class="slots"><a class="gold" id="register"><div class="vip">x</div>'
ADVERTS = (
    "缅北在线娱乐城官方入口，注册送58元，真人百家乐，老虎机平台，提款秒到，诚招代理，欢迎来电咨询，二十四小时服务。"
    "境外直营，妙瓦底实体，大额无忧，线路检测，手机版下载，高额返水，天天有礼，欢迎加入我们的行列，电话在线等候。"
)


def answered(number: int, body: bytes, certificate: bytes = b"", at: float = 1.0) -> Page:
    exchange = Exchange((), ((b"Content-Type", b"text/html"),), body, "OK", "1.1", certificate)
    return Page(f"https://police.example/{number}.html", 200, body, "text/html", {}, at, "192.0.2.1", exchange)


def taken(store: Store, number: int, text: str, page: Page, now: float = 1000.0, title: str = "") -> Change:
    told = article(text, page.url)
    told = replace(told, title=title or told.title)
    with store.begin() as tx:
        return take_in(
            tx,
            told,
            page=page,
            catalogue=CATALOGUE,
            source=MINISTRY,
            column="mps/tips",
            key=told.key,
            now=now,
            baseline=False,
        )


def test_an_offices_page_that_was_taken_over_is_flagged_and_alerts_nobody(store: Store) -> None:
    for number in range(3):
        taken(store, number, f"{TEXT}第{number}次通报，涉案{number + 3}人。", answered(number, OFFICE_PAGE))
    change = taken(store, 9, ADVERTS, answered(9, OTHER_PAGE), title="娱乐城官网首页欢迎您")
    origin = change.notice.origin
    assert (origin.official, origin.spoofed, change.notice.alertable) == (False, True, False)
    reason = change.notice.verdict.reasons[0]
    assert (reason.field, reason.value) == ("origin", "spoofed")
    assert "another template than this office ever used" in reason.because
    again = taken(store, 10, TEXT.replace("32", "41"), answered(10, OFFICE_PAGE))
    assert again.notice.origin.official
    for _ in range(2):  # the second look confirms what the first one doubts
        over = taken(store, 10, ADVERTS, answered(10, OTHER_PAGE), now=2000.0, title="娱乐城官网首页欢迎您")
    assert (over.notice.origin.official, over.notice.origin.spoofed, over.notice.alertable) == (False, True, False)


def test_another_issuer_of_an_offices_certificate_is_told_and_blocks_nothing(store: Store) -> None:
    ours, renewed, foreign = certificate_of("Good CA", 1), certificate_of("Good CA", 2), certificate_of("Odd CA", 3)
    said = []
    for number, der in enumerate((ours, renewed, foreign, foreign)):
        text = f"{TEXT}第{number}次通报，涉案{number + 3}人。"
        change = taken(store, number, text, answered(number, OFFICE_PAGE, der), now=1000.0 + number)
        assert change.notice.origin.official
        said.append([r.because for r in change.notice.verdict.reasons if r.field == "certificate"])
    word = "police.example shows a certificate of CN=Odd CA; before it was one of CN=Good CA"
    assert said == [[], [], [word], [word]]
    late = taken(store, 7, f"{TEXT}涉案99人。", answered(7, OFFICE_PAGE, foreign), now=1000.0 + 8 * 86400)
    assert not [r for r in late.notice.verdict.reasons if r.field == "certificate"]
    with store.read() as tx:
        links = [row.link for row in chain.about(tx, "certificate", ["police.example"])]
        assert verify(tx, Path()).flaws == []
    assert len(links) == 3  # first seen, renewed, another issuer


def certificate_of(issuer: str, number: int) -> bytes:
    """A certificate, DER, that says it comes from ``issuer``."""
    key = ec.generate_private_key(ec.SECP256R1())
    day = datetime(2025, 1, 1, tzinfo=UTC)
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, issuer)])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(number).not_valid_before(day).not_valid_after(day + timedelta(days=90))
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
