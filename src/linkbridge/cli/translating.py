"""Does what ``linkbridge translate`` asks: with the installed models, in this process alone."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from linkbridge.bootstrap.translation import Translation as Parts
from linkbridge.bootstrap.translation import open_translation
from linkbridge.kernel.errors import StorageFull, Unavailable
from linkbridge.phrasebook.exchange.stores import replace_files
from linkbridge.phrasebook.glossary import Domain
from linkbridge.settings import Settings
from linkbridge.translation.errors import NoRoute
from linkbridge.translation.labels import describe
from linkbridge.translation.ports import Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import Quality, TextSource, Translation

REFUSED = 3
"""The exit code of a text that is not shown, because its translation would have been wrong."""
PATIENCE = Patience(client="command-line", seconds=24 * 3600)
_MARKS = {
    TextSource.COPIED: "= nothing to translate",
    TextSource.VERIFIED: "✓ verified",
    TextSource.REVIEWED: "✓ reviewed",
    TextSource.REVIEWED_MEMORY: "✓ from the memory, reviewed",
    TextSource.DRAFT: "○ draft, written by a machine",
    TextSource.MEMORY: "○ from the memory, not reviewed",
    TextSource.MACHINE: "⚠ machine translation, check it",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text, and what is wanted of it."""

    text: str
    source: str | None
    target: str
    html: bool = False
    domain: Domain | None = None
    check: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it: the text for standard output, all that is known of it, and the exit code."""

    text: str
    described: dict[str, Any]
    exit_code: int


def text(settings: Settings, wanted: Wanted) -> Result:
    """Translate a text; its label goes to standard error.

    Raises:
        DomainError: it could not be translated; the message says why.
    """
    request = TranslationRequest(wanted.text, wanted.source, wanted.target, html=wanted.html, domain=wanted.domain)
    with open_translation(settings) as parts, explained(parts), progress() as on_progress:
        [found] = parts.translator.translate_many([request], PATIENCE, on_progress=on_progress)
        described: dict[str, Any] = {"text": found.text, **describe(found)}
        for line in label_lines(found):
            typer.echo(line, err=True)
        if wanted.check and found.text:
            back = TranslationRequest(found.text, wanted.target, found.pair.source, html=wanted.html, use_phrases=False)
            checked = parts.translator.translate(back, PATIENCE)
            described["check"] = checked.text
            typer.echo(f"back: {checked.text}", err=True)
    return Result(found.text, described, REFUSED if found.quality is Quality.REFUSED else 0)


def document(settings: Settings, file: Path, output: Path, *, source: str | None, target: str) -> int:
    """Translate a document into another file, which is written whole or not at all; return the exit code.

    Raises:
        DomainError: it could not be translated or written.
    """
    with open_translation(settings) as parts, explained(parts), progress() as on_progress:
        done = parts.documents.translate(
            file.name,
            file.read_bytes(),
            source=source,
            target=target,
            patience=PATIENCE,
            on_progress=on_progress,
        )
    save(output, done.content)
    typer.echo(
        f"{output}: {done.units} texts, {done.suspect} to be checked (⚠), {done.refused} left as they were (⛔)",
        err=True,
    )
    return REFUSED if done.units and done.refused == done.units else 0


def save(output: Path, content: bytes) -> None:
    """Write a translation whole, or not at all. What is there and no file, such as a device, is written to.

    Raises:
        StorageFull: the disk is full.
        Unavailable: it cannot be written there.
    """
    try:
        if output.exists() and not output.is_file():
            output.write_bytes(content)
        else:
            replace_files({output: content})
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFull("there is no room for the translation") from error
        raise Unavailable(f"{output} cannot be written: {error.strerror}", component="output") from error


def label_lines(found: Translation) -> Iterator[str]:
    """Yield the label of a translation in words."""
    if found.quality is Quality.REFUSED:
        yield "⛔ refused: the translation would have been wrong"
    else:
        yield _MARKS[found.source]
    if not found.source_given:
        yield f"language: {found.pair.source}, {found.confidence:.0f} % sure; name it with --from if that is wrong"
    if found.route is not None:
        engines = ", ".join(found.route.engines)
        yield f"way: {found.route} ({engines})"
        for each in found.route.stand_ins:
            yield f"{each.used} stands in for {each.wanted}"
    if found.reasons:
        yield f"doubts: {', '.join(reason.value for reason in found.reasons)}"
    if replaced := [term for term in found.terms if term.replaced]:
        yield f"glossary: {', '.join(f'{term.replaced} → {term.target}' for term in replaced)}"


@contextmanager
def explained(parts: Parts) -> Iterator[None]:
    """Say what can be done where no model leads to the language."""
    try:
        yield
    except NoRoute as error:
        pairs = sorted({str(pair) for model in parts.shelf.models() for pair in model.pairs})
        known = ", ".join(pairs) or "none"
        raise NoRoute(
            f"no installed model leads from {error.params.get('source')} to {error.params.get('target')}; "
            f"installed: {known}. See `linkbridge models list --available`.",
            **error.params,
        ) from None


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """Show how far it is: a bar on a terminal, else a line for every tenth."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines().tell
        return
    columns = (TextColumn("translating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("translating", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    """Tells a log how far it is, without a line for each sentence. Short texts say nothing."""

    def __init__(self) -> None:
        self._told = 0

    def tell(self, done: int, total: int) -> None:
        """Write a line for every tenth of a text of more than a hundred sentences."""
        tenth = done * 10 // total if total > 100 else 0
        if tenth > self._told:
            self._told = tenth
            typer.echo(f"{tenth * 10:3} %  {done} of {total}", err=True)
