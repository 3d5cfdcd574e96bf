"""What the chain says of notices and captures, and how that is compared with what stands in the store.

A statement names columns of the store and their values, long ones by their hash.  Only what a statement names is
compared, so a later version may say more without doubting what an earlier one wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crawler.evidence.chain import canonical, digest
from crawler.evidence.warc import date
from crawler.items import timestamp

Row = Mapping[Any, Any]
"""The values of a row of the store, by the names of its columns."""

_PLAIN = (
    "url",
    "title",
    "language",
    "published",
    "published_precision",
    "published_basis",
    "status",
    "origin_name",
    "origin_source",
    "authority",
    "official",
    "claimed_only",
    "kind",
    "scope",
    "alertable",
    "merged_into",
)


def stated(row: Row) -> dict[str, Any]:
    """What is said of a notice, given its row."""
    return {
        **{name: row[name] for name in _PLAIN},
        "first_seen": timestamp(row["first_seen"]),
        "text_sha256": worded(row["title"], row["body"]),
        "verdict_sha256": digest(canonical(row["verdict"])),
    }


def worded(title: str, body: str) -> str:
    """The hash of a wording: of title and text with a line feed between them."""
    return digest(f"{title}\n{body}")


def captured(row: Row) -> dict[str, Any]:
    """What is said of a capture, given its row."""
    said = {
        "url": row["url"],
        "fetched": date(row["fetched_at"]),
        "status": row["status"],
        "content_type": row["content_type"],
        "address": row["address"],
        "certificate_sha256": row["certificate"],
        "headers_sha256": digest(canonical(row["headers"])),
        "body_sha256": row["sha256"],
        "body_size": row["size"],
        "payload_sha256": row["payload_sha256"],
        "record_sha256": row["record_sha256"],
        "record_size": row["record_size"],
    }
    return said | ({"same_as": row["same_as"]} if row["same_as"] else {})


def differing(said: Mapping[str, Any], is_now: Mapping[str, Any]) -> list[str]:
    """The names under which a statement of the chain says something else than what is now."""
    return sorted(name for name, value in said.items() if is_now.get(name) != value)


def flaws(
    links: Sequence[tuple[int, Mapping[str, Any]]], row: Row, wordings: Mapping[int, str]
) -> Iterator[tuple[int, str]]:
    """What is wrong with a notice: the link that tells, and why.

    ``links``: its verdicts in the chain with their numbers, oldest first; ``wordings``: the hash of the text of each
    revision that is stored (0: the text first seen).
    """
    if not links:
        yield 0, "no link of the chain speaks of it: it was put in, or the end of the chain was cut off"
        return
    number, last = links[-1]
    if names := differing(last.get("statement", {}), stated(row)):
        yield number, f"it is not as the chain says: {', '.join(names)}"
    yield from _revisions(links, wordings)


def _revisions(
    links: Sequence[tuple[int, Mapping[str, Any]]], wordings: Mapping[int, str]
) -> Iterator[tuple[int, str]]:
    told = {said["revision"]: (n, said["statement"].get("text_sha256")) for n, said in links if said.get("revision")}
    if told:
        first, said = links[0]
        told[0] = first, said["statement"].get("text_sha256")
    for revision, (number, text) in sorted(told.items()):
        if wordings.get(revision) != text:
            yield number, f"its text {'first seen' if revision == 0 else f'of revision {revision}'} is not as it was"
    for revision in sorted(wordings.keys() - told.keys()):
        yield links[-1][0], f"the chain does not know its revision {revision}: it was put in"
