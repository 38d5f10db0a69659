"""The coordinator's board of requests for interpreters, as columns, list or calendar, and the form for a new one."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Response

from linkbridge.accounts.permissions import Permission, require
from linkbridge.accounts.sites import SiteRead, time_zones
from linkbridge.container import Container
from linkbridge.interpreting.dispatch.values import RequestFilter
from linkbridge.interpreting.values import Credential, Domain, Gender, Modality, RequestState
from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import OFFICIAL_TAGS, language_name_in
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.forms import FormValues, StaffForm
from linkbridge.web.interpreting_board import card_views, columns, days, ids_of, week_of
from linkbridge.web.interpreting_forms import NOW, known_languages, read_wish
from linkbridge.web.staff_pages import NO_FORM, StaffPage, StaffPageDep
from linkbridge.web.templating import official_language

PREFIX = "/staff/interpreting"
VIEWS = ("board", "list", "calendar")
DURATIONS = (15, 30, 60, 90, 120)
PER_COLUMN = 60
IN_LIST = 200


def asks_for_interpreters(actor: CurrentStaff) -> None:
    """Return if the actor may ask for interpreters; the services check again."""
    require(actor, Permission.REQUEST_INTERPRETER)


router = APIRouter(prefix=PREFIX, include_in_schema=False, dependencies=[Depends(asks_for_interpreters)])
Text = Annotated[str, Query(max_length=100)]


@router.get("")
def board(
    container: ContainerDep,
    session: ReadSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    view: Text = "board",
    site: Text = "",
    language: Text = "",
    domain: Text = "",
    q: Text = "",
    week: Text = "",
) -> Response:
    """Show the requests of the actor's sites."""
    ui = official_language(page.request)
    sites = container.accounts.directory.sites(session, by=actor)
    shown = view if view in VIEWS else VIEWS[0]
    zone = next((each.time_zone for each in sites if not site or each.id == site), "UTC")
    today = container.clock.now().astimezone(ZoneInfo(zone)).date()
    first = _week(week, today)
    only = _filter(site=site, language=language, domain=domain, week=first if shown == "calendar" else None, zone=zone)
    found = container.interpreting.requests.board(
        session, by=actor, only=only, per_state=PER_COLUMN if shown == "board" else IN_LIST
    )
    names = container.interpreting.directory.names(session, ids_of(found))
    cards = card_views(found.cards, names, {each.id: each for each in sites}, ui)
    cards = tuple(card for card in cards if card.matches(q)) if q else cards
    filters = {"site": site, "language": language, "domain": domain, "q": q}
    return page.show(
        "interpreting/board.html",
        {
            "view": shown,
            "views": [(name, _address(view=name, **filters)) for name in VIEWS],
            "columns": columns(found, cards),
            "cards": sorted(cards, key=lambda card: (card.starts_at, card.id), reverse=True),
            "days": days(cards, first, zone, ui, today) if shown == "calendar" else (),
            "weeks": [
                _address(view="calendar", week=(first + timedelta(days=step)).isoformat(), **filters)
                for step in (-7, 7)
            ],
            "total": sum(found.counts.values()),
            "filters": filters,
            "sites": [(each.id, each.name) for each in sites],
            "domains": list(Domain),
            "languages_known": known_languages(ui),
            "now": container.clock.now().isoformat(),
            "is_filtered": any(filters.values()),
        },
    )


@router.get("/new")
def new(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show the form for a request."""
    return _form(container, page, container.accounts.directory.sites(session, by=actor))


@router.post("/new")
def create(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm) -> Response:
    """Ask for an interpreter. The first ones are asked at once."""
    try:
        wish = read_wish(form)
        with container.sessions.transaction() as session:
            made = container.interpreting.requests.create(session, wish, by=actor)
    except InvalidInput as error:
        with container.sessions.reading() as session:
            sites = container.accounts.directory.sites(session, by=actor)
        return _form(container, page, sites, form=form, error=error)
    return page.go(f"{PREFIX}/{made.id}", done="request-made")


def _form(
    container: Container,
    page: StaffPage,
    sites: tuple[SiteRead, ...],
    *,
    form: FormValues = NO_FORM,
    error: InvalidInput | None = None,
) -> Response:
    ui = official_language(page.request)
    open_sites = [site for site in sites if site.closed_at is None]
    first = open_sites[0] if open_sites else None
    context: dict[str, Any] = {
        "sites": [(site.id, site.name) for site in open_sites],
        "first": first,
        "languages_known": known_languages(ui),
        "official_languages": [(tag, language_name_in(tag, ui)) for tag in OFFICIAL_TAGS],
        "domains": list(Domain),
        "modalities": list(Modality),
        "genders": list(Gender),
        "credentials": list(Credential),
        "zones": time_zones(),
        "durations": DURATIONS,
        "when": form.text("when") or NOW,
        "today": container.clock.now().astimezone(ZoneInfo(first.time_zone if first else "UTC")).date().isoformat(),
    }
    return page.show("interpreting/new.html", context, form=form, error=error)


def _filter(*, site: str, language: str, domain: str, week: date | None, zone: str) -> RequestFilter:
    start = datetime.combine(week, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC) if week else None
    return RequestFilter(
        site_id=site or None,
        language=language or None,
        domain=domain or None,
        starts_from=start,
        starts_before=start + timedelta(days=7) if start else None,
        states=frozenset(RequestState) if week else frozenset(),
    )


def _week(text: str, today: date) -> date:
    """Return the Monday that the address names, else this week's."""
    try:
        return week_of(date.fromisoformat(text)) if text else week_of(today)
    except ValueError:
        return week_of(today)


def _address(**parts: str) -> str:
    return f"{PREFIX}?{urlencode({name: value for name, value in parts.items() if value})}"
