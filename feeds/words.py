"""What values are called; feeds show both languages, pages the reader's."""

from __future__ import annotations

from functools import cache

from crawler.judging.meaning.scam_types import scam_type_names
from crawler.judging.tables import table
from feeds.languages import Word

KINDS = {
    "warning": Word("warning"),
    "enforcement": Word("enforcement"),
    "policy": Word("policy"),
    "wanted": Word("wanted"),
    "case": Word("case"),
    "feature": Word("feature"),
    "other": Word("other"),
}
SCOPES = {
    "cross-border": Word("cross-border"),
    "domestic": Word("domestic"),
    "none": Word("not about fraud"),
}
AUTHORITIES = {
    "ministry": Word("ministry"),
    "agency": Word("agency"),
    "police": Word("police"),
    "court": Word("court"),
    "procuratorate": Word("procuratorate"),
    "embassy": Word("embassy"),
    "regulator": Word("regulator"),
    "international": Word("international body"),
    "state-media": Word("state media"),
    "media": Word("media"),
    "aggregator": Word("aggregator"),
    "account": Word("account"),
}
STATUSES = {
    "current": Word("current"),
    "revised": Word("revised"),
    "withdrawn": Word("withdrawn"),
}
STATES = {
    "ok": Word("ok"),
    "quiet": Word("quiet"),
    "degraded": Word("degraded"),
    "challenged": Word("challenged"),
    "broken": Word("broken"),
    "disabled": Word("disabled"),
    "new": Word("not looked at yet"),
}
CAUSES = {
    "challenged": Word("challenge page"),
    "empty": Word("list emptied"),
    "layout": Word("layout changed"),
    "failed": Word("cannot be fetched"),
    "refused": Word("not allowed"),
    "unequipped": Word("no browser here"),
    "odd": Word("not as usual"),
}
DELIVERY_STATES = {
    "queued": Word("queued"),
    "delivered": Word("delivered"),
    "dead": Word("dead letter"),
}
EVENTS = {
    "notice.new": Word("new notice"),
    "notice.revised": Word("revision"),
    "notice.withdrawn": Word("withdrawal"),
    "source.broken": Word("source broken"),
    "source.recovered": Word("source recovered"),
    "hook.failing": Word("hook failing"),
    "hook.disabled": Word("hook disabled"),
    "hook.recovered": Word("hook recovered"),
    "test": Word("test"),
}
ROLES = {
    "original": Word("original"),
    "reprint": Word("reprint"),
    "excerpt": Word("excerpt"),
}
REVISIONS = {
    "material": Word("material"),
    "editorial": Word("editorial"),
}
FIELDS = {
    "kind": Word("kind"),
    "scope": Word("scope"),
    "scam_types": Word("type of scam"),
    "places": Word("place"),
    "figures": Word("figure"),
    "contacts": Word("contact"),
    "victims": Word("whom it concerns"),
    "levels": Word("level"),
    "validity": Word("validity"),
    "alertable": Word("alertable"),
    "origin": Word("origin"),
}


def word(words: dict[str, Word], value: str) -> Word:
    """The word for ``value``; a value without one names itself."""
    return words.get(value) or Word.known(value, value)


@cache
def scams() -> dict[str, Word]:
    """The types of scam, by slug."""
    return {slug: Word.known(en, zh) for slug, (zh, en) in scam_type_names().items()}


@cache
def places() -> dict[str, Word]:
    """The places that texts name, by code."""
    return {
        row["code"]: Word.known(row["english"].partition("|")[0] or row["code"], row["name"]) for row in table("places")
    }


@cache
def victims() -> dict[str, Word]:
    """The groups of people that texts warn, by slug."""
    return {row["slug"]: Word.known(row["en"], row["zh"]) for row in table("victims") if row["slug"]}
