"""Where on a page the article is: the source's selector, a mark the CMS families leave, else the text's own shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from lxml import etree

from crawler.reading.classes.page_class import oversized_tag
from crawler.reading.terms import terms

Element = Any  # lxml.etree._Element; lxml ships no types
Marks = dict[str, list[Element]]
Values = dict[str, tuple[str, ...]]  # of attributes, by their names
_ENOUGH = 80  # characters of text that a likely place must hold
_SHARE = 0.4  # share of a page's unlinked text that a likely place must hold
_FRAME = 1_000  # characters from which on a marked element may be a whole column
_LINKED = 0.35  # share of link text above which a place is a list or a menu
_NEVER = frozenset(("a", "span", "input", "textarea", "script", "style"))
_MARKED = 40  # elements with one mark that are compared
_TEXTS = etree.XPath("descendant-or-self::text()[not(parent::script or parent::style)]", smart_strings=False)
_VALUES = {n: etree.XPath(f"body/descendant-or-self::*/@{n}", smart_strings=False) for n in ("id", "class")}
_WITH = {n: etree.XPath(f"//body/descendant::*/@{n}[.=$value]/..", smart_strings=False) for n in ("id", "class")}
_SAID = etree.XPath("//body//text()[not(ancestor::a or ancestor::script or ancestor::style or ancestor::form)]")
_NEAR = 5  # ancestors of a sentence that may be the body
_SENTENCE = 12  # characters of the shortest text that is a sentence
_NAMES = 500  # characters of a class or id that are looked at
_PARSER_LIMIT = 8_000_000  # characters; the crawl fetches no more


def parse(text: str) -> Element | None:
    """The tree of a page; None when it has no element.  page_class.oversized_tag must have been asked before."""
    parser = etree.HTMLParser(encoding="utf-8", remove_pis=True)  # lxml.html's own elements cost twice the time to walk
    try:
        return etree.fromstring(text[:_PARSER_LIMIT].encode("utf-8", "ignore"), parser)
    except etree.XMLSyntaxError:
        return None


def text_of(node: Element) -> str:
    """All text under ``node``, scripts and styles left out, as it stands."""
    return "".join(_TEXTS(node))


def squeezed(text: str) -> str:
    """``text`` without white space."""
    return "".join(text.split())


def select(root: Element, css: str | None) -> Element | None:
    """The first element that the CSS selector ``css`` names, if it is given and names one."""
    found = _selector(css)(root) if css else []
    return found[0] if found else None


def locate(root: Element, marks: Marks, css: str | None = None) -> Element | None:
    """The element that holds the article's body: the source's selector ``css``, else one of ``marks``, else None."""
    if (node := select(root, css)) is not None:
        return _unescaped(node)
    if (node := _between_comments(root)) is not None:
        return node
    for mark in terms("locate")["sure"]:
        if (node := _fullest(marks.get(mark, ()))) is not None and not _is_frame(node):
            return node
    return _densest([n for mark in terms("locate")["likely"] for n in marks.get(mark, ())], root)


def _unescaped(node: Element) -> Element:
    """``node``, or for a textarea the markup that it keeps as text (环球网)."""
    markup = text_of(node) if node.tag == "textarea" else ""
    kept = parse(markup) if markup and not oversized_tag(markup) else None
    return node if kept is None else kept


def by_shape(text: str) -> Element | None:
    """The body of a page that bears no mark we know, by readability (F1 0.963 on 56 pages of Chinese media)."""
    from readability import Document  # 60 ms of import, 50 ms a page
    from readability.readability import Unparseable

    try:
        return parse(str(Document(text).summary(html_partial=True)))
    except (Unparseable, etree.LxmlError, ValueError, TypeError, AttributeError, IndexError):
        return None  # readability fails in many ways on hostile markup, all of which mean: not read


def by_sentences(root: Element) -> Element | None:
    """The innermost element with most of the page's sentences: for texts too short or too flat for readability."""
    said: Counter[Element] = Counter()
    for parent, text in _sentences(root):
        for ancestor, _ in zip((parent, *parent.iterancestors()), range(_NEAR), strict=False):
            if ancestor.tag in ("body", "html"):
                break
            said[ancestor] += len(text)
    most = max(said.values(), default=0)
    return min((n for n, size in said.items() if size >= 0.9 * most), key=lambda n: len(text_of(n)), default=None)


def _sentences(root: Element) -> Iterator[tuple[Element, str]]:
    """Every text outside links and forms that is or ends a sentence, with the element it stands in."""
    for text in _SAID(root):
        words = text.strip()
        if len(words) >= _SENTENCE and any(mark in words for mark in "。！？；，"):
            parent = text.getparent()
            yield (parent.getparent() if text.is_tail else parent), words


def link_density(node: Element) -> float:
    """The share of a node's text that is link text, 0..1; 1 where there is no text."""
    whole = len(squeezed(text_of(node)))
    return sum(len(squeezed(text_of(a))) for a in node.iter("a")) / whole if whole else 1.0


