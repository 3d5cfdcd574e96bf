"""A lighter start for every process of ours; to be called before the rest is imported."""

from __future__ import annotations

import gc
import os
import sys

_UNUSED = ("rich", "twisted")
_STARTING, _AT_WORK = 200_000, 50_000  # objects made and not freed, after which garbage is looked for
_MALLOPT = {-8: 2, -3: 131_072}  # M_ARENA_MAX; M_MMAP_THRESHOLD in bytes (malloc.h of glibc, mallopt(3))


def lighten() -> None:
    """Start without looking for garbage: a start makes 150,000 objects, and nearly all of them stay.

    And let pydantic look for no plugins: it reads the metadata of every installed package for them.
    """
    gc.set_threshold(_STARTING, 20, 50)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")


def settle() -> None:
    """The start of a process that lives long is over: what it made stays, and is not looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_AT_WORK, 20, 50)


def leave() -> None:
    """The process ends: what it holds is freed with it, and need not be looked through for garbage (0.1 s of CPU)."""
    gc.freeze()


def let_go() -> None:
    """Let memory that was freed go back to the system, in a process that lives long; called before it has threads.

    glibc keeps it for each thread apart, and once a page of some megabytes was freed it keeps the like of it, too: most
    of what a daemon grew by under faults was held for no use (`make soak`).
    """
    import ctypes  # not of use to a command that ends

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # another C library than glibc
        for parameter, value in _MALLOPT.items():
            mallopt(parameter, value)


def import_logs() -> None:
    """Import structlog without what it offers for rich and Twisted, and imports with them where they are installed.

    We use neither there; they are two thirds of the 0.2 s of CPU and half of the 20 MiB that structlog costs.
    """
    hidden: dict[str, None] = {name: None for name in _UNUSED if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]  # None: an import of it fails at once (import system, 5.3.1)
    try:
        import structlog  # noqa: F401
    finally:
        for name in hidden:
            del sys.modules[name]
