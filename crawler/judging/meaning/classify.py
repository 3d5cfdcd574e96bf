"""What a text means for us: kind, scope, scam types, places, figures and more, each with the sentence it rests on.

The rules, in order: a text without fraud is none of ours; fraud near something beyond the border is cross-border;
the title decides the kind where it says one clearly, else the lead does, with channel and publisher as a makeweight.
The whole body never decides: a feature is full of warnings, a result ends with one, a measure quotes results.
"""

from __future__ import annotations

from crawler.items import Authority, Kind, Reason, Scope, Verdict
from crawler.judging.meaning.advice import levels, validity
from crawler.judging.meaning.facts import contacts, figures
from crawler.judging.meaning.kind import kind_of
from crawler.judging.meaning.lexicon import lexicon
from crawler.judging.meaning.named import named
from crawler.judging.meaning.passage import Passage
from crawler.judging.meaning.places import places, told
from crawler.judging.meaning.scam_types import scam_types
from crawler.judging.meaning.scope import reach


def classify(
    title: str, body: str, *, prior: Kind | None = None, authority: Authority | None = None, language: str = "zh-CN"
) -> Verdict:
    """Judge a text.  ``prior`` is the kind its column mostly carries, ``authority`` who publishes it.

    ``language`` is taken as a hint only: terms of every language are looked up in every text.
    """
    passage = Passage.of(title, body)
    hits = told(passage, lexicon().find(passage.folded))
    scope, ground = reach(passage, hits, authority)
    if ground is None:
        return Verdict(Kind.OTHER, Scope.NONE)
    kind, kind_ground = kind_of(passage, hits, prior, authority)
    where = places(passage, hits)
    values = {
        "kind": [(kind.value, (kind_ground or ground).start)],
        "scope": [(scope.value, ground.start)],
        "scam_types": scam_types(passage),
        "places": [(place.code, at) for place, at in where],
        "figures": figures(passage),
        "contacts": contacts(passage),
        "victims": named(passage, "victims"),
        "levels": levels(passage),
        "validity": validity(passage),
    }
    said = {field: tuple(value for value, _ in of) for field, of in values.items()}
    return Verdict(
        kind,
        scope,
        scam_types=said["scam_types"],
        places=tuple(place for place, _ in where),
        figures=said["figures"],
        contacts=said["contacts"],
        victims=said["victims"],
        levels=said["levels"],
        validity=said["validity"],
        reasons=tuple(Reason(f, v, passage.sentence(at)) for f, of in values.items() for v, at in of),
    )
