"""Conversations on both databases: answered once, one message at a time, erased at once, and handed to humans."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import func, select, update

from linkbridge import bootstrap
from linkbridge.accounts.permissions import Role
from linkbridge.bootstrap import build_container
from linkbridge.chat.messages import Inbound, InboundKind, Update
from linkbridge.chat.models import ChatMessage, ChatSubscription, ChatUpdate, Conversation, Handover, Outgoing
from linkbridge.chat.retention import ConversationEraser, purge_conversations, purge_handovers, purge_traffic
from linkbridge.chat.webchat import FACTS, WEB, WebInbox, new_address
from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.errors import Conflict, NotAllowed, NotFound
from linkbridge.kernel.jobs import NullJobQueue
from linkbridge.settings import Settings
from tests.support.accounts import QUICK_HASHER, World
from tests.support.databases import engine_of
from tests.support.texts import delivered_catalogue, delivered_jurisdictions, delivered_matching


class Chatter:
    """A person with the web chat, and the caseworkers of an organisation that answers."""

    def __init__(self, container: Container, world: World) -> None:
        self.container = container
        self.world = world
        self.address = new_address()
        self.sent = 0

    def open_desk(self) -> None:
        with self.container.sessions.transaction() as session:
            self.container.chat.desks.set(
                session, site_id=self.world.site, answer_minutes=15, is_open=True, by=self.world.actor(Role.COORDINATOR)
            )

    def send(self, inbound: Inbound, *, update: str = "") -> list[str]:
        self.sent += 1
        message = Update(self.address, update or str(self.sent), inbound)
        with self.container.sessions.transaction() as session:
            return [reply.text for reply in self.container.chat.receive(session, WEB, FACTS, message).replies]

    def say(self, text: str) -> list[str]:
        return self.send(Inbound(InboundKind.TEXT, text=text))

    def tap(self, choice: str, quoted: str = "") -> list[str]:
        return self.send(Inbound(InboundKind.CHOICE, choice=choice, turn=10_000, quoted=quoted))

    def hand_over(self, urgent: str = "") -> str:
        self.tap("language:am")
        self.say(urgent) if urgent else None
        self.tap("urgent-send" if urgent else "caseworker")
        self.tap(f"organisation:{self.world.host}")
        self.tap("agree", quoted=urgent)
        with self.container.sessions.reading() as session:
            return session.exec(select(Handover.id)).one()

    def count(self, table: type) -> int:
        with self.container.sessions.reading() as session:
            return session.exec(select(func.count()).select_from(table)).one()

    def words(self, phrase_id: str, **values: object) -> str:
        return self.container.catalogue.interface("am").format(phrase_id, **values)

    def fetch(self) -> list[str]:
        with self.container.sessions.transaction() as session:
            inbox = WebInbox(self.container.cipher)
            waiting = inbox.fetch(session, self.address)
            if waiting:
                inbox.shown(session, self.address, waiting[-1].number)
        return [each.reply.text for each in waiting]


@pytest.fixture
def chatter(database_url: str, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Chatter:
    monkeypatch.setattr(bootstrap, "load_catalogue", lambda _directory, **_cache: delivered_catalogue())
    monkeypatch.setattr(bootstrap, "load_jurisdictions", lambda _directory: delivered_jurisdictions())
    monkeypatch.setattr(bootstrap.chat, "load_matching", lambda _directory, _keys: delivered_matching())
    monkeypatch.setattr(bootstrap, "build_accounts", partial(bootstrap.build_accounts, hasher=QUICK_HASHER))
    monkeypatch.setattr(bootstrap, "migrate", lambda _engine: None)
    monkeypatch.setattr(bootstrap, "DbosJobQueue", lambda _engine: NullJobQueue())
    monkeypatch.setattr(bootstrap, "create_engine", engine_of)
    settings = Settings(data_dir=tmp_path / "data", database_url=database_url, public_status="draft")
    container = build_container(settings, clock=clock)
    return Chatter(container, World(container.sessions, clock, container.cipher))


def test_update_that_comes_again_is_not_answered_again(chatter: Chatter) -> None:
    first = chatter.send(Inbound(InboundKind.CHOICE, choice="language:am", turn=1), update="same")
    assert first[-1] == chatter.words("chat-menu")
    assert chatter.send(Inbound(InboundKind.CHOICE, choice="language:am", turn=1), update="same") == []
    assert chatter.fetch() == first
    assert chatter.count(ChatUpdate) == 1


def test_messages_at_once_are_taken_one_after_the_other(chatter: Chatter) -> None:
    chatter.tap("language:am")
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: chatter.send(
            Inbound(InboundKind.CHOICE, choice="menu", turn=10_000), update=f"tap-{number % 10}"
        ), range(20)))  # fmt: skip
    assert sorted(map(len, answers)) == [0] * 10 + [1] * 10
    with chatter.container.sessions.reading() as session:
        assert chatter.container.chat.conversations.memory(session, WEB, chatter.address).turn == 11
    assert chatter.count(Conversation) == 1


def test_nothing_that_was_written_is_in_the_database(chatter: Chatter) -> None:
    chatter.tap("language:es")
    chatter.say("me van a matar, ayuda")
    chatter.say("necesito un abogado")
    assert chatter.count(ChatMessage) == 0
    with chatter.container.sessions.reading() as session:
        row = session.exec(select(Conversation)).one()
        kept = chatter.container.cipher.decrypt(row.memory_encrypted)
    assert "matar" not in kept
    assert "abogado" not in kept
    assert chatter.address not in str(row)


def test_chosen_organisation_alone_reads_and_answers(chatter: Chatter) -> None:
    chatter.open_desk()
    handover = chatter.hand_over("ሊገድሉኝ ነው")
    chatter.fetch()
    chat, world = chatter.container.chat, chatter.world
    official, colleague = world.actor(Role.OFFICIAL), world.actor(Role.COORDINATOR)
    with chatter.container.sessions.transaction() as session:
        [waiting] = chat.casework.queue(session, by=official)
        assert (waiting.id, waiting.is_urgent, waiting.tag, waiting.state) == (handover, True, "am", "waiting")
        assert [message.text for message in chat.casework.messages(session, handover, by=official)] == ["ሊገድሉኝ ነው"]
        with pytest.raises(NotFound):
            chat.casework.messages(session, handover, by=world.actor(Role.OFFICIAL, partner=True))
        with pytest.raises(NotAllowed):
            chat.casework.queue(session, by=world.administrator)
        with pytest.raises(Conflict):
            chat.say(session, handover, "hola", None, by=official)
        chat.claim(session, handover, by=official)
        with pytest.raises(Conflict):
            chat.claim(session, handover, by=colleague)
        chat.say(session, handover, "ሰላም", None, by=official)
    assert chatter.fetch() == [chatter.words("chat-answered", organisation="Host"), "ሰላም"]
    assert chatter.say("አመሰግናለሁ") == []
    with chatter.container.sessions.transaction() as session:
        assert [each.text for each in chat.casework.messages(session, handover, by=official)] == [
            "ሊገድሉኝ ነው", "ሰላም", "አመሰግናለሁ",
        ]  # fmt: skip
        chat.give_back(session, handover, by=official)
    assert chatter.fetch() == [chatter.words("chat-given-back")]
    assert chatter.tap("menu") == [chatter.words("chat-menu")]


def test_two_caseworkers_cannot_both_claim(chatter: Chatter) -> None:
    chatter.open_desk()
    handover = chatter.hand_over()
    roles = [Role.OFFICIAL, Role.COORDINATOR] * 4

    def claim(role: Role) -> bool:
        try:
            with chatter.container.sessions.transaction() as session:
                chatter.container.chat.claim(session, handover, by=chatter.world.actor(role))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(claim, roles))
    assert len({role for role, has in zip(roles, won, strict=True) if has}) == 1


def test_nobody_answers_in_time_and_the_person_is_told_once(chatter: Chatter, clock: FrozenClock) -> None:
    chatter.open_desk()
    handover = chatter.hand_over()
    chatter.fetch()
    for minutes, told in ((14, []), (1, [chatter.words("chat-late", organisation="Host")]), (5, [])):
        clock.advance(timedelta(minutes=minutes))
        with chatter.container.sessions.transaction() as session:
            chatter.container.chat.tell_late(session, handover)
        assert chatter.fetch() == told


def test_changed_text_is_told_once_to_those_who_follow_it(chatter: Chatter) -> None:
    chatter.tap("language:am")
    chatter.tap("notice:children")
    chatter.tap("news-yes")
    chatter.fetch()

    def tell() -> list[str]:
        with chatter.container.sessions.transaction() as session:
            chatter.container.chat.tell_changes(session)
        return chatter.fetch()

    assert tell() == []
    with chatter.container.sessions.transaction() as session:
        session.exec(update(ChatSubscription).values(version="older"))
    title = chatter.container.catalogue.notice("children", "am").title.text
    assert tell() == [f"{chatter.words('chat-changed')}\n{title}"]
    assert tell() == []
    chatter.tap("stop")
    assert chatter.count(ChatSubscription) == 0


def test_delete_erases_everything_and_a_restored_copy_again(chatter: Chatter) -> None:
    chatter.open_desk()
    chatter.hand_over("ሊገድሉኝ ነው")
    with chatter.container.sessions.reading() as session:
        copy = session.exec(select(Conversation)).one().model_dump()
    chatter.say("delete")
    assert chatter.tap("delete-yes") == [chatter.words("chat-deleted")]
    assert [chatter.count(table) for table in (Conversation, Handover, ChatMessage)] == [0, 0, 0]
    with chatter.container.sessions.transaction() as session:
        session.add(Conversation(**copy))
    eraser = ConversationEraser(chatter.container.erasures)
    with chatter.container.sessions.transaction() as session:
        digests = {entry.subject_digest for entry in chatter.container.erasures.all(session)}
        assert eraser.erase_by_digest(session, digests) == 1
    assert chatter.count(Conversation) == 0


def test_what_is_past_its_time_is_deleted(chatter: Chatter, clock: FrozenClock) -> None:
    chatter.open_desk()
    handover = chatter.hand_over("ሊገድሉኝ ነው")
    official = chatter.world.actor(Role.OFFICIAL)
    later = clock.now() + timedelta(days=1)
    with chatter.container.sessions.transaction() as session:
        assert purge_conversations(session, before=later) == 0
        chatter.container.chat.claim(session, handover, by=official)
        chatter.container.chat.close(session, handover, by=official)
        assert purge_handovers(session, before=clock.now()) == 0
        assert purge_handovers(session, before=later) == 1
        assert purge_conversations(session, before=later) == 1
        assert purge_traffic(session, before=later) > 0
    assert [chatter.count(table) for table in (Handover, ChatMessage, Conversation, ChatUpdate, Outgoing)] == [0] * 5
