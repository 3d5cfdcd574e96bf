"""Where on a page the article is: the source's selector, a mark the CMS families leave, else the text's own shape."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from lxml import etree

from crawler.reading.terms import terms

Element = Any  # lxml.etree._Element; lxml ships no types
Marks = dict[str, list[Element]]
_ENOUGH = 80  # characters of text that a likely place must hold
_SHARE = 0.4  # share of a page's unlinked text that a likely place must hold
_FRAME = 1_000  # characters from which on a marked element may be a whole column
_LINKED = 0.35  # share of link text above which a place is a list or a menu
_TEXTS = etree.XPath("descendant-or-self::text()[not(parent::script or parent::style)]", smart_strings=False)
_IDS = etree.XPath("//body//@id", smart_strings=False)
_CLASSES = etree.XPath("//body//@class", smart_strings=False)
_WITH = {name: etree.XPath(f"//body//*[@{name}=$value]") for name in ("id", "class")}
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


def select(root: Element, css: str | None) -> Element | None:
    """The first element that the CSS selector ``css`` names, if it is given and names one."""
    found = _selector(css)(root) if css else []
    return found[0] if found else None


def locate(root: Element, marks: Marks, css: str | None = None) -> Element | None:
    """The element that holds the article's body: the source's selector ``css``, else one of ``marks``, else None."""
    if (node := select(root, css)) is not None or (node := _between_comments(root)) is not None:
        return node
    for mark in terms("locate")["sure"]:
        if (node := _last_with_text(marks.get(mark, ()))) is not None and not _is_frame(node):
            return node
    return _densest([n for mark in terms("locate")["likely"] for n in marks.get(mark, ())], root)


def by_shape(text: str) -> Element | None:
    """The body of a page that bears no mark we know, by readability (F1 0.963 on 56 pages of Chinese media)."""
    from readability import Document  # 60 ms of import, 50 ms a page
    from readability.readability import Unparseable

    try:
        return parse(str(Document(text).summary(html_partial=True)))
    except (Unparseable, etree.LxmlError, ValueError, TypeError, AttributeError, IndexError):
        return None  # readability fails in many ways on hostile markup, all of which mean: not read


def link_density(node: Element) -> float:
    """The share of a node's text that is link text, 0..1; 1 where there is no text."""
    whole = len(_squeezed(text_of(node)))
    return sum(len(_squeezed(text_of(a))) for a in node.iter("a")) / whole if whole else 1.0


def find_marks(root: Element) -> Marks:
    """Every element whose id (``#id``) or class (``.class``), in lower case, is a mark we know, in document order.

    The names are compared before any element is touched: most pages have a thousand elements and one mark.
    """
    found: Marks = {}
    for attribute, sign, values in (("id", "#", _IDS(root)), ("class", ".", _CLASSES(root))):
        for value in dict.fromkeys(values):
            names = [n for word in value.lower().split() if (n := sign + word) in _known()]
            for node in _WITH[attribute](root, value=value) if names else ():
                for name in names:
                    found.setdefault(name, []).append(node)
    return found


@cache
def _known() -> frozenset[str]:
    return frozenset(terms("locate")["sure"] + terms("locate")["likely"] + terms("title")["marks"])


@cache
def _selector(css: str) -> Any:
    from lxml.cssselect import CSSSelector

    return CSSSelector(css, translator="html")


def _last_with_text(nodes: Any) -> Element | None:
    """The last of ``nodes`` that holds words or pictures; of nested ones the innermost.

    Word and TRS editors nest their marks; where the outer one says more than the inner, the outer is the body.
    """
    full = [n for n in nodes if n.tag not in ("a", "span", "input", "textarea", "script", "style") and _holds(n)]
    if not full:
        return None
    best = full[-1]
    for outer in reversed(full[:-1]):
        if outer in best.iterancestors() and len(_squeezed(text_of(outer))) > 1.5 * len(_squeezed(text_of(best))):
            best = outer
    return best


def _holds(node: Element) -> bool:
    return bool(_squeezed(text_of(node))) or node.find(".//img") is not None


def _is_frame(node: Element) -> bool:
    """Whether a marked element is no body but the column around it, full of links to other articles."""
    return len(_squeezed(text_of(node))) > _FRAME and link_density(node) > _LINKED


def _densest(nodes: list[Element], root: Element) -> Element | None:
    """Of ``nodes`` the innermost that holds most of the page's text outside links; None when none of them does."""
    own = {n: _unlinked(n) for n in nodes if _paragraphs(n) and link_density(n) < _LINKED}
    most = max(own.values(), default=0)
    if most < max(_ENOUGH, _SHARE * _unlinked(root)):
        return None
    return min((n for n, size in own.items() if size >= 0.8 * most), key=lambda n: own[n])


def _unlinked(node: Element) -> float:
    return len(_squeezed(text_of(node))) * (1 - link_density(node))


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
            and len(_squeezed(text_of(inside))) >= _ENOUGH
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


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
