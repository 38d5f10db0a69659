"""``linkbridge interpreters``: the directory of an organisation as a table of comma-separated values."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from linkbridge.accounts.first import OPERATOR
from linkbridge.bootstrap import AccountsDoor, build_accounts_door
from linkbridge.bootstrap.interpreting import build_directory
from linkbridge.cli.environment import load_settings
from linkbridge.interpreting.directory.exchange import InterpreterExchange
from linkbridge.kernel.errors import InvalidInput, NotFound

app = typer.Typer(help="Import and export interpreters as a table (CSV).", no_args_is_help=True)
Organisation = Annotated[str, typer.Option(help="Name of the organisation whose interpreters they are.")]


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="The table, in UTF-8.")],
    organisation: Organisation,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")] = False,
) -> None:
    """Add and change interpreters. With any mistake in the file, nothing is written."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}") from error
    with _door() as (door, exchange), door.sessions.transaction() as session:
        report = exchange.load(session, data, by=OPERATOR, organisation_id=_find(door, organisation), dry_run=dry_run)
    for problem in report.problems:
        typer.echo(f"row {problem.row}, {problem.column}: {problem.message}", err=True)
    if report.problems:
        raise InvalidInput(f"{len(report.problems)} mistakes: nothing was written")
    verb = "would be" if dry_run else "were"
    typer.echo(f"{report.added} interpreters {verb} added, {report.changed} {verb} changed.")


@app.command("export")
def export_file(
    organisation: Organisation,
    output: Annotated[Path | None, typer.Option(help="Where to write. Empty: the screen.")] = None,
) -> None:
    """Write all interpreters of an organisation, with their addresses: keep the file as safe as they are."""
    with _door() as (door, exchange), door.sessions.reading() as session:
        text = exchange.save(session, by=OPERATOR, organisation_id=_find(door, organisation))
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.touch(mode=0o600)
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InvalidInput(f"{output} cannot be written: {error.strerror}") from error


@contextmanager
def _door() -> Iterator[tuple[AccountsDoor, InterpreterExchange]]:
    door = build_accounts_door(load_settings())
    try:
        directory = build_directory(door.accounts, door.cipher)
        yield door, InterpreterExchange(directory, door.accounts.roster)
    finally:
        door.sessions.engine.dispose()


def _find(door: AccountsDoor, name: str) -> str:
    with door.sessions.reading() as session:
        names = door.accounts.directory.organisation_names(session)
    found = next((key for key, known in names.items() if known == name), None)
    if found is None:
        raise NotFound("there is no organisation of this name")
    return found
