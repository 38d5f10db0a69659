"""Translation memory: pairs that others published, taken from TMX.

A person meets one only where no phrase says the same, under its own label.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.accounts.text import clean_line
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import InvalidInput, NotFound
from linkbridge.kernel.ids import new_id
from linkbridge.kernel.text_checks import bidi_controls, forbidden_characters
from linkbridge.phrasebook.exchange.plan import LONGEST_TEXT
from linkbridge.phrasebook.exchange.tmx import Entry, iter_entries
from linkbridge.phrasebook.exchange.units import Skipped, read_tag
from linkbridge.phrasebook.models import MemoryUnit
from linkbridge.phrasebook.schema import SOURCE_TAG, text_hash

BATCH = 500
MOST_ASKED = 5000
LONGEST_COLLECTION = 100
_ANY_LANGUAGE = frozenset({"", "*all*"})


@dataclass(frozen=True, slots=True)
class Pair:
    """A text and its translation."""

    source_tag: str
    target_tag: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """A translation out of the memory, and whether qualified people have read it."""

    text: str
    reviewed: bool
    collection: str


@dataclass(frozen=True, slots=True)
class MemoryReport:
    """What became of a file so far: entries read, pairs added, pairs that were here, and what was left out and why."""

    entries: int
    added: int
    already_there: int
    skipped: Mapping[str, int]
    examples: Mapping[str, str]
    """The first entry that was left out, by reason."""


class TranslationMemory:
    """The pairs in the database."""

    def __init__(self, *, clock: Clock, audit: AuditLog) -> None:
        self._clock = clock
        self._audit = audit

    def add(
        self, session: Session, pairs: Sequence[Pair], *, collection: str, by: Actor, reviewed: bool = False
    ) -> int:
        """Add the pairs that are not here yet, and return how many those were.

        ``reviewed``: the actor vouches that qualified people read the translations.

        Raises:
            InvalidInput: the collection's name is empty or too long.
            NotAllowed: the actor does not review phrases.
        """
        require(by, Permission.REVIEW_PHRASES)
        name = clean_line(collection, field="collection", longest=LONGEST_COLLECTION)
        rows = [
            {
                "id": new_id(),
                "source_tag": pair.source_tag,
                "target_tag": pair.target_tag,
                "source_hash": text_hash(pair.source),
                "target_hash": text_hash(pair.target),
                "source_text": pair.source,
                "target_text": pair.target,
                "collection": name,
                "added_by": by.reference,
                "added_at": self._clock.now(),
                "reviewed": reviewed,
            }
            for pair in pairs
        ]
        if not rows:
            return 0
        connection = session.connection()
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(MemoryUnit).values(rows).on_conflict_do_nothing().returning(col(MemoryUnit.id))
        return len(connection.execute(statement).all())

    def find(self, session: Session, texts: Collection[str], source: str, target: str) -> Mapping[str, Remembered]:
        """Return what the memory has for texts, by text: reviewed pairs first, in either direction.

        One query for each ``MOST_ASKED`` texts: databases bound the values of one.
        """
        found: dict[str, Remembered] = {}
        rest = iter(sorted(texts))
        while some := {text_hash(text): text for text in islice(rest, MOST_ASKED)}:
            for row in session.exec(_looking_for(some, source, target)):
                here, there = row.source_text, row.target_text
                if row.source_tag != source:
                    here, there = there, here
                if here in texts:
                    found.setdefault(here, Remembered(there, row.reviewed, row.collection))
        return found

    def remove(self, session: Session, collection: str, *, by: Actor) -> int:
        """Delete all pairs of a collection, and return how many those were.

        Raises:
            NotAllowed: the actor does not review phrases.
            NotFound: there is no such collection; the message names those that there are.
        """
        require(by, Permission.REVIEW_PHRASES)
        statement = sa.delete(MemoryUnit).where(col(MemoryUnit.collection) == collection)
        removed = session.connection().execute(statement).rowcount
        if not removed:
            known = session.exec(select(MemoryUnit.collection).distinct().order_by(col(MemoryUnit.collection))).all()
            raise NotFound(f"the memory has no collection of this name; it has: {', '.join(known) or 'none'}")
        self.record(session, "removed", by=by, pairs=removed)
        return removed

    def record(self, session: Session, action: str, *, by: Actor, **counts: int) -> None:
        """Note in the audit log that an import began or ended.

        Raises:
            NotAllowed: the actor does not review phrases.
        """
        require(by, Permission.REVIEW_PHRASES)
        self._audit.record(session, actor=by.reference, action=f"memory.{action}", details=counts)


def _looking_for(hashes: Collection[str], source: str, target: str) -> SelectOfScalar[MemoryUnit]:
    """Return the query for texts with these hashes, in either direction: reviewed ones first."""
    forwards = sa.and_(
        col(MemoryUnit.source_tag) == source,
        col(MemoryUnit.target_tag) == target,
        col(MemoryUnit.source_hash).in_(hashes),
    )
    backwards = sa.and_(
        col(MemoryUnit.target_tag) == source,
        col(MemoryUnit.source_tag) == target,
        col(MemoryUnit.target_hash).in_(hashes),
    )
    found = select(MemoryUnit).where(sa.or_(forwards, backwards))
    return found.order_by(col(MemoryUnit.reviewed).desc(), col(MemoryUnit.id))


def import_memory(
    sessions: SessionFactory,
    memory: TranslationMemory,
    stream: BinaryIO,
    *,
    collection: str,
    by: Actor,
    reviewed: bool = False,
    on_progress: Callable[[MemoryReport], None] | None = None,
    batch: int = BATCH,
) -> MemoryReport:
    """Add all pairs of a TMX document, each batch in a transaction of its own.

    What was added before an error stays; the same file again adds only the rest.

    Raises:
        InvalidInput: it is no TMX, or its XML is unsafe, or the collection's name cannot be used.
        TooLarge: it is larger than any memory is.
        NotAllowed: the actor does not review phrases.
    """
    with sessions.transaction() as session:
        memory.add(session, (), collection=collection, by=by)
        memory.record(session, "import_began", by=by)
    tally = _Tally()
    pairs = tally.pairs_of(iter_entries(stream))
    while some := list(islice(pairs, batch)):
        with sessions.transaction() as session:
            added = memory.add(session, some, collection=collection, by=by, reviewed=reviewed)
        tally.added += added
        tally.already_there += len(some) - added
        if on_progress is not None:
            on_progress(tally.report())
    report = tally.report()
    with sessions.transaction() as session:
        skipped = sum(report.skipped.values())
        memory.record(session, "imported", by=by, added=report.added, there=report.already_there, skipped=skipped)
    return report


class _Tally:
    """Counts what becomes of the entries while they stream by."""

    def __init__(self) -> None:
        self.added = self.already_there = self.entries = 0
        self._skipped: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def pairs_of(self, entries: Iterable[Entry | Skipped]) -> Iterator[Pair]:
        for entry in entries:
            self.entries += 1
            if isinstance(entry, Skipped):
                self._skip(entry.reason, entry.where)
                continue
            for found in _pairs(entry):
                if isinstance(found, Pair):
                    yield found
                else:
                    self._skip(found, entry.name)

    def report(self) -> MemoryReport:
        return MemoryReport(
            self.entries, self.added, self.already_there, dict(self._skipped.most_common()), dict(self._examples)
        )

    def _skip(self, reason: str, name: str) -> None:
        self._skipped[reason] += 1
        self._examples.setdefault(reason, name)


def _pairs(entry: Entry) -> Iterator[Pair | str]:
    """Yield the pairs of an entry; for what cannot be used, the reason."""
    wanted = SOURCE_TAG if entry.source_tag in _ANY_LANGUAGE else _tag(entry.source_tag)
    texts = [(_tag(written), _clean(text)) for written, text in entry.texts]
    source = next((text for tag, text in texts if tag == wanted), None)
    if wanted is None or source is None:
        yield "it has no text in its source language"
        return
    others = [(tag, text) for tag, text in texts if tag != wanted]
    if not others:
        yield "it has no translation"
    for tag, text in others:
        reason = _reason_to_skip(tag, source, text)
        yield Pair(wanted, tag, source, text) if tag is not None and not reason else reason


def _reason_to_skip(tag: str | None, source: str, text: str) -> str:
    if tag is None:
        return "LinkBridge does not know the language"
    if not source or not text:
        return "a text is empty"
    if max(len(source), len(text)) > LONGEST_TEXT:
        return f"a text is longer than {LONGEST_TEXT} characters"
    if any(forbidden_characters(each) or bidi_controls(each) for each in (source, text)):
        return "a text holds hidden or forbidden characters"
    if text_hash(source) == text_hash(text):
        return "the translation is the source"
    return ""


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@cache
def _tag(written: str) -> str | None:
    try:
        return read_tag(written)
    except InvalidInput:
        return None
