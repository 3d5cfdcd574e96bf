"""What is shipped: the same wheel from the same tree, with everything in it that the program reads."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ("crawler", "feeds", "commands")
LOCKED = sorted(ROOT.glob("requirements*.txt"))


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


@pytest.mark.slow
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


@pytest.mark.parametrize("file", LOCKED, ids=lambda file: file.name)
def test_everything_that_is_installed_is_named_with_version_and_hash(file: Path) -> None:
    lines = file.read_text("utf-8").replace("\\\n", " ").splitlines()
    wanted = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert wanted
    form = re.compile(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!-]+ ?(;[^#]*?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*(#.*)?")
    assert [line[:100] for line in wanted if not form.fullmatch(line)] == []


def test_the_makefile_installs_nothing_without_hashes_but_ourselves() -> None:
    run = re.search(r"^\$\(VENV\)/\.installed:.*?^\t@touch", (ROOT / "Makefile").read_text("utf-8"), re.M | re.S)
    assert run is not None
    for line in re.findall(r"\$\(PIP\) install .*", run[0]):
        assert "--require-hashes" in line or "--no-deps --no-build-isolation" in line


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare"),
    reason="needs root, for a network of its own",
)
def test_installing_asks_nobody_for_anything(tmp_path: Path) -> None:
    options = ("--no-deps", "--no-build-isolation", "--quiet", "--target", str(tmp_path / "there"))
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", *options)
    command = ("unshare", "--net", *pip, str(tree(tmp_path / "tree", 1.6e9)))
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    if "unshare failed" in done.stderr:
        pytest.skip("this machine lets nobody make a network of their own")
    assert done.returncode == 0, done.stderr
    assert "retry" not in done.stderr.lower()
    assert (tmp_path / "there" / "crawler" / "sources").is_dir()
