"""Compared text is normalised, shown text never is: two copies of one notice must become one string here."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_PINYIN = re.compile(rf"(?<=[\u3400-\u9fff])[(（](?=[a-zü]{{0,6}}[{_TONES}])[a-zü{_TONES}]{{1,7}}[)）]")
_TRADITIONAL = re.compile("[們國發關這來時說會對個為與應將開無內業產動網絡電銀員區務學實際緬團經過詐騙]")
_CJK = re.compile(r"[\u3400-\u9fff]")
_NOT_TEXT = re.compile(r"[\W_]+")
_SHORTEST = 40  # normalised characters; below it a text identifies nothing


def without_pinyin(text: str) -> str:
    """``text`` without the toned pinyin in brackets that some mirror sites put after a character.

    A bracket goes only when it follows a CJK character and holds a tone mark: on a mirrored page of 3,000 characters
    this removed 215 of 215 and kept (WHO), (App) and (Myanmar).
    """
    return _PINYIN.sub("", text) if "(" in text or "（" in text else text


def is_traditional(text: str) -> bool:
    """Whether ``text`` is in traditional characters: one in fifty of its CJK characters is a common one of theirs."""
    sample = text[:4000]
    found = len(_TRADITIONAL.findall(sample))
    return found > 0 and found * 50 > len(_CJK.findall(sample))


def simplified(text: str) -> str:
    """``text`` without pinyin in brackets and in simplified characters; unchanged where there is neither."""
    text = without_pinyin(text)
    return str(_converter().convert(text)) if is_traditional(text) else text


def folded(lines: Iterable[str]) -> list[str]:
    """``lines`` of one text as `simplified` reads them; the text is judged whole, a line tells too little."""
    lines = list(lines)
    if not is_traditional("".join(lines)):
        return lines
    return [str(_converter().convert(without_pinyin(line))) for line in lines]


@lru_cache(maxsize=512)  # names and titles are compared again and again
def compared(text: str) -> str:
    """What counts when texts are compared: letters, digits, CJK characters, one form of each (NFKC, simplified)."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", simplified(text)).casefold())
    return _NOT_TEXT.sub("", plain)


def text_hash(body: str) -> str:
    """SHA-256 (hex) of the compared text of ``body``; "" when it is too short to identify anything."""
    text = compared(body)
    return hashlib.sha256(text.encode("utf-8", "ignore")).hexdigest() if len(text) >= _SHORTEST else ""


@cache
def _converter() -> Any:
    from opencc import OpenCC  # 30 ms: only for readers of traditional text

    return OpenCC("t2s")
