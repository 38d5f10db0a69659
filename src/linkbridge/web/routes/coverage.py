"""What texts exist in which language, and what each site may therefore not show."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from linkbridge.kernel.languages import LANGUAGES, Language
from linkbridge.phrasebook.schema import BookKind, CoverageRow, Status
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.encounter_views import EncounterViews
from linkbridge.web.routes.admin_sites import policy_context
from linkbridge.web.staff_pages import StaffPageDep
from linkbridge.web.templating import official_language

router = APIRouter(prefix="/staff", include_in_schema=False)
ORDER = (Status.VERIFIED, Status.REVIEWED, Status.DRAFT, Status.OUTDATED)
BAR_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar: how many phrases have the status (``missing`` for none), and where it lies."""

    status: str
    count: int
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """One language with a bar for each book; a book that does not exist in it has no parts."""

    language: Language
    name: str
    bars: tuple[tuple[Part, ...], ...]


@router.get("/coverage")
def coverage(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show how far the texts are, and what is missing at each of the staff member's sites."""
    ui = official_language(page.request)
    views = EncounterViews(container.catalogue, {}, ui)
    rows = container.catalogue.coverage()
    books = tuple(dict.fromkeys(row.book for row in rows))
    found = {(row.tag, row.book): row for row in rows}
    sites = container.accounts.directory.sites(session, by=actor)
    return page.show(
        "staff/coverage.html",
        {
            "books": [(book, views.notice_title(book)) for book in books],
            "interface": BookKind.INTERFACE.value,
            "rows": [
                LanguageRow(
                    LANGUAGES[tag], views.language_name(tag), tuple(stacked(found[tag, book]) for book in books)
                )
                for tag in dict.fromkeys(row.tag for row in rows)
            ],
            "statuses": [*(status.value for status in ORDER), "missing"],
            "bar_width": BAR_WIDTH,
            "sites": [policy_context(container, site, ui) for site in sites if site.closed_at is None],
        },
    )


def stacked(row: CoverageRow) -> tuple[Part, ...]:
    """Return the parts of a bar of ``BAR_WIDTH``, most trusted first, without those that are empty."""
    counts = [*((status.value, row.counts[status]) for status in ORDER), ("missing", row.missing)]
    parts: list[Part] = []
    before = 0
    for status, count in counts:
        start, end = (BAR_WIDTH * place // max(row.total, 1) for place in (before, before + count))
        if count:
            parts.append(Part(status, count, start, end - start))
        before += count
    return tuple(parts)
