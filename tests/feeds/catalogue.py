"""The message catalogue kept in step with the code: `make words`, which is ``python -m tests.feeds.catalogue``."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from feeds.languages import CATALOGUE, LOCALES
from feeds.reasons import CONTEXT
from tests.feeds.sentences import sentences

ROOT = Path(__file__).parents[2]
HEADER = """\
# What Fenghuo says, in Chinese. `make words` adds what is new in code and templates; fill in each empty msgstr.
msgid ""
msgstr ""
"Language: zh_CN\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_OPTIONS = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
_KEYWORDS = {"Word": None, "_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def extracted() -> Catalog:
    """Every sentence of code and templates."""
    found = Catalog(fuzzy=False)
    for message, context in sorted(_messages(), key=str):
        found.add(message, context=context)
    return found


def _messages() -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    for folder in ("feeds", "commands"):
        for _, _, message, _, context in extract_from_dir(ROOT / folder, _METHODS, _OPTIONS, _KEYWORDS):
            yield message, context
    for said in sentences():
        yield said, CONTEXT


def kept() -> Catalog:
    """The catalogue as it stands in the repository."""
    return parsed(CATALOGUE.read_text("utf-8"))


def parsed(text: str) -> Catalog:
    """A catalogue of the text of a .po file."""
    return read_po(io.BytesIO(text.encode()), LOCALES["zh"], abort_invalid=True)


def text_of(catalogue: Catalog) -> str:
    """The .po file of a catalogue: no dates, names or line numbers, so that it changes only where a sentence does."""
    lines = io.BytesIO()
    write_po(lines, catalogue, width=0, no_location=True, omit_header=True, ignore_obsolete=True)
    return HEADER + lines.getvalue().decode().lstrip("\n")


def brought_up_to_date() -> str:
    """The .po file with each sentence of the code: those that have a translation keep it, no other is guessed."""
    catalogue = kept()
    catalogue.update(extracted(), no_fuzzy_matching=True)
    return text_of(catalogue)


if __name__ == "__main__":
    CATALOGUE.write_text(brought_up_to_date(), "utf-8")
    empty = [message.id for message in kept() if message.id and not message.string]
    print(
        f"{CATALOGUE.relative_to(ROOT)}: {len(kept())} messages",
        *(f"no translation yet: {e!r}" for e in empty),
        sep="\n",
    )
