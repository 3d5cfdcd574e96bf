"""The two languages of the product: English stands in the code, Chinese in the message catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gettext import NullTranslations

    from babel.messages.catalog import Catalog

LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh_CN", "en": "en"}
"""The CLDR locale of each language: how it counts, and tells how long ago something was."""
CATALOGUE = Path(__file__).parent / "locale" / "zh_CN.po"


@dataclass(frozen=True, slots=True)
class Word:
    """One meaning in both languages, written in English; the catalogue has the Chinese.

    ``make words`` finds every ``Word("…")`` of the code for the catalogue.
    """

    en: str
    _zh: str | None = None

    @classmethod
    def known(cls, en: str, zh: str) -> Word:
        """A word whose Chinese is known, such as a name that stands in data."""
        return cls(en, zh)

    @classmethod
    def alike(cls, said: str) -> Word:
        """What is said alike in every language: a number, a name, a command, a publisher's own words."""
        return cls(said, said)

    @property
    def zh(self) -> str:
        """In Chinese."""
        return translations("zh").gettext(self.en) if self._zh is None else self._zh

    @property
    def both(self) -> str:
        """Chinese and English side by side, for readers whose language is not known."""
        return f"{self.zh} {self.en}"

    def of(self, language: str) -> str:
        """In ``language`` (``en``, else Chinese)."""
        return self.en if language == "en" else self.zh

    def filled(self, **values: Any) -> Word:
        """The word with its ``%(name)s`` filled in; a value that is a word itself is told in the same language."""
        return Word.known(self._filled("en", values), self._filled("zh", values))

    def _filled(self, language: str, values: dict[str, Any]) -> str:
        told = {name: v.of(language) if isinstance(v, Word) else v for name, v in values.items()}
        return self.of(language) % told


@cache
def translations(language: str) -> NullTranslations:
    """What the catalogue says in ``language``; what it does not know is said in English.

    The catalogue is read as it is written (.po), so that no step of building stands between an edit and a page.
    """
    from gettext import GNUTranslations, NullTranslations
    from io import BytesIO

    if language == "en":
        return NullTranslations()
    from babel.messages.mofile import write_mo

    compiled = BytesIO()
    write_mo(compiled, _chinese())
    compiled.seek(0)
    return GNUTranslations(compiled)


def messages(context: str) -> Iterator[tuple[str, str]]:
    """What stands in the catalogue under ``context``: each message and its translation."""
    for message in _chinese():
        if message.context == context and isinstance(message.id, str):
            yield message.id, str(message.string)


@cache
def _chinese() -> Catalog:
    from babel.messages.pofile import read_po  # 70 ms, which a command that says nothing in Chinese need not wait

    with CATALOGUE.open("rb") as file:
        return read_po(file, LOCALES["zh"])


def language_named(tag: str | None) -> str | None:
    """Which of ours a language tag names (``zh-Hans-CN`` is ``zh``, RFC 5646); None for any other."""
    primary = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary in LANGUAGES else None


def preferred(accept_language: str) -> str:
    """Which of ours an Accept-Language header weighs most (RFC 9110, 12.5.4); of equals the first that it names.

    ``*`` stands for each that is not named, a weight of 0 refuses; Chinese where the header wants neither.
    """
    weights: dict[str, tuple[float, int]] = {}
    for place, part in enumerate(accept_language.split(",")):
        tag, _, parameter = part.partition(";")
        language = "*" if tag.strip() == "*" else language_named(tag)
        if language:
            weights[language] = max(weights.get(language, (0.0, 0)), (_weight(parameter), -place))
    rest = weights.pop("*", (0.0, 0))
    best = max(LANGUAGES, key=lambda language: weights.get(language, rest))
    return best if weights.get(best, rest)[0] > 0 else LANGUAGES[0]


def _weight(parameter: str) -> float:
    """The ``q`` of one range; 0 for one that is none, as nobody can say what it wants."""
    try:
        weight = float(parameter.replace(" ", "").lower().removeprefix("q=") or 1)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
