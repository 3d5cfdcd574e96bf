import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.articles.jsonld import article_data
from crawler.reading.articles.locate import parse
from tests.reading.pages import BODY, TITLE

ARTICLE = {"@type": "NewsArticle", "headline": TITLE, "articleBody": BODY}


def read(said: str) -> dict[str, str]:
    root = parse(f'<html><body><script type="application/ld+json">{said}</script><p>x</p></body></html>')
    assert root is not None
    return article_data(root)


@pytest.mark.parametrize(
    "said",
    [
        ARTICLE,
        [{"@type": "Organization"}, ARTICLE],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, ARTICLE]},
        {**ARTICLE, "@type": ["WebPage", "NewsArticle"]},
    ],
)
def test_headline_and_text_are_found_in_every_shape(said: object) -> None:
    assert read(json.dumps(said, ensure_ascii=False)) == {"headline": TITLE, "articleBody": BODY}


@pytest.mark.parametrize("said", ["", "{", "null", "[[[[[[[[]]]]]]]]", '{"@type": "NewsArticle"}', '{"headline": 1}'])
def test_what_is_no_article_says_nothing(said: str) -> None:
    assert read(said) == {}


@given(st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_json_survives(said: object) -> None:
    read(json.dumps(said).replace("<", ""))
