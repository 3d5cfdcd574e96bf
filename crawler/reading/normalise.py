"""Compared text is normalised, shown text never is: two copies of one notice must become one string here."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from crawler.reading.terms import any_of, terms

_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_SYLLABLE = (  # of pinyin without tones (GB/T 16159); English words fit it too: he, me, pin
    r"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:[iu]?ang|i?ong|u?eng|ing|[iuü]?an|u?en|[iuü]n|i?ao|u?ai|ou|uo|iu|er"
    r"|[iuü]?ei?|ui|[iu]?a|[iuüvo])"
)
_IN_BRACKETS = r"[(（](?<=[\u3400-\u9fff].){}[)）]"  # the bracket first: a search leaps from one to the next
_ANNOTATED = 8  # toneless syllables in brackets from which a text is one with pinyin, if they are nine of ten brackets
_TRADITIONAL = re.compile("[們國發關這來時說會對個為與應將開無內業產動網絡電銀員區務學實際緬團經過詐騙]")
_CJK = re.compile(r"[\u3400-\u9fff]")
_NOT_TEXT = re.compile(r"[\W_](?:(?<![.:/~、%‰-])|(?<!\d.)|(?<=[.:/~、-])(?!\d))")  # all but marks within a number
_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]+")
_WIDE = tuple((c, unicodedata.normalize("NFKC", c)) for c in "，：；？！（）…\u3000\xa0")
_SHORTEST = 40  # normalised characters; below it a text identifies nothing
_LONGEST_FURNITURE = 80  # characters of a line that can be a counter or a clock


def without_pinyin(text: str) -> str:
    """``text`` without the toned pinyin in brackets that some mirror sites put after a character.

    A bracket goes only when it follows a CJK character and holds a tone mark: on a mirrored page of 3,000 characters
    this removed 215 of 215 and kept (WHO), (App) and (Myanmar).  Syllables without tones go where
    a text is full of them.
    """
    if "(" not in text and "（" not in text:
        return text
    toned, toneless, small = _pinyin()
    text = toned.sub("", text)
    number = len(toneless.findall(text))
    if number < _ANNOTATED or number * 10 < len(small.findall(text)) * 9:
        return text
    return toneless.sub("", text)


@cache  # compiled with the first text: what only looks at lists never needs them
def _pinyin() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Toned pinyin in brackets, a toneless syllable, and any word in small letters that may be one."""
    toned = f"(?=[a-zü]{{0,6}}[{_TONES}])[a-zü{_TONES}]{{1,7}}"
    first, second, third = (re.compile(_IN_BRACKETS.format(what)) for what in (toned, _SYLLABLE, "[a-zü]{1,7}"))
    return first, second, third


def is_traditional(text: str) -> bool:
    """Whether ``text`` is in traditional characters: one in fifty of its CJK characters is a common one of theirs."""
    sample = text[:4000]
    found = len(_TRADITIONAL.findall(sample))
    return found > 0 and found * 50 > len(_CJK.findall(sample))


def simplified(text: str) -> str:
    """``text`` without pinyin in brackets and in simplified characters (0.1 ms for 3,000 characters)."""
    text = without_pinyin(text)
    try:
        return str(_converter().convert(text))
    except UnicodeEncodeError:  # half a surrogate pair, which no encoding can write
        return str(_converter().convert(text.encode("utf-8", "replace").decode()))


def folded(lines: Iterable[str]) -> list[str]:
    """``lines`` of one text as `simplified` reads them."""
    return [simplified(line) for line in lines]


def is_even(text: str) -> bool:
    """Whether ``text`` is one line of letters, signs and single spaces, as most are: there is nothing to tidy."""
    return text.isprintable() and "  " not in text


def nfkc(text: str) -> str:
    """``text`` in Unicode's form NFKC.

    The wide marks of Chinese are made narrow before, which changes nothing but the time: what needs no other change is
    only looked through (150 µs for a notice without, 10 with).
    """
    for wide, narrow in _WIDE:
        text = text.replace(wide, narrow)
    return unicodedata.normalize("NFKC", text)


def evened(text: str) -> str:
    """``text`` with one form of each character (simplified, NFKC, lower case), and exactly as long as before.

    A character whose one form is longer (…, ①) stays as it is, so that offsets hold in both.
    """
    whole = simplified(text)
    text = whole if len(whole) == len(text) else text  # 憑藉 is 凭借, of which 藉 alone would not tell
    return text.translate({ord(c): _form(c) for c in set(text)})


@lru_cache(maxsize=16_384)  # of the characters of all texts: as many as are in use
def _form(character: str) -> str:
    """The one form of a character, where that is one character too."""
    form = unicodedata.normalize("NFKC", character).lower()
    if not character.isprintable() or len(form) != 1 or not form.isprintable():
        return character
    return str(_converter().convert(form))


@lru_cache(maxsize=512)  # names and titles are compared again and again
def compared(text: str) -> str:
    """What counts when texts are compared: letters, digits, CJK characters, one form of each (NFKC, simplified).

    Numbers stay whole: 3.5万 is not 35万, 1/3 not 13, 40、41 not 4041.  Lines that only count readers or tell the time
    are left out, as are such counts at the end of a short line.
    """
    text = simplified(html.unescape(text) if "&" in text else text)
    if _furniture()["trace"].search(text):
        text = "\n".join(_without_counts(line) for line in text.splitlines())
    plain = unicodedata.normalize("NFKC", nfkc(text).casefold())
    return _NOT_TEXT.sub("", _INVISIBLE.sub("", plain))


def text_hash(body: str) -> str:
    """SHA-256 (hex) of the compared text of ``body``; "" when it is too short to identify anything."""
    text = compared(body)
    return hashlib.sha256(text.encode("utf-8", "ignore")).hexdigest() if len(text) >= _SHORTEST else ""


def _without_counts(line: str) -> str:
    if len(line) > _LONGEST_FURNITURE:
        return line
    said = _furniture()
    return "" if said["line"].fullmatch(line) else said["count"].sub("", line)


@cache
def _furniture() -> dict[str, re.Pattern[str]]:
    """What a page counts or clocks by itself, by where it stands."""
    return {where: any_of(patterns) for where, patterns in terms("furniture").items()}


@cache
def _converter() -> Any:
    from opencc import OpenCC  # 30 ms: only for readers of traditional text

    return OpenCC("t2s")
