"""Who says it: official is what an official body says, whoever carries it to us.

A carrier's word for it is marked ``claimed_only``: the text names the body, we have not seen it there.  The word of a
carrier that nobody knows is noted and believed in nothing; a page that pretends to be an office is marked ``spoofed``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from crawler.config.catalogue import Catalogue, host_of
from crawler.items import Article, Claim, Origin, Reason, Source
from crawler.judging.attribution.official import governmental, office, spellings, under
from crawler.judging.attribution.posing import posing
from crawler.reading.attribution.origin_names import bare, is_own
from crawler.reading.wechat import is_wechat

_BETWEEN = re.compile(r"[、，,/；;]")
_EDITED = re.compile("综合|整理|编译|改编|摘编")  # put together by somebody else, whatever it names
_LONGEST = 80  # characters of a name, or of a list of names
_SHORTEST = 3  # characters of a publisher's name that its bureaus' names begin with


def resolve(article: Article, source: Source | None, catalogue: Catalogue) -> Origin:
    """The origin of an article that ``source`` carries (None: a page of no known source).

    A publisher is its own origin unless the text claims another known one.  An official carrier that names a medium
    or a stranger still speaks for itself: its page is the official word.
    """
    if _pretence(article, source):
        honest = source if source and not source.authority.official else None
        return replace(_own(article, honest), name=honest.name if honest else host_of(article.url), spoofed=True)
    own, origin = _own(article, source), _claimed(article, catalogue)
    if origin is None or (source and origin.source == source.id) or (own.official and not origin.official):
        return own
    if source and own.official and origin.source is None and _is_bureau(origin.name, source):
        return replace(own, name=origin.name)
    origin = replace(origin, via=tuple(_via(article, own, origin)))
    if origin.official and not _is_known(article, source):
        return replace(origin, source=None, authority=None, official=False)
    return origin


def reasons(article: Article, source: Source | None, origin: Origin) -> tuple[Reason, ...]:
    """What the origin rests on: the words that name it, or what gives a pretender away."""
    if origin.spoofed:
        return (Reason("origin", "spoofed", _pretence(article, source)),)
    said = (c.line for c in _claims(article) if c.name == origin.name and c.line)
    return tuple(Reason("origin", origin.name, line) for line in list(said)[:1])


def _own(article: Article, source: Source | None) -> Origin:
    """The carrier itself: a source, an office at home on a government's domain, or a stranger by what names it."""
    if source is not None:
        return Origin(source.name, source.id, source.authority, source.authority.official)
    host = host_of(article.url)
    for name in (*article.attribution.site, article.claimed or ""):
        if governmental(host) and (found := office(name)) and found.at_home(host):
            return Origin(name, None, found.authority, official=True)
    named = (article.claimed, article.attribution.carrier)
    calm = (n.strip() for n in named if n and n.strip() and not is_own(n, frozenset()) and not (host and office(n)))
    return Origin(next(calm, host or article.url), None, None, official=False)


def _pretence(article: Article, source: Source | None) -> str:
    """Why the page is no honest one; a name is no pretence on a platform of many accounts or at a source's own home."""
    host = host_of(article.url)
    if is_wechat(article.url) or (source is not None and source.authority.official and _is_home(host, source)):
        return ""
    believed = source is not None and source.authority.official
    return posing(host, () if believed else article.attribution.site)


def _is_home(host: str, source: Source) -> bool:
    urls = (source.homepage, *(c.url for c in source.column))
    return under(host, tuple(h for url in urls if url and (h := host_of(url))))


def _is_known(article: Article, source: Source | None) -> bool:
    """Whether somebody vouches for the carrier: the catalogue, whoever kept the text, or the registry of its domain."""
    host = host_of(article.url)
    return source is not None or bool(article.attribution.carrier) or not host or governmental(host)


def _claims(article: Article) -> Iterator[Claim]:
    """The claims of an article: what the archive or the page names, then what the lead passes on."""
    way = article.attribution
    if article.claimed and not (way.claim and way.claim.name == article.claimed):
        yield Claim(article.claimed)
    elif way.claim:
        yield way.claim
    yield from way.told


def _claimed(article: Article, catalogue: Catalogue) -> Origin | None:
    """The known body that an article names: an official one before all, else the first."""
    bodies = [body for c in _claims(article) if (body := _body(c.name, catalogue))]
    return next((body for body in bodies if body.official), next(iter(bodies), None))


def _body(name: str, catalogue: Catalogue) -> Origin | None:
    """The known body of this name: a source, else one whose name says what it is; of a list, if all are official."""
    if len(name) > _LONGEST or _EDITED.search(name):
        return None
    for called in spellings(name):
        if known := catalogue.names.get(called):
            source = catalogue.sources[known]
            return Origin(name.strip(), source.id, source.authority, source.authority.official, claimed_only=True)
    if found := office(name):
        return Origin(name.strip(), None, found.authority, official=True, claimed_only=True)
    return _joint(name, catalogue)


def _joint(name: str, catalogue: Catalogue) -> Origin | None:
    parts = [p for p in _BETWEEN.split(name) if p.strip()]
    bodies = [_body(p, catalogue) for p in parts] if len(parts) > 1 else []
    if not bodies or not all(b and b.official for b in bodies) or bodies[0] is None:
        return None
    return replace(bodies[0], name=name.strip())


def _is_bureau(name: str, source: Source) -> bool:
    """Whether ``name`` is a part of the publisher: its name begins with the publisher's."""
    return any(len(n) >= _SHORTEST and name.startswith(n) for n in (source.name, *source.aliases))


def _via(article: Article, own: Origin, origin: Origin) -> Iterator[str]:
    """Who passed the text on, nearest to the origin first; the carrier last, once each."""
    way = article.attribution
    named = [c.name for c in _claims(article)][:1]
    carrier = own.name if own.source else way.carrier or next(iter(way.site), "") or host_of(article.url)
    return _once([origin.name], [*named, *way.via, carrier])


def _once(seen: list[str], names: Iterable[str]) -> Iterator[str]:
    known = {bare(n) for n in seen}
    for name in names:
        if name and bare(name) not in known:
            known.add(bare(name))
            yield name
