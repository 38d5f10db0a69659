"""The inbox of caseworkers: who waits, a conversation, and what can be done about it."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from sqlmodel import Session

from linkbridge.accounts.permissions import Actor, Permission, allows
from linkbridge.chat.reads import HandoverRead, Rendering
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
def show(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, handover_id: str) -> Response:
    """Show a conversation of the actor's organisation."""
    return page.show("chat/handover.html", _conversation(container, page, actor, handover_id))


def _conversation(container: Container, page: StaffPageDep, actor: Actor, handover_id: str) -> dict[str, object]:
    """Return what the page shows. What is not translated yet is, without a transaction, which would hold up others."""
    ui, casework = official_language(page.request), container.chat.casework
    with container.sessions.reading() as session:
        found = casework.get(session, handover_id, by=actor)
        messages = casework.messages(session, handover_id, by=actor)
        request_id = container.chat.request_of(session, handover_id, by=actor)
    renderings = {each.sequence: inbox_views.render_message(container, each, actor) for each in messages}
    made = {
        each.sequence: rendering
        for each in messages
        if each.rendering is None and (rendering := renderings[each.sequence]) is not None
    }
    if made:
        with container.sessions.transaction() as session:
            for sequence, rendering in made.items():
                casework.keep_rendering(session, handover_id, sequence, rendering, by=actor)
    return {
        "found": found,
        "language": language_name_in(found.tag, ui),
        "lines": [inbox_views.line(each, renderings[each.sequence], f"{each.said_at:%H:%M} UTC") for each in messages],
        "is_mine": found.claimed_by == actor.reference,
        "phrases": inbox_views.phrases_to_send(container, found.tag, actor.language),
        "request_id": request_id,
        "can_translate": found.tag == actor.language or container.translator.can_translate(actor.language, found.tag),
    }


@router.post("/{handover_id}")
def act(
    container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm, handover_id: str
) -> Response:
    """Do one of the things that can be done about a conversation."""
    name = form.text("action")
    if name not in ACTIONS:
        raise InvalidInput("choose one of the buttons", field="action", problem="choice")
    try:
        conversation_id = ACTIONS[name](container, handover_id, form, actor)
    except (InvalidInput, Conflict) as error:
        problem = error if isinstance(error, InvalidInput) else InvalidInput(str(error), field="text", problem="taken")
        context = _conversation(container, page, actor, handover_id)
        return page.show("chat/handover.html", context, form=form, error=problem)
    container.chat.sender.send(conversation_id)
    is_over = name in {"give-back", "close", "release"}
    return page.go(PREFIX if is_over else f"{PREFIX}/{handover_id}", done=f"chat-{name}")


Action = Callable[[Container, str, FormValues, Actor], str]
"""Does one thing about a handover, and returns the conversation in which the person may have been told of it."""


def _change(change: Callable[[Container], Callable[..., HandoverRead]]) -> Action:
    def act(container: Container, handover_id: str, _form: FormValues, by: Actor) -> str:
        with container.sessions.transaction() as session:
            return change(container)(session, handover_id, by=by).conversation_id

    return act


def _answer(write: Callable[[Container, FormValues, str, Actor], tuple[str, Rendering | None]]) -> Action:
    """Return the action that says what ``write`` makes of the form. A translation takes seconds: it is made before."""

    def act(container: Container, handover_id: str, form: FormValues, by: Actor) -> str:
        with container.sessions.reading() as session:
            found = container.chat.casework.require_claimed(session, handover_id, by=by)
        text, rendering = write(container, form, found.tag, by)
        with container.sessions.transaction() as session:
            container.chat.say(session, handover_id, text, rendering, by=by)
        return found.conversation_id

    return act


def _write_text(container: Container, form: FormValues, tag: str, by: Actor) -> tuple[str, Rendering | None]:
    text, as_written = form.text("text"), form.has("as_written")
    if not text.strip():
        return text, None
    return text, inbox_views.render_answer(container, text, tag, by, as_written=as_written)


def _write_phrase(container: Container, form: FormValues, tag: str, by: Actor) -> tuple[str, Rendering | None]:
    return inbox_views.phrase_answer(container, form.text("phrase"), tag, by)


def _call_interpreter(container: Container, handover_id: str, _form: FormValues, by: Actor) -> str:
    with container.sessions.transaction() as session:
        if not container.chat.call_interpreter(session, handover_id, by=by):
            raise NotFound("nobody can be asked")
        return container.chat.casework.get(session, handover_id, by=by).conversation_id


ACTIONS: dict[str, Action] = {
    "claim": _change(lambda container: container.chat.claim),
    "say": _answer(_write_text),
    "phrase": _answer(_write_phrase),
    "interpreter": _call_interpreter,
    "give-back": _change(lambda container: container.chat.give_back),
    "close": _change(lambda container: container.chat.close),
    "release": _change(lambda container: container.chat.casework.release),
}
