"""``linkbridge phrasebook export``, ``import``, ``memory`` and ``trust``: phrasebooks out, and in again.

What does the work is imported by the command that needs it, so that checking phrasebooks stays quick.
"""

# ruff: noqa: PLC0415 - see above

from pathlib import Path
from typing import Annotated

import typer

from linkbridge.cli.key_argument import KeyCommand
from linkbridge.phrasebook.exchange.units import Format

trust_app = typer.Typer(help="Say which other installations' approvals count here.", no_args_is_help=True)

Books = Annotated[list[str] | None, typer.Option("--book", help="A book; may be repeated. Default: all.")]
Languages = Annotated[
    list[str] | None, typer.Option("--language", help="A language tag; may be repeated. Default: all but English.")
]
TmxFile = Annotated[Path, typer.Argument(metavar="FILE", help="A TMX file.", exists=True, dir_okay=False)]


def export_texts(
    kind: Annotated[
        Format | None, typer.Option("--format", help="The format. Default: back into the files of --directory.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="With --format: a file, or a folder where there are several files.")
    ] = None,
    language: Languages = None,
    book: Books = None,
    directory: Annotated[
        Path | None, typer.Option(help="Folder of phrasebooks. Default: those delivered.", exists=True, file_okay=False)
    ] = None,
    sender: Annotated[str | None, typer.Option(help="Who sends a bundle, as its receiver reads it.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Without --format: show what would change, and change nothing.")
    ] = False,
) -> None:
    """Write phrasebooks as PO, XLIFF 2.1, TMX, CSV or a signed bundle, with the status of each text.

    Without --format, write what was changed in the workshop back into the phrasebooks' files, for version control.
    """
    if kind is None:
        if output or language or book or sender:
            raise typer.BadParameter("--output, --language, --book and --sender go with --format")
        from linkbridge.cli.write_back import write_back

        write_back(directory, dry_run=dry_run)
        return
    if output is None or dry_run:
        raise typer.BadParameter("--format needs --output and has no --dry-run")
    from linkbridge.cli.exchange_texts import export

    export(kind, output, tags=language or [], books=book or [], directory=directory, sender=sender or "")


def import_texts(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="PO, XLIFF, TMX, CSV, a bundle, or a folder of PO files.", exists=True, readable=True
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    directory: Annotated[
        Path | None,
        typer.Option(help="Folder of phrasebooks to change. Default: the database.", exists=True, file_okay=False),
    ] = None,
    take_theirs: Annotated[
        bool, typer.Option("--take-theirs", help="Decide every conflict, of voices too, for the file; else ours stays.")
    ] = False,
    trust_key: Annotated[
        list[str] | None, typer.Option(help="A public key to trust this once, with --directory; may be repeated.")
    ] = None,
    trust_reviewer: Annotated[
        list[str] | None,
        typer.Option(help="A reader's id whose approvals in a file without signature count; may be repeated."),
    ] = None,
    new_books: Annotated[
        bool, typer.Option("--new-books", help="Add books that are missing, with --directory and a trusted key.")
    ] = False,
    book: Annotated[str | None, typer.Option(help="The book, where the file does not say it.")] = None,
    language: Annotated[str | None, typer.Option(help="The language, where the file does not say it.")] = None,
) -> None:
    """Take translations from a file: what is new, what changes, and what somebody has to decide, side by side."""
    from linkbridge.cli.exchange_texts import Choices, take

    take(
        file,
        directory,
        Choices(
            dry_run=dry_run,
            take_theirs=take_theirs,
            trusted_keys=tuple(trust_key or ()),
            trusted_reviewers=frozenset(trust_reviewer or ()),
            new_books=new_books,
            book=book or "",
            language=language or "",
        ),
    )


def import_tmx(
    file: TmxFile,
    collection: Annotated[
        str | None, typer.Option(help="The name under which translators see it. Default: the file's.")
    ] = None,
    reviewed: Annotated[
        bool, typer.Option("--reviewed", help="You vouch that qualified people have read its translations.")
    ] = False,
) -> None:
    """Add a TMX file to the translation memory: offered to translators, and used where no phrase says the same."""
    from linkbridge.cli.exchange_keys import fill_memory

    fill_memory(file, collection or "", reviewed=reviewed)


def remove_memory(
    collection: Annotated[str, typer.Argument(help="Its name, as given when it was added.")],
) -> None:
    """Delete all pairs of a collection from the translation memory."""
    from linkbridge.cli.exchange_keys import empty_memory

    empty_memory(collection)


@trust_app.command("add", cls=KeyCommand)
def trust_add(
    public_key: Annotated[str, typer.Argument(metavar="KEY", help="The public key, as its export printed it.")],
    label: Annotated[str, typer.Option(help="Whose it is.")],
) -> None:
    """Count the approvals in bundles of this key and take over its voices.

    Compare the fingerprint with the sender's by another way first.
    """
    from linkbridge.cli.exchange_keys import add_key

    add_key(public_key, label)


@trust_app.command("list")
def trust_list() -> None:
    """List the keys that are or were trusted."""
    from linkbridge.cli.exchange_keys import list_keys

    list_keys()


@trust_app.command("revoke", cls=KeyCommand)
def trust_revoke(name: Annotated[str, typer.Argument(metavar="FINGERPRINT", help="As shown by list.")]) -> None:
    """Stop counting a key's approvals and taking its voices. What was taken over before stays."""
    from linkbridge.cli.exchange_keys import revoke_key

    revoke_key(name)
