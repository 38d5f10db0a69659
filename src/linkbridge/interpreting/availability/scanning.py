"""Takes from an iCalendar file of others the few lines that say when, within limits. Pure.

Titles, places, notes and names are dropped here, before anything reads them. So are alarms, tasks and descriptions of
time zones, whose rules could cost without end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from linkbridge.kernel.errors import InvalidInput

MOST_BYTES = 5_000_000
MOST_LINES = 250_000
MOST_PARTS = 20_000
DEEPEST = 4
_LONGEST_VALUE = 20_000
_KEPT = frozenset(
    {"UID", "DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID", "TRANSP", "STATUS", "FREEBUSY"}
)


@dataclass(frozen=True, slots=True)
class Part:
    """A VEVENT or VFREEBUSY: the lines of it that are kept, unfolded."""

    name: str
    lines: tuple[str, ...]


def unusable(problem: str, message: str) -> InvalidInput:
    """Return the error that a calendar cannot be used; the words of ``problem`` are in the pages."""
    return InvalidInput(message, field="calendar", problem=problem)


def scan(content: bytes) -> tuple[Part, ...]:
    """Return the parts of a file that say when somebody is busy.

    Raises:
        InvalidInput: it is too large or no calendar; ``problem`` says which.
    """
    found: list[Part] = []
    nesting: list[str] = []
    kept: list[str] = []
    for line in _unfolded(_text(content)):
        name = line[:40].partition(":")[0].partition(";")[0].upper()
        if name == "BEGIN":
            _open(nesting, _named(line))
            kept = [] if len(nesting) == 2 else kept
        elif name == "END":
            _close(nesting, _named(line))
            if len(nesting) == 1 and _named(line) in {"VEVENT", "VFREEBUSY"}:
                found.append(Part(_named(line), tuple(kept)))
        elif len(nesting) == 2 and name in _KEPT:
            kept.append(line)
    if nesting:
        raise unusable("calendar-broken", "the calendar breaks off")
    if len(found) > MOST_PARTS:
        raise unusable("calendar-large", f"the calendar has more than {MOST_PARTS} events")
    return tuple(found)


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise unusable("calendar-large", f"the calendar is larger than {MOST_BYTES} bytes")
    if b"\0" in content or content.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper() != b"BEGIN:VCALENDAR":
        raise unusable("calendar-broken", "this is no iCalendar file")
    if content.count(b"\n") + content.count(b"\r") > 2 * MOST_LINES:
        raise unusable("calendar-large", f"the calendar has more than {MOST_LINES} lines")
    return content.decode("utf-8-sig", errors="replace")


def _open(nesting: list[str], name: str) -> None:
    nesting.append(name)
    if len(nesting) > DEEPEST:
        raise unusable("calendar-broken", "the calendar is nested too deeply")


def _close(nesting: list[str], name: str) -> None:
    if not nesting or nesting.pop() != name:
        raise unusable("calendar-broken", "the calendar ends parts that it did not begin")


def _named(line: str) -> str:
    return line.partition(":")[2].strip().upper()


def _unfolded(text: str) -> Iterator[str]:
    """Yield whole lines: one that begins with a space or tab belongs to the line before (RFC 5545, 3.1)."""
    pieces: list[str] = []
    length = 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line.startswith((" ", "\t")):
            # What is longer than any time can be is a text, of which the rest is not needed.
            if length <= _LONGEST_VALUE:
                pieces.append(line[1:])
                length += len(line)
            continue
        if pieces:
            yield "".join(pieces)
        pieces, length = [line], len(line)
    if pieces:
        yield "".join(pieces)
