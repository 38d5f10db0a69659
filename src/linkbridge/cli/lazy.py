"""A command group that imports a subcommand only when it runs, and ends errors in one clear line."""

import importlib
import importlib.util
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from linkbridge import __version__

EXIT_REFUSED = 1
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """A subcommand: its name, where its typer application is (``module:attribute``), and one line of help."""

    name: str
    target: str
    summary: str

    @property
    def module(self) -> str:
        """The module that holds the application."""
        return self.target.partition(":")[0]

    def load(self) -> Any:
        """Import and return the command."""
        module, _, attribute = self.target.partition(":")
        application: typer.Typer = getattr(importlib.import_module(module), attribute)
        application.rich_markup_mode = None
        application._add_completion = False  # noqa: SLF001 - completion is installed for the whole command, not for a part
        command = get_command(application)
        command.name = self.name
        return command


def lazy_app(name: str, commands: tuple[LazyCommand, ...], *, help_text: str) -> typer.Typer:
    """Return the application ``name`` whose subcommands are ``commands``."""
    known = {command.name: command for command in commands if importlib.util.find_spec(command.module)}

    class _Group(TyperGroup):
        """Looks its commands up in ``known``; typer makes the group from this class."""

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is typer's
            return list(known)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the signature is typer's
            return known[cmd_name].load() if cmd_name in known else None

        def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the signature is typer's
            with formatter.section("Commands"):
                formatter.write_dl([(command.name, command.summary) for command in known.values()])

        def invoke(self, ctx: Any) -> Any:
            from pydantic import ValidationError  # noqa: PLC0415 - keeps --help quick

            from linkbridge.kernel.errors import DomainError  # noqa: PLC0415 - keeps --help quick

            try:
                return super().invoke(ctx)
            except DomainError as error:
                typer.echo(f"{name}: {error.message}", err=True)
                raise typer.Exit(EXIT_REFUSED) from error
            except ValidationError as error:
                typer.echo(_settings_problems(name, error), err=True)
                raise typer.Exit(EXIT_REFUSED) from error
            except KeyboardInterrupt as error:
                raise typer.Exit(EXIT_INTERRUPTED) from error

    application = typer.Typer(
        name=name,
        cls=_Group,
        help=help_text,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @application.callback()
    def _options(
        version: bool = typer.Option(
            False, "--version", help="Show the version and exit.", is_eager=True, callback=_show_version
        ),
    ) -> None:
        pass

    return application


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"linkbridge {__version__}")
        raise typer.Exit


def _settings_problems(name: str, error: Any) -> str:
    """Name the settings that are wrong, and how, without repeating their values: one may be a secret."""
    lines = [f"{name}: the settings are wrong:"]
    for problem in error.errors(include_input=False, include_url=False):
        variable = "LINKBRIDGE_" + "_".join(str(part) for part in problem["loc"]).upper()
        lines.append(f"  {variable}: {problem['msg'].removeprefix('Value error, ')}")
    return "\n".join(lines)
