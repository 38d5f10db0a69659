"""The review of texts: what waits for a reader, one text with all that helps to judge it, and what was done to it."""

from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.container import Container
from linkbridge.kernel.errors import Conflict, InvalidInput, NotFound
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.quality import Comparison
from linkbridge.phrasebook.review_queue import URGENCY, queue
from linkbridge.phrasebook.reviewers import require_language
from linkbridge.phrasebook.revisions import Revision
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.encounter_views import EncounterViews
from linkbridge.web.forms import FormValues, StaffForm
from linkbridge.web.review_views import Quality, item_view
from linkbridge.web.staff_pages import NO_FORM, StaffPage, StaffPageDep
from linkbridge.web.templating import official_language

router = APIRouter(prefix="/staff/review", include_in_schema=False)
PAGE_SIZE = 50
DONE = {"approve": "text-approved", "edit": "text-saved", "reject": "text-rejected", "undo": "text-undone"}


@router.get("")
def review(
    container: ContainerDep,
    session: ReadSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    tag: Annotated[str, Query(max_length=16)] = "",
    book: Annotated[str, Query(max_length=64)] = "",
    start: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """List what waits for the reader in one of their languages."""
    require(actor, Permission.REVIEW_PHRASES)
    tags = [language.tag for language in container.reviewers.languages(session, actor.id)]
    chosen = tag if tag in tags else (tags[0] if tags else "")
    library = container.workshop.library(session)
    items = queue(library, chosen, reader=actor.id, book=book) if chosen else ()
    views = EncounterViews(container.catalogue, {}, official_language(page.request))
    return page.show(
        "staff/review.html",
        {
            "languages_of_reader": [(one, views.language_name(one)) for one in tags],
            "tag": chosen,
            "book": book,
            "books": [(one.id, views.notice_title(one.id)) for one in library.books],
            "titles": {one.id: views.notice_title(one.id) for one in library.books},
            "items": items[start : start + PAGE_SIZE],
            "waiting": sum(item.waits_for_me for item in items),
            "total": len(items),
            "counts": [(state, sum(item.state == state for item in items)) for state in URGENCY],
            "start": start,
            "following": start + PAGE_SIZE if start + PAGE_SIZE < len(items) else None,
            "language": LANGUAGES.get(chosen),
        },
    )


@router.get("/{tag}/{book}/{phrase}")
def review_text(
    container: ContainerDep,
    session: ReadSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    tag: str,
    book: str,
    phrase: str,
) -> Response:
    """Show one text."""
    require_language(session, tag, by=actor)
    return _show(container, session, page, actor, Place(book, phrase, tag))


@router.post("/{tag}/{book}/{phrase}")
def change_text(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    tag: str,
    book: str,
    phrase: str,
) -> Response:
    """Approve, change, reject, comment or undo, and lead to what comes next."""
    place = Place(book, phrase, tag)
    try:
        with session.begin_nested():
            _change(container, session, actor, place, form)
    except (InvalidInput, Conflict) as error:
        return _show(container, session, page, actor, place, form=form, error=error)
    action = form.text("action")
    here = f"/staff/review/{tag}/{book}/{phrase}"
    if action != "approve":
        return page.go(here, done=DONE.get(action, "saved"))
    view = item_view(
        container.workshop.library(session),
        place,
        (),
        quality=_quality(container),
        reader=actor.id,
        ui=official_language(page.request),
    )
    following = view.following if view else None
    target = f"/staff/review/{tag}/{book}/{following.phrase}" if following else here
    return page.go(target, done=DONE[action])


def _change(container: Container, session: Session, actor: Actor, place: Place, form: FormValues) -> Revision:
    workshop = container.workshop
    action, base, remark = form.text("action"), form.text("base"), form.text("remark")
    if action == "approve":
        return workshop.approve(session, place, base=base, by=actor, remark=remark)
    if action == "edit":
        same = form.has("same")
        return workshop.edit(session, place, form.text("text"), base=base, by=actor, remark=remark, same=same)
    if action == "reject":
        return workshop.reject(session, place, base=base, by=actor, remark=remark)
    if action == "comment":
        return workshop.comment(session, place, by=actor, remark=remark)
    if action == "undo" and form.text("sequence").isdigit():
        return workshop.undo(session, place, int(form.text("sequence")), by=actor)
    raise InvalidInput("this cannot be done to a text", field="action", problem="choice")


def _quality(container: Container) -> Quality:
    """Return what texts are held against; the comparison is made once for a state of all texts."""
    return Quality(_comparison(container.catalogue, container.catalogue.version), container.glossary)


@lru_cache(maxsize=1)
def _comparison(texts: LiveCatalogue, _version: str) -> Comparison:
    return Comparison(texts.library)


def _show(
    container: Container,
    session: Session,
    page: StaffPage,
    actor: Actor,
    place: Place,
    *,
    form: FormValues = NO_FORM,
    error: InvalidInput | Conflict | None = None,
) -> Response:
    ui = official_language(page.request)
    library = container.workshop.library(session)
    view = item_view(
        library,
        place,
        container.workshop.history(session, place),
        quality=_quality(container),
        reader=actor.id,
        ui=ui,
    )
    if view is None:
        raise NotFound("there is no such phrase")
    views = EncounterViews(container.catalogue, {}, ui)
    context = {
        "view": view,
        "title": views.notice_title(place.book),
        "language_name": views.language_name(place.tag),
        "conflict": error.message if isinstance(error, Conflict) else "",
    }
    if isinstance(error, Conflict):
        response = page.show("staff/review_text.html", context, form=form)
        response.status_code = 409
        return response
    return page.show("staff/review_text.html", context, form=form, error=error)
