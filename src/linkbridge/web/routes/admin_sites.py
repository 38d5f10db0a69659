"""The sites of an organisation, and what each requires of a text before it is shown."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.accounts.sites import SiteDetails, SiteKind, SitePolicy, SiteRead, countries, time_zones
from linkbridge.container import Container
from linkbridge.kernel.errors import InvalidInput, NotFound
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.forms import FormValues, StaffForm
from linkbridge.web.pages import site_policy
from linkbridge.web.staff_pages import StaffPageDep
from linkbridge.web.templating import official_language

router = APIRouter(prefix="/staff/sites", include_in_schema=False)
RULE_PREFIX = "rule-"


@dataclass(frozen=True, slots=True)
class MissingLanguage:
    """A language in which a notice may not be shown; without a status it does not exist there."""

    name: str
    tag: str
    status: str


@dataclass(frozen=True, slots=True)
class NoticeGap:
    """A notice with the languages in which the site may not show it."""

    title: str
    required: str
    languages: tuple[MissingLanguage, ...]


@router.get("")
def sites(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """List the sites."""
    return page.show("staff/sites.html", {"sites": container.accounts.directory.sites(session, by=actor)})


@router.get("/new")
def new_site(page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show the form of a new site."""
    require(actor, Permission.MANAGE_SITES)
    return page.show("staff/site.html", _choices(None))


@router.post("/new")
def create_site(
    container: ContainerDep, session: WriteSession, page: StaffPageDep, actor: CurrentStaff, form: StaffForm
) -> Response:
    """Add a site and lead on to what it requires."""
    try:
        made = container.accounts.directory.create_site(
            session, organisation_id=_own_organisation(actor), details=_details(form), by=actor
        )
    except InvalidInput as error:
        return page.show("staff/site.html", _choices(None), form=form, error=error)
    return page.go(f"/staff/sites/{made.id}/policy", done="site-created")


@router.get("/{site_id}")
def site(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, site_id: str
) -> Response:
    """Show what is known of a site."""
    require(actor, Permission.MANAGE_SITES)
    return page.show("staff/site.html", _choices(container.accounts.directory.site(session, site_id, by=actor)))


@router.post("/{site_id}")
def update_site(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    site_id: str,
) -> Response:
    """Change what is known of a site."""
    directory = container.accounts.directory
    try:
        directory.update_site(session, site_id, _details(form), by=actor)
    except InvalidInput as error:
        found = directory.site(session, site_id, by=actor)
        return page.show("staff/site.html", _choices(found), form=form, error=error)
    return page.go("/staff/sites", done="saved")


@router.get("/{site_id}/policy")
def policy_page(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, site_id: str
) -> Response:
    """Show what a site requires of a text, and what it may therefore not show."""
    require(actor, Permission.MANAGE_SITES)
    found = container.accounts.directory.site(session, site_id, by=actor)
    context = policy_context(container, found, official_language(page.request))
    return page.show("staff/policy.html", {**context, "decided_by": _decided_by(container, session, found, actor)})


@router.post("/{site_id}/policy")
def set_policy(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    site_id: str,
) -> Response:
    """Decide what a site requires."""
    rules = {notice: form.text(RULE_PREFIX + notice) for notice in container.catalogue.notice_ids}
    policy = SitePolicy(
        required_status=form.text("required_status"),
        notice_rules={notice: status for notice, status in rules.items() if status},
        show_drafts=form.has("show_drafts"),
    )
    try:
        container.accounts.directory.set_policy(session, site_id, policy, by=actor)
    except InvalidInput as error:
        found = container.accounts.directory.site(session, site_id, by=actor)
        context = policy_context(container, found, official_language(page.request))
        context["decided_by"] = _decided_by(container, session, found, actor)
        return page.show("staff/policy.html", context, form=form, error=error)
    return page.go(f"/staff/sites/{site_id}/policy", done="policy-set")


@router.get("/{site_id}/close")
def close_page(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, site_id: str
) -> Response:
    """Ask before closing a site."""
    require(actor, Permission.MANAGE_SITES)
    return page.show("staff/site_close.html", {"site": container.accounts.directory.site(session, site_id, by=actor)})


@router.post("/{site_id}/close")
def close_site(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    site_id: str,
) -> Response:
    """Close a site; its tablets stop working."""
    container.accounts.directory.set_site_open(session, site_id, is_open=False, by=actor)
    return page.go("/staff/sites", done="site-closed")


@router.post("/{site_id}/open")
def open_site(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _form: StaffForm,
    site_id: str,
) -> Response:
    """Open a closed site again; its tablets work again."""
    container.accounts.directory.set_site_open(session, site_id, is_open=True, by=actor)
    return page.go("/staff/sites", done="site-opened")


def _own_organisation(actor: Actor) -> str:
    if actor.organisation_id is None:
        raise NotFound("there is no such organisation")
    return actor.organisation_id


def _details(form: FormValues) -> SiteDetails:
    return SiteDetails(
        name=form.text("name"),
        kind=form.text("kind"),
        country=form.text("country"),
        time_zone=form.text("time_zone"),
        official_language=form.text("official_language"),
        interpreter_phone=form.text("interpreter_phone"),
    )


def _choices(found: SiteRead | None) -> dict[str, Any]:
    return {"site": found, "kinds": list(SiteKind), "countries": countries(), "time_zones": time_zones()}


def _decided_by(container: Container, session: Session, found: SiteRead, actor: Actor) -> str:
    return container.accounts.roster.name_of(session, found.show_drafts_by or "", by=actor)


def policy_context(container: Container, found: SiteRead, ui: str) -> dict[str, Any]:
    """Return what the page on a site's requirements shows."""
    catalogue = container.catalogue
    policy = site_policy(found.required_status, dict(found.notice_rules), show_drafts=found.show_drafts)
    gaps: dict[str, list[MissingLanguage]] = {}
    for missing in policy.missing(catalogue):
        status = missing.status.value if missing.status else ""
        language = LANGUAGES[missing.tag]
        gaps.setdefault(missing.notice_id, []).append(MissingLanguage(language.autonym, language.tag, status))
    return {
        "site": found,
        "notices": [(notice, notice_title(catalogue, notice, ui)) for notice in catalogue.notice_ids],
        "gaps": [
            NoticeGap(notice_title(catalogue, notice, ui), policy.required_for(notice).value, tuple(languages))
            for notice, languages in gaps.items()
        ],
        "rule_prefix": RULE_PREFIX,
    }


def notice_title(catalogue: Catalogue, notice_id: str, ui: str) -> str:
    """Return the title of a notice in the official's language, else in English, else its id."""
    for tag in (ui, "en"):
        try:
            return catalogue.notice(notice_id, tag).title.text
        except NotFound:
            continue
    return notice_id
