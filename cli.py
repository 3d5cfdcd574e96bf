"""The `fenghuo` command: which commands there are; each group of them is one file of `commands/`.

A call loads the file of its own command and no other's: they cost more than many a command does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from inspect import signature
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from commands import printing
from commands.options import Config
from commands.remote import Api, Token
from crawler.descriptors import hold_streams
from crawler.exceptions import FenghuoError
from crawler.lighten import import_logs, leave, lighten

COMMANDS = {
    "run": "watching.run",
    "poll": "watching.poll",
    "watch": "live.watch",
    "sources": "watching.sources",
    "add": "adding.add",
    "submit": "watching.submit",
    "pause": "watching.pause",
    "resume": "watching.resume",
    "check": "understanding.check",
    "explain": "understanding.explain",
    "notices": "reading.notices",
    "show": "reading.show",
    "diff": "reading.diff",
    "export": "exporting.export",
    "import": "importing.import_",
    "merge": "correcting.merge",
    "split": "correcting.split",
    "deliveries": "alerting.deliveries",
    "replay": "alerting.replay",
    "test-alert": "alerting.send_test",
    "hooks": "alerting.hooks",
    "rules": "rules.rules",
    "verify": "evidence.verify",
    "evidence": "evidence.evidence",
    "backup": "keeping.backup",
    "restore": "keeping.restore",
    "migrate": "keeping.migrate",
    "doctor": "doctor.doctor",
}
"""Every command, and the function of which file below `commands/` it is."""


def function(name: str) -> Callable[..., int]:
    """The function of a command, its file loaded.  Raises KeyError when there is no such command."""
    file, _, found = COMMANDS[name].partition(".")
    does: Callable[..., int] = getattr(import_module(f"commands.{file}"), found)
    return does


def is_remote(name: str) -> bool:
    """Whether a daemon elsewhere can be asked to do it."""
    return "api" in signature(function(name)).parameters


class _Loaded(Mapping[str, Any]):
    """Typer's commands by name, each made when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        alone.command(name)(function(name))
        return get_command(alone)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class OneLine(TyperGroup):
    """The group of all commands: a command returns its exit code, and every error is one line on stderr."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *_: Any, **__: Any) -> Any:
        """Run the command that ``args`` name and exit with its code; a wrong call exits 2, Ctrl-C 130."""
        try:
            code = super().main(args, prog_name, standalone_mode=False)
        except typer.TyperException as e:
            code = _complain(f"{e.format_message()} (fenghuo --help shows how)", e.exit_code)
        except typer.Abort:
            code = 130
        except OSError as e:  # of --help and --version, which no command prints
            code = _complain(str(printing.unwritten(e)), 1)
        sys.exit(code or 0)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error of ours has its own exit code, an unexpected one is a bug and exits 1."""
        import_logs()
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
            raise
        except FenghuoError as e:
            return _complain(str(e), e.exit_code)
        except MemoryError:
            return _complain("not enough memory; raise the limit of this process (ulimit -v), or end other work", 1)
        except Exception as e:
            if ctx.params.get("debug"):
                raise
            return _complain(f"this is a bug: {type(e).__name__}: {e} (fenghuo --debug … shows where)", 1)


class _All(OneLine):
    """The group of the commands that there are."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"commands": _Loaded()})

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, none loaded."""
        return list(COMMANDS)


def _complain(message: str, code: int) -> int:
    printing.note(f"fenghuo: {message}")
    return code


app = typer.Typer(
    cls=_All,
    name="fenghuo",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help: rich would cost every start 40 ms
    pretty_exceptions_enable=False,
    context_settings={"max_content_width": 100},
    help="Watch ministries and media for new official warnings of cross-border fraud, and pass each on once.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # it parses mail headers: 40 ms of a start, which no other command needs

        typer.echo(f"fenghuo {version('fenghuo')}")
        raise typer.Exit


@app.callback()
def start(
    ctx: typer.Context,
    config: Config = None,
    api: Api = None,
    token: Token = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Hand what is given before the command to the command; without a command, show how."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
    asked = getattr(ctx.get_parameter_source("api"), "name", "") == "COMMANDLINE"
    if asked and ctx.invoked_subcommand and not is_remote(ctx.invoked_subcommand):
        raise typer.BadParameter(f"{ctx.invoked_subcommand} works on this machine only; leave out --api")
    given = {"config": config and str(config), "api": api, "token": token}
    ctx.default_map = {name: {k: v for k, v in given.items() if v} for name in COMMANDS}


def main() -> None:
    """The entry point of `fenghuo`."""
    hold_streams()
    lighten()
    try:
        app()
    finally:
        leave()


if __name__ == "__main__":
    main()
