"""Text files of unknown encoding (charset-normalizer), and back."""

import codecs
import unicodedata
from dataclasses import dataclass

from charset_normalizer import from_bytes

from linkbridge.kernel.errors import InvalidInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MOST_CONTROLS = 0.01
_LATIN = "cp1252"
_SAMPLE = 100_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how it was written: ``mark`` is its byte order mark, or nothing."""

    text: str
    encoding: str
    mark: bytes = b""

    @property
    def mark_in_utf8(self) -> bytes:
        """The byte order mark of the text in UTF-8, if it had one."""
        return codecs.BOM_UTF8 if self.mark else b""


def decode(content: bytes, declared: str = "") -> Decoded:
    """Return the text of a file: by its byte order mark, as declared, as UTF-8, or as what it most looks like.

    Raises:
        InvalidInput: it is no text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return _checked(content[len(mark) :].decode(encoding), encoding, mark)
            except UnicodeDecodeError as error:
                raise _no_text() from error
    for encoding in filter(None, (declared, "utf-8")):
        try:
            return _checked(content.decode(encoding), encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    for encoding in (*_likely(content), _LATIN):
        try:
            return _checked(content.decode(encoding), encoding)
        except (UnicodeDecodeError, LookupError, InvalidInput):
            continue
    raise _no_text()


def _likely(content: bytes) -> list[str]:
    """Return the likeliest encoding. Of those that are as likely, it is that of Western Europe."""
    found = from_bytes(content[:_SAMPLE], preemptive_behaviour=False)
    best = found.best()
    if best is None:
        return []
    is_latin = any(match.encoding == _LATIN and match.chaos <= best.chaos for match in found)
    return [_LATIN if is_latin else best.encoding]


def newline_of(text: str) -> str:
    """Return the line end that a text uses most."""
    windows = text.count("\r\n")
    return max(
        ("\n", text.count("\n") - windows), ("\r\n", windows), ("\r", text.count("\r") - windows), key=lambda e: e[1]
    )[0]


def _checked(text: str, encoding: str, mark: bytes = b"") -> Decoded:
    controls = sum(unicodedata.category(character) == "Cc" and character not in "\t\n\r\f" for character in text)
    if "\0" in text or controls > len(text) * _MOST_CONTROLS:
        raise _no_text()
    return Decoded(text, encoding, mark)


def _no_text() -> InvalidInput:
    return InvalidInput("the document is not text, though its name says so", field="document")
