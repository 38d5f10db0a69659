"""The directory of interpreters: the brokers of their organisations keep it, brokers of others look into it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlmodel import Session

from linkbridge.accounts.permissions import Permission, require
from linkbridge.accounts.sites import countries, time_zones
from linkbridge.container import Container
from linkbridge.interpreting.announcements.facts import languages_of
from linkbridge.interpreting.directory.values import InterpreterRead
from linkbridge.interpreting.values import BlockKind, Credential, Domain, Gender, Level, Modality, Seat
from linkbridge.kernel.errors import Conflict, InvalidInput
from linkbridge.kernel.languages import OFFICIAL_TAGS, language_name_in
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.forms import FormValues, StaffForm
from linkbridge.web.interpreter_forms import known_values, read_details
from linkbridge.web.interpreting_forms import known_languages
from linkbridge.web.staff_pages import NO_FORM, StaffPage, StaffPageDep
from linkbridge.web.templating import official_language

PREFIX = "/staff/interpreters"
Text = Annotated[str, Query(max_length=40)]


def broker(actor: CurrentStaff) -> None:
    """Return if the actor brokers interpreters; the services check again."""
    require(actor, Permission.BROKER_INTERPRETERS)


router = APIRouter(prefix=PREFIX, include_in_schema=False, dependencies=[Depends(broker)])


@router.get("")
def directory(
    container: ContainerDep,
    session: ReadSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    language: Text = "",
    organisation: Text = "",
    after: Text = "",
) -> Response:
    """Show interpreters: all of the own organisation, and the active ones of others."""
    ui = official_language(page.request)
    found = container.interpreting.directory.list(
        session, by=actor, language=language or None, organisation_id=organisation or None, after=after or None
    )
    return page.show(
        "interpreters/list.html",
        {
            "people": [
                (each, [_pair_words(each, number, ui) for number in range(len(each.languages))]) for each in found
            ],
            "organisations": list(container.accounts.directory.organisation_names(session).items()),
            "languages_known": known_languages(ui),
            "language": language,
            "organisation": organisation,
            "after": found[-1].id if len(found) >= 200 else "",
        },
    )


@router.get("/new")
def new(page: StaffPageDep) -> Response:
    """Show the form for a new interpreter."""
    return _form(page, None)


@router.post("/new")
def add(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm) -> Response:
    """Add an interpreter to the actor's organisation."""
    try:
        details = read_details(form)
        with container.sessions.transaction() as session:
            made = container.interpreting.directory.add(session, details, by=actor)
    except InvalidInput as error:
        return _form(page, None, form=form, error=error)
    return page.go(f"{PREFIX}/{made.id}", done="saved")


@router.get("/{interpreter_id}")
def show(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, interpreter_id: str
) -> Response:
    """Show an interpreter with the blocks that concern the actor."""
    return _show(container, session, page, actor, interpreter_id)


@router.get("/{interpreter_id}/edit")
def edit(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, interpreter_id: str
) -> Response:
    """Show the form with what is known."""
    return _edit(container, session, page, actor, interpreter_id)


@router.post("/{interpreter_id}/edit")
def change(
    container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm, interpreter_id: str
) -> Response:
    """Change what is known of an interpreter."""
    try:
        details = read_details(form)
        with container.sessions.transaction() as session:
            container.interpreting.directory.update(session, interpreter_id, details, by=actor)
    except InvalidInput as error:
        with container.sessions.reading() as session:
            return _edit(container, session, page, actor, interpreter_id, form=form, error=error)
    return page.go(f"{PREFIX}/{interpreter_id}", done="saved")


@router.post("/{interpreter_id}/active")
def set_active(
    container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm, interpreter_id: str
) -> Response:
    """Ask an interpreter no more, or again."""
    services = container.interpreting.directory
    try:
        with container.sessions.transaction() as session:
            if form.text("active") == "yes":
                services.reactivate(session, interpreter_id, by=actor)
            else:
                services.deactivate(session, interpreter_id, by=actor)
    except Conflict as error:
        with container.sessions.reading() as session:
            refused = "ahead" if "count" in error.params else "state"
            return _show(container, session, page, actor, interpreter_id, refused=refused)
    return page.go(f"{PREFIX}/{interpreter_id}", done="saved")


@router.get("/{interpreter_id}/erase")
def ask_before_erasing(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff, interpreter_id: str
) -> Response:
    """Ask before an interpreter is erased."""
    container.interpreting.directory.find_own(session, interpreter_id, by=actor)
    person = container.interpreting.directory.get(session, interpreter_id, by=actor)
    return page.show("interpreters/erase.html", {"person": person})


