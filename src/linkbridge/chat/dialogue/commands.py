"""Words that are understood at every step and in every language. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from linkbridge.phrasebook.interface import InterfaceTexts
from linkbridge.phrasebook.matching.normalising import words


class Command(StrEnum):
    """What a person can always ask for."""

    HELP = "help"
    LANGUAGE = "language"
    HUMAN = "human"
    DELETE = "delete"
    STOP = "stop"


def command_words(texts: InterfaceTexts, command: Command) -> tuple[str, ...]:
    """Return the words for a command in a language, the one to show first."""
    listed = texts.text(f"chat-words-{command.value}").replace("،", ",").replace("、", ",").replace("，", ",")
    return tuple(word.strip() for word in listed.split(",") if word.strip())


class Commands:
    """The words of all languages. A person may use those of a language that is not the one chosen."""

    def __init__(self, all_texts: Iterable[InterfaceTexts]) -> None:
        by_language: dict[str, dict[tuple[str, ...], Command]] = {}
        everywhere: dict[tuple[str, ...], Command] = {}
        for texts in all_texts:
            own = by_language.setdefault(texts.tag, {})
            for command in Command:
                for word in command_words(texts, command):
                    own.setdefault(words(word), command)
                    everywhere.setdefault(words(word), command)
        self._by_language: Mapping[str, Mapping[tuple[str, ...], Command]] = MappingProxyType(by_language)
        self._everywhere: Mapping[tuple[str, ...], Command] = MappingProxyType(everywhere)

    def find(self, text: str, tag: str) -> Command | None:
        """Return the command that the text is, in the language chosen before any other."""
        said = words(text.removeprefix("/").strip())
        if not said:
            return None
        return self._by_language.get(tag, {}).get(said) or self._everywhere.get(said)
