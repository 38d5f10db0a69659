"""Reads the hours of many interpreters at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from linkbridge.interpreting.availability.hours import Availability, HourException, Rule
from linkbridge.interpreting.availability.local_time import find_zone
from linkbridge.interpreting.models import Assignment, AvailabilityException, AvailabilityRule, BusyTime, Interpreter
from linkbridge.interpreting.values import OCCUPYING, TimeSpan

T = TypeVar("T")
_BATCH = 5_000
"""How many ids fit into one statement; there are a constant number of statements for each such batch."""


def load_availability(session: Session, interpreter_ids: Collection[str], window: TimeSpan) -> dict[str, Availability]:
    """Return the hours of each interpreter as far as they matter within ``window``, in five queries.

    Whoever does not exist is left out.
    """
    found: dict[str, Availability] = {}
    ids = sorted(set(interpreter_ids))
    for start in range(0, len(ids), _BATCH):
        found.update(_load(session, ids[start : start + _BATCH], window))
    return found


def _load(session: Session, ids: list[str], window: TimeSpan) -> dict[str, Availability]:
    zones = dict(session.exec(select(Interpreter.id, Interpreter.time_zone).where(col(Interpreter.id).in_(ids))).all())
    rules = _grouped(
        (row.interpreter_id, Rule(row.rrule, row.starts_on, row.start_minute, row.minutes, row.on_call))
        for row in session.exec(select(AvailabilityRule).where(col(AvailabilityRule.interpreter_id).in_(ids)))
    )
    exceptions = _grouped(
        (row.interpreter_id, HourException(row.starts_at, row.ends_at, row.is_available, row.on_call))
        for row in session.exec(_within(select(AvailabilityException), AvailabilityException, ids, window))
    )
    busy = _spans(session, BusyTime, ids, window)
    booked = _spans(session, Assignment, ids, window, col(Assignment.state).in_([state.value for state in OCCUPYING]))
    return {
        one: Availability(
            # A zone that this machine does not know any more must not stop the others.
            zone=find_zone(zone) or ZoneInfo("UTC"),
            rules=rules[one],
            exceptions=exceptions[one],
            busy=busy[one],
            booked=booked[one],
        )
        for one, zone in zones.items()
    }


def _within(query: Any, table: Any, ids: list[str], window: TimeSpan) -> Any:  # noqa: ANN401 - any of three tables
    return query.where(
        table.interpreter_id.in_(ids),
        table.starts_at < window.end.astimezone(UTC),
        table.ends_at > window.start.astimezone(UTC),
    )


def _spans(
    session: Session,
    table: type[BusyTime | Assignment],
    ids: list[str],
    window: TimeSpan,
    *conditions: sa.ColumnElement[bool],
) -> dict[str, tuple[TimeSpan, ...]]:
    query = _within(select(table.interpreter_id, table.starts_at, table.ends_at), table, ids, window)
    rows: Iterator[Any] = session.exec(query.where(*conditions))
    return _grouped((interpreter_id, TimeSpan(start, end)) for interpreter_id, start, end in rows)


def _grouped(pairs: Iterable[tuple[str, T]]) -> defaultdict[str, tuple[T, ...]]:
    lists: dict[str, list[T]] = {}
    for key, value in pairs:
        lists.setdefault(key, []).append(value)
    return defaultdict(tuple, {key: tuple(values) for key, values in lists.items()})
