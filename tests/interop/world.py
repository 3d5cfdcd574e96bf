"""A small world on loopback that other people's programs look at."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.configuration import Configuration
from crawler.store import open_store
from crawler.store.watch import columns
from feeds.web.app import create_app
from feeds.web.server import make_server
from feeds.web.status import DaemonStatus
from tests.feeds.world import MINISTRY, PAPER, T0, World, make_notice

NUMBER = 150  # notices: a feed, and archives


@contextmanager
def served(folder: Path, settings: str = "") -> Iterator[tuple[str, World]]:
    """A world with notices of every state, served; its address, and the world."""
    (folder / "sources").mkdir()
    (folder / "sources" / "bsa.toml").write_text(MINISTRY, "utf-8")
    (folder / "sources" / "daily.toml").write_text(PAPER, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        file = folder / "fenghuo.toml"
        file.write_text(f'sources = ["sources/*.toml"]\nlisten = "{address}"\n{settings}\n', "utf-8")
        configuration = Configuration(file)
        store = open_store(configuration.settings.database_url)
        with store.begin() as tx:
            columns.sync(tx, configuration.catalogue.enabled(), T0)
        world = World(store, configuration, folder)
        happen(world)
        server = make_server(create_app(configuration, store, DaemonStatus()))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://{address}", world
        server.should_exit = True
        thread.join(10)
        store.close()


def happen(world: World) -> None:
    """Notices of five months, one revised, one withdrawn."""
    for n in range(1, NUMBER + 1):
        world.remember(make_notice(n, first_seen=T0 + n * 43200, title=f"第{n}号 <b>&amp;</b> ]]> “提示”"))
    world.publish()
    revised = make_notice(3, first_seen=T0 + 3 * 43200)
    world.reprint(revised, "https://daily.example/9?a=1&b=2", at=T0 + 9e6)
    world.revise(revised, at=T0 + 9.1e6, body="人数为763。")
    world.withdraw(make_notice(4, first_seen=T0 + 4 * 43200), at=T0 + 9.2e6)
    world.publish()
