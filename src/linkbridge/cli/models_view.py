"""How ``linkbridge models`` shows packages, plans and downloads."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn
from rich.table import Table

from linkbridge.translation.packages.assembling import NO_LICENCE
from linkbridge.translation.packages.values import Installed, Offer, Watch
from linkbridge.translation.ports import LanguagePair

_MOST_PAIRS = 4
_LINE_EVERY = 10
_WIDE = 160


def readable(size: int | None) -> str:
    """Return a size in words: decimal units, one place."""
    if size is None:
        return "unknown size"
    value = float(size)
    for unit in ("bytes", "KB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def directions(pairs: Sequence[LanguagePair]) -> str:
    """Return directions as one text, shortened where there are many."""
    shown = ", ".join(str(pair) for pair in pairs[:_MOST_PAIRS])
    return f"{shown} and {len(pairs) - _MOST_PAIRS} more" if len(pairs) > _MOST_PAIRS else shown


def installed_as_json(have: Installed) -> dict[str, object]:
    """Return an installed model as JSON shows it."""
    model, record = have.model, have.record
    return {
        "id": model.id,
        "engine": model.engine,
        "pairs": [[pair.source, pair.target] for pair in model.pairs],
        "version": model.version,
        "size": record.size if record else model.size_bytes,
        "licence": licence_of(have),
        "state": "bundled" if model.bundled else "installed",
        "source": record.source if record else "",
        "installed_at": record.installed_at if record else "",
        "checksum_published": record.checksum_published if record else False,
    }


def offer_as_json(offer: Offer) -> dict[str, object]:
    """Return what an index offers as JSON shows it."""
    return {
        "engine": offer.engine,
        "pairs": [[pair.source, pair.target] for pair in offer.pairs],
        "version": offer.version,
        "architecture": offer.architecture,
        "size": offer.size,
        "licence": offer.licence or NO_LICENCE,
        "state": "available",
        "source": offer.source,
        "checksum_published": offer.checked,
    }


def licence_of(have: Installed) -> str:
    """Return the licence of an installed model."""
    return have.model.licence or (have.record.licence if have.record else "") or NO_LICENCE


def show_table(installed: Iterable[Installed], offers: Iterable[Offer]) -> None:
    """Print what is installed, then what is offered."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("direction", "engine", "version", "size", "licence", "state"):
        table.add_column(name, justify="right" if name == "size" else "left", no_wrap=name != "direction")
    for have in installed:
        size = have.record.size if have.record else have.model.size_bytes
        state = "comes with LinkBridge" if have.model.bundled else f"installed as {have.model.id}"
        version = have.model.version.partition("+")[0]
        table.add_row(directions(have.model.pairs), have.model.engine, version, readable(size), licence_of(have), state)
    for offer in offers:
        size_text = readable(offer.size) if offer.size is not None else "?"
        row = (directions(offer.pairs), offer.engine, offer.version, size_text, offer.licence or NO_LICENCE)
        table.add_row(*row, "available")
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


def offer_line(offer: Offer, size: int | None) -> str:
    """Return what is said of a package before it is fetched."""
    checksum = "checksums published" if offer.checked else "no checksum published"
    kind = f" {offer.architecture}" if offer.architecture else ""
    licence = offer.licence or f"{NO_LICENCE} by the index; see the README in the package"
    return (
        f"  {directions(offer.pairs)}: {offer.engine}{kind} {offer.version}, {readable(size)}, {checksum};"
        f" licence: {licence}"
    )


@contextmanager
def downloads_shown() -> Iterator[Watch]:
    """Yield who shows downloads: bars on a terminal, else a line at every tenth."""
    if not sys.stderr.isatty():
        yield Watch(on_bytes=_Lines().on_bytes)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Watch(on_bytes=_Bars(progress).on_bytes)


class _Bars:
    """A bar for each file."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def on_bytes(self, name: str, done: int, total: int | None) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total)
        self._progress.update(self._tasks[name], completed=done, total=total)


class _Lines:
    """A line for each tenth of a file, or each ten megabytes where nobody knows its size."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}

    def on_bytes(self, name: str, done: int, total: int | None) -> None:
        step = done * _LINE_EVERY // total if total else done // 10_000_000
        if step > self._said.get(name, -1 if total is None else 0):
            self._said[name] = step
            of = f" of {readable(total)}" if total else ""
            typer.echo(f"  {name}: {readable(done)}{of}", err=True)
