"""The inbox of caseworkers: who waits, a conversation, and what can be done about it."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from sqlmodel import Session

from linkbridge.accounts.permissions import Actor, Permission, allows
from linkbridge.container import Container
from linkbridge.kernel.errors import Conflict, InvalidInput, NotFound
from linkbridge.kernel.languages import language_name_in
from linkbridge.web import inbox_views
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.forms import FormValues, StaffForm
from linkbridge.web.staff_pages import StaffPageDep
from linkbridge.web.templating import official_language

router = APIRouter(prefix="/staff/inbox", include_in_schema=False)
PREFIX = "/staff/inbox"


@router.get("")
def queue(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show who waits, urgent ones first, and who is being answered."""
    return page.show("chat/inbox.html", _queue(container, session, page, actor))


def _queue(container: Container, session: Session, page: StaffPageDep, actor: Actor) -> dict[str, object]:
    ui = official_language(page.request)
    chat, may_answer = container.chat, allows(actor, Permission.ANSWER_CHATS)
    may_set = allows(actor, Permission.BROKER_INTERPRETERS)
    waiting = chat.casework.queue(session, by=actor) if may_answer else ()
    now = container.clock.now()
    return {
        "waiting": [
            (each, language_name_in(each.tag, ui), int((now - each.asked_at).total_seconds() // 60)) for each in waiting
        ],
        "me": actor.reference,
        "desk": chat.desks.get(session, by=actor),
        "may_set": may_set,
        "sites": [site for site in container.accounts.directory.sites(session, by=actor) if site.closed_at is None]
        if may_set
        else [],
    }


@router.post("")
def set_desk(
    container: ContainerDep, session: WriteSession, page: StaffPageDep, actor: CurrentStaff, form: StaffForm
) -> Response:
    """Let the actor's organisation answer chats, or stop."""
    minutes = form.text("answer_minutes")
    number = int(minutes) if minutes.isdecimal() and len(minutes) <= 5 else 0
    site, is_open = form.text("site_id"), form.has("is_open")
    try:
        container.chat.desks.set(session, site_id=site, answer_minutes=number, is_open=is_open, by=actor)
    except InvalidInput as error:
        return page.show("chat/inbox.html", _queue(container, session, page, actor), form=form, error=error)
    return page.go(PREFIX, done="chat-desk-set")


@router.get("/{handover_id}")
def show(
    container: ContainerDep, session: WriteSession, page: StaffPageDep, actor: CurrentStaff, handover_id: str
) -> Response:
    """Show a conversation of the actor's organisation."""
    context = _conversation(container, session, page, actor, handover_id)
    return page.show("chat/handover.html", context)


def _conversation(
    container: Container, session: Session, page: StaffPageDep, actor: Actor, handover_id: str
) -> dict[str, object]:
    ui, casework = official_language(page.request), container.chat.casework
    found = casework.get(session, handover_id, by=actor)
    lines = []
    for message in casework.messages(session, handover_id, by=actor):
        rendering = inbox_views.render_message(container, message, actor)
        if rendering is not None and message.rendering is None:
            casework.keep_rendering(session, handover_id, message.sequence, rendering, by=actor)
        lines.append(inbox_views.line(message, rendering, f"{message.said_at:%H:%M} UTC"))
    return {
        "found": found,
        "language": language_name_in(found.tag, ui),
        "lines": lines,
        "is_mine": found.claimed_by == actor.reference,
        "phrases": inbox_views.phrases_to_send(container, found.tag, actor.language),
        "request_id": container.chat.request_of(session, handover_id, by=actor),
        "can_translate": found.tag == actor.language or container.translator.can_translate(actor.language, found.tag),
    }


@router.post("/{handover_id}")
def act(
    container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm, handover_id: str
) -> Response:
    """Do one of the things that can be done about a conversation."""
    action = ACTIONS.get(form.text("action"))
    if action is None:
        raise InvalidInput("choose one of the buttons", field="action", problem="choice")
    conversation_id = ""
    try:
        with container.sessions.transaction() as session:
            conversation_id = container.chat.casework.get(session, handover_id, by=actor).conversation_id
            action(container, session, handover_id, form, actor)
    except (InvalidInput, Conflict) as error:
        problem = error if isinstance(error, InvalidInput) else InvalidInput(str(error), field="text", problem="taken")
        with container.sessions.transaction() as session:
            context = _conversation(container, session, page, actor, handover_id)
        return page.show("chat/handover.html", context, form=form, error=problem)
    container.chat.sender.send(conversation_id)
    is_over = form.text("action") in {"give-back", "close", "release"}
    return page.go(PREFIX if is_over else f"{PREFIX}/{handover_id}", done=f"chat-{form.text('action')}")


def _claim(container: Container, session: Session, handover_id: str, _form: FormValues, by: Actor) -> None:
    container.chat.claim(session, handover_id, by=by)


def _say(container: Container, session: Session, handover_id: str, form: FormValues, by: Actor) -> None:
    tag = container.chat.casework.require_claimed(session, handover_id, by=by).tag
    as_written = form.has("as_written")
    text = form.text("text")
    rendering = inbox_views.render_answer(container, text, tag, by, as_written=as_written) if text.strip() else None
    container.chat.say(session, handover_id, text, rendering, by=by)


def _say_phrase(container: Container, session: Session, handover_id: str, form: FormValues, by: Actor) -> None:
    tag = container.chat.casework.require_claimed(session, handover_id, by=by).tag
    text, rendering = inbox_views.phrase_answer(container, form.text("phrase"), tag, by)
    container.chat.say(session, handover_id, text, rendering, by=by)


def _call_interpreter(container: Container, session: Session, handover_id: str, _form: FormValues, by: Actor) -> None:
    if not container.chat.call_interpreter(session, handover_id, by=by):
        raise NotFound("nobody can be asked")


def _give_back(container: Container, session: Session, handover_id: str, _form: FormValues, by: Actor) -> None:
    container.chat.give_back(session, handover_id, by=by)


def _close(container: Container, session: Session, handover_id: str, _form: FormValues, by: Actor) -> None:
    container.chat.close(session, handover_id, by=by)


def _release(container: Container, session: Session, handover_id: str, _form: FormValues, by: Actor) -> None:
    container.chat.casework.release(session, handover_id, by=by)


Action = Callable[[Container, Session, str, FormValues, Actor], None]
ACTIONS: dict[str, Action] = {
    "claim": _claim,
    "say": _say,
    "phrase": _say_phrase,
    "interpreter": _call_interpreter,
    "give-back": _give_back,
    "close": _close,
    "release": _release,
}
