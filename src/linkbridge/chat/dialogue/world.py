"""What the dialogue needs to know of the world, as a port: texts, facts, organisations, and what a message means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from linkbridge.phrasebook.facts import Fact
from linkbridge.phrasebook.interface import InterfaceTexts
from linkbridge.phrasebook.matching.urgency import UrgencyKind
from linkbridge.phrasebook.schema import NoticeText, PhraseText


@dataclass(frozen=True, slots=True)
class Desk:
    """An organisation whose caseworkers answer chats. ``languages`` are the official languages that they read."""

    organisation_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What the dialogue must know of a channel: whose it is (empty: ours), and how many choices it shows at once."""

    company: str = ""
    choices: int = 10


class World(Protocol):
    """Answers the dialogue's questions. Nothing it is asked is kept."""

    @property
    def languages(self) -> Sequence[str]:
        """The languages of the chat, most speakers first."""
        ...

    @property
    def state_days(self) -> int:
        """How many days after the last message a conversation is forgotten."""
        ...

    @property
    def message_days(self) -> int:
        """How many days after its end what was written in a handover is deleted."""
        ...

    def texts(self, tag: str) -> InterfaceTexts:
        """Return the words of the chat in a language."""
        ...

    def guess_languages(self, text: str, hints: Sequence[str]) -> Sequence[str]:
        """Return the languages in which the person may want to go on, the likeliest first."""
        ...

    def notices(self, tag: str) -> Sequence[NoticeText]:
        """Return the notices that may be shown in a language, in their order."""
        ...

    def phrase(self, key: str, tag: str) -> PhraseText | None:
        """Return a phrase of a notice that may be shown."""
        ...

    def answers(self, text: str, tag: str) -> Sequence[str]:
        """Return the keys of up to three phrases that may answer a message; none if nothing is near to it."""
        ...

    def urgency(self, text: str, tag: str) -> Sequence[UrgencyKind]:
        """Return what cannot wait in a message."""
        ...

    def countries(self, tag: str) -> Sequence[tuple[str, str]]:
        """Return the countries that are known here: code and name in the language, by name."""
        ...

    def numbers(self, country: str) -> Sequence[Fact]:
        """Return the confirmed emergency numbers of a country."""
        ...

    def offices(self, country: str) -> Sequence[Fact]:
        """Return the confirmed offices of a country that help people on the move."""
        ...

    def desks(self) -> Sequence[Desk]:
        """Return the organisations that answer chats now."""
        ...

    def has_interpreters(self) -> bool:
        """Whether interpreters can be asked for."""
        ...

    def has_audio(self, key: str, tag: str) -> bool:
        """Whether a phrase can be heard in a language."""
        ...

    def mark(self, phrase: PhraseText) -> str:
        """Return the sentence that says how far a phrase can be trusted, in its language; empty when verified."""
        ...
