"""The figures of a report, and how they are computed from plain rows. Pure.

Definitions: a request counts in the period in which it was made. It is *filled* once every seat was accepted, *unmet*
if the search ended without that, *open* while the search lasts, *called off* if it was cancelled before it was filled.
The fill rate is filled / (filled + unmet).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from zoneinfo import ZoneInfo

from linkbridge.interpreting.values import Outcome, Party, RequestState


@dataclass(frozen=True, slots=True)
class RequestGroup:
    """How many requests agree in all of these."""

    person_language: str
    official_language: str
    domain: str
    site_id: str
    state: str
    was_filled: bool
    is_on_demand: bool
    is_relay: bool
    count: int


@dataclass(frozen=True, slots=True)
class Served:
    """How many requests there were, and what became of them."""

    asked: int
    filled: int
    unmet: int
    open: int
    called_off: int
    relayed: int

    @property
    def fill_rate(self) -> float | None:
        """The share of filled requests among those whose search has ended, from 0 to 1."""
        ended = self.filled + self.unmet
        return self.filled / ended if ended else None


@dataclass(frozen=True, slots=True)
class Need:
    """One row of need: a pair of languages, a domain or a site, with what became of its requests."""

    keys: tuple[str, ...]
    served: Served


@dataclass(frozen=True, slots=True)
class Times:
    """Whole seconds from the request to the first offer and until it was filled. ``None`` where nothing was measured.

    ``count`` requests were filled. The first offer counts whether or not the request was filled later.
    """

    count: int
    first_offer_median: int | None
    fill_median: int | None
    fill_p90: int | None


@dataclass(frozen=True, slots=True)
class OrganisationLoad:
    """What a partner organisation was asked for and did. ``cost`` is in US cents, by the hours of ended sessions."""

    organisation_id: str
    name: str
    offers: int
    accepted: int
    declined: int
    unanswered: int
    sessions: int
    minutes: int
    cost: int

    @property
    def answer_rate(self) -> float | None:
        """The share of offers that were answered in time, from 0 to 1; others being faster does not count."""
        asked = self.accepted + self.declined + self.unanswered
        return (self.accepted + self.declined) / asked if asked else None


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a period."""

    whole: Served
    on_demand: Times
    scheduled: Times
    languages: tuple[Need, ...]
    domains: tuple[Need, ...]
    sites: tuple[Need, ...]
    unmet: tuple[Need, ...]
    unmet_hours: tuple[int, ...]
    organisations: tuple[OrganisationLoad, ...]
    outcomes: tuple[tuple[str, int], ...]


def served(groups: Iterable[RequestGroup]) -> Served:
    """Return the sums of some groups."""
    asked = filled = unmet = open_ = called_off = relayed = 0
    for group in groups:
        asked += group.count
        if group.was_filled:
            filled += group.count
            relayed += group.count if group.is_relay else 0
        elif group.state == RequestState.UNFILLED:
            unmet += group.count
        elif group.state == RequestState.CANCELLED:
            called_off += group.count
        else:
            open_ += group.count
    return Served(asked, filled, unmet, open_, called_off, relayed)


def needs(groups: Sequence[RequestGroup], *fields: str) -> tuple[Need, ...]:
    """Return the sums by these fields, those with most requests first."""
    found: dict[tuple[str, ...], list[RequestGroup]] = defaultdict(list)
    for group in groups:
        found[tuple(str(getattr(group, name)) for name in fields)].append(group)
    rows = (Need(keys, served(parts)) for keys, parts in found.items())
    return tuple(sorted(rows, key=lambda row: (-row.served.asked, row.keys)))


def unmet_needs(groups: Sequence[RequestGroup]) -> tuple[Need, ...]:
    """Return where nobody could be found, by languages, domain and site, the most frequent first."""
    rows = needs(groups, "person_language", "official_language", "domain", "site_id")
    return tuple(sorted((row for row in rows if row.served.unmet), key=lambda row: (-row.served.unmet, row.keys)))


def times(offered: Mapping[int, int], filled: Mapping[int, int]) -> Times:
    """Return how long requests waited, from how many waited each number of seconds."""
    return Times(
        count=sum(filled.values()),
        first_offer_median=nearest_rank(offered, 50),
        fill_median=nearest_rank(filled, 50),
        fill_p90=nearest_rank(filled, 90),
    )


def nearest_rank(counts: Mapping[int, int], percent: int) -> int | None:
    """Return the least value that at least ``percent`` of all do not exceed; ``None`` where there are none."""
    rank = -(-sum(counts.values()) * percent // 100)
    values = sorted(counts)
    sums = zip(values, accumulate(counts[value] for value in values), strict=True)
    return next((value for value, reached in sums if reached >= rank), None)


def hours_of_day(moments: Iterable[tuple[datetime, str]]) -> tuple[int, ...]:
    """Return how many of these moments fall into each hour of the day, each in its own zone."""
    counts = Counter(moment.astimezone(ZoneInfo(zone)).hour for moment, zone in moments)
    return tuple(counts[hour] for hour in range(24))


def outcome_words(outcome: str | None, no_show_by: str | None) -> str:
    """Return the fixed word under which an outcome is counted; who did not come is part of it."""
    if outcome is None:
        return "missing"
    if outcome == Outcome.NO_SHOW:
        return f"{Outcome.NO_SHOW.value}-{no_show_by or Party.PERSON.value}"
    return outcome
