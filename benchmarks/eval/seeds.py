"""The five seeds: what each must be (../seeds beside the corpus)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from opencc import OpenCC

from benchmarks.eval.corpus import kept, table
from benchmarks.eval.score import Metric
from crawler.config.catalogue import Catalogue
from crawler.intake import understand
from crawler.items import Kind
from crawler.judging.judge import alertable
from crawler.reading.normalise import compared, without_pinyin

_EXPECTED = {  # kind, alertable, and the word that its origin's name must hold
    "000": (Kind.WARNING, True, "公安部"),
    "001": (Kind.ENFORCEMENT, True, "公安部"),
    "002": (Kind.ENFORCEMENT, True, "公安部"),
    "003": (Kind.FEATURE, False, "人民日报"),
    "004": (Kind.POLICY, True, "公安部刑侦局"),
}


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """Kind, alertable, origin, and that they stay five."""
    kinds, alerts = Metric("seeds", "kind", 1.0), Metric("seeds", "alertable", 1.0)
    origins, apart = Metric("seeds", "origin", 1.0), Metric("seeds", "texts that differ", 1.0)
    texts: set[str] = set()
    for number, (kind, alert, name) in _EXPECTED.items():
        for file in sorted((corpus.parent / "seeds").glob(f"{number}_*")):
            read = kept(file, catalogue)
            origin, verdict = understand(read.article, read.source, prior=None, catalogue=catalogue)
            said = (
                f"{verdict.kind} {verdict.scope}, origin {origin.name} official={origin.official}: {read.article.title}"
            )
            kinds.add(file, verdict.kind == kind, f"{said}, not {kind}")
            alerts.add(file, alertable(origin, verdict) == alert, f"{said}, not alertable={alert}")
            origins.add(file, name in origin.name, f"{origin.name}, not {name}")
            apart.add(file, read.article.text_hash not in texts, "the same text as another seed")
            texts.add(read.article.text_hash)
    yield from (kinds, alerts, origins, apart, _mirrored(corpus))


def _mirrored(corpus: Path) -> Metric:
    """Pinyin in brackets: what the map of the mirror's changes puts in, comparing takes out, and no other letter."""
    clean = Metric("seeds", "pinyin taken out, and nothing else", 1.0)
    for file in sorted((corpus.parent / "seeds").glob("004_*")):
        text = plain = file.read_text("utf-8")
        for row in table(corpus / "pinyin_garble_map.tsv"):
            plain = plain.replace(f"{row['char_traditional']}({row['pinyin_inserted']})", row["char_traditional"])
        put_in = text.count("(") - plain.count("(")
        clean.add(file, put_in > 0 and without_pinyin(text) == plain, f"{put_in} brackets were put in")
        clean.add(file, compared(text) == compared(OpenCC("t2s").convert(plain)), "not its simplified form")
    return clean