def values_on(root: Element) -> Values:
    """The values of ids and classes on a page, each once, in document order: asked for once, for all who look there."""
    return {attribute: tuple(dict.fromkeys(found(root))) for attribute, found in _VALUES.items()}


def bearing(root: Element, attribute: str, value: str) -> list[Element]:
    """The elements whose id or class is just this."""
    found: list[Element] = _WITH[attribute](root, value=value)
    return found


def find_marks(root: Element, values: Values) -> Marks:
    """Every element whose id (``#id``) or class (``.class``), in lower case, is a mark we know, in document order.

    The names are compared before any element is touched: most pages have a thousand elements and one mark.
    """
    found: Marks = {}
    for attribute, sign in (("id", "#"), ("class", ".")):
        for value in values[attribute]:
            marks = _marks_in(sign, value[:_NAMES])
            for node in bearing(root, attribute, value) if marks else ():
                for mark in marks:
                    found.setdefault(mark, []).append(node)
    return found


@lru_cache(maxsize=4096)  # the pages of a site have the same ones
def _marks_in(sign: str, value: str) -> list[str]:
    return [name for word in value.lower().split() if (name := sign + word) in _known()]


@cache
def _known() -> frozenset[str]:
    return frozenset(terms("locate")["sure"] + terms("locate")["likely"] + terms("title")["marks"])


@cache
def _selector(css: str) -> Any:
    from lxml.cssselect import CSSSelector

    return CSSSelector(css, translator="html")


def _fullest(nodes: Any) -> Element | None:
    """Of ``nodes``, which bear one mark, the one that is the body.

    Word and TRS editors nest their marks: the innermost is taken, unless the outer one says more than it.  Some
    templates use one editor for the text and another beside it for its attachments: both are the body.
    """
    full = [n for n in nodes if n.tag not in _NEVER and _holds(n)]
    sizes = {n: len(squeezed(text_of(n))) for n in full[-_MARKED:]}
    inmost = [
        n for n, size in sizes.items() if not any(n in o.iterancestors() and 1.5 * sizes[o] >= size for o in sizes)
    ]
    outmost = [n for n in inmost if not any(o in n.iterancestors() for o in inmost)]
    if not outmost:
        return None
    parent = outmost[0].getparent()
    if len(outmost) > 1 and all(n.getparent() is parent for n in outmost):
        return boxed(outmost)
    return max(outmost, key=lambda n: sizes[n])


def boxed(nodes: list[Element]) -> Element:
    """``nodes``, siblings, as one element in the place of the first; its place in the page's tree is kept."""
    box = etree.Element("div")
    nodes[0].addprevious(box)
    box.extend(nodes)
    return box


def _holds(node: Element) -> bool:
    return bool(squeezed(text_of(node))) or node.find(".//img") is not None


def _is_frame(node: Element) -> bool:
    """Whether a marked element is no body but the column around it, full of links to other articles."""
    return len(squeezed(text_of(node))) > _FRAME and link_density(node) > _LINKED


def _densest(nodes: list[Element], root: Element) -> Element | None:
    """Of ``nodes`` the innermost that holds most of the page's text outside links; None when none of them does."""
    own = {n: _unlinked(n) for n in nodes if _paragraphs(n) and link_density(n) < _LINKED}
    most = max(own.values(), default=0)
    if most < max(_ENOUGH, _SHARE * _unlinked(root)):
        return None
    return min((n for n, size in own.items() if size >= 0.8 * most), key=lambda n: own[n])


def _unlinked(node: Element) -> float:
    return len(squeezed(text_of(node))) * (1 - link_density(node))


def _paragraphs(node: Element) -> bool:
    return sum(1 for n in node.iter("p", "br") if n is not None) >= 2


def _between_comments(root: Element) -> Element | None:
    """What stands between a pair of body comments, as one element.

    The closing comment must be a sibling of the opening one, or be missing; otherwise the pair encloses no element.
    """
    starts, ends = terms("locate")["comment_start"], terms("locate")["comment_end"]
    for comment in root.xpath("//comment()"):
        if (
            _is(comment, starts)
            and (inside := _until(comment, ends)) is not None
            and len(squeezed(text_of(inside))) >= _ENOUGH
        ):
            return inside
    return None


def _is(comment: Element, words: list[str]) -> bool:
    said = (comment.text or "").strip().strip("-= ").lower()
    return any(said == w.lower() for w in words)


def _until(comment: Element, ends: list[str]) -> Element | None:
    """The siblings from ``comment`` to a closing one; a parent of its own keeps the place in the page's tree."""
    nodes = []
    for node in comment.itersiblings():
        if isinstance(node, etree._Comment) and _is(node, ends):
            break
        nodes.append(node)
    else:
        return None
    if len(nodes) == 1 and not (comment.tail or "").strip():
        return nodes[0] if isinstance(nodes[0].tag, str) else None
    box = etree.Element("div")
    box.text = comment.tail
    comment.tail = None
    comment.addnext(box)
    box.extend(nodes)
    return box
