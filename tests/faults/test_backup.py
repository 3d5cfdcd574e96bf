"""A backup that was made in the middle of work, brought to another machine, goes on there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from crawler.configuration import Configuration
from crawler.store.backup import backup
from tests.faults.ward import own_logs
from tests.publisher import Publisher, configure
from tests.server import Answer, Server, answer

TITLES = tuple(f"警方提示：警惕第{n}号境外高薪招聘陷阱" for n in range(1, 4))


def publish(office: Publisher, n: int) -> str:
    body = f"编号{n + 100}的诈骗团伙在缅甸妙瓦底以高薪招聘诱骗{n + 31}人出境，请拨打12308求助。" * 2
    return office.publish(TITLES[n], (body,))


def run(config: Path, *command: str) -> str:
    with own_logs():
        done = CliRunner().invoke(app, ["--config", str(config), *command])
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_backup_made_in_the_middle_of_work_goes_on_elsewhere_without_loss_or_repeat(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    copy = tmp_path / "copy"
    with Publisher() as office, Server({"/hook": answer(b"ok")}) as sink:
        office.seed()
        here, there = (
            configure(tmp_path / name, {"office": office}, f"{sink.url}/hook", data_dir='"var"')
            for name in ("here", "there")
        )
        settings = Configuration(here).settings

        def while_it_is_copied(page: Answer) -> bytes:
            backup(settings.database_url, copy, settings.evidence_dir)
            assert isinstance(page, bytes)
            return page

        run(here, "poll")
        publish(office, 0)
        run(here, "poll")
        path = publish(office, 1)
        page = office.server.answers[path]
        office.server.answers[path] = lambda _: while_it_is_copied(page)
        run(here, "poll")
        office.server.answers[path] = page
        run(there, "restore", str(copy))
        run(there, "poll")
        publish(office, 2)
        run(there, "poll")
        run(there, "verify")
        known = run(there, "notices", "--json")
    said = [json.loads(request.body) for request in sink.requests]
    assert [(s["type"], s["data"]["title"]) for s in said] == [("notice.new", title) for title in TITLES]
    assert {n["title"] for n in json.loads(known)} >= set(TITLES)
