"""The commands that prove: is everything as it was written, and one notice with all that it rests on."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import printing
from commands.options import Config, Json, opened

if TYPE_CHECKING:
    from crawler.store import Store
    from crawler.store.evidence.verifying import Report

BROKEN = 5
"""The exit code of broken evidence."""


def verify(
    head: Annotated[
        str, typer.Option("--head", metavar="HASH", help="A head noted down earlier: the chain must go through it.")
    ] = "",
    config: Config = None,
    json: Json = False,
) -> int:
    """Check the chain of evidence, every capture and every notice; exit 5 where something was changed."""
    from crawler.config.settings import load_settings
    from crawler.store.evidence.verifying import verify as verified

    settings = load_settings(config)
    with opened(settings) as store:
        with store.read() as tx, printing.progress("verifying") as on_progress:
            report = verified(
                tx,
                settings.evidence_dir,
                head=head,
                roots=settings.evidence.timestamp_roots,
                on_progress=lambda done: on_progress(done, None),
            )
        _note(store, report)
    if json:
        printing.as_json(_as_json(report))
    else:
        _print(report)
    return BROKEN if report.flaws else 0


def _note(store: Store, report: Report) -> None:
    """Remember what was found for the page; a database that takes no write was verified all the same."""
    from crawler.exceptions import StoreError
    from crawler.store.evidence import verified

    with suppress(StoreError), store.begin() as tx:
        verified.note(tx, verified.Verified(time.time(), report.links, len(report.flaws)))


def evidence(
    notice: Annotated[str, typer.Argument(metavar="NOTICE", help="The id of a notice.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="The bundle; default NOTICE.evidence.zip here.")
    ] = None,
    config: Config = None,
) -> int:
    """Write one notice with its captures, verdicts and chain as a bundle that proves itself."""
    from crawler.config.settings import load_settings
    from crawler.exceptions import StoreError
    from crawler.store.wire.proofs import proof_of
    from feeds.formats.bundle import bundle

    settings = load_settings(config)
    with opened(settings) as store, store.read() as tx:
        proof = proof_of(tx, notice, settings.evidence_dir)
    file = out or Path(f"{proof.notice.id}.evidence.zip")
    if not file.absolute().parent.is_dir():
        raise StoreError(f"{file.parent}: no such folder; create it first")
    try:
        file.write_bytes(bundle(proof))
    except OSError as e:
        raise StoreError(f"{file}: cannot be written: {e.strerror}") from e
    printing.say(f"{file}: {len(proof.captures)} captures, links {proof.links[0].number} to {proof.links[-1].number}")
    for why in proof.missing:
        printing.note(why)
    return 0


def _print(report: Report) -> None:
    for flaw in report.flaws:
        at = f" (link {flaw.link})" if flaw.link and flaw.what != "link" else ""
        printing.say(f"{flaw.what} {flaw.id}{at}: {flaw.why}")
    dropped = f", {report.dropped} dropped as too old" if report.dropped else ""
    read = (
        f"{report.links} links, {report.captures} captures{dropped}, {report.notices} notices, {report.anchors} stamps"
    )
    if report.flaws:
        first = report.broken_link
        where = f"the first broken link is {first.link}" if first else "the chain itself holds"
        printing.note(f"{len(report.flaws)} flaws in {read}; {where}")
    else:
        printing.note(
            f"everything is as it was written: {read}; head {report.head.hash if report.head else 'none yet'}"
        )


def _as_json(report: Report) -> dict[str, Any]:
    head, first = report.head, report.broken_link
    return {
        "ok": not report.flaws,
        "links": report.links,
        "head": {"number": head.number, "hash": head.hash} if head else None,
        "captures": report.captures,
        "dropped": report.dropped,
        "notices": report.notices,
        "anchors": report.anchors,
        "first_broken_link": first.link if first else None,
        "broken": [{"what": f.what, "id": f.id, "link": f.link or None, "why": f.why} for f in report.flaws],
    }
