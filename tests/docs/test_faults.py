"""docs/faults.md promises nothing that no test shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.findall(r"`((?:tests|benchmarks)/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs/faults.md").read_text("utf-8"))
SHOWN = sorted((ROOT / "tests" / "faults").glob("test_*.py"))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_named_test_exists(file: str, name: str) -> None:
    assert re.search(rf"^(?:async )?def {name or 'test_'}", (ROOT / file).read_text("utf-8"), re.M)


@pytest.mark.parametrize("file", SHOWN, ids=lambda file: file.name)
def test_every_test_of_faults_is_named(file: Path) -> None:
    tests = set(re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.M))
    assert tests - {name for _, name in NAMED} <= {"test_a_good_certificate_is_read"}
