"""Encounters for staff: the newest, one by its code, and erasing one when the person asks."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from linkbridge.accounts.permissions import Permission, require
from linkbridge.encounters.records import find_encounter, list_encounters
from linkbridge.encounters.transcripts import find_transcript
from linkbridge.kernel.errors import InvalidInput, NotFound
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.encounter_views import EncounterViews
from linkbridge.web.forms import StaffForm
from linkbridge.web.routes.api_encounters import read_position, write_position
from linkbridge.web.staff_pages import StaffPageDep
from linkbridge.web.templating import official_language

router = APIRouter(prefix="/staff/encounters", include_in_schema=False)
PAGE_SIZE = 50


@router.get("")
def encounters(
    container: ContainerDep,
    session: ReadSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    site: Annotated[str, Query(max_length=32)] = "",
    before: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """List the newest encounters, or lead on to the one whose code was typed."""
    require(actor, Permission.READ_ENCOUNTERS)
    refused = ""
    if code:
        try:
            found = find_encounter(session, code, by=actor)
        except (InvalidInput, NotFound) as error:
            refused = error.code
        else:
            return page.go(f"/staff/encounters/{found.code}")
    position = read_position(before) if before else None
    newest = list_encounters(session, by=actor, site_id=site or None, limit=PAGE_SIZE + 1, before=position)
    sites = container.accounts.directory.sites(session, by=actor)
    views = EncounterViews(container.catalogue, {one.id: one for one in sites}, official_language(page.request))
    response = page.show(
        "staff/encounters.html",
        {
            "encounters": views.all(newest[:PAGE_SIZE]),
            "sites": sites,
            "chosen_site": site,
            "older": write_position(newest[PAGE_SIZE - 1]) if len(newest) > PAGE_SIZE else "",
            "is_first_page": position is None,
            "code": code,
            "refused": refused,
        },
    )
    response.status_code = {"invalid_input": 400, "not_found": 404}.get(refused, 200)
    return response


@router.get("/{code}")
def encounter(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, code: str
) -> Response:
    """Show one encounter, and what was said in it if both agreed to keep that."""
    found = find_encounter(session, code, by=actor)
    said = find_transcript(session, found.code, container.cipher, by=actor)
    site = container.accounts.directory.site(session, found.site_id, by=actor)
    views = EncounterViews(container.catalogue, {site.id: site}, official_language(page.request))
    return page.show(
        "staff/encounter.html",
        {"encounter": views.one(found), "conversation": views.conversation(found, said) if said else None},
    )


@router.get("/{code}/erase")
def erase_page(session: ReadSession, page: StaffPageDep, actor: CurrentStaff, code: str) -> Response:
    """Ask before erasing an encounter."""
    require(actor, Permission.ERASE_ENCOUNTER)
    return page.show("staff/encounter_erase.html", {"code": find_encounter(session, code, by=actor).code})


@router.post("/{code}/erase")
def erase(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    code: str,
) -> Response:
    """Erase an encounter with all that belongs to it."""
    container.encounters.erase(session, code, by=actor)
    return page.go("/staff/encounters", done="encounter-erased")
