"""One target under atheris: ``python -m tests.fuzz.guided TARGET CORPUS [libFuzzer's options]``."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["crawler"]):
    from tests.fuzz.targets import run


def main() -> None:
    """Fuzz until a limit is reached or a law is broken."""
    program, name, *options = sys.argv
    atheris.Setup([program, *options], lambda body: run(name, body))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
