"""What the coordinator's board, list and calendar show: the same requests, three times."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from linkbridge.accounts.sites import SiteRead
from linkbridge.interpreting.announcements.facts import languages_of, moment_of, times_of
from linkbridge.interpreting.directory.values import InterpreterName
from linkbridge.interpreting.dispatch.values import Board, BoardCard
from linkbridge.interpreting.reads import RequestRead
from linkbridge.interpreting.values import RequestState, Seat, TimeSpan
from linkbridge.kernel.languages import babel_locale

COLUMNS = (
    RequestState.NEW,
    RequestState.OFFERED,
    RequestState.BOOKED,
    RequestState.IN_SESSION,
    RequestState.DONE,
    RequestState.UNFILLED,
)
"""The board's columns; what was called off is seen in the list alone."""
_WEEK = 7


@dataclass(frozen=True, slots=True)
class CardView:
    """A request as a card. ``asked`` are the names of those whose answer is waited for; ``coming`` who accepted."""

    id: str
    state: str
    tags: str
    languages: str
    domain: str
    modality: str
    site: str
    times: tuple[str, ...]
    starts_at: datetime
    is_on_demand: bool
    is_relay: bool
    is_training: bool
    asked: tuple[str, ...]
    coming: tuple[str, ...]
    seats: int
    expires: str
    expires_at: str
    sent_at: str
    unfilled_reason: str
    wave: int

    def matches(self, words: str) -> bool:
        """Whether a search for these words finds the card."""
        text = f"{self.languages} {self.tags} {self.site} {' '.join((*self.asked, *self.coming))}".casefold()
        return all(word in text for word in words.casefold().split())


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of the board. ``count`` is how many requests it holds in all, of which ``cards`` are the first."""

    state: str
    count: int
    cards: tuple[CardView, ...]


@dataclass(frozen=True, slots=True)
class DayView:
    """A day of the calendar."""

    name: str
    is_today: bool
    cards: tuple[CardView, ...]


def ids_of(board: Board) -> set[str]:
    """Return the interpreters whose names the cards need."""
    asked = {each for card in board.cards for each in card.asked_ids}
    return asked | {given.interpreter_id for card in board.cards for given in card.assignments}


def card_views(
    cards: Iterable[BoardCard], names: Mapping[str, InterpreterName], sites: Mapping[str, SiteRead], ui: str
) -> tuple[CardView, ...]:
    """Return cards in the official's language, with times in the site's zone first and in the interpreters' own."""
    return tuple(_card(card, names, sites, ui) for card in cards)


def _card(card: BoardCard, names: Mapping[str, InterpreterName], sites: Mapping[str, SiteRead], ui: str) -> CardView:
    request = card.request
    people = (names.get(given.interpreter_id) for given in card.assignments)
    coming = [person for person in people if person is not None and person.name]
    site = sites.get(request.site_id)
    home = site.time_zone if site else request.time_zone
    zones = (home, request.time_zone, *(person.time_zone for person in coming))
    return CardView(
        id=request.id,
        state=request.state,
        tags=tags_of(request),
        languages=languages_of(Seat(0, request.person_language, request.official_language), ui),
        domain=request.domain,
        modality=request.modality,
        site=site.name if site else "",
        times=times_of(TimeSpan(request.starts_at, request.ends_at), zones, ui, short=True),
        starts_at=request.starts_at,
        is_on_demand=request.is_on_demand,
        is_relay=request.relay_language is not None,
        is_training=request.is_training,
        asked=tuple(names[each].name for each in card.asked_ids if each in names),
        coming=tuple(person.name for person in coming),
        seats=len(request.seats),
        expires=moment_of(card.next_expiry, home, ui) if card.next_expiry else "",
        expires_at=card.next_expiry.isoformat() if card.next_expiry else "",
        sent_at=card.next_sent.isoformat() if card.next_sent else "",
        unfilled_reason=request.unfilled_reason or "",
        wave=request.wave,
    )


def tags_of(request: RequestRead) -> str:
    """Return the way between the languages in short, such as ``am → en → es``."""
    way = (request.person_language, request.relay_language, request.official_language)
    return " → ".join(tag for tag in way if tag)


def columns(board: Board, cards: Sequence[CardView]) -> tuple[ColumnView, ...]:
    """Return the board's columns; one without cards is there too."""
    found: dict[str, list[CardView]] = defaultdict(list)
    for card in cards:
        found[card.state].append(card)
    return tuple(ColumnView(state, board.counts.get(state, 0), tuple(found[state])) for state in COLUMNS)


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def days(cards: Sequence[CardView], first: date, zone: str, ui: str, today: date) -> tuple[DayView, ...]:
    """Return the seven days from ``first`` on, with what begins on each in this zone."""
    local = ZoneInfo(zone)
    found: dict[date, list[CardView]] = defaultdict(list)
    for card in sorted(cards, key=lambda each: (each.starts_at, each.id)):
        found[card.starts_at.astimezone(local).date()].append(card)
    return tuple(
        DayView(str(format_date(day, "EEE d MMM", locale=babel_locale(ui))), day == today, tuple(found[day]))
        for day in (first + timedelta(days=number) for number in range(_WEEK))
    )
