"""Does what ``linkbridge phrasebook memory`` and ``trust`` ask."""

from pathlib import Path

import typer

from linkbridge.accounts.first import OPERATOR
from linkbridge.bootstrap.exchange import open_exchange
from linkbridge.cli.environment import load_settings
from linkbridge.cli.exchange_report import memory_lines
from linkbridge.phrasebook.exchange.memory import LONGEST_COLLECTION, MemoryReport, import_memory


def fill_memory(file: Path, collection: str, *, reviewed: bool) -> None:
    """Add a TMX file to the memory; how far it is goes to standard error, what became of it to standard output.

    Raises:
        DomainError: the file cannot be read to its end; what was added before stays.
    """
    size = file.stat().st_size or 1
    with open_exchange(load_settings()) as door, file.open("rb") as stream:

        def show(report: MemoryReport) -> None:
            percent = min(100, stream.tell() * 100 // size)
            typer.echo(f"{percent:3} %  {report.added} added, {report.already_there} already there", err=True)

        report = import_memory(
            door.sessions,
            door.memory,
            stream,
            collection=collection or file.stem[:LONGEST_COLLECTION],
            by=OPERATOR,
            reviewed=reviewed,
            on_progress=show,
        )
    for line in memory_lines(report):
        print(line)


def empty_memory(collection: str) -> None:
    """Delete a collection of the memory; see ``TranslationMemory.remove`` for errors."""
    with open_exchange(load_settings()) as door, door.sessions.transaction() as session:
        removed = door.memory.remove(session, collection, by=OPERATOR)
    print(f"Removed: {removed} pairs")


def add_key(public_key: str, label: str) -> None:
    """Trust a key; see ``TrustedKeys.add`` for errors."""
    with open_exchange(load_settings()) as door, door.sessions.transaction() as session:
        key = door.trusted_keys.add(session, public_key, label=label, by=OPERATOR)
    print(f"Trusted: {key.fingerprint}  {key.label}")


def list_keys() -> None:
    """List the keys that are or were trusted."""
    with open_exchange(load_settings()) as door, door.sessions.reading() as session:
        keys = door.trusted_keys.list(session, by=OPERATOR)
    for key in keys:
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else f"since {key.added_at:%Y-%m-%d}"
        print(f"{key.fingerprint}  {state:<18}  {key.label}")
    if not keys:
        print("No key is trusted.")


def revoke_key(name: str) -> None:
    """Stop trusting a key; see ``TrustedKeys.revoke`` for errors."""
    with open_exchange(load_settings()) as door, door.sessions.transaction() as session:
        door.trusted_keys.revoke(session, name, by=OPERATOR)
    print("Revoked.")