@router.post("/{interpreter_id}/erase")
def erase(
    container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, _form: StaffForm, interpreter_id: str
) -> Response:
    """Erase an interpreter for good."""
    try:
        with container.sessions.transaction() as session:
            container.interpreting.erasing.erase(session, interpreter_id, by=actor)
    except Conflict:
        with container.sessions.reading() as session:
            return _show(container, session, page, actor, interpreter_id, refused="ahead")
    return page.go(PREFIX, done="interpreter-erased")


@router.post("/{interpreter_id}/blocks")
def block(
    container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm, interpreter_id: str
) -> Response:
    """Add an entry to one of the lists, or take one away."""
    services, removed = container.interpreting.blocks, form.text("remove")
    try:
        with container.sessions.transaction() as session:
            if removed:
                services.remove(session, removed, by=actor)
            else:
                kind = _kind(form)
                code = form.text("code") if kind is BlockKind.CONFLICT else form.text("place")
                services.add(session, interpreter_id, kind, code, by=actor)
    except (InvalidInput, Conflict) as error:
        found = error if isinstance(error, InvalidInput) else InvalidInput(error.message, field="code", problem="taken")
        with container.sessions.reading() as session:
            return _show(container, session, page, actor, interpreter_id, form=form, error=found)
    return page.go(f"{PREFIX}/{interpreter_id}", done="saved")


def _kind(form: FormValues) -> BlockKind:
    """Return the kind of block that the form names.

    Raises:
        InvalidInput: it names none.
    """
    if form.text("kind") not in set(BlockKind):
        raise InvalidInput("choose one of the list", field="kind", problem="choice")
    return BlockKind(form.text("kind"))


def _show(
    container: Container,
    session: Session,
    page: StaffPage,
    actor: CurrentStaff,
    interpreter_id: str,
    *,
    refused: str = "",
    form: FormValues = NO_FORM,
    error: InvalidInput | None = None,
) -> Response:
    ui = official_language(page.request)
    person = container.interpreting.directory.get(session, interpreter_id, by=actor)
    sites = container.accounts.directory.sites(session, by=actor)
    organisations = container.accounts.directory.organisation_names(session)
    places = {f"organisation:{key}": name for key, name in organisations.items()}
    places |= {f"site:{site.id}": site.name for site in sites}
    context = {
        "person": person,
        "pairs": [_pair_words(person, number, ui) for number in range(len(person.languages))],
        "language_name": language_name_in(person.language, ui),
        "blocks": container.interpreting.blocks.of(session, interpreter_id, by=actor),
        "place_names": places,
        "places": list(places.items())
        if person.is_own
        else [pair for pair in places.items() if _is_theirs(pair[0], actor)],
        "refused": refused,
    }
    return page.show("interpreters/show.html", context, form=form, error=error)


def _edit(
    container: Container,
    session: Session,
    page: StaffPage,
    actor: CurrentStaff,
    interpreter_id: str,
    *,
    form: FormValues = NO_FORM,
    error: InvalidInput | None = None,
) -> Response:
    row = container.interpreting.directory.find_own(session, interpreter_id, by=actor)
    known = container.interpreting.directory.get(session, interpreter_id, by=actor)
    email = container.accounts.roster.address_of(session, row.staff_id) if row.staff_id else ""
    return _form(page, known, email=email, form=form, error=error)


def _is_theirs(code: str, actor: CurrentStaff) -> bool:
    kind, _, key = code.partition(":")
    return key == actor.organisation_id if kind == "organisation" else key in actor.site_ids


def _form(
    page: StaffPage,
    known: InterpreterRead | None,
    *,
    email: str = "",
    form: FormValues = NO_FORM,
    error: InvalidInput | None = None,
) -> Response:
    ui = official_language(page.request)
    context = {
        "person": known,
        "staff_email": email,
        "languages_known": known_languages(ui),
        "official_languages": [(tag, language_name_in(tag, ui)) for tag in OFFICIAL_TAGS],
        "countries": sorted(countries()),
        "zones": time_zones(),
        "domains": list(Domain),
        "modalities": list(Modality),
        "genders": list(Gender),
        "levels": list(Level),
        "credentials": list(Credential),
        **known_values(known),
    }
    return page.show("interpreters/edit.html", context, form=form, error=error)


def _pair_words(person: InterpreterRead, number: int, ui: str) -> tuple[str, str, bool]:
    """Return a pair of languages by their names, with its level and whether it goes both ways."""
    pair = person.languages[number]
    return languages_of(Seat(0, pair.source, pair.target), ui), pair.level, pair.both_ways
