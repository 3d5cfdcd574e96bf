"""Revisions: documents of the archive, edited by rule, so that it is known whether an edit changes what they say.

The rules and their words are the evaluation's own; it asks only `judging.change.diff`.  An edit that finds nothing to
edit in a document is no case.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from opencc import OpenCC

from benchmarks.eval.corpus import kept, table
from benchmarks.eval.score import Alerts, Metric
from crawler.config.catalogue import Catalogue
from crawler.exceptions import Unreadable
from crawler.items import Article, PageClass
from crawler.judging.change.diff import SAME, summarise
from crawler.reading.normalise import is_traditional

Edit = Callable[[str, random.Random], str]

_EACH = 3  # edits tried on one document
_ADVICE = re.compile(r"[^。！\n]*(?:不要|切勿|请勿|务必|谨防|警惕)[^。！\n]*[。！]")
_SENTENCE = re.compile(r"(?<=[。！？\n])[^。！？\n“”]{16,80}[。！？]")
_TRADITIONAL = OpenCC("s2t")


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """Which edits are found material, over all and edit by edit; and which layouts are found to differ at all."""
    found = Alerts("revisions", "material edits", 0.95)
    each: dict[str, Metric] = {}
    layout = Metric("revisions", "layout, script and width are no difference", 0.98)
    for name, material, doc, old, new in _cases(corpus, catalogue):
        got, summary, _ = summarise(old, new)
        said = f"{name}: {summary}"
        found.add(doc, material, got, said)
        goal = f"{'material' if material else 'cosmetic'}: {name}"
        each.setdefault(goal, Metric("revisions", goal)).add(doc, got == material, said)
        if name in _LAYOUTS:
            layout.add(doc, summary == SAME, said)
    yield from (*found.metrics(), layout, *(each[goal] for goal in sorted(each)))


def _cases(corpus: Path, catalogue: Catalogue) -> Iterator[tuple[str, bool, str, str, str]]:
    """Name of the edit, whether it is material, document, text before and after."""
    edits = [*((n, True, e) for n, e in _MATERIAL.items()), *((n, False, e) for n, e in _COSMETIC.items())]
    for number, row in enumerate(table(corpus / "archive" / "labels.tsv")):
        if (article := _article(corpus / "archive" / row["doc"], catalogue)) is None:
            continue
        text, chance = f"{article.title}\n{article.body}", random.Random(row["doc"])
        turn = [edits[(number * _EACH + k) % len(edits)] for k in range(len(edits))]
        made = ((name, material, edit(text, chance)) for name, material, edit in turn)
        for name, material, new in islice((m for m in made if m[2] != text), _EACH):
            yield name, material, row["doc"], text, new


def _article(file: Path, catalogue: Catalogue) -> Article | None:
    try:
        article = kept(file, catalogue).article
    except (Unreadable, ValueError, OSError):
        return None
    return article if article.page_class is PageClass.ARTICLE and len(article.body) > 150 else None


# --------------------------------------------------------------------------------------------------------------------
# Edits; each returns the text as it is where it finds nothing to edit


def _sub(pattern: str, into: Callable[[re.Match[str], random.Random], str]) -> Edit:
    """Put something in the place of one match of ``pattern``."""
    compiled = re.compile(pattern)

    def edit(text: str, chance: random.Random) -> str:
        found = list(compiled.finditer(text))
        if not found:
            return text
        m = chance.choice(found)
        return text[: m.start()] + into(m, chance) + text[m.end() :]

    return edit


def _words(name: str) -> dict[str, str]:
    """The words of an edit, and what it puts in their place."""
    rows = table(Path(__file__).with_suffix(".tsv"))
    return {row["word"]: row["instead"] for row in rows if row["edit"] == name}


def _instead(name: str) -> Edit:
    """Put another word in the place of one."""
    into = _words(name)
    words = "|".join(re.escape(word) for word in into)
    return _sub(words, lambda m, _: into[m[0]])


def _digit(m: re.Match[str], chance: random.Random) -> str:
    at = chance.choice([i for i, c in enumerate(m[0]) if c.isdigit()])
    return m[0][:at] + chance.choice([d for d in "123456789" if d != m[0][at]]) + m[0][at + 1 :]


def _place(m: re.Match[str], chance: random.Random) -> str:
    return chance.choice([p for p in _words("place") if p != m[0]])


def _lines(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    lines.insert(chance.choice((1, len(lines))), chance.choice(list(_words("line about the page"))))
    return "\n".join(lines)


def _order(text: str, chance: random.Random) -> str:
    title, *lines = text.split("\n")
    chance.shuffle(lines)
    return "\n".join((title, *lines))


def _spaces(text: str, chance: random.Random) -> str:
    gaps = [m.end() for m in re.finditer(r"[\u4e00-\u9fff](?=[\u4e00-\u9fff])", text) if m.end() > text.find("\n")]
    for at in sorted(chance.sample(gaps, min(20, len(gaps))), reverse=True):
        text = text[:at] + chance.choice((" ", "\u3000", "\u200b")) + text[at:]
    return text


def _marks(text: str, chance: random.Random) -> str:
    into = {"，": ",", "：": ":", "（": "(", "）": ")", "“": "「", "”": "」"}
    return "".join(into[c] if c in into and chance.random() < 0.5 else c for c in text)


_FIGURE = r"(?<![\d.年月-])\d{1,6}(?:\.\d+)?(?=(?:余|多)?[万亿]?(?:名|人|起|个|元|美元|部|张|家|件))"
_MATERIAL: dict[str, Edit] = {
    "figure": _sub(_FIGURE, _digit),
    "date": _sub(r"\d{1,2}月\d{1,2}日", _digit),
    "any digit": _sub(r"(?<=[\u4e00-\u9fff])\d+(?=[\u4e00-\u9fff])", _digit),
    "hotline": _sub(r"(?<!\d)(?:96110|12308|110|12110|0\d{2,3}-\d{7,8})(?!\d)", _digit),
    "place": _sub("|".join(_words("place")), _place),
    "level or advice": _instead("level or advice"),
    "turned round": _instead("turned round"),
    "status": _instead("status"),
    "quoted name": _sub(r"(?<=“)[\u4e00-\u9fff]{2,6}(?=”)", lambda m, _: m[0][0] + "辰岳"),
    "Latin name": _sub(r"(?<=[\u4e00-\u9fff])[A-Z][A-Za-z]{3,12}(?=[\u4e00-\u9fff])", lambda *_: "Chenyue"),
    "advice taken back": _sub(_ADVICE.pattern, lambda *_: ""),
    "sentence taken out": _sub(_SENTENCE.pattern, lambda *_: ""),
    "sentence added": _sub(r"(?<=。)\n", lambda *_: "\n受害人多为外出务工的年轻人和在校学生。"),
}
_COSMETIC: dict[str, Edit] = {
    "synonym": _instead("synonym"),
    "typing error": _instead("typing error"),
    "line about the page": _lines,
    "order of paragraphs": _order,
    "unit of people": _sub(r"(?<=\d)名(?!单|为|义|字)", lambda *_: "人"),
    "thousands": _sub(r"(?<![\d.,])[1-9]\d{3}(?=[\u4e00-\u9fff])(?!年)", lambda m, _: f"{m[0][0]},{m[0][1:]}"),
    "spaces": _spaces,
    "marks": _marks,
    "script": lambda text, _: text if is_traditional(text) else str(_TRADITIONAL.convert(text)),
    "width": lambda text, _: text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"}),
}
_LAYOUTS = frozenset({"spaces", "marks", "script", "width"})
