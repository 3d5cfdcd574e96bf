"""Where a hook's template runs: a process of its own, which reaches nothing, changes nothing and ends.

Jinja2's sandbox keeps a template from reaching out, but not from reckoning or growing without end: ``9**9**9``, a loop
in a loop, a text that doubles itself forty times.  What a process may use, the system limits (setrlimit(2)).
JSON on standard input brings the template and what it is given; what comes on standard output is what it says.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Mapping
from typing import Any

SECONDS = 2  # of CPU, of which a tenth goes into the start
MEMORY = 256 * 1024 * 1024  # bytes of address space; what a template is given is at most a few
MOST = 65536  # characters that a template may say
_PATIENCE = 20.0  # seconds by the clock, on a machine that has other work


class TooLong(Exception):
    """A template says more than `MOST`."""


async def rendered(template: str, given: Mapping[str, Any]) -> str:
    """What ``template`` says of ``given``; "" when it fails, or takes or says too much."""
    pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    command = (sys.executable, "-m", "feeds.alerts.sandbox")
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=nowhere)
    try:
        async with asyncio.timeout(_PATIENCE):
            said, _ = await process.communicate(json.dumps({"template": template, "given": given}).encode())
    except TimeoutError:
        return ""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said.decode() if process.returncode == 0 else ""


def say(template: str, given: Mapping[str, Any]) -> str:
    """What ``template`` says, in this process.  Raises TooLong, and whatever a template may come to."""
    from jinja2 import ChainableUndefined  # takes a process that only asks another to say something 40 ms
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    sandbox = ImmutableSandboxedEnvironment(undefined=ChainableUndefined, trim_blocks=True, lstrip_blocks=True)
    parts, length = [], 0
    for part in sandbox.from_string(template).generate(**given):
        parts.append(part)
        length += len(part)
        if length > MOST:
            raise TooLong
    return "".join(parts)


def main() -> None:
    """Say what standard input asks for, within the limits."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked = json.load(sys.stdin)
    sys.stdout.buffer.write(say(asked["template"], asked["given"]).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
