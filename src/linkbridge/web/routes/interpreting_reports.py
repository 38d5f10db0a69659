"""What came of requests in a period: on a page with charts and their numbers, and as CSV files."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from linkbridge.container import Container
from linkbridge.interpreting.reports.service import ReportScope, require_reader
from linkbridge.interpreting.reports.values import Need, Report, Served, Times
from linkbridge.interpreting.values import TimeSpan
from linkbridge.kernel.cells import neutral_cell
from linkbridge.kernel.charts import Segment, stacked_bar
from linkbridge.kernel.errors import NotFound
from linkbridge.kernel.languages import language_name_in
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.staff_pages import StaffPageDep
from linkbridge.web.templating import official_language

PATH = "/staff/interpreting/reports"
DAYS = 30
MOST_DAYS = 366
BAR_LENGTH = 120
Text = Annotated[str, Query(max_length=40)]


def reader(actor: CurrentStaff) -> None:
    """Return if the actor may read reports; the service checks again."""
    require_reader(actor)


router = APIRouter(prefix=PATH, include_in_schema=False, dependencies=[Depends(reader)])


@router.get("")
def show(
    container: ContainerDep,
    session: ReadSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    start: Text = "",
    end: Text = "",
    site: Text = "",
) -> Response:
    """Show the figures of a period, of the last thirty days unless the address says otherwise."""
    ui = official_language(page.request)
    first, last = period(start, end, container.clock.now().date())
    sites = container.accounts.directory.sites(session, by=actor)
    report = container.interpreting.reports.of(session, _scope(first, last, site), by=actor)
    names = {each.id: each.name for each in sites}
    return page.show(
        "interpreting/reports.html",
        {
            "report": report,
            "bar": bar,
            "bar_length": BAR_LENGTH,
            "first": first,
            "last": last,
            "site": site,
            "sites": list(names.items()),
            "site_names": names,
            "language_name": lambda tag: language_name_in(tag, ui),
            "hours": list(enumerate(report.unmet_hours)),
            "most_unmet": max(report.unmet_hours, default=0),
            "tables": list(TABLES),
            "span": duration_words,
        },
    )


@router.get("/{table}.csv")
def download(
    container: ContainerDep,
    session: ReadSession,
    actor: CurrentStaff,
    table: str,
    start: Text = "",
    end: Text = "",
    site: Text = "",
) -> Response:
    """Return one of the tables as a file.

    Raises:
        NotFound: there is no such table.
    """
    write = TABLES.get(table)
    if write is None:
        raise NotFound("there is no such table")
    first, last = period(start, end, container.clock.now().date())
    report = container.interpreting.reports.of(session, _scope(first, last, site), by=actor)
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    for row in write(report, _site_names(container, session, actor)):
        writer.writerow([neutral_cell(value) if isinstance(value, str) else value for value in row])
    name = f"linkbridge-interpreting-{table}-{first}-{last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response("\ufeff" + target.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def period(start: str, end: str, today: date) -> tuple[date, date]:
    """Return the first and the last day that an address names; days that cannot be are passed over."""
    last = min(_day(end) or today, today)
    first = _day(start) or last - timedelta(days=DAYS - 1)
    first = min(first, last)
    return max(first, last - timedelta(days=MOST_DAYS - 1)), last


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _scope(first: date, last: date, site: str) -> ReportScope:
    """Return the scope of whole days in UTC."""
    start = datetime.combine(first, datetime.min.time(), UTC)
    end = datetime.combine(last, datetime.min.time(), UTC) + timedelta(days=1)
    return ReportScope(TimeSpan(start, end), site or None)


def bar(served: Served) -> tuple[Segment, ...]:
    """Return what became of requests as one bar."""
    counts = [("filled", served.filled), ("unmet", served.unmet), ("open", served.open), ("off", served.called_off)]
    return stacked_bar(counts, length=BAR_LENGTH)


def duration_words(seconds: int | None) -> str:
    """Return a time as hours, minutes and seconds, such as ``1:05:00``; a dash where nothing was measured."""
    if seconds is None:
        return "–"
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


Rows = list[list[Any]]
_SERVED = ["asked", "filled", "unmet", "open", "called_off", "relayed", "fill_rate"]


def _served(served: Served) -> list[Any]:
    rate = "" if served.fill_rate is None else f"{served.fill_rate:.4f}"
    return [served.asked, served.filled, served.unmet, served.open, served.called_off, served.relayed, rate]


def _needs(found: tuple[Need, ...], *keys: str) -> Rows:
    return [[*keys, *_SERVED], *([*need.keys, *_served(need.served)] for need in found)]


def _languages(report: Report, _sites: dict[str, str]) -> Rows:
    return _needs(report.languages, "person_language", "official_language")


def _domains(report: Report, _sites: dict[str, str]) -> Rows:
    return _needs(report.domains, "domain")


def _by_site(report: Report, sites: dict[str, str]) -> Rows:
    head, *rows = _needs(report.sites, "site")
    return [head, *([sites.get(row[0], row[0]), *row[1:]] for row in rows)]


def _unmet(report: Report, sites: dict[str, str]) -> Rows:
    head, *rows = _needs(report.unmet, "person_language", "official_language", "domain", "site")
    return [head, *([*row[:3], sites.get(row[3], row[3]), *row[4:]] for row in rows)]


def _times(report: Report, _sites: dict[str, str]) -> Rows:
    def row(kind: str, found: Times) -> list[Any]:
        values = (found.first_offer_median, found.fill_median, found.fill_p90)
        return [kind, found.count, *("" if value is None else value for value in values)]

    head = ["kind", "filled", "first_offer_median_seconds", "fill_median_seconds", "fill_p90_seconds"]
    return [head, row("on-demand", report.on_demand), row("scheduled", report.scheduled)]


def _organisations(report: Report, _sites: dict[str, str]) -> Rows:
    head = ["organisation", "offers", "accepted", "declined", "unanswered", "sessions", "minutes", "cost_us_cents"]
    rows = [
        [each.name, each.offers, each.accepted, each.declined, each.unanswered, each.sessions, each.minutes, each.cost]
        for each in report.organisations
    ]
    return [head, *rows]


def _outcomes(report: Report, _sites: dict[str, str]) -> Rows:
    return [["outcome", "count"], *([word, count] for word, count in report.outcomes)]


TABLES = {
    "languages": _languages,
    "domains": _domains,
    "sites": _by_site,
    "unmet": _unmet,
    "times": _times,
    "organisations": _organisations,
    "outcomes": _outcomes,
}


def _site_names(container: Container, session: ReadSession, actor: CurrentStaff) -> dict[str, str]:
    return {each.id: each.name for each in container.accounts.directory.sites(session, by=actor)}
