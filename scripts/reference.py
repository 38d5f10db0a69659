"""Writes the reference tables of ``docs/`` from the code: every setting and every command.

Usage: ``python scripts/reference.py`` brings the pages up to date; with ``--check`` it changes nothing and exits 1 if
one is not. A table stands between ``<!-- settings: port workers -->``, which names what it lists, or
``<!-- commands -->``, and ``<!-- end -->``; everything around it is written by hand.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from typer.main import get_command

from linkbridge.cli import app
from linkbridge.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = ROOT / "docs/configuration.md"
COMMANDS = ROOT / "docs/commands.md"
PREFIX = "LINKBRIDGE_"
_SETTINGS = re.compile(r"(<!-- settings: ([a-z_ ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_COMMANDS = re.compile(r"(<!-- commands -->\n).*?(<!-- end -->)", re.DOTALL)


class Parameter(Protocol):
    """What typer knows of an argument or an option."""

    name: str
    param_type_name: str
    opts: list[str]
    secondary_opts: list[str]
    metavar: str | None
    required: bool
    default: object
    show_default: bool | str
    help: str | None


class Command(Protocol):
    """What typer knows of a command."""

    help: str | None
    params: list[Parameter]


class PageError(Exception):
    """A page does not list each thing exactly once."""


# --- settings


def settings_table(names: Sequence[str]) -> str:
    """Return the table of these settings."""
    rows = [("setting", "default", "value", "meaning"), ("---",) * 4]
    for name in names:
        field = Settings.model_fields[name]
        rows.append((f"`{PREFIX}{name.upper()}`", default_of(field), value_of(field), _in_cell(field.description)))
    return _table(rows)


def default_of(field: FieldInfo) -> str:
    """Return the default as it would be written in the environment."""
    value = field.default
    if value is None or value == "":
        return "empty"
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def value_of(field: FieldInfo) -> str:
    """Return what kind of value is wanted, and within which bounds."""
    least, most = (_bound(field, name) for name in ("ge", "le"))
    if field.annotation is int:
        return f"{least} to {most}" if most is not None else f"{least} or more"
    if field.annotation is bool:
        return "`true` or `false`"
    kinds: dict[object, str] = {Path: "path", Path | None: "path", SecretStr | None: "secret", str: "text"}
    return kinds[field.annotation]


def _bound(field: FieldInfo, name: str) -> int | None:
    return next((getattr(rule, name) for rule in field.metadata if hasattr(rule, name)), None)


# --- commands


def commands() -> Iterator[tuple[str, Command]]:
    """Return each command that does something, with the words that call it."""
    group: Any = get_command(app)
    for name in group.list_commands(None):
        yield from _commands(f"linkbridge {name}", group.get_command(None, name))


def _commands(words: str, command: Command) -> Iterator[tuple[str, Command]]:
    parts = getattr(command, "commands", None)
    if parts is None:
        yield words, command
        return
    for part, found in parts.items():
        yield from _commands(f"{words} {part}", found)


def commands_text() -> str:
    """Return a section for each command: what it does, its arguments and its options."""
    return "\n".join(_command(words, command) for words, command in commands())


def _command(words: str, command: Command) -> str:
    arguments = [argument_name(parameter) for parameter in command.params if parameter.param_type_name == "argument"]
    title = " ".join([words, *arguments])
    lines = [f"### `{title}`", "", _in_cell(command.help).replace("``", "`"), ""]
    if command.params:
        rows = [("option", "default", "meaning"), ("---",) * 3]
        rows += [(_names(parameter), _default(parameter), _in_cell(parameter.help)) for parameter in command.params]
        lines.append(_table(rows))
    return "\n".join(lines)


def argument_name(parameter: Parameter) -> str:
    """Return how help calls an argument."""
    return str(parameter.metavar or parameter.name.upper())


def _names(parameter: Parameter) -> str:
    if parameter.param_type_name == "argument":
        return f"`{argument_name(parameter)}`"
    return ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "required"
    if isinstance(parameter.show_default, str):
        return parameter.show_default
    if parameter.default is None or parameter.default is False:
        return ""
    return f"`{parameter.opts[0]}`" if parameter.default is True else f"`{parameter.default}`"


# --- pages


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _in_cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def with_settings(page: str) -> str:
    """Return the page with its tables of settings up to date.

    Raises:
        PageError: a setting stands in none of them, in two, or does not exist.
    """
    listed = [name for match in _SETTINGS.finditer(page) for name in match[2].split()]
    for name in {*listed, *Settings.model_fields}:
        if listed.count(name) != 1 or name not in Settings.model_fields:
            raise PageError(f"the setting {name} must exist and be listed once; it is listed {listed.count(name)} ×")
    return _SETTINGS.sub(lambda match: f"{match[1]}{settings_table(match[2].split())}{match[3]}", page)


def with_commands(page: str) -> str:
    """Return the page with its commands up to date.

    Raises:
        PageError: there is no one place for them.
    """
    updated, places = _COMMANDS.subn(lambda match: f"{match[1]}{commands_text()}{match[2]}", page)
    if places != 1:
        raise PageError(f"the commands need one place; there are {places}")
    return updated


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a page is not up to date")
    given = parser.parse_args(arguments)
    stale = 0
    for path, updated in ((CONFIGURATION, with_settings), (COMMANDS, with_commands)):
        page = path.read_text(encoding="utf-8")
        try:
            wanted = updated(page)
        except PageError as error:
            sys.stderr.write(f"{path.name}: {error}\n")
            return 1
        if wanted == page:
            continue
        if given.check:
            stale += 1
            sys.stderr.write(f"{path.name}: not up to date; run make docs\n")
        else:
            path.write_text(wanted, encoding="utf-8")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
