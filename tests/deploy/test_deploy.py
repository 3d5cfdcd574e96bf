"""What stands in deploy/ fits the program: roles that exist, keys that exist, units that systemd understands."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.cluster.roles import ROLES
from crawler.config.settings import Settings

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "fenghuo.yaml").read_text("utf-8")))
UNITS = sorted((DEPLOY / "systemd").iterdir())


def deployments() -> dict[str, dict[str, Any]]:
    """The one container of each deployment, by its name."""
    found = (one for one in KUBERNETES if one["kind"] == "Deployment")
    return {one["metadata"]["name"]: one["spec"]["template"]["spec"]["containers"][0] for one in found}


def test_every_role_has_a_process_and_every_process_one_role() -> None:
    composed = {name: one["command"] for name, one in COMPOSE["services"].items() if name != "postgres"}
    pods = {name: one["args"] for name, one in deployments().items()}
    for said in (composed, pods):
        assert said == {role: ["run", "--role", role] for role in ROLES}


def test_every_variable_is_a_key_of_the_configuration() -> None:
    names = set()
    for file in (DEPLOY / "Dockerfile", DEPLOY / "compose.yaml", DEPLOY / "kubernetes" / "fenghuo.yaml", *UNITS):
        names |= set(re.findall(r"FENGHUO_([A-Z_]+)", file.read_text("utf-8")))
    assert {name.lower() for name in names - {"CONFIG"}} <= set(Settings.model_fields)


def test_nothing_runs_as_root_or_may_become_it() -> None:
    for name, one in COMPOSE["services"].items():
        assert name == "postgres" or (one["cap_drop"] == ["ALL"] and one["read_only"])
    for one in deployments().values():
        assert one["securityContext"]["readOnlyRootFilesystem"]
        assert not one["securityContext"]["allowPrivilegeEscalation"]
    for unit in UNITS:
        said = unit.read_text("utf-8")
        assert "User=fenghuo" in said
        assert "NoNewPrivileges=yes" in said
    assert re.findall(r"^USER (\S+)$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.M)[-1] == "8750"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_units(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    copy = tmp_path / unit.name.replace("@.", "@1.")
    said = unit.read_text("utf-8").replace("/opt/fenghuo/.venv/bin/fenghuo", "/bin/true")
    copy.write_text(said, "utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    mine = [line for line in done.stderr.splitlines() if copy.name in line or str(tmp_path) in line]
    assert mine == []
