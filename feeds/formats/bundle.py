"""A bundle: one notice with its captures, its part of the chain and its time stamps, as a zip that proves itself.

Whoever receives it needs `sha256sum` and this bundle's README; nothing of ours.  The same proof gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.items import notice_json, timestamp
from crawler.store.wire.proofs import Proof
from feeds import words
from feeds.words import word

_DATA = Path(__file__).parent.parent / "data" / "bundle"
_WRITTEN = (1980, 1, 1, 0, 0, 0)  # a zip must name a time; this one stays
_templates = Environment(
    loader=FileSystemLoader(_DATA),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def bundle(proof: Proof) -> bytes:
    """The bundle of a proof."""
    files = dict(_files(proof))
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zip:
        for name, content in (("SHA256SUMS", sums.encode()), *sorted(files.items())):
            entry = zipfile.ZipInfo(name, _WRITTEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name.endswith(".sh") else 0o644) << 16
            zip.writestr(entry, content)
    return out.getvalue()


def _files(proof: Proof) -> Iterator[tuple[str, bytes]]:
    said = notice_json(proof.notice)
    yield "notice.json", (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
    yield "manifest.json", (json.dumps(_manifest(proof), ensure_ascii=False, indent=2) + "\n").encode()
    yield "chain.jsonl", "".join(f"{link.text}\n" for link in proof.links).encode("utf-8", "surrogatepass")
    for kept in proof.captures:
        yield f"captures/{kept.id}.warc.gz", kept.records
        yield f"captures/{kept.id}.body", kept.body
    texts = {link.number: link.text for link in proof.links}
    for anchor in proof.anchors:
        yield f"stamps/{anchor.number}.tsr", anchor.token
        yield f"stamps/{anchor.number}.json", texts[anchor.number].encode("utf-8", "surrogatepass")
    values = {"n": said, "m": _manifest(proof), "kind": word(words.KINDS, said["kind"])}
    values |= {"scope": word(words.SCOPES, said["scope"]), "status": word(words.STATUSES, said["status"])}
    yield "notice.html", _templates.get_template("notice.html").render(values).encode("utf-8", "replace")
    for name in ("README.txt", "verify.sh"):
        yield name, (_DATA / name).read_bytes()


def _manifest(proof: Proof) -> dict[str, Any]:
    """What is in the bundle, and what each part proves."""
    first, last = proof.links[0], proof.links[-1]
    return {
        "format": "fenghuo-evidence/1",
        "notice": proof.notice.id,
        "title": proof.notice.title,
        "url": proof.notice.url,
        "first_seen": timestamp(proof.notice.first_seen),
        "captures": [
            {
                "id": kept.id,
                "url": kept.url,
                "records": f"captures/{kept.id}.warc.gz",
                "records_sha256": hashlib.sha256(kept.records).hexdigest(),
                "body": f"captures/{kept.id}.body",
                "body_sha256": hashlib.sha256(kept.body).hexdigest(),
            }
            for kept in proof.captures
        ],
        "chain": {
            "file": "chain.jsonl",
            "first": first.number,
            "before_first": first.event["previous"],
            "last": last.number,
            "last_sha256": last.hash,
            "about_this_notice": sorted(proof.about),
        },
        "stamps": [f"stamps/{anchor.number}.tsr" for anchor in proof.anchors],
        "missing": list(proof.missing),
    }
