"""``linkbridge phrasebook``: check the phrasebooks, count what exists, and show a text with its status."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from linkbridge.cli import exchange
from linkbridge.cli.environment import load_settings
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.checks import check_library
from linkbridge.phrasebook.files import PhrasebookFileError, default_directory, read_library
from linkbridge.phrasebook.glossary import Domain
from linkbridge.phrasebook.glossary_files import load_glossary, read_glossary
from linkbridge.phrasebook.jurisdictions import read_jurisdictions
from linkbridge.phrasebook.question_files import read_matching
from linkbridge.phrasebook.schema import CoverageRow, Origin, PhraseText, Severity, Status
from linkbridge.phrasebook.service import load_catalogue
from linkbridge.phrasebook.speech import Speech

app = typer.Typer(help="Check and show the phrasebooks.", no_args_is_help=True)
app.command("export")(exchange.export_texts)
app.command("import")(exchange.import_texts)
app.command("memory")(exchange.import_tmx)
app.command("forget-memory")(exchange.remove_memory)
app.add_typer(exchange.trust_app, name="trust")

Directory = Annotated[
    Path,
    typer.Option(
        default_factory=default_directory,
        show_default="those delivered with LinkBridge",
        help="Folder of phrasebooks.",
        exists=True,
        file_okay=False,
    ),
]

_MARKS = {
    Status.VERIFIED: "✓ verified by two readers",
    Status.REVIEWED: "✓ reviewed by one reader",
    Status.OUTDATED: "⚠ outdated: the English text has changed",
}
_DRAFT_MARKS = {
    Origin.MACHINE: "○ draft, written by a machine",
    Origin.HUMAN: "○ draft, written by a person",
}


@app.command()
def check(directory: Directory) -> None:
    """Report everything wrong in the phrasebooks as ``file:line:column``; the exit code is 1 if there are errors."""
    library, unreadable = read_library(directory)
    known, wrong = read_jurisdictions(directory)
    terms, unreadable_terms = read_glossary(directory)
    _lists, unreadable_lists = read_matching(directory, library.phrase_keys)
    checked = check_library(library, glossary=terms)
    problems = sorted([*unreadable, *wrong, *unreadable_terms, *unreadable_lists, *checked])
    for problem in problems:
        print(f"{directory / problem.file}{str(problem).removeprefix(problem.file)}")
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    languages = {tag for _, tag in library.translations}
    facts = f", facts of {len(known.countries)} countries" if known.countries else ""
    print(
        f"{len(library.books)} books, {sum(len(book.phrases) for book in library.books)} phrases, English and "
        f"{len(languages)} other languages{facts}: {errors} errors, {len(problems) - errors} warnings"
    )
    if errors:
        raise typer.Exit(1)


@app.command()
def stats(
    directory: Directory,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Count the phrases of each book in each language by status, and say who can be heard in which."""
    rows = _catalogue(directory).coverage()
    if as_json:
        print(json.dumps([_as_json(row) for row in rows], indent=2))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("language", no_wrap=True)
    table.add_column("book", no_wrap=True)
    for name in (*(status.value for status in reversed(Status)), "missing", "total"):
        table.add_column(name, justify="right")
    for row in sorted(rows, key=lambda row: row.tag):
        counts = [str(row.counts[status] or "") for status in reversed(Status)]
        table.add_row(row.tag, row.book, *counts, str(row.missing or ""), str(row.total))
    Console().print(table)
    for kind, tags in _heard(directory, sorted({row.tag for row in rows})).items():
        print(f"{kind}: {' '.join(tags) or 'none'}")


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="BOOK[.PHRASE]", help="A book, or one phrase of it.")],
    directory: Directory,
    language: Annotated[str, typer.Option(help="Language tag, such as am or zh-Hans.")] = "en",
) -> None:
    """Show a book or a phrase in a language, each text with the mark of its status."""
    catalogue = _catalogue(directory)
    phrases = [phrase for phrase in catalogue.phrases(language) if name in {phrase.key, phrase.key.split(".")[0]}]
    if not phrases:
        _fail(f"there is no '{name}' in the language '{language}'")
    for phrase in phrases:
        _show(phrase, [catalogue.legal_label(basis) for basis in phrase.legal_basis])


@app.command()
def jurisdictions(
    directory: Directory,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """List the facts of each country, whether this installation's administrators confirmed them, and their age."""
    from linkbridge.cli.jurisdictions import show_jurisdictions  # noqa: PLC0415 - the other commands need no database

    try:
        show_jurisdictions(directory, as_json=as_json)
    except PhrasebookFileError as error:
        _fail(error.message)


@app.command()
def glossary(
    directory: Directory,
    language: Annotated[str, typer.Option(help="Language tag, such as am or zh-Hans.")] = "en",
    domain: Annotated[Domain | None, typer.Option(help="Only the terms of this field.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show the terms of the glossary, what they mean, and the words for them in a language."""
    from linkbridge.cli.glossary import show_glossary  # noqa: PLC0415 - most calls of the other commands need none

    try:
        terms = load_glossary(directory)
    except PhrasebookFileError as error:
        _fail(error.message)
    if language not in terms.tags:
        _fail(f"the glossary has no words in the language '{language}'; it has {', '.join(terms.tags) or 'none'}")
    show_glossary(terms, language, domain, as_json=as_json)


def _heard(directory: Path, tags: list[str]) -> dict[str, list[str]]:
    """Return the languages by who can be heard in them on this machine, from the phrasebooks' own recordings."""
    voices = {voice.tag: voice for voice in Speech(load_settings().data_dir / "audio", directory).voices()}
    return {
        "recorded voices": [f"{tag} ({voices[tag].recordings})" for tag in tags if voices[tag].recordings],
        "a computer's voice": [tag for tag in tags if voices[tag].synthetic],
        "no voice": [tag for tag in tags if not voices[tag].synthetic and not voices[tag].recordings],
    }


def _catalogue(directory: Path) -> Catalogue:
    try:
        return load_catalogue(directory)
    except PhrasebookFileError as error:
        _fail(error.message)


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


def _show(phrase: PhraseText, legal_basis: list[str]) -> None:
    print(phrase.text)
    details = [phrase.key, _DRAFT_MARKS[phrase.origin] if phrase.status is Status.DRAFT else _MARKS[phrase.status]]
    details.extend([phrase.date.isoformat(), *legal_basis])
    print(f"    {' · '.join(details)}")
    if phrase.text != phrase.source_text:
        print(f"    {phrase.source_text}")


def _as_json(row: CoverageRow) -> dict[str, object]:
    counts = {status.value: row.counts[status] for status in Status}
    return {"book": row.book, "language": row.tag, **counts, "missing": row.missing, "total": row.total}
