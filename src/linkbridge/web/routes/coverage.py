"""What texts exist in which language, and what each site may therefore not show."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from linkbridge.kernel.charts import Segment, stacked_bar
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
BAR_LENGTH = 120


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """One language: a bar of all its texts and one for each book, and who can be heard in it.

    A book that does not exist in the language has no parts. ``recordings`` counts the texts that a person has read.
    """

    language: Language
    name: str
    whole: tuple[Segment, ...]
    bars: tuple[tuple[Segment, ...], ...]
    recordings: int
    has_computer_voice: bool


@router.get("/coverage")
def coverage(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show how far the texts are, and what is missing at each of the staff member's sites."""
    ui = official_language(page.request)
    views = EncounterViews(container.catalogue, {}, ui)
    rows = container.catalogue.coverage()
    books = tuple(dict.fromkeys(row.book for row in rows))
    found = {(row.tag, row.book): row for row in rows}
    voices = {voice.tag: voice for voice in container.speech.voices()}
    sites = container.accounts.directory.sites(session, by=actor)
    return page.show(
        "staff/coverage.html",
        {
            "books": [(book, views.notice_title(book)) for book in books],
            "interface": BookKind.INTERFACE.value,
            "rows": [
                LanguageRow(
                    language=LANGUAGES[tag],
                    name=views.language_name(tag),
                    whole=bar([found[tag, book] for book in books]),
                    bars=tuple(bar([found[tag, book]]) for book in books),
                    recordings=voices[tag].recordings if tag in voices else 0,
                    has_computer_voice=tag in voices and voices[tag].synthetic,
                )
                for tag in dict.fromkeys(row.tag for row in rows)
            ],
            "statuses": [*(status.value for status in ORDER), "missing"],
            "bar_length": BAR_LENGTH,
            "sites": [policy_context(container, site, ui) for site in sites if site.closed_at is None],
        },
    )


def bar(rows: Sequence[CoverageRow]) -> tuple[Segment, ...]:
    """Return how far books are in a language as one bar, most trusted first."""
    counts = [(status.value, sum(row.counts[status] for row in rows)) for status in ORDER]
    return stacked_bar([*counts, ("missing", sum(row.missing for row in rows))], length=BAR_LENGTH)
