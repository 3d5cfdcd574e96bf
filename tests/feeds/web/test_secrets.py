"""Nothing that leaves the program holds a configured secret: pages, API, feeds, CAP, exports, command lines, log."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
import uvloop
from starlette.testclient import TestClient
from typer.testing import CliRunner

from cli import app
from crawler.logging import configure_logging
from crawler.store.delivery import outbox
from feeds.alerts.deliver import deliver
from feeds.web.routes import TABLE
from tests.feeds.world import T0, World, make_notice

Make = Callable[..., World]
Browse = Callable[..., TestClient]
READ, ADMIN = "corn-flower-seven", "iron-kettle-nine"
KEY, NEXT = (
    f"whsec_{base64.b64encode(raw).decode()}" for raw in (b"let nobody read this at all", b"nor this one, next")
)
IN_A_PATH, IN_A_QUERY, OF_A_ROBOT, OF_APPRISE = "T0PATH7-b9x", "q0query7-x", "SECrobot7of7chat", "apprise-pass-77"
OF_MAIL, MEANT = "mail-pass-7%21", "mail-pass-7!"
WANTED = (READ, ADMIN, KEY, NEXT, IN_A_PATH, IN_A_QUERY, OF_A_ROBOT, OF_APPRISE, OF_MAIL, MEANT)
HOOKS = {  # none can be reached, so that each leaves an error behind
    "soc": (f"http://127.0.0.1:9/services/{IN_A_PATH}?key={IN_A_QUERY}", f"{KEY} {NEXT}"),
    "robot": (f"feishu://{IN_A_PATH}", OF_A_ROBOT),
    "room": (f"json://user:{OF_APPRISE}@127.0.0.1:9/{IN_A_PATH}", ""),
    "mail": (f"mailto://who:{OF_MAIL}@127.0.0.1:9?from=a@x.example&to=b@y.example", ""),
}
NOTICE = make_notice(1)
COMMANDS = (
    "sources",
    "notices",
    f"show {NOTICE.id}",
    f"diff {NOTICE.id}",
    "export",
    "export --format csv",
    "export --format opml",
    "deliveries",
    "hooks",
    "doctor",
    "verify",
    "test-alert soc",
)


def settings() -> str:
    said = [f'read_token = "{READ}"', f'admin_token = "{ADMIN}"', 'log_level = "debug"']
    said += ["[cap]", 'sender = "desk@x.example"', 'status = "Actual"']
    for id, (url, secret) in HOOKS.items():
        said += ["[[hook]]", f'id = "{id}"', f'url = "{url}"', *([f'secret = "{secret}"'] if secret else [])]
    return "\n".join(said)


@pytest.fixture
def troubled(make_world: Make, capsys: pytest.CaptureFixture[str]) -> World:
    """A world with a notice that was published, and could be delivered to nobody."""
    world = make_world(settings())
    configure_logging(world.settings)
    world.revise(world.remember(NOTICE), at=T0 + 60)
    with world.store.begin() as tx:
        outbox.fan_out(tx, lambda *_: list(HOOKS), T0)
    uvloop.run(deliver(world.store, world.settings, owner="test", now=lambda: T0 + 120))
    world.publish()
    return world


def written(world: World) -> dict[str, str]:
    """The feeds on disk, by name."""
    folder = world.settings.data_dir / "feeds"
    files: list[Path] = [file for file in folder.rglob("*.*") if file.is_file()]
    return {str(file.relative_to(folder)): file.read_text("utf-8") for file in files}


def ways(world: World) -> Iterator[str]:
    """Every address that can be asked for, with what is there."""
    with world.store.read() as tx:
        deliveries = [str(id) for id in tx.exec_driver_sql("SELECT id FROM deliveries").scalars()]
    there = {
        "source": ["bsa"],
        "column": ["tips"],
        "name": ["manifest.json"],
        "path": [*written(world)],
        "number": ["0"],
    }
    for way in TABLE:
        if way.method != "GET" or way.path.endswith("/stream"):
            continue
        ids = deliveries if "deliver" in way.path else [*HOOKS] if "hooks" in way.path else [NOTICE.id]
        known = there | {"id": ids}
        parts = re.split(r"{(\w+)[^}]*}", way.path)
        yield from map("".join, product(*(known[p] if n % 2 else [p] for n, p in enumerate(parts))))


def test_no_secret_stands_in_anything_that_leaves_the_program(
    troubled: World, browse: Browse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.web.throttle.ALLOWED", 10_000)
    outputs, client = written(troubled), browse(troubled)
    for path in ways(troubled):
        answer = client.get(path, headers={"Authorization": f"Bearer {ADMIN}"})
        outputs[path] = f"{answer.headers} {answer.text}"
    for command in COMMANDS:
        done = CliRunner().invoke(app, ["--config", str(troubled.folder / "fenghuo.toml"), *command.split()])
        outputs[command] = done.stdout + done.stderr
    outputs["log"] = "".join(capsys.readouterr())

    for name in ("/", "export", "export --format csv", "notices", f"/notices/{NOTICE.id}.cap", f"/notices/{NOTICE.id}"):
        assert NOTICE.title in outputs[name], name  # there is something to search
    for name in ("/deliveries", "deliveries", "hooks", "/api/v1/hooks", "/api/v1/deliveries", "log"):
        assert [id for id in HOOKS if id not in outputs[name]] == [], name
    assert [(name, secret) for name, text in outputs.items() for secret in WANTED if secret in text] == []
