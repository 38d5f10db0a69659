"""Loads interpreters as matching sees them, and the need of a request, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlmodel import Session, col, func, or_, select

from linkbridge.interpreting.matching.values import Need, Profile
from linkbridge.interpreting.models import (
    Assignment,
    Interpreter,
    InterpreterBlock,
    InterpreterCredential,
    InterpreterLanguage,
    Offer,
)
from linkbridge.interpreting.ports import Hours
from linkbridge.interpreting.values import (
    AssignmentState,
    BlockKind,
    Credential,
    Domain,
    Gender,
    Level,
    Modality,
    TimeSpan,
    WorkingLanguages,
)
from linkbridge.kernel.clock import Clock

LATELY = timedelta(days=28)
"""The time over which the load of interpreters is compared."""
AROUND = timedelta(days=1)
"""How much of an interpreter's hours is loaded around the span that is asked for."""
W = TypeVar("W", bound=StrEnum)
LoadHours = Callable[[Session, Collection[str], TimeSpan], Mapping[str, Hours]]


@dataclass(frozen=True, slots=True)
class _Facts:
    pairs: Mapping[str, list[WorkingLanguages]]
    credentials: Mapping[str, dict[Credential, date | None]]
    blocks: Mapping[str, set[tuple[BlockKind, str]]]
    minutes: Mapping[str, int]
    offers: Mapping[str, int]
    hours: Mapping[str, Hours]


class Profiles:
    """Reads profiles from the tables. ``load_hours`` is availability's own loader: listing and booking share it."""

    def __init__(self, *, clock: Clock, load_hours: LoadHours) -> None:
        self._clock = clock
        self._load_hours = load_hours

    def load(self, session: Session, need: Need, *, everybody: bool = False) -> tuple[Profile, ...]:
        """Return those who speak one of the two languages, which is all that a direct or relayed booking needs.

        ``everybody`` returns all who are active, for the page that says why somebody is not listed.
        """
        query = select(Interpreter).where(col(Interpreter.deactivated_at).is_(None))
        if not everybody:
            query = query.where(col(Interpreter.id).in_(_speakers(need)))
        rows = session.exec(query.order_by(col(Interpreter.id))).all()
        ids = [row.id for row in rows]
        facts = self._facts(session, ids, need.span)
        return tuple(_profile(row, facts) for row in rows)

    def load_some(self, session: Session, ids: Sequence[str], need: Need) -> tuple[Profile, ...]:
        """Return the profiles of these interpreters, active or not."""
        rows = session.exec(select(Interpreter).where(col(Interpreter.id).in_(ids)).order_by(col(Interpreter.id))).all()
        facts = self._facts(session, [row.id for row in rows], need.span)
        return tuple(_profile(row, facts) for row in rows)

    def _facts(self, session: Session, ids: Sequence[str], span: TimeSpan) -> _Facts:
        since = self._clock.now() - LATELY
        return _Facts(
            _pairs(session, ids),
            _credentials(session, ids),
            _blocks(session, ids),
            _minutes(session, ids, TimeSpan(since, span.end)),
            _offers(session, ids, TimeSpan(since, span.end)),
            self._load_hours(session, ids, TimeSpan(span.start - AROUND, span.end + AROUND)),
        )


def _speakers(need: Need) -> Any:  # noqa: ANN401 - SQLAlchemy names the type of a selection only as it is built
    """Return the query of who has the person's or the official's language in one of their pairs."""
    bases = {tag.split("-")[0] for tag in (need.person_language, need.official_language)}
    found = [
        condition
        for base in sorted(bases)
        for column in (col(InterpreterLanguage.source_tag), col(InterpreterLanguage.target_tag))
        for condition in (column == base, column.startswith(f"{base}-"))
    ]
    return select(InterpreterLanguage.interpreter_id).where(or_(*found))


def _pairs(session: Session, ids: Sequence[str]) -> Mapping[str, list[WorkingLanguages]]:
    found: dict[str, list[WorkingLanguages]] = defaultdict(list)
    query = select(InterpreterLanguage).where(col(InterpreterLanguage.interpreter_id).in_(ids))
    for row in session.exec(query.order_by(col(InterpreterLanguage.id))):
        pair = WorkingLanguages(row.source_tag, row.target_tag, Level(row.level), row.both_ways)
        found[row.interpreter_id].append(pair)
    return found


def _credentials(session: Session, ids: Sequence[str]) -> Mapping[str, dict[Credential, date | None]]:
    found: dict[str, dict[Credential, date | None]] = defaultdict(dict)
    query = select(InterpreterCredential).where(col(InterpreterCredential.interpreter_id).in_(ids))
    for row in session.exec(query):
        found[row.interpreter_id][Credential(row.code)] = row.expires_on
    return found


def _blocks(session: Session, ids: Sequence[str]) -> Mapping[str, set[tuple[BlockKind, str]]]:
    found: dict[str, set[tuple[BlockKind, str]]] = defaultdict(set)
    query = select(InterpreterBlock).where(col(InterpreterBlock.interpreter_id).in_(ids))
    for row in session.exec(query):
        found[row.interpreter_id].add((BlockKind(row.kind), row.code))
    return found


def _minutes(session: Session, ids: Sequence[str], lately: TimeSpan) -> Mapping[str, int]:
    """Return the minutes that each has worked or is booked for."""
    counted = (AssignmentState.HELD, AssignmentState.BOOKED, AssignmentState.IN_SESSION, AssignmentState.ENDED)
    query = select(Assignment.interpreter_id, Assignment.starts_at, Assignment.ends_at).where(
        col(Assignment.interpreter_id).in_(ids),
        col(Assignment.state).in_(counted),
        Assignment.starts_at >= lately.start,
        Assignment.starts_at < lately.end,
    )
    found: dict[str, int] = defaultdict(int)
    for interpreter_id, start, end in session.exec(query):
        found[interpreter_id] += TimeSpan(start, end).minutes
    return found


def _offers(session: Session, ids: Sequence[str], lately: TimeSpan) -> Mapping[str, int]:
    query = (
        select(Offer.interpreter_id, func.count())
        .where(col(Offer.interpreter_id).in_(ids), Offer.sent_at >= lately.start)
        .group_by(Offer.interpreter_id)
    )
    return dict(session.exec(query).all())


def _profile(row: Interpreter, facts: _Facts) -> Profile:
    return Profile(
        id=row.id,
        organisation_id=row.organisation_id,
        country=row.country,
        time_zone=row.time_zone,
        pairs=tuple(facts.pairs.get(row.id, ())),
        domains=_words(Domain, row.domains),
        modalities=_words(Modality, row.modalities),
        gender=Gender(row.gender) if row.gender else None,
        credentials=facts.credentials.get(row.id, {}),
        blocks=frozenset(facts.blocks.get(row.id, ())),
        cost_per_hour=row.cost_per_hour,
        minutes_lately=facts.minutes.get(row.id, 0),
        offers_lately=facts.offers.get(row.id, 0),
        hours=facts.hours[row.id],
        is_active=row.deactivated_at is None,
    )


def _words(kind: type[W], words: Iterable[str]) -> frozenset[W]:
    return frozenset(kind(word) for word in words)
