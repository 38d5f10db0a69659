"""One message being answered: the memory as it changes, and the replies and effects as they gather. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from linkbridge.chat.dialogue.effects import Effect
from linkbridge.chat.dialogue.memory import Memory
from linkbridge.chat.dialogue.world import ChannelFacts, World
from linkbridge.chat.messages import Choice, Link, Reply
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.interface import InterfaceTexts
from linkbridge.phrasebook.schema import PhraseText

HUMAN = ("human", "chat-human", "1F5E3")
MENU = ("menu", "chat-to-menu", "1F519")
Named = tuple[str, str, str]
"""A choice by its id, the phrase of its label, and its pictogram."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of a message."""

    memory: Memory
    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()


class Scene:
    """Gathers what a message leads to."""

    def __init__(self, memory: Memory, world: World, channel: ChannelFacts) -> None:
        self.memory = memory
        self.world = world
        self.channel = channel
        self._replies: list[Reply] = []
        self._effects: list[Effect] = []

    @property
    def tag(self) -> str:
        """The language of the conversation; English until one is chosen."""
        return self.memory.tag or "en"

    @property
    def texts(self) -> InterfaceTexts:
        """The words of the chat in the language of the conversation."""
        return self.world.texts(self.tag)

    def do(self, effect: Effect) -> None:
        """Ask for an effect."""
        self._effects.append(effect)

    def say(self, phrase_id: str, *, quotes: bool = False, links: Iterable[Link] = (), **values: object) -> None:
        """Say a phrase of the chat, with its placeholders filled."""
        text = self.texts.format(phrase_id, **values)
        self._replies.append(Reply(text, self.texts.tag_of(phrase_id), quotes=quotes, links=tuple(links)))

    def say_in(self, tag: str, text: str) -> None:
        """Say words of another language than that of the conversation."""
        self._replies.append(Reply(text, tag))

    def say_text(self, text: str, *, mark: str = "", audio: str = "", links: Iterable[Link] = ()) -> None:
        """Say what is no phrase of the chat, in the language of the conversation."""
        self._replies.append(Reply(text, self.tag, mark=mark, audio=audio, links=tuple(links)))

    def say_phrase(self, phrase: PhraseText) -> None:
        """Say a phrase of a notice with the sentence that says how far it can be trusted."""
        audio = phrase.key if self.world.has_audio(phrase.key, phrase.tag) else ""
        self._replies.append(Reply(phrase.text, phrase.tag, mark=self.world.mark(phrase), audio=audio))

    def offer(self, choices: Iterable[Choice | Named], *, human: bool = True, menu: bool = True) -> None:
        """Put choices under the last message; a person to talk to is always among them unless ``human`` says no."""
        listed = [choice if isinstance(choice, Choice) else self.choice(*choice) for choice in choices]
        if menu:
            listed.append(self.choice(*MENU))
        if human:
            listed.append(self.choice(*HUMAN))
        self.memory = replace(self.memory, turn=self.memory.turn + 1)
        self._replies[-1] = replace(self._replies[-1], choices=tuple(listed), turn=self.memory.turn)

    def choice(self, choice_id: str, phrase_id: str, pictogram: str = "") -> Choice:
        """Return a choice whose label is a phrase of the chat."""
        return Choice(choice_id, self.texts.text(phrase_id), pictogram)

    def page(self, choices: Sequence[Choice], more: str, *, beside: int = 2) -> list[Choice]:
        """Return the choices of the memory's page, with one that leads to the next if they do not fit the channel.

        ``more`` is the id of that choice, ``beside`` how many other choices stand with them.
        """
        room = self.channel.choices - beside
        if len(choices) <= room:
            return list(choices)
        size = max(1, room - 1)
        pages = -(-len(choices) // size)
        page = self.memory.page % pages
        shown = list(choices[page * size : (page + 1) * size])
        label = self.texts.text("chat-more-languages" if more == "languages" else "chat-more")
        return [*shown, Choice(f"{more}:{(page + 1) % pages}", label, "2795")]

    def end(self) -> Turn:
        """Return what came of it."""
        return Turn(self.memory, tuple(self._replies), tuple(self._effects))


def autonym(tag: str) -> str:
    """Return a language's name for itself."""
    return LANGUAGES[tag].autonym
