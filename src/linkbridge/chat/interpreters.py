"""Interpreters for people in a chat: asked for, and the way to the call once somebody has accepted."""

from collections.abc import Callable
from contextlib import suppress

from sqlmodel import Session, select

from linkbridge.accounts.permissions import Actor
from linkbridge.chat.ledger import CHAT
from linkbridge.chat.messages import Link, Reply
from linkbridge.chat.models import ChatDesk, Conversation
from linkbridge.chat.sending import Writer
from linkbridge.interpreting.calls.links import CallLinks
from linkbridge.interpreting.calls.values import CallLink
from linkbridge.interpreting.dispatch.values import RequestWish
from linkbridge.interpreting.ports import Announcement, News
from linkbridge.interpreting.service import Interpreting
from linkbridge.interpreting.values import Domain, Modality, Party, RequestState, Source
from linkbridge.kernel.errors import Conflict, DomainError, NotFound, StorageFull
from linkbridge.phrasebook.interface import InterfaceTexts

Texts = Callable[[str], InterfaceTexts]


class ChatAnnouncer:
    """Tells a person in a chat what became of the interpreter that they asked for (an ``Announcer``)."""

    def __init__(self, *, writer: Writer, texts: Texts, links: CallLinks, base_url: str) -> None:
        self._writer = writer
        self._texts = texts
        self._links = links
        self._base_url = base_url

    def announce(self, session: Session, announcement: Announcement) -> None:
        """Write to the conversation whose request this is, where there is one."""
        if announcement.news not in (News.FILLED, News.UNFILLED):
            return
        query = select(Conversation).where(Conversation.request_id == announcement.request_id)
        row = session.exec(query).first()
        if row is not None:
            self._writer.write(session, row, [self.reply(announcement.request_id, announcement.news, row.tag)])

    def reply(self, request_id: str, news: News, tag: str) -> Reply:
        """Return what a person is told: the way to the call, or plainly that nobody was found."""
        texts = self._texts(tag or "en")
        if news is News.UNFILLED:
            return Reply(texts.text("chat-no-interpreter"), texts.tag)
        path = f"/call/{self._links.token(CallLink(request_id, Party.PERSON))}"
        link = Link(f"{self._base_url}{path}", texts.text("call-title"))
        return Reply(texts.text("chat-interpreter-ready"), texts.tag, links=(link,))


class ChatInterpreters:
    """Asks for interpreters on behalf of people in a chat. Who they are is neither known nor said."""

    def __init__(self, *, interpreting: Interpreting, writer: Writer, announcer: ChatAnnouncer) -> None:
        self._interpreting = interpreting
        self._writer = writer
        self._announcer = announcer

    def any_active(self, session: Session) -> bool:
        """Whether there is an interpreter to ask."""
        return self._interpreting.directory.any_active(session)

    def ask(
        self, session: Session, conversation: Conversation, organisation_id: str, tag: str, *, by: Actor = CHAT
    ) -> str:
        """Ask for an interpreter who speaks with the person in a call now; return the request's id.

        Where nobody can be asked, the person is told so, and the id is empty.
        """
        self.call_off(session, conversation)
        desk = session.get(ChatDesk, organisation_id)
        try:
            with session.begin_nested():
                if desk is None or not desk.is_open:
                    raise NotFound("this organisation answers no chats")
                wish = RequestWish(
                    person_language=tag,
                    domain=Domain.SCREENING,
                    modality=Modality.VIDEO,
                    site_id=desk.site_id,
                    source=Source.CHAT,
                )
                made = self._interpreting.requests.create(session, wish, by=by)
        except StorageFull:
            raise
        except DomainError:
            self._writer.write(session, conversation, [self._announcer.reply("", News.UNFILLED, tag)])
            return ""
        conversation.request_id = made.id
        session.add(conversation)
        session.flush()
        if made.state is RequestState.UNFILLED:  # decided before the conversation could be found by its request
            self._writer.write(session, conversation, [self._announcer.reply(made.id, News.UNFILLED, tag)])
        return made.id

    def call_off(self, session: Session, conversation: Conversation) -> None:
        """Call off the interpreter that a conversation waits for, if it does."""
        if conversation.request_id is None:
            return
        with suppress(Conflict, NotFound):  # it may be over, or past its retention
            self._interpreting.requests.cancel(session, conversation.request_id, by=CHAT)
        conversation.request_id = None
        session.add(conversation)
        session.flush()
