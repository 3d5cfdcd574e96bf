"""No form of a forbidden address leads there, from whatever place this program connects."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.config.settings import Settings
from tests.counts import COUNTED
from tests.faults.hostile import Canary
from tests.faults.places import PLACES, REACHED
from tests.server import Server, answer

ROOT = Path(__file__).parents[2]
FORMS = (
    *("127.0.0.1", "127.78.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f000001", "0x7f.1", "127.1", "0.0.0.0"),
    *(
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[::]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ),
    *("[2001:0:7f00:1::f7f7:f7f7]", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "%31%32%37.0.0.1", "127.0.0.1."),
    *("127.77.0.1@127.0.0.1", "127.0.0.1%00.example", "10.255.255.1", "169.254.169.254", "100.100.100.200"),
)


@pytest.mark.parametrize("place", PLACES)
def test_no_form_of_a_forbidden_address_is_reached(place: str) -> None:
    with Canary() as canary:

        async def all_forms() -> dict[str, str]:
            urls = {form: f"http://{form}:{canary.port}/" for form in FORMS if place != "apprise" or form in FORMS[:10]}
            said = await asyncio.gather(*(PLACES[place](Settings(), url) for url in urls.values()))
            return dict(zip(urls, said, strict=True))

        said = asyncio.run(all_forms())
    COUNTED["forbidden addresses"] += len(said)
    assert canary.connections == []
    assert {form: text for form, text in said.items() if text == REACHED or not text} == {}


@pytest.mark.parametrize("place", [p for p in PLACES if p not in ("mail", "robots.txt")])
def test_allow_addresses_alone_opens_the_way(place: str) -> None:
    with Server({path: answer(b"x") for path in ("/", "/robots.txt")}, host="127.0.0.1") as site:
        said = asyncio.run(PLACES[place](Settings(allow_addresses=("127.0.0.0/8",)), f"{site.url}/"))
    assert said == REACHED
    assert site.requests


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("ip"),
    reason="needs root, for a network of its own",
)
@pytest.mark.timeout(240)
def test_no_name_leads_inside_whatever_its_resolver_says(tmp_path: Path) -> None:
    command = ["unshare", "--net", "--mount", sys.executable, "-m", "tests.faults.namespace", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    if "unshare failed" in done.stderr:
        pytest.skip("this machine lets nobody make a network of their own")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["canary"] == []
    said = found["said"]
    assert all(said["page"][name] == [REACHED] for name in ("good.test", "mixed.test"))
    for place, names in said.items():
        for name in ("aaaa.test", "cname.test", "inside.test", "metadata.test", "nat64.test", "sixtofour.test"):
            assert names[name] != [REACHED], (place, name)
        assert names["rebind.test"][0] == REACHED or place in ("mail", "apprise"), place
        assert names["rebind.test"][1] != REACHED, place
    for name in ("aaaa.test", "cname.test", "inside.test", "metadata.test", "nat64.test", "sixtofour.test"):
        assert "is refused" in said["page"][name][0], said["page"][name]
    for name in ("nx.test", "servfail.test", "slow.test", "loop.test"):
        assert "cannot be resolved" in said["page"][name][0] or "within" in said["page"][name][0], said["page"][name]
