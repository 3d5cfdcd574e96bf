import json
import time

import pytest

from commands.watching import named_columns
from crawler.config.catalogue import Catalogue, load_source
from crawler.exceptions import ConfigError
from crawler.items import Look, Outcome, Source
from crawler.store import open_store
from crawler.store.watch import columns, looks
from tests.commands.conftest import Place
from tests.commands.test_understanding import site, source

SOURCE = Source.model_validate(
    {
        "id": "mps",
        "name": "公安部",
        "authority": "ministry",
        "column": [
            {"id": "tips", "url": "https://police.example/tips/"},
            {"id": "news", "url": "https://police.example/news/"},
            {"id": "old", "url": "https://police.example/old/", "enabled": False},
        ],
    }
)


def test_columns_never_looked_at_are_listed_as_new(place: Place) -> None:
    column = place.json("sources")[0]
    assert column["column"] == "mps/main"
    assert column["state"] == "new"
    assert (column["last_look"], column["last_new"], column["next_look"]) == (None, None, None)
    assert place.ok("sources").startswith("mps/main\t公安部\tnew\t")


def test_a_disabled_column_says_so(place: Place) -> None:
    place.write(
        "sources/off.toml",
        'id = "off"\nname = "x"\nauthority = "media"\n[[column]]\nurl = "https://x.example/"\nenabled = false\n',
    )
    assert {c["column"]: c["state"] for c in place.json("sources")} == {"mps/main": "new", "off/main": "disabled"}


def test_a_source_means_its_enabled_columns_and_a_column_itself() -> None:
    catalogue = Catalogue.of([SOURCE])
    assert named_columns(catalogue, ["mps"]) == ["mps/tips", "mps/news"]
    assert named_columns(catalogue, ["mps/news", "mps"]) == ["mps/news", "mps/tips"]


@pytest.mark.parametrize("name", ["nobody", "mps/none", "mps/old/x", ""])
def test_an_unknown_name_is_a_mistake(name: str) -> None:
    with pytest.raises(ConfigError, match="no such source or column"):
        named_columns(Catalogue.of([SOURCE]), [name])


def test_a_poll_of_an_unknown_source_exits_2_and_looks_nowhere(place: Place) -> None:
    result = place.run("poll", "nobody")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_a_poll_tells_what_each_look_found_and_exits_3_if_one_failed(place: Place) -> None:
    with site() as server:
        source(place, server.url)
        first = place.json("poll", "local")
        again = place.run("poll", "local", "--json")
    gone = place.run("poll", "local", "--json")
    look = first["looks"][0]
    assert (look["column"], look["outcome"], look["items"], look["new"]) == ("local/main", "baseline", 7, 7)
    assert {"status", "seconds", "bytes", "why", "at"} <= look.keys()
    assert (again.exit_code, json.loads(again.stdout)["looks"][0]["outcome"]) == (0, "unchanged")
    assert (gone.exit_code, json.loads(gone.stdout)["looks"][0]["outcome"]) == (3, "failed")
    assert place.json("sources")[0]["last_look"]


def test_a_submitted_article_is_a_notice(place: Place) -> None:
    with site() as server:
        source(place, server.url)
        found = place.json("submit", f"{server.url}/n/2.html")
        refused = place.run("submit", f"{server.url}/nothing.html")
    notice = place.json("show", found["id"])
    assert notice["origin"]["source"] == "local"
    assert notice["alertable"]
    assert refused.exit_code == 3
    assert refused.stderr.count("\n") == 1


MPS = Source.model_validate(
    {"id": "mps", "name": "公安部", "authority": "ministry", "url": "https://police.example/tips/index.html"}
)


def test_a_day_is_told_hour_by_hour_and_a_month_source_by_source(place: Place) -> None:
    store = open_store(f"sqlite:///{place.path / 'var' / 'fenghuo.db'}")
    now = time.time()
    with store.begin() as tx:
        configured = [("mps/main", MPS, MPS.column[0])]
        columns.sync(tx, configured, now)
        looks.record(tx, [Look("mps/main", now, Outcome.BASELINE)], every={"mps/main": MPS.column[0]})
    store.close()
    column, strip, _ = place.ok("sources", "--coverage", "today").rstrip("\n").split("\t")
    assert (column, strip.strip("."), len(strip) <= 25) == ("mps/main", "+", True)
    assert place.json("sources", "--coverage", "today")["columns"][0]["hours_observed"] == 1
    assert place.ok("sources", "--coverage", time.strftime("%Y-%m")).split("\t")[:2] == ["mps", "1"]


def test_a_day_that_is_none_is_refused_in_one_line(place: Place) -> None:
    result = place.run("sources", "--coverage", "soon")
    assert result.exit_code == 2
    assert "write a day" in result.stderr


def test_why_a_column_cannot_be_read_is_told_with_who_carries_its_texts(place: Place) -> None:
    text = 'id = "b"\nname = "x"\nauthority = "media"\n[[column]]\nid = "main"\nurl = "https://x.example/"\n'
    place.write("sources/b.toml", f'{text}mirrors = ["mps/main"]\n')
    assert {c["column"]: c["mirrors"] for c in place.json("sources")} == {"b/main": ["mps/main"], "mps/main": []}
    watched = load_source(place.path / "sources" / "b.toml")
    store = open_store(f"sqlite:///{place.path / 'var' / 'fenghuo.db'}")
    with store.begin() as tx:
        columns.sync(tx, [("b/main", watched, watched.column[0])], time.time())
        looks.record(tx, [Look("b/main", time.time(), Outcome.CHALLENGED)], every={"b/main": watched.column[0]})
    store.close()
    assert place.ok("sources").count("; the same texts: mps/main") == 1


def test_why_the_next_look_is_when_it_is_is_told_in_words(place: Place) -> None:
    store = open_store(f"sqlite:///{place.path / 'var' / 'fenghuo.db'}")
    with store.begin() as tx:
        columns.sync(tx, [("mps/main", MPS, MPS.column[0])], time.time())
        looks.record(tx, [Look("mps/main", time.time(), Outcome.BASELINE)], every={"mps/main": MPS.column[0]})
    store.close()
    assert "14 min after the last: the longest interval promised (about 1.0 items a day)" in place.ok("sources")
    assert "约每天 1.0 条" in place.json("sources")[0]["next_why_zh"]
