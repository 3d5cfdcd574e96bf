"""The `fenghuo` command: which commands there are; each group of them is one file of `commands/`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from inspect import signature
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from commands import (
    adding,
    alerting,
    correcting,
    doctor,
    evidence,
    exporting,
    importing,
    keeping,
    live,
    printing,
    reading,
    rules,
    understanding,
    watching,
)
from commands.options import Config
from commands.remote import Api, Token
from crawler.exceptions import FenghuoError
from crawler.lighten import import_logs, lighten


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
        except Exception as e:
            if ctx.params.get("debug"):
                raise
            return _complain(f"this is a bug: {type(e).__name__}: {e} (fenghuo --debug … shows where)", 1)


def _complain(message: str, code: int) -> int:
    printing.note(f"fenghuo: {message}")
    return code


app = typer.Typer(
    cls=OneLine,
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
    if asked and ctx.invoked_subcommand not in (None, *REMOTE):
        raise typer.BadParameter(f"{ctx.invoked_subcommand} works on this machine only; leave out --api")
    given = {"config": config and str(config), "api": api, "token": token}
    ctx.default_map = {name: {k: v for k, v in given.items() if v} for name in COMMANDS}


COMMANDS: dict[str, Callable[..., int]] = {
    "run": watching.run,
    "poll": watching.poll,
    "watch": live.watch,
    "sources": watching.sources,
    "add": adding.add,
    "submit": watching.submit,
    "pause": watching.pause,
    "resume": watching.resume,
    "check": understanding.check,
    "explain": understanding.explain,
    "notices": reading.notices,
    "show": reading.show,
    "diff": reading.diff,
    "export": exporting.export,
    "import": importing.import_,
    "merge": correcting.merge,
    "split": correcting.split,
    "deliveries": alerting.deliveries,
    "replay": alerting.replay,
    "test-alert": alerting.send_test,
    "hooks": alerting.hooks,
    "rules": rules.rules,
    "verify": evidence.verify,
    "evidence": evidence.evidence,
    "backup": keeping.backup,
    "restore": keeping.restore,
    "migrate": keeping.migrate,
    "doctor": doctor.doctor,
}
REMOTE = tuple(name for name, command in COMMANDS.items() if "api" in signature(command).parameters)
"""The commands that a daemon elsewhere can be asked to do."""
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def main() -> None:
    """The entry point of `fenghuo`."""
    lighten()
    app()


if __name__ == "__main__":
    main()
