from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crawler.platforms.json_shape import infer_options
from tests.platforms.conftest import NOW

TITLES = ("警惕冒充使馆的来电", "谨防境外高薪招工骗局", "虚假投资平台案例通报", "防范换汇诈骗的提醒")


def rows(**more: Any) -> list[dict[str, Any]]:
    return [
        {"id": n, "title": t, "url": f"/a/{n}.html", "pic": f"/p/{n}.jpg", "time": f"2026-03-0{n} 08:00"} | more
        for n, t in enumerate(TITLES, 1)
    ]


def found(value: Any) -> dict[str, Any] | None:
    options = infer_options(value, "Asia/Shanghai", NOW)
    return options.model_dump(include={"items", "url", "title", "published"}) if options else None


def test_the_fields_that_are_called_so_are_taken() -> None:
    wanted = {"items": "@", "url": "url", "title": "title", "published": "time"}
    assert found(rows()) == wanted
    assert found({"code": 0, "data": {"list": rows()}}) == wanted | {"items": "data.list"}
    assert found({"result set": {"1": rows()}}) == wanted | {"items": '"result set"."1"'}


def test_fields_of_other_names_are_told_by_what_they_hold() -> None:
    value = [
        {"bt": t, "dz": f"https://a.example/{n}", "nr": "同一句", "fbsj_date": 1772323200 + n}
        for n, t in enumerate(TITLES)
    ]
    assert found(value) == {"items": "@", "url": "dz", "title": "bt", "published": "fbsj_date"}


def test_the_longest_list_of_articles_counts() -> None:
    menu = [
        {"name": t, "url": f"/menu/{n}/"}
        for n, t in enumerate(("机构职能和领导信息", "政府信息公开指南", "网上办事服务大厅"))
    ]
    assert found({"menu": menu, "data": {"rows": rows()}}) == {
        "items": "data.rows",
        "url": "url",
        "title": "title",
        "published": "time",
    }


def test_what_has_no_titles_or_no_addresses_is_no_list() -> None:
    assert found({"data": []}) is None
    assert found([{"title": t} for t in TITLES]) is None
    assert found([{"url": f"/{n}.html", "n": n} for n in range(9)]) is None
    assert found([{"title": "同一个标题同一个标题", "url": f"/{n}.html"} for n in range(9)]) is None
    assert found([{"title": t, "url": f"/p/{n}.png"} for n, t in enumerate(TITLES)]) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=9), inner, max_size=5),
    max_leaves=40,
)


@given(JSON)
def test_any_value_is_survived(value: Any) -> None:
    found(value)
    found([value, value, value])


@given(st.dictionaries(st.text(max_size=12), JSON, max_size=4))
def test_what_is_found_is_a_valid_configuration(row: dict[str, Any]) -> None:
    options = infer_options([row | {"title": t, "url": f"/{n}.html"} for n, t in enumerate(TITLES)], "UTC", NOW)
    assert options is not None
