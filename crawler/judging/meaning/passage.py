"""A text prepared for matching: one script, one width, and from each place a way back to the publisher's sentence."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from crawler.reading.normalise import nfkc, simplified

_SENTENCE_END = re.compile(r"\n+|(?<=[。！？；!?;])(?![。！？；!?;”’」』）)\"])|(?<=[a-z0-9)][.])\s+(?=[A-Z\"“])")
_BREAK = re.compile(r"\n")
_LINE_BREAKS = re.compile(r"[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_LONGEST = 30_000  # characters read of a body; what a text is about stands long before
_HEADING = 600  # characters read of a title
_CITED = 300  # characters cited of a sentence that has no end
_LEAD = (200, 2_000)  # the lead is a quarter of the body, within these bounds (characters)


@dataclass(frozen=True, slots=True)
class Passage:
    """Title and body as sentences of the publisher's, and as one folded string in which terms are looked up.

    Line ``i`` of ``folded`` is ``sentences[i]``; offsets below are offsets into ``folded``.
    """

    sentences: tuple[str, ...]
    folded: str
    starts: tuple[int, ...]  # where each sentence begins
    title_end: int
    lead_end: int

    @classmethod
    def of(cls, title: str, body: str) -> Passage:
        """Prepare a title and a body; either may be empty."""
        head, rest = _sentences(title[:_HEADING]), _sentences(body[:_LONGEST])
        folded = fold("\n".join((*head, *rest)))
        starts = [0, *(m.end() for m in _BREAK.finditer(folded))] if folded else []
        title_end = starts[len(head)] if len(head) < len(starts) else len(folded) if head else 0
        quarter = (len(folded) - title_end) // 4
        lead_end = title_end + min(max(quarter, _LEAD[0]), _LEAD[1])
        return cls((*head, *rest), folded, tuple(starts), title_end, lead_end)

    def index(self, at: int) -> int:
        """The number of the sentence that holds offset ``at``."""
        return bisect_right(self.starts, at) - 1

    def sentence(self, at: int) -> str:
        """The publisher's sentence that holds offset ``at``; of one without end the part round it."""
        if not self.sentences:
            return ""
        i = self.index(at)
        sentence = self.sentences[i]
        if len(sentence) <= _CITED:
            return sentence
        from_ = max(0, min(at - self.starts[i] - _CITED // 2, len(sentence) - _CITED))
        return sentence[from_ : from_ + _CITED].strip()

    def original(self, start: int, end: int) -> str:
        """The publisher's own letters for a span of ``folded``; the folded ones where folding changed the length."""
        i = self.index(start)
        line_end = self.starts[i + 1] - 1 if i + 1 < len(self.starts) else len(self.folded)
        if len(self.sentences[i]) != line_end - self.starts[i]:
            return self.folded[start:end]
        return self.sentences[i][start - self.starts[i] : end - self.starts[i]]


def fold(text: str) -> str:
    """One form of each character: simplified, NFKC, lower case, no pinyin in brackets; line breaks stay."""
    return nfkc(simplified(text)).lower()


def _sentences(text: str) -> tuple[str, ...]:
    parts = _SENTENCE_END.split(_LINE_BREAKS.sub("\n", text))
    return tuple(p for part in parts if (p := part.strip()))
