"""What is known of countries, and what administrators have confirmed of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Response
from sqlmodel import Session

from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.container import Container
from linkbridge.kernel.errors import NotFound
from linkbridge.kernel.languages import babel_locale
from linkbridge.phrasebook.confirmations import FactRead
from linkbridge.phrasebook.facts import FactKey
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.forms import StaffForm
from linkbridge.web.staff_pages import StaffPageDep
from linkbridge.web.templating import official_language

PREFIX = "/staff/jurisdictions"


def fact_confirmer(actor: CurrentStaff) -> None:
    """Return if the actor may confirm facts; the service checks again."""
    require(actor, Permission.CONFIRM_FACTS)


router = APIRouter(prefix=PREFIX, include_in_schema=False, dependencies=[Depends(fact_confirmer)])


@dataclass(frozen=True, slots=True)
class CountryRow:
    """One country in the list: how many facts are confirmed of how many, what is absent, and the oldest check."""

    code: str
    confirmed: int
    total: int
    absent: tuple[FactKey, ...]
    age: int


@router.get("")
def jurisdictions(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """List the countries by their name in the official's language."""
    names = babel_locale(official_language(page.request)).territories
    found = container.confirmations.list(session, by=actor)
    rows = sorted((country_row(code, facts) for code, facts in found.items()), key=lambda row: names[row.code])
    return page.show("staff/jurisdictions.html", {"countries": rows})


@router.get("/{country}")
def jurisdiction(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, country: str
) -> Response:
    """Show the facts of a country, each with the page on which it was read."""
    facts = container.confirmations.list(session, by=actor).get(country)
    if facts is None:
        raise NotFound("nothing is known of this country")
    return page.show(
        "staff/jurisdiction.html",
        {
            "country": country,
            "groups": [(key, [read for read in facts if read.fact.key is key]) for key in FactKey],
            "names": _names(container, session, facts, actor),
        },
    )


@router.post("/{country}/confirm")
def confirm(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    country: str,
) -> Response:
    """Confirm a fact."""
    container.confirmations.confirm(session, country, form.text("fact"), by=actor)
    return page.go(f"{PREFIX}/{country}", done="fact-confirmed")


@router.post("/{country}/take-back")
def take_back(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    country: str,
) -> Response:
    """Take a confirmation back."""
    container.confirmations.take_back(session, country, form.text("fact"), by=actor)
    return page.go(f"{PREFIX}/{country}", done="fact-taken-back")


def country_row(code: str, facts: tuple[FactRead, ...]) -> CountryRow:
    """Return a country's row of the list."""
    known = {read.fact.key for read in facts}
    return CountryRow(
        code=code,
        confirmed=sum(read.is_confirmed for read in facts),
        total=len(facts),
        absent=tuple(key for key in FactKey if key not in known),
        age=max((read.age for read in facts), default=0),
    )


def _names(container: Container, session: Session, facts: tuple[FactRead, ...], by: Actor) -> Mapping[str, str]:
    references = {read.confirmed_by for read in facts if read.confirmed_by}
    return {reference: container.accounts.roster.name_of(session, reference, by=by) for reference in references}
