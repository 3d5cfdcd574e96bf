"""A network of its own (`unshare --net --mount`): a resolver that lies, a public address, canaries at inside ones.

``python -m tests.faults.namespace FOLDER`` prints, as JSON, what each place said to each name, and who was connected
to that must not be.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import subprocess
import sys
import threading
from collections import Counter
from ipaddress import ip_address
from pathlib import Path

from crawler.config.settings import CrawlSettings, Settings
from tests.faults.places import PLACES
from tests.server import Server, answer

PUBLIC = "93.184.215.14"
INSIDE = ("127.0.0.1", "10.0.0.1", "100.64.0.1", "169.254.169.254", "::1", "64:ff9b::a00:1", "2002:a00:1::1")
PORT = 80
_A, _CNAME, _AAAA = 1, 5, 28
_SERVFAIL, _NXDOMAIN = 2, 3
NAMES: dict[str, tuple[str, ...]] = {  # addresses or a name; of several lists, ";" parts the answers in turn
    "good.test": (PUBLIC,),
    "inside.test": ("127.0.0.1",),
    "metadata.test": ("169.254.169.254",),
    "aaaa.test": ("::1",),
    "nat64.test": ("64:ff9b::a00:1",),
    "sixtofour.test": ("2002:a00:1::1",),
    "cname.test": ("inside.test",),
    "loop.test": ("loop.test",),
    "mixed.test": ("10.0.0.1", PUBLIC),
    "rebind.test": (PUBLIC, ";", "127.0.0.1"),
    "flip.test": ("10.0.0.1", ";", PUBLIC),
    "nx.test": (),
    "servfail.test": (),
    "slow.test": (),
}


class Resolver:
    """Answers A and AAAA as `NAMES` says, on 127.0.0.1:53."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            query, peer = self._socket.recvfrom(4096)
            name, end = _name(query, 12)
            kind = struct.unpack("!H", query[end : end + 2])[0]
            if name == "slow.test":
                continue
            self._socket.sendto(self._answer(query[: end + 4], name, kind), peer)

    def _answer(self, query: bytes, name: str, kind: int) -> bytes:
        code = _SERVFAIL if name.startswith("servfail") else 0 if NAMES.get(name) else _NXDOMAIN
        records = [] if code else self._records(name, kind)
        head = query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        return head + query[12:] + b"".join(records)

    def _records(self, name: str, kind: int) -> list[bytes]:
        turns = [turn.split() for turn in " ".join(NAMES[name]).split(";")]
        said = turns[min(self.asked[name], len(turns) - 1)]
        self.asked[name] += kind == _A
        found = []
        for value in said:
            if value.endswith(".test"):
                found.append(_record(name, _CNAME, _encoded(value)))
                found += self._records(value, kind) if value != name else []
            elif (":" in value) == (kind == _AAAA):
                found.append(_record(name, kind, ip_address(value).packed))
        return found


def _record(name: str, kind: int, data: bytes) -> bytes:
    return _encoded(name) + struct.pack("!HHIH", kind, 1, 0, len(data)) + data


def _encoded(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def _name(raw: bytes, at: int) -> tuple[str, int]:
    parts = []
    while raw[at]:
        parts.append(raw[at + 1 : at + 1 + raw[at]].decode())
        at += raw[at] + 1
    return ".".join(parts), at + 1


def _network(folder: Path) -> None:
    """Every address up, and the resolver asked: of this namespace only."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (PUBLIC, *INSIDE):
        subprocess.run(["ip", "addr", "add", address, "dev", "lo", "nodad"], check=False, capture_output=True)
    file = folder / "resolv.conf"
    file.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", str(file), "/etc/resolv.conf"], check=True)


def _canary(address: str, connections: list[str]) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.create_server((address, PORT), family=family)

    def count() -> None:
        while True:
            connection, _ = listening.accept()
            connections.append(address)
            connection.close()

    threading.Thread(target=count, daemon=True).start()


async def _all(place: str, settings: Settings, resolver: Resolver) -> dict[str, list[str]]:
    """What ``place`` said to every name, to those that change twice."""
    said = {}
    for name, values in NAMES.items():
        resolver.asked.clear()
        times = 2 if ";" in values else 1
        said[name] = [await PLACES[place](settings, f"http://{name}:{PORT}/") for _ in range(times)]
    return said


def main(folder: Path) -> None:
    """Try every place with every name."""
    _network(folder)
    resolver, connections = Resolver(), list[str]()
    for address in INSIDE:
        _canary(address, connections)
    settings = Settings(crawl=CrawlSettings(timeout=8.0))
    answers = {path: answer(b"x") for path in ("/", "/page", "/robots.txt")}
    with Server(answers, host=PUBLIC, port=PORT):
        places = [p for p in PLACES if p != "apprise"]  # a process a message; the guard in it is tested elsewhere
        said = {place: asyncio.run(_all(place, settings, resolver)) for place in places}
    print(json.dumps({"said": said, "canary": connections}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
