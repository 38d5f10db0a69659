"""Hours, calendars and feeds as services, on both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from linkbridge.accounts.permissions import Actor, Role
from linkbridge.interpreting.availability.calendars import Calendars
from linkbridge.interpreting.availability.feeds import CalendarFeeds
from linkbridge.interpreting.availability.fetching import Fetched
from linkbridge.interpreting.availability.loading import load_availability
from linkbridge.interpreting.availability.scanning import unusable
from linkbridge.interpreting.availability.service import AvailabilityService
from linkbridge.interpreting.availability.wishes import read_wish
from linkbridge.interpreting.values import TimeSpan
from linkbridge.kernel.errors import NotAllowed, NotFound
from linkbridge.kernel.jobs import NullJobQueue
from tests.support.accounts import counted_queries
from tests.support.brokering import Brokering

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WINDOW = TimeSpan(NOON, NOON + timedelta(days=2))
WISH = {
    "rules": [{"rrule": "FREQ=DAILY", "starts_on": "2026-11-01", "start": "00:00", "minutes": 1440}],
    "exceptions": [{"starts_at": "2026-11-24T15:00:00Z", "ends_at": "2026-11-24T16:00:00Z"}],
}
BUSY = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261124T180000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class FakeFetcher:
    """Answers what a test tells it to, and notes which ETag it was asked with."""

    def __init__(self) -> None:
        self.answer: Callable[[], Fetched] = lambda: Fetched(BUSY, '"v1"')
        self.etags: list[str] = []

    def fetch(self, _address: str, etag: str) -> Fetched:
        self.etags.append(etag)
        return self.answer()


def service(brokering: Brokering) -> AvailabilityService:
    world = brokering.world
    return AvailabilityService(clock=world.clock, audit=world.accounts.audit, cipher=world.cipher)


def calendars(brokering: Brokering, fetcher: FakeFetcher) -> Calendars:
    world = brokering.world
    return Calendars(
        clock=world.clock,
        sessions=world.sessions,
        audit=world.accounts.audit,
        cipher=world.cipher,
        jobs=NullJobQueue(),
        fetcher=fetcher,
    )


def busy_starts(brokering: Brokering, interpreter_id: str) -> list[datetime]:
    with brokering.world.sessions.reading() as session:
        return [one.start for one in load_availability(session, [interpreter_id], WINDOW)[interpreter_id].busy]


def test_hours_are_replaced_shown_and_loaded_in_a_constant_number_of_queries(brokering: Brokering) -> None:
    ids = [brokering.add().id for _ in range(3)]
    by = brokering.partner
    with brokering.world.sessions.transaction() as session:
        for one in ids:
            service(brokering).replace(session, one, read_wish(WISH), by=by)
    sent = []
    for some in (ids[:1], ids):
        with brokering.world.sessions.reading() as session, counted_queries(brokering.world.sessions) as queries:
            found = load_availability(session, some, WINDOW)
        sent.append(len(queries))
        assert set(found) == set(some)
        assert found[ids[0]].problem(TimeSpan(NOON, NOON + timedelta(hours=1))) == ""
        assert found[ids[0]].problem(TimeSpan(NOON, NOON + timedelta(hours=4))) == "away"
    assert sent == [5, 5]
    with brokering.world.sessions.reading() as session:
        week = service(brokering).week(session, ids[0], by=by)
    assert week.free[0] == TimeSpan(NOON, NOON + timedelta(hours=3))
    assert [one.exception.starts_at for one in week.exceptions] == [NOON + timedelta(hours=3)]


@pytest.mark.parametrize(
    ("role", "partner", "allowed"),
    [
        (Role.COORDINATOR, True, True),
        (Role.ADMINISTRATOR, False, True),
        (Role.COORDINATOR, False, False),
        (Role.INTERPRETER, True, False),
        (Role.OFFICIAL, True, False),
    ],
)
def test_hours_are_for_their_organisation_and_the_host_administrators(
    brokering: Brokering, role: Role, partner: bool, allowed: bool
) -> None:
    interpreter_id = brokering.add().id
    by: Actor = brokering.world.actor(role, partner=partner)
    with brokering.world.sessions.reading() as session:
        if allowed:
            assert service(brokering).week(session, interpreter_id, by=by).interpreter_id == interpreter_id
        else:
            with pytest.raises(NotAllowed):
                service(brokering).week(session, interpreter_id, by=by)


def test_calendar_is_read_and_a_failure_keeps_the_old_busy_times(brokering: Brokering) -> None:
    interpreter_id, by, fetcher = brokering.add().id, brokering.partner, FakeFetcher()
    found = calendars(brokering, fetcher)
    with brokering.world.sessions.transaction() as session:
        calendar_id = found.add_address(session, interpreter_id, "webcal://calendar.example/a.ics", by=by)
    assert found.look() == 1
    found.read_calendar(calendar_id)
    assert busy_starts(brokering, interpreter_id) == [datetime(2026, 11, 24, 18, tzinfo=UTC)]
    assert found.look() == 0

    def broken() -> Fetched:
        raise unusable("calendar-broken", "broken")

    for answer, error in ((broken, "calendar-broken"), (lambda: Fetched(None, '"v1"'), "")):
        fetcher.answer = answer
        found.read_calendar(calendar_id)
        with brokering.world.sessions.reading() as session:
            (read,) = found.list(session, interpreter_id, by=by)
        assert (read.error, read.shown) == (error, "calendar.example")
        assert busy_starts(brokering, interpreter_id) == [datetime(2026, 11, 24, 18, tzinfo=UTC)]
    assert fetcher.etags == ["", '"v1"', '"v1"']
    with brokering.world.sessions.transaction() as session:
        found.remove(session, interpreter_id, calendar_id, by=by)
    assert busy_starts(brokering, interpreter_id) == []


def test_feed_works_until_it_is_made_anew_or_revoked(brokering: Brokering) -> None:
    interpreter_id, by = brokering.add().id, brokering.partner
    world = brokering.world
    feeds = CalendarFeeds(clock=world.clock, audit=world.accounts.audit, base_url="https://linkbridge.example")

    def secret() -> str:
        with world.sessions.transaction() as session:
            return feeds.make(session, interpreter_id, by=by).rpartition("/")[2].removesuffix(".ics")

    first, second = secret(), secret()
    with world.sessions.transaction() as session:
        with pytest.raises(NotFound):
            feeds.read(session, first)
        file = feeds.read(session, second)
        assert icalendar.Calendar.from_ical(file.content).walk("VEVENT") == []
        feeds.revoke(session, interpreter_id, by=by)
        with pytest.raises(NotFound):
            feeds.read(session, second)


def test_exceptions_are_added_in_local_time_and_removed(brokering: Brokering) -> None:
    interpreter_id, by = brokering.add(time_zone="Asia/Kathmandu").id, brokering.partner
    hours = service(brokering)
    start = datetime.combine(date(2026, 12, 1), datetime.min.time())
    with brokering.world.sessions.transaction() as session:
        made = hours.add_exception(session, interpreter_id, start, start + timedelta(days=1), is_available=False, by=by)
        (kept,) = hours.week(session, interpreter_id, by=by).exceptions
        assert kept.exception.starts_at == datetime(2026, 11, 30, 18, 15, tzinfo=UTC)
        hours.remove_exception(session, interpreter_id, made, by=by)
        assert hours.week(session, interpreter_id, by=by).exceptions == ()
