"""Reads XML that others made, as a stream and within limits: no entities, no outside references, nothing too large.

See ``docs/decisions`` for why it is defusedxml over the parser that Python brings.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from linkbridge.kernel.errors import InvalidInput, TooLarge

MAX_DEPTH = 60
MAX_ENTRY_CHARACTERS = 1_000_000
_CHUNK = 65_536
_MAX_SILENT_BYTES = 4 * 1_048_576
"""How much may be read without one tag or text in it: an attribute or comment that long is an attack."""


@dataclass(frozen=True, slots=True)
class Found:
    """An element that was looked for, and the attributes of those around it by their name, the outermost first."""

    element: Element
    around: tuple[tuple[str, Mapping[str, str]], ...]

    def attribute(self, element: str, name: str) -> str:
        """Return an attribute of the nearest element of that name around it, or nothing."""
        return next((given.get(name, "") for tag, given in reversed(self.around) if tag == element), "")


def local_name(tag: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return tag.rpartition("}")[2]


class _Target:
    """Builds only the elements that are wanted and forgets all others at once."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = wanted
        self._path: list[tuple[str, Mapping[str, str]]] = []
        self._builder: TreeBuilder | None = None
        self._built_at = 0
        self._characters = 0
        self._found: list[Found] = []
        self.events = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.events += 1
        name = local_name(tag)
        if self._builder is None and name in self._wanted:
            self._builder, self._built_at, self._characters = TreeBuilder(), len(self._path), 0
        self._path.append((name, attributes))
        if len(self._path) > MAX_DEPTH:
            raise InvalidInput(f"the XML is nested more than {MAX_DEPTH} deep")
        if self._builder is not None:
            self._count(sum(len(key) + len(value) for key, value in attributes.items()) + 1)
            self._builder.start(tag, attributes)

    def data(self, text: str) -> None:
        self.events += 1
        if self._builder is not None:
            self._count(len(text))
            self._builder.data(text)

    def end(self, tag: str) -> None:
        self.events += 1
        self._path.pop()
        if self._builder is None:
            return
        self._builder.end(tag)
        if len(self._path) == self._built_at:
            self._found.append(Found(self._builder.close(), tuple(self._path)))
            self._builder = None

    def close(self) -> None:
        """The parser asks every target for this."""

    def take(self) -> list[Found]:
        found, self._found = self._found, []
        return found

    def _count(self, characters: int) -> None:
        self._characters += characters
        if self._characters > MAX_ENTRY_CHARACTERS:
            raise InvalidInput(f"one entry of the XML is longer than {MAX_ENTRY_CHARACTERS} characters")


def iter_elements(stream: BinaryIO, wanted: Collection[str], *, limit: int) -> Iterator[Found]:
    """Yield the elements with the wanted names, namespaces aside, without holding the others.

    Raises:
        InvalidInput: it is no sound XML, declares entities, refers outside, or is nested too deeply.
        TooLarge: there are more than ``limit`` bytes.
    """
    target = _Target(wanted)
    parser = DefusedXMLParser(target=target)
    read = silent = 0
    try:
        while chunk := stream.read(_CHUNK):
            read += len(chunk)
            if read > limit:
                raise TooLarge(f"the file is larger than {limit} bytes", limit=limit)
            before = target.events
            parser.feed(chunk)
            silent = 0 if target.events > before else silent + len(chunk)
            if silent > _MAX_SILENT_BYTES:
                raise InvalidInput("the XML holds an attribute or a comment that is far too long")
            yield from target.take()
        parser.close()
    except ParseError as error:
        line, column = error.position
        raise InvalidInput(f"this is not sound XML: {_reason(error)} in line {line}, column {column + 1}") from error
    except DefusedXmlException as error:
        raise InvalidInput("the XML declares entities or refers to other files, which is refused") from error
    except (LookupError, UnicodeError, ValueError) as error:
        raise InvalidInput("the XML is in an encoding that cannot be read; use UTF-8") from error
    yield from target.take()


def _reason(error: ParseError) -> str:
    return str(error).partition(":")[0]
