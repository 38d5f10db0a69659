"""Scripts of a chat: what the person sends, and what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from linkbridge.chat.dialogue.commands import Commands
from linkbridge.chat.dialogue.effects import Effect
from linkbridge.chat.dialogue.engine import Dialogue
from linkbridge.chat.dialogue.memory import Memory
from linkbridge.chat.dialogue.scene import Turn
from linkbridge.chat.dialogue.world import ChannelFacts, Desk
from linkbridge.chat.messages import Inbound, InboundKind, Reply
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.facts import Fact
from linkbridge.phrasebook.interface import InterfaceTexts
from linkbridge.phrasebook.matching.finder import PhraseFinder
from linkbridge.phrasebook.matching.meaning import NoMeaning
from linkbridge.phrasebook.matching.urgency import UrgencyKind
from linkbridge.phrasebook.schema import NoticeText, PhraseText
from linkbridge.translation.identification import identify
from tests.support.texts import delivered_catalogue, delivered_matching

TELEGRAM = ChannelFacts(company="Telegram", choices=10)


@dataclass
class ScriptWorld:
    """The delivered texts, with facts and organisations that the test says."""

    catalogue: Catalogue = field(default_factory=delivered_catalogue)
    known_numbers: tuple[Fact, ...] = ()
    known_offices: tuple[Fact, ...] = ()
    known_desks: tuple[Desk, ...] = (Desk("a" * 32, "Casa Segura"),)
    interpreters: bool = True
    state_days: int = 30
    message_days: int = 30

    def __post_init__(self) -> None:
        self._finder = PhraseFinder(
            lambda: self.catalogue,
            lambda: delivered_matching().questions,
            NoMeaning(),
            in_background=lambda work: work(),
        )

    @property
    def languages(self) -> tuple[str, ...]:
        return self.catalogue.languages

    def texts(self, tag: str) -> InterfaceTexts:
        return self.catalogue.interface(tag)

    def guess_languages(self, text: str, hints: Sequence[str]) -> list[str]:
        return [*(guess.tag for guess in identify(text)[:1]), *hints]

    def notices(self, tag: str) -> list[NoticeText]:
        return [self.catalogue.notice(each, tag) for each in self.catalogue.notice_ids]

    def phrase(self, key: str, tag: str) -> PhraseText | None:
        return self.catalogue.phrase(key, tag)

    def answers(self, text: str, tag: str) -> list[str]:
        return [candidate.key for candidate in self._finder.find(text, tag)]

    def urgency(self, text: str, tag: str) -> tuple[UrgencyKind, ...]:
        return delivered_matching().urgent.kinds(text, (tag, "en"))

    def countries(self, tag: str) -> list[tuple[str, str]]:  # noqa: ARG002 - the port's signature
        return [("CO", "Colombia"), ("PA", "Panamá")]

    def numbers(self, country: str) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.known_numbers if fact.country == country)

    def offices(self, country: str) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.known_offices if fact.country == country)

    def desks(self) -> tuple[Desk, ...]:
        return self.known_desks

    def has_interpreters(self) -> bool:
        return self.interpreters

    def has_audio(self, key: str, tag: str) -> bool:  # noqa: ARG002 - the port's signature
        return tag not in {"ti", "so"}

    def mark(self, phrase: PhraseText) -> str:
        return self.texts(phrase.tag).text("mark-draft")


class Script:
    """A conversation that remembers itself."""

    def __init__(self, world: ScriptWorld | None = None, channel: ChannelFacts = TELEGRAM) -> None:
        self.world = world or ScriptWorld()
        commands = Commands(self.world.texts(tag) for tag in self.world.languages)
        self.dialogue = Dialogue(self.world, channel, commands)
        self.memory = Memory()
        self.last: Turn = Turn(self.memory, ())

    def start(self, *hints: str) -> Turn:
        """Open the chat on a device of these languages."""
        return self._answer(Inbound(InboundKind.START, hints=hints))

    def say(self, text: str) -> Turn:
        """Type."""
        return self._answer(Inbound(InboundKind.TEXT, text=text))

    def tap(self, choice: str, *, turn: int | None = None, quoted: str = "") -> Turn:
        """Tap a choice, of the newest message unless another turn is named."""
        number = self.memory.turn if turn is None else turn
        return self._answer(Inbound(InboundKind.CHOICE, choice=choice, turn=number, quoted=quoted))

    def send_media(self) -> Turn:
        """Send a voice message or a picture."""
        return self._answer(Inbound(InboundKind.MEDIA))

    def _answer(self, inbound: Inbound) -> Turn:
        # Through what is kept between two messages, as between two processes.
        kept = Memory.from_json(self.memory.to_json())
        self.last = self.dialogue.answer(kept, inbound)
        self.memory = self.last.memory
        return self.last

    @property
    def texts(self) -> list[str]:
        """What was answered last."""
        return [reply.text for reply in self.last.replies]

    @property
    def choices(self) -> list[str]:
        """What can be tapped now, by its ids."""
        return choices_of(self.last.replies)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What the last answer asked for."""
        return self.last.effects

    def words(self, phrase_id: str, **values: object) -> str:
        """Return words of the chat in the language chosen."""
        return self.world.texts(self.memory.tag or "en").format(phrase_id, **values)


def choices_of(replies: tuple[Reply, ...]) -> list[str]:
    """Return the ids of the choices of the newest reply that has any."""
    return next(([choice.id for choice in reply.choices] for reply in reversed(replies) if reply.choices), [])
