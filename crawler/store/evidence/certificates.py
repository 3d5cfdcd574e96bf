"""The certificates that official hosts showed last; a change is a link of the chain."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from crawler.evidence.certificates import NEWS, read, word
from crawler.store import upsert
from crawler.store.evidence import chain
from crawler.store.tables import certificates

_LAST = select(certificates).where(certificates.c.host == bindparam("host"))


def seen(tx: Connection, host: str, der: bytes, now: float) -> str:
    """Remember the certificate (DER) that ``host`` showed; what is to be told of it, "" for nothing."""
    last = tx.execute(_LAST, {"host": host}).one_or_none()
    fresh = read(der)
    if last is not None and last.sha256 == fresh.sha256:
        return word(host, last.issuer, last.before) if last.before and now - last.since < NEWS else ""
    other = last is not None and last.issuer != fresh.issuer
    before = last.issuer if last is not None and other else ""
    row = {"host": host, "sha256": fresh.sha256, "issuer": fresh.issuer, "since": now, "before": before}
    upsert.put(tx, certificates, row)
    said = {"certificate_sha256": fresh.sha256, "issuer": fresh.issuer}
    if last is not None:
        said |= {"previous_sha256": last.sha256, "previous_issuer": last.issuer}
    chain.append(tx, "certificate", host, now, said)
    return word(host, fresh.issuer, before) if before else ""
