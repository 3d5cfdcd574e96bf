"""What is shipped: the same wheel from the same tree, with everything in it that the program reads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ("crawler", "feeds", "commands")


def tree(target: Path, at: float) -> Path:
    """A copy of what a wheel is made of, with times and an order of its own."""
    target.mkdir()
    for name in SHIPPED:
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (*ROOT.glob("*.py"), *ROOT.glob("requirements*"), ROOT / "pyproject.toml", ROOT / "README.md"):
        shutil.copyfile(file, target / file.name)
    for file in target.rglob("*"):
        os.utime(file, (at, at))
    return target


def built(folder: Path) -> Path:
    """The wheel of a tree."""
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check")
    command = (sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(folder / "out"), str(folder))
    subprocess.run(command, check=True, timeout=55, env={**os.environ, "SOURCE_DATE_EPOCH": "1760000000"})
    return next((folder / "out").glob("fenghuo-*.whl"))


@pytest.mark.timeout(120)
def test_two_builds_of_one_tree_are_the_same_bytes_and_hold_all_data(tmp_path: Path) -> None:
    one, two = (built(tree(tmp_path / name, at)) for name, at in (("one", 1.6e9), ("two", 1.7e9)))
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as wheel:
        inside = set(wheel.namelist())
    data = (".tsv", ".toml", ".html", ".sh", ".txt", ".po", ".css", ".js")
    wanted = {str(f.relative_to(ROOT)) for name in SHIPPED for f in (ROOT / name).rglob("*") if f.suffix in data}
    assert wanted - inside == set()
    assert not [name for name in inside if name.startswith(("tests", "benchmarks", "demo"))]
