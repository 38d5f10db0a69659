"""Reads the figures of a period in a constant number of queries. Requests made in training are left out."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from linkbridge.accounts.directory import Directory
from linkbridge.accounts.permissions import Actor, Permission, allows, require
from linkbridge.interpreting.models import Assignment, Interpreter, InterpreterRequest, Offer
from linkbridge.interpreting.reports.values import (
    OrganisationLoad,
    Report,
    RequestGroup,
    hours_of_day,
    needs,
    outcome_words,
    served,
    times,
    unmet_needs,
)
from linkbridge.interpreting.values import AssignmentState, OfferState, RequestState, TimeSpan


@dataclass(frozen=True, slots=True)
class ReportScope:
    """Which requests a report is about: those made in a period, at one site or at all of the actor's."""

    period: TimeSpan
    site_id: str | None = None


class Reports:
    """The reports."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def of(self, session: Session, scope: ReportScope, *, by: Actor) -> Report:
        """Return the figures of a period.

        Raises:
            NotAllowed: the actor neither reads statistics nor brokers interpreters.
            NotFound: the actor does not work at this site.
        """
        require_reader(by)
        within = self._within(session, scope, by)
        groups = _groups(session, within)
        offered = _waits(session, within, col(InterpreterRequest.first_offer_at))
        filled = _waits(session, within, col(InterpreterRequest.filled_at))
        return Report(
            whole=served(groups),
            on_demand=times(offered[True], filled[True]),
            scheduled=times(offered[False], filled[False]),
            languages=needs(groups, "person_language", "official_language"),
            domains=needs(groups, "domain"),
            sites=needs(groups, "site_id"),
            unmet=unmet_needs(groups),
            unmet_hours=hours_of_day(_unmet_moments(session, within)),
            organisations=self._organisations(session, within),
            outcomes=_outcomes(session, within),
        )

    def _within(self, session: Session, scope: ReportScope, by: Actor) -> tuple[Any, ...]:
        """Return the conditions under which a request counts."""
        conditions: list[Any] = [
            InterpreterRequest.created_at >= scope.period.start,
            InterpreterRequest.created_at < scope.period.end,
            col(InterpreterRequest.is_training).is_(False),
        ]
        if scope.site_id is not None:
            self._directory.site(session, scope.site_id, by=by)
            conditions.append(InterpreterRequest.site_id == scope.site_id)
        elif not by.everywhere:
            conditions.append(col(InterpreterRequest.site_id).in_(by.site_ids))
        return tuple(conditions)

    def _organisations(self, session: Session, within: tuple[Any, ...]) -> tuple[OrganisationLoad, ...]:
        offers = _offers(session, within)
        sessions, minutes, cost = _work(session, within)
        names = self._directory.organisation_names(session)
        found = [
            OrganisationLoad(
                organisation_id=key,
                name=names.get(key, ""),
                offers=sum(offers[key].values()),
                accepted=offers[key][OfferState.ACCEPTED],
                declined=offers[key][OfferState.DECLINED],
                unanswered=offers[key][OfferState.EXPIRED],
                sessions=sessions[key],
                minutes=minutes[key],
                cost=cost[key],
            )
            for key in offers.keys() | sessions.keys()
        ]
        return tuple(sorted(found, key=lambda load: (-load.minutes, -load.offers, load.name)))


def require_reader(by: Actor) -> None:
    """Return if the actor may read reports.

    Raises:
        NotAllowed: the actor neither reads statistics nor brokers interpreters.
    """
    if not allows(by, Permission.BROKER_INTERPRETERS):
        require(by, Permission.READ_STATISTICS)


def _groups(session: Session, within: tuple[Any, ...]) -> Sequence[RequestGroup]:
    row = InterpreterRequest
    was_filled, is_relay = col(row.filled_at).is_not(None), col(row.relay_language).is_not(None)
    keys: tuple[Any, ...] = (
        row.person_language,
        row.official_language,
        row.domain,
        row.site_id,
        row.state,
        was_filled,
        row.is_on_demand,
        is_relay,
    )
    query = select(*keys, func.count()).where(*within).group_by(*keys)  # type: ignore[call-overload]
    return [
        RequestGroup(person, official, domain, site, state, bool(filled), bool(now), bool(relay), count)
        for person, official, domain, site, state, filled, now, relay, count in session.exec(query)
    ]


def _waits(session: Session, within: tuple[Any, ...], until: Any) -> dict[bool, Counter[int]]:  # noqa: ANN401 - a column
    """Return how many requests waited each number of seconds until then, of those on demand and of the others."""
    row = InterpreterRequest
    waited = _seconds(col(row.created_at), until)
    query: Any = select(row.is_on_demand, waited, func.count())
    found: dict[bool, Counter[int]] = {True: Counter(), False: Counter()}
    for now, seconds, count in session.exec(
        query.where(*within, until.is_not(None)).group_by(row.is_on_demand, waited)
    ):
        found[bool(now)][seconds] = count
    return found


def _seconds(start: Any, end: Any) -> Any:  # noqa: ANN401 - columns
    """Return the whole seconds between two columns, as both databases count them."""
    return sa.cast(func.round(sa.extract("epoch", end) - sa.extract("epoch", start)), sa.Integer)


def _unmet_moments(session: Session, within: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a result of SQLAlchemy
    row = InterpreterRequest
    query = select(row.created_at, row.time_zone).where(*within, row.state == RequestState.UNFILLED)
    return session.exec(query.where(col(row.filled_at).is_(None)))


def _offers(session: Session, within: tuple[Any, ...]) -> dict[str, Counter[str]]:
    query = (
        select(Interpreter.organisation_id, Offer.state, func.count())
        .select_from(Offer)
        .join(Interpreter, col(Interpreter.id) == Offer.interpreter_id)
        .join(InterpreterRequest, col(InterpreterRequest.id) == Offer.request_id)
        .where(*within)
        .group_by(Interpreter.organisation_id, Offer.state)
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for organisation_id, state, count in session.exec(query):
        found[organisation_id][state] = count
    return found


def _work(session: Session, within: tuple[Any, ...]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return the ended sessions, their minutes and their cost, by organisation."""
    lasted = _seconds(col(Assignment.starts_at), col(Assignment.ends_at))
    keys: tuple[Any, ...] = (Interpreter.organisation_id, Interpreter.cost_per_hour, lasted)
    query = (
        select(*keys, func.count())  # type: ignore[call-overload]
        .select_from(Assignment)
        .join(Interpreter, col(Interpreter.id) == Assignment.interpreter_id)
        .join(InterpreterRequest, col(InterpreterRequest.id) == Assignment.request_id)
        .where(*within, Assignment.state == AssignmentState.ENDED)
        .group_by(*keys)
    )
    sessions, minutes, cost = Counter[str](), Counter[str](), Counter[str]()
    for organisation_id, per_hour, seconds, count in session.exec(query):
        sessions[organisation_id] += count
        minutes[organisation_id] += count * (seconds // 60)
        cost[organisation_id] += count * (per_hour * (seconds // 60) // 60)
    return sessions, minutes, cost


def _outcomes(session: Session, within: tuple[Any, ...]) -> tuple[tuple[str, int], ...]:
    """Return how ended assignments came out, the most frequent first."""
    query = (
        select(Assignment.outcome, Assignment.no_show_by, func.count())
        .select_from(Assignment)
        .join(InterpreterRequest, col(InterpreterRequest.id) == Assignment.request_id)
        .where(*within, col(Assignment.state).in_((AssignmentState.ENDED, AssignmentState.CANCELLED)))
        .group_by(col(Assignment.outcome), col(Assignment.no_show_by))
    )
    counts = Counter[str]()
    for outcome, no_show_by, count in session.exec(query):
        counts[outcome_words(outcome, no_show_by)] += count
    return tuple(counts.most_common())
