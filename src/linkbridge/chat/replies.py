"""What a person is told that they did not ask for just now: somebody came, nobody came, a text changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from linkbridge.chat.dialogue.commands import Command, command_words
from linkbridge.chat.messages import Choice, Reply
from linkbridge.chat.reads import Rendering
from linkbridge.phrasebook.interface import InterfaceTexts
from linkbridge.phrasebook.schema import Origin, Status

Texts = Callable[[str], InterfaceTexts]


class Replies:
    """Words for a person in their language."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def answered(self, tag: str, organisation: str) -> Reply:
        """Somebody has taken the conversation."""
        return self._say(tag, "chat-answered", organisation=organisation)

    def said(self, rendering: Rendering | None, text: str, tag: str, language: str) -> Reply:
        """What a caseworker says. ``tag`` is the person's language, ``language`` the name of the caseworker's."""
        if rendering is None:
            return Reply(text, tag)
        return Reply(rendering.text, rendering.tag, mark=self._mark(rendering, tag, language))

    def _mark(self, rendering: Rendering, tag: str, language: str) -> str:
        """Return what stands under a caseworker's words: a phrase's own mark, or that a machine translated them."""
        texts = self._texts(tag)
        status, is_phrase, origin = rendering.mark.partition("/")
        if is_phrase:
            return texts.mark(Status(status), Origin(origin))
        return texts.format("chat-translated", language=language) if rendering.mark else ""

    def late(self, tag: str, organisation: str) -> Reply:
        """Nobody has answered in time; what else there is."""
        texts = self._texts(tag)
        choices = (
            Choice("keep-waiting", texts.text("chat-keep-waiting"), "23F3"),
            Choice("take-back", texts.text("chat-to-menu"), "1F519"),
        )
        return replace(self._say(tag, "chat-late", organisation=organisation), choices=choices)

    def given_back(self, tag: str) -> Reply:
        """The computer answers again."""
        return self._with_menu(tag, self._say(tag, "chat-given-back"))

    def closed(self, tag: str, organisation: str, deleted_on: date) -> Reply:
        """The conversation with humans is over."""
        return self._with_menu(tag, self._say(tag, "chat-closed", organisation=organisation, date=deleted_on))

    def changed(self, tag: str, notice: str, title: str) -> Reply:
        """A text that the person follows has changed; one tap shows it, one ends the news."""
        texts = self._texts(tag)
        choices = (
            Choice(f"notice:{notice}", texts.text("show-all"), "1F4D6"),
            Choice("stop", command_words(texts, Command.STOP)[0], "1F515"),
        )
        return Reply(f"{texts.text('chat-changed')}\n{title}", tag, choices=choices)

    def _say(self, tag: str, phrase_id: str, **values: object) -> Reply:
        texts = self._texts(tag)
        return Reply(texts.format(phrase_id, **values), texts.tag_of(phrase_id))

    def _with_menu(self, tag: str, reply: Reply) -> Reply:
        texts = self._texts(tag)
        choices = (
            Choice("menu", texts.text("chat-to-menu"), "1F519"),
            Choice("human", texts.text("chat-human"), "1F5E3"),
        )
        return replace(reply, choices=choices)
