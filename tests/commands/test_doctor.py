import json
from pathlib import Path

import pytest

from commands import doctor
from commands.doctor import Finding
from crawler.config.catalogue import Catalogue
from crawler.config.settings import Hook
from crawler.items import Source
from crawler.lock import single_instance
from feeds.languages import Word
from tests.commands.conftest import Place


def levels(place: Place) -> dict[str, str]:
    return {f["check"]: f["level"] for f in place.json("doctor")}


def test_a_sound_place_has_nothing_that_fails(place: Place) -> None:
    result = place.run("doctor", "--json")
    found = {f["check"]: f["level"] for f in json.loads(result.stdout)}
    assert "fail" not in found.values(), result.stdout
    assert result.exit_code == 0
    assert {"python", "packages", "configuration", "sources", "data", "database", "clock", "browser", "daemon"} <= set(
        found
    )


def test_a_look_around_leaves_no_trace(bare: Place) -> None:
    bare.ok("doctor")
    assert not (bare.path / "var").exists()
    bare.ok("migrate")
    assert levels(bare)["database"] == "ok"


def test_a_broken_configuration_fails_with_its_line(place: Place) -> None:
    place.write("fenghuo.toml", "\nnonsense = 1\n")
    result = place.run("doctor")
    assert result.exit_code == 1
    assert "fenghuo.toml:2: nonsense: unknown key" in result.stdout


def test_an_unknown_platform_fails(place: Place) -> None:
    file = place.path / "sources/mps.toml"
    place.write("sources/mps.toml", file.read_text("utf-8").replace("url =", "[[column]]\nplatform = 'gopher'\nurl ="))
    assert levels(place).get("sources", "fail") == "fail"


def test_a_damaged_database_fails_with_advice(place: Place) -> None:
    place.write("var/fenghuo.db", "not a database\n" * 100)
    result = place.run("doctor")
    assert result.exit_code == 1
    assert "restore" in result.stdout


def test_a_running_daemon_is_named(place: Place) -> None:
    with single_instance(place.path / "var"):
        said = next(f["said"] for f in place.json("doctor") if f["check"] == "daemon")
    assert said.startswith("running, process ")


@pytest.mark.parametrize(("now", "last", "level"), [(1.8e9, 0.0, "ok"), (1e9, 0.0, "fail"), (1.8e9, 1.9e9, "fail")])
def test_a_clock_that_is_not_set_or_went_back_fails(now: float, last: float, level: str) -> None:
    assert doctor.clock(now, last).level == level


def test_packages_that_are_missing_or_too_old_are_named() -> None:
    assert doctor.packages(["pydantic>=2"]).level == "ok"
    found = doctor.packages(["pydantic>=999", "no-such-package-here"])
    assert found.level == "fail"
    assert "pydantic is " in found.said.en
    assert "no-such-package-here is missing" in found.said.en
    assert "缺少 no-such-package-here" in found.said.zh


def test_an_old_python_fails() -> None:
    assert doctor.python((3, 10, 1)).level == "fail"
    assert doctor.python((3, 11, 0)) == Finding("ok", Word("python"), Word.known("3.11.0", "3.11.0"))


@pytest.mark.parametrize(
    ("url", "secret", "level"),
    [
        ("https://soc.example/hook", None, "ok"),
        ("https://soc.example/hook", "whsec_bWFueSBzZWNyZXRzIGFyZSBrZXB0IGhlcmU=", "ok"),
        ("feishu://token", None, "ok"),
        ("feishu://", None, "fail"),
        ("nosuchservice://x", None, "fail"),
    ],
)
def test_a_hook_is_well_formed_or_fails(url: str, secret: str | None, level: str) -> None:
    found = doctor.hook(Hook(id="soc", url=url, secret=secret))
    assert found.level == level
    assert secret is None or secret not in found.said.both


def test_a_browser_is_asked_for_only_where_a_column_is_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def catalogue(render: bool) -> Catalogue:
        column = {"url": "https://x.example/", "render": render}
        return Catalogue.of([Source.model_validate({"id": "x", "name": "x", "authority": "media", "column": [column]})])

    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.browser(catalogue(False)).level == "ok"
    assert doctor.browser(catalogue(True)).level == "warn"
    brought = tmp_path / "chromium-1" / "chrome-linux"
    brought.mkdir(parents=True)
    (brought / "chrome").touch()
    assert doctor.browser(catalogue(True)).level == "ok"
