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
BASES = {
    "every": Word("the longest interval promised"),
    "fixed": Word("a fixed interval, as configured"),
    "rhythm": Word("when items are likely"),
    "host": Word("when items are likely, within what its host is asked"),
    "floor": Word("items are most likely now: the shortest interval"),
    "stirred": Word("a related notice appeared elsewhere"),
    "retry": Word("the last look failed, another try"),
    "first": Word("not looked at yet"),
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

FACETS = {
    "kind": Word("Kind"),
    "scope": Word("Scope"),
    "place": Word("Place"),
    "scam": Word("Type of scam"),
    "source": Word("Source"),
    "authority": Word("Who says it"),
    "words": Word("Words"),
}
ONLY = {
    "": Word("All"),
    "alerts": Word("Alerts"),
    "official": Word("Official only"),
    "revisions": Word("Revised"),
}
WATCH = {
    "kept": Word("watched as promised"),
    "observed": Word("read, but not as often as promised"),
    "looked": Word("looked, but could not read"),
    "missed": Word("not looked"),
    "open": Word("nothing owed"),
}
LEGS = {
    "seen": Word("published to seen"),
    "queued": Word("seen to queued"),
    "delivered": Word("queued to delivered"),
}
OUTCOMES = {
    "baseline": Word("first look"),
    "new": Word("something new"),
    "changed": Word("list changed, nothing new"),
    "unchanged": Word("unchanged"),
    "challenged": Word("challenge page"),
    "empty": Word("list emptied"),
    "layout": Word("layout changed"),
    "failed": Word("cannot be fetched"),
    "refused": Word("not allowed"),
    "unequipped": Word("no browser here"),
}

DONE = {
    "merged": Word("Merged. Both notices are one from now on."),
    "split": Word("Split. This is a notice of its own from now on."),
    "looking": Word("It will be looked at within seconds."),
    "paused": Word("Paused. Nobody looks at it until it is resumed."),
    "resumed": Word("Resumed. It will be looked at within seconds."),
    "replayed": Word("Queued again; it leaves within seconds."),
    "tested": Word("The receiver took the test message."),
    "untold": Word("The receiver did not take the test message."),
    "saved": Word("Saved, and in force."),
    "removed": Word("Removed."),
    "added": Word("Added. Its first look records in silence; what comes after it is passed on."),
}


def word(words: dict[str, Word], value: str) -> Word:
    """The word for ``value``; a value without one names itself."""
    return words.get(value) or Word.alike(value)


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


def next_look(basis: str, daily: float, wait: float) -> Word:
    """Why the next look is when it is: ``daily`` items are to be expected, it comes ``wait`` seconds after the last."""
    if basis == "first":
        return BASES[basis]
    number = f"{daily:.1f}" if daily >= 0.1 else f"{daily:.2f}"
    said = Word("%(wait)s after the last: %(why)s (about %(number)s items a day)")
    return said.filled(wait=_span(wait), why=BASES[basis], number=number)


def _span(seconds: float) -> Word:
    if seconds >= 5400:
        return Word("%(number)s h").filled(number=f"{seconds / 3600:.0f}")
    if seconds >= 90:
        return Word("%(number)s min").filled(number=f"{seconds / 60:.0f}")
    return Word("%(number)s s").filled(number=f"{seconds:.0f}")
