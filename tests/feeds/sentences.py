"""The lines that the inner rooms say to people, such as why a page is not read, as they stand in the code.

No room marks them: a sentence is any text of several words that is no documentation, log line, pattern or markup.  What
an f-string is filled with becomes a placeholder, so that the catalogue holds each sentence as it is written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

from crawler.items import PageClass

ROOT = Path(__file__).parents[2]
ROOMS = (  # whose sentences a page may show
    "crawler/adding/proposing.py",
    "crawler/adding/scouting.py",
    "crawler/aside.py",
    "crawler/config",
    "crawler/evidence/chain.py",
    "crawler/explaining.py",
    "crawler/extensions/reader.py",
    "crawler/fetch",
    "crawler/further.py",
    "crawler/guard.py",
    "crawler/intake.py",
    "crawler/items/catalogue.py",
    "crawler/judging/attribution",
    "crawler/judging/change/doubt.py",
    "crawler/judging/columns",
    "crawler/judging/likeness/sameness.py",
    "crawler/platforms",
    "crawler/reading/articles/article.py",
    "crawler/reading/classes",
    "crawler/rendering",
    "crawler/store/delivery",
    "crawler/store/engine.py",
    "crawler/store/watch",
    "crawler/store/wire",
    "crawler/submission.py",
    "feeds/alerts",
    "feeds/checks.py",
    "feeds/operations.py",
    "feeds/web/context.py",
    "feeds/web/forms.py",
    "feeds/web/gate.py",
    "feeds/web/questions.py",
    "feeds/web/screens",
)
SHORT = (  # too short to be known for a sentence, and what libraries and systems say
    "careful: %(lies)s",
    "unspecified",
    "private",
    "carrier-grade NAT",
    "loopback",
    "reserved",
    "documentation",
    "benchmarking",
    "multicast",
    "not UTF-8",
    "nowhere",
    "is empty",
    "is no file",
    "ClientConnectorError: Cannot connect to host %(host)s ssl:%(ssl)s [%(why)s]",
    "ServerDisconnectedError: Server disconnected",
    "ClientOSError: [Errno %(number)s] %(why)s",
    "Connect call failed %(address)s",
    "Connection refused",
    "Connection reset by peer",
    "Network is unreachable",
    "No route to host",
    "No such file or directory",
    "No space left on device",
    "Permission denied",
    "Read-only file system",
    "Field required",
    "Input should be %(expected)s",
    "Input should be a valid string",
    "Input should be greater than %(least)s",
    "Input should be greater than or equal to %(least)s",
    "Input should be less than or equal to %(most)s",
    "String should have at least %(least)s character",
    "String should have at most %(most)s characters",
    "String should match pattern '%(pattern)s'",
)
_SILENT = re.compile(
    r"(self\._?)?log\.|said\.(warning|error|info)|re\.|_re|text$|func\.|structlog|Word$|.*gettext$|Query$"
    r"|RuntimeError|KeyError"
)
_NO_SENTENCE = re.compile(
    r"[\\^<|\n]|^[\W\d]*//|^var |::|SELECT |^PRAGMA|^SET |=\"\w|-src |charset=|max-age|[㐀-鿿]|^[A-Z].*\.$"
    r"|^Fenghuo/|^Value error|gzip,|\[\?"
)
_WORDS = re.compile(r"[A-Za-z]{2,}\S* +\S*[a-z]{2}")
_PLACE = re.compile(r"%\(\w+\)s")
_SAYS_NOTHING = {"len", "str", "join", "split", "or", "if", "else", "for", "in", "e", "f", "self", "found"}


def sentences() -> set[str]:
    """Every sentence, with ``%(name)s`` where it is filled in."""
    found = sorted({said for file in _files() for said in said_in(file.read_text("utf-8"))})
    alike = {_PLACE.sub("…", said): said for said in reversed(found)}  # one of those that differ in names alone
    return {*alike.values(), *SHORT, *map(str, PageClass)}


def _files() -> Iterator[Path]:
    for room in ROOMS:
        place = ROOT / room
        yield from sorted(place.rglob("*.py")) if place.is_dir() else [place]


def said_in(code: str) -> Iterator[str]:
    """The sentences of one module."""
    tree = ast.parse(code)
    unsaid = set(_unsaid(tree))
    for node in ast.walk(tree):
        for said in () if id(node) in unsaid else map(_begun, _written(node)):
            if _WORDS.search(_PLACE.sub("", said)) and not _NO_SENTENCE.search(said):
                yield said


def _unsaid(tree: ast.AST) -> Iterator[int]:
    """The nodes that nobody is told: documentation, what is logged or matched, and the pieces of an f-string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
        elif isinstance(node, ast.Call) and _SILENT.match(ast.unparse(node.func)):
            yield from map(id, ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            yield from map(id, node.values)
            yield from (id(arm) for value in node.values for arm in _arms(value))


def _written(node: ast.AST) -> list[str]:
    """How a text is written: as one sentence, or as many as the choices within it give."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if not isinstance(node, ast.JoinedStr):
        return []
    taken: set[str] = set()
    parts = [_part(value, taken) for value in node.values]
    return [re.sub(r"(%\(\w+\)s)(%\(\w+\)s)+", r"\1", "".join(chosen)) for chosen in product(*parts)]


def _begun(said: str) -> str:
    """A sentence from where it begins: what is put behind another begins with the mark between them."""
    return said.removeprefix("; ")


def _part(value: ast.expr, taken: set[str]) -> Sequence[str]:
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if arms := _arms(value):
        return arms
    return [f"%({_name(ast.unparse(value.value), taken)})s"] if isinstance(value, ast.FormattedValue) else []


def _arms(value: ast.expr) -> list[str]:
    """The texts of a choice between two (``{'s' if many else ''}``)."""
    choice = value.value if isinstance(value, ast.FormattedValue) else None
    if not isinstance(choice, ast.IfExp):
        return []
    arms = [arm.value for arm in (choice.body, choice.orelse) if isinstance(arm, ast.Constant)]
    return [str(arm) for arm in arms] if len(arms) == 2 else []


def _name(filled_by: str, taken: set[str]) -> str:
    """What a placeholder is called: the last word of what fills it."""
    words = re.findall(r"[A-Za-z_]\w*", re.sub(r"'[^']*'|\"[^\"]*\"", "", filled_by))
    name = next((w.strip("_").lower() for w in reversed(words) if w not in _SAYS_NOTHING), "why")
    while name in taken:
        name += "_"
    taken.add(name)
    return name
