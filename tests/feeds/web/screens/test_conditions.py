"""Conditions in forms: what comes back is what was there, and nothing is lost that a form does not show."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from crawler.config.hooks import When
from feeds.web.screens import conditions
from tests.feeds.world import World

Make = Callable[..., World]
Browse = Callable[..., TestClient]
HOOKS = """
[[hook]]
id = "a"
url = "https://a.example/in"
when = { title = ["骗局"], published_within = "2h", kind = ["warning"] }
[[hook]]
id = "b"
url = "https://b.example/in"
[[hook]]
id = "c"
url = "https://c.example/in"
[[rule]]
hooks = ["b", "c"]
when = { place = ["MM"], column = ["bsa/tips"] }
unless = { kind = ["case"] }
"""
_WHEN = st.builds(
    When,
    kind=st.lists(st.sampled_from(conditions.CHOSEN["kind"]), unique=True),
    authority=st.lists(st.sampled_from(conditions.CHOSEN["authority"]), unique=True),
    place=st.lists(st.sampled_from(["MM", "KH", "GB"]), unique=True),
    words=st.lists(st.sampled_from(["骗局", "two words"]), unique=True, min_size=0, max_size=2),
    title=st.lists(st.sampled_from(["提示", "通缉"]), unique=True),
    official=st.sampled_from([None, True, False]),
    published_within=st.sampled_from([None, 3600.0]),
)


@given(_WHEN, st.sampled_from(conditions.GROUPS))
def test_a_form_that_nobody_touched_changes_nothing(when: When, group: str) -> None:
    back = When.model_validate(conditions.given(conditions.fields(when, group), group, when))
    assert all(sorted(map(str, told(back, name))) == sorted(map(str, told(when, name))) for name in When.model_fields)


def told(when: When, name: str) -> tuple[object, ...]:
    value = getattr(when, name)
    return value if isinstance(value, tuple) else (value,)


def test_what_is_unticked_and_emptied_goes_away_and_the_rest_stays() -> None:
    before = When(kind=("warning",), place=("MM",), title=("提示",))
    assert conditions.given({"when.place": "kh， gb"}, "when", before) == {"place": ["KH", "GB"], "title": ["提示"]}


def hidden(client: TestClient, path: str) -> dict[str, str]:
    """The fields that a page puts into its first form, and what its boxes and lines hold."""
    text = client.get(path).text
    form = re.search(r'<form class="sheet".*?</form>', text, re.S)
    assert form
    said = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
    said |= dict.fromkeys(re.findall(r'<input type="checkbox" name="([^"]+)" value="1" checked', form[0]), "1")
    return said | dict(re.findall(r'<input id="[^"]+" name="([^"]+)" value="([^"]*)"', form[0]))


def test_saving_a_hook_as_it_stands_keeps_the_conditions_that_the_form_does_not_show(
    make_world: Make, browse: Browse
) -> None:
    world = make_world(HOOKS)
    before = world.settings.hook[0].when
    client = browse(world)
    assert client.post("/hooks/a", data=hidden(client, "/hooks/a")).status_code == 303
    assert world.settings.hook[0].when == before


def test_a_rule_is_saved_with_what_the_form_does_not_show(make_world: Make, browse: Browse) -> None:
    world = make_world(HOOKS)
    client = browse(world)
    form = hidden(client, "/rules/1")
    assert (form["hook.b"], form["when.place"], form["unless.kind.case"]) == ("1", "MM", "1")
    assert client.post("/rules/1", data=form | {"when.place": "MM, LA"}).status_code == 303
    (rule,) = world.settings.rule
    assert (rule.when.place, rule.when.column) == (("MM", "LA"), ("bsa/tips",))
    assert rule.unless.kind == ("case",)


def test_a_form_older_than_the_rules_is_refused(make_world: Make, browse: Browse) -> None:
    world = make_world(HOOKS)
    client = browse(world)
    form = hidden(client, "/rules/1")
    assert client.post("/rules/1", data=form | {"when.place": "LA"}).status_code == 303
    for path in ("/rules/1", "/rules/new", "/rules/1/remove"):
        assert client.post(path, data=form).status_code == 409
    assert world.settings.rule[0].when.place == ("LA",)


def test_a_rule_that_names_no_hook_comes_back_with_what_is_wrong(make_world: Make, browse: Browse) -> None:
    world = make_world(HOOKS)
    client = browse(world)
    form = {name: value for name, value in hidden(client, "/rules/new").items() if not name.startswith("hook.")}
    answer = client.post("/rules/new", data=form | {"when.place": "LA"})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'value="LA"' in answer.text
    assert len(world.settings.rule) == 1
    assert client.get("/rules/7").status_code == 404
