"""What is asked of a document's translation, and what comes back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from linkbridge.kernel.languages import Language
from linkbridge.translation.results import Quality

SUSPECT_MARK = "⚠"
REFUSED_MARK = "⛔"


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """The translation of one text of a document; ``text`` is not looked at when it is refused."""

    text: str
    quality: Quality = Quality.OK


Translate = Callable[[Sequence[str]], list[TranslatedText]]
"""Translates some texts, in their order. Whatever it raises ends the work on the document."""

Progress = Callable[[int, int], None]
"""Is told how many texts are done, of how many. Whatever it raises ends the work on the document."""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A line that says what the document is ("machine translation, not official"), in one language."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of a document. Sizes are in bytes.

    ``unpacked`` and ``entries`` are of what is packed inside; ``characters`` of the texts to translate; ``pages`` of a
    PDF.
    """

    size: int = 10_000_000
    unpacked: int = 100_000_000
    entries: int = 2_000
    characters: int = 2_000_000
    pages: int = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """How many texts, and how many characters of them, are translated between two reports of progress."""

    texts: int = 64
    characters: int = 8_000


class DocumentKind(StrEnum):
    """A format that can be read and written, by the ending of its files."""

    TXT = "txt"
    HTML = "html"
    DOCX = "docx"
    ODT = "odt"
    PDF = "pdf"
    SRT = "srt"
    PO = "po"

    @property
    def media_type(self) -> str:
        """Its media type as of IANA."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    DocumentKind.TXT: "text/plain; charset=utf-8",
    DocumentKind.HTML: "text/html; charset=utf-8",
    DocumentKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    DocumentKind.ODT: "application/vnd.oasis.opendocument.text",
    DocumentKind.PDF: "application/pdf",
    DocumentKind.SRT: "application/x-subrip; charset=utf-8",
    DocumentKind.PO: "text/x-gettext-translation; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class TranslatedDocument:
    """A document in another language.

    ``units`` counts its texts (paragraphs, cells, cues, messages), ``suspect`` and ``refused`` those of them that carry
    a mark. A refused text is left in its own language.
    """

    name: str
    kind: DocumentKind
    content: bytes = field(repr=False)
    units: int
    suspect: int
    refused: int

    @property
    def media_type(self) -> str:
        """The media type of ``content``."""
        return self.kind.media_type
