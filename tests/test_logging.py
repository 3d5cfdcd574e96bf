"""Logs are one line an event, on standard error; no configured secret and no control character stands in one."""

from __future__ import annotations

import logging
import re

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.config.settings import Hook, Settings
from crawler.logging import configure_logging

KEY, NEXT_KEY = "whsec_TGV0IG5vYm9keSByZWFkIHRoaXM=", "whsec_QW5kIG5vdCB0aGlzIG9uZSBlaXRoZXI="
SETTINGS = Settings(
    read_token="open-sesame",
    admin_token="open-sesame-wide",
    hook=(Hook(id="soc", url="https://soc.example/", secret=f"{KEY} {NEXT_KEY}"),),
)


def said(capsys: pytest.CaptureFixture[str], event: str, **more: object) -> str:
    """What one warning puts on standard error; nothing goes to standard output, where data is printed."""
    configure_logging(SETTINGS)
    structlog.get_logger().warning(event, **more)
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.mark.parametrize("secret", [*SETTINGS.secrets, KEY, NEXT_KEY])
def test_a_configured_secret_never_stands_in_a_log(capsys: pytest.CaptureFixture[str], secret: str) -> None:
    line = said(capsys, f"refused {secret}", why=f"Bearer {secret} is wrong", url=f"https://x.example/?token={secret}")
    assert secret not in line
    assert line.count("***") == 3


def test_the_longer_of_two_secrets_is_hidden_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert "wide" not in said(capsys, "refused open-sesame-wide")


def test_a_secret_in_a_traceback_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(SETTINGS)
    try:
        raise ValueError("open-sesame is no number")
    except ValueError:
        structlog.get_logger().exception("failed")
    text = capsys.readouterr().err
    assert "ValueError: *** is no number" in text
    assert "open-sesame is" not in text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(categories=["Cc", "Zl", "Zp", "L"]), max_size=20).map(lambda t: f"<{t}>"))
def test_a_publisher_cannot_forge_a_line(capsys: pytest.CaptureFixture[str], text: str) -> None:
    line = said(capsys, "not taken in", why=text, url=text)
    assert len(line.splitlines()) == 1
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", line.removesuffix("\n"))


@pytest.mark.parametrize("value", [[KEY], {"key": KEY}, (KEY,), KEY.encode(), ValueError(KEY)], ids=type)
def test_a_secret_inside_another_value_is_hidden(capsys: pytest.CaptureFixture[str], value: object) -> None:
    line = said(capsys, "refused", why=value)
    assert KEY not in line
    assert "***" in line


def test_other_peoples_loggers_tell_no_secret_and_forge_no_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # the test runner's would hear of it first
    configure_logging(SETTINGS)
    logging.getLogger("library").warning("token=%s", "open-sesame\n2026 [info] all is well\x1b[2J\x9b2J\u202e")
    logging.getLogger("library").error("failed", exc_info=ValueError(f"{KEY}\nERROR forged"))
    text = capsys.readouterr().err
    assert not [secret for secret in ("open-sesame", KEY) if secret in text]
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert [line.split()[0] for line in text.splitlines() if line[0] != " "] == ["WARNING", "ERROR"]


def test_a_traceback_forges_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(SETTINGS)
    try:
        raise ValueError("x\n2026 [info] all is well\x1b[2J")
    except ValueError:
        structlog.get_logger().exception("failed")
    first, *others = capsys.readouterr().err.splitlines()
    assert "failed" in first
    assert not [line for line in others[1:] if not line.startswith("    ")]
    assert "\x1b" not in "".join(others)


def test_what_is_below_the_level_is_not_said(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(SETTINGS.model_copy(update={"log_level": "error"}))
    structlog.get_logger().warning("a warning")
    structlog.get_logger().error("an error")
    text = capsys.readouterr().err
    assert "an error" in text
    assert "a warning" not in text


def test_a_line_has_time_level_event_and_what_goes_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    line = said(capsys, "crawl restarts", why="ended", in_seconds=1.0)
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z \[warning\s*\] crawl restarts +in_seconds=1\.0 why=ended\n$", line)
