"""Translations as PO files: what Weblate, Poedit and reviewers already use.

``msgctxt`` is the phrase's id, ``msgid`` the English that the translation was made from. What PO has no
field for travels as translator comments, which every PO tool keeps::

    # status: draft
    # origin: machine
    # date: 2026-11-24
    # reviewer: 7f3a 2026-12-01
    # identical: intended

Other translator comments are kept as they are. Obsolete entries (``#~``) are not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polib

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import find_language
from linkbridge.kernel.text_checks import forbidden_characters
from linkbridge.phrasebook.schema import Book, Origin, Review, Status, Translation
from linkbridge.phrasebook.yaml_source import Problems, parse_day

REVIEWER = r"[A-Za-z0-9_-]{1,64}"
_NOTE = re.compile(r"(status|origin|date|reviewer|identical)\s*:\s*(.*)", re.IGNORECASE)
_ESCAPED = r'"(?:[^"\\]|\\.)*"'
_STRING_LINE = re.compile(rf"(?:#~\s*|#\|\s*)?(?:msg\w+(?:\[\d+\])?\s*)?{_ESCAPED}\s*")
_STRING_START = re.compile(r'(?:#~\s*|#\|\s*)?(?:msg\w+|")')
_POLIB_LINE = re.compile(r"\(line (\d+)\)(?:: (.*))?")


@dataclass
class _Notes:
    """The translator comments of one entry, as far as they were understood."""

    status: Status | None = None
    origin: Origin | None = None
    day: date | None = None
    reviewers: list[Review] = field(default_factory=list)
    same_as_source: bool = False
    comments: list[str] = field(default_factory=list)


def read_po(text: str, *, file: str, tag: str, problems: Problems) -> dict[str, Translation]:
    """Return the translations in the PO file ``text`` by phrase id; what is wrong goes to ``problems``.

    Entries without a translation are left out: an empty ``msgstr`` is a phrase not translated yet.
    """
    if not _strings_are_closed(text, file, problems):
        return {}
    try:
        entries = polib.pofile(text + "\n", encoding="utf-8")
    except (OSError, ValueError) as error:
        match = _POLIB_LINE.search(str(error))
        line, reason = (int(match[1]), match[2]) if match else (1, None)
        problems.error(file, line, "bad_po", f"this is not PO: {reason or 'unexpected line'}")
        return {}
    _check_header(entries, file, tag, problems)
    revised = parse_day(entries.metadata.get("PO-Revision-Date", "")[:10])
    translations: dict[str, Translation] = {}
    for entry in entries:
        if entry.obsolete:
            continue
        _read_entry(entry, translations, revised, file, problems)
    return translations


def _strings_are_closed(text: str, file: str, problems: Problems) -> bool:
    """Report quoted strings without an end: polib would cut off their last letter in silence."""
    before = len(problems.found)
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.lstrip("\ufeff").strip()
        if _STRING_START.match(stripped) and not _STRING_LINE.fullmatch(stripped):
            column = line.find('"') + 1 or 1
            problems.error(file, number, "bad_po", "this is not PO: a string in double quotes is broken", column=column)
    return len(problems.found) == before


def _check_header(entries: polib.POFile, file: str, tag: str, problems: Problems) -> None:
    language = entries.metadata.get("Language", "").strip().replace("_", "-")
    if language.lower() != tag.lower():
        written = f"'{language}'" if language else "missing"
        problems.error(file, 1, "wrong_language", f"the header 'Language' is {written}, the file's name says '{tag}'")
    content_type = entries.metadata.get("Content-Type", "charset=UTF-8").lower().replace(" ", "")
    if "charset=utf-8" not in content_type:
        problems.error(file, 1, "not_utf8", "the header 'Content-Type' must say charset=UTF-8")


def _read_entry(
    entry: polib.POEntry, into: dict[str, Translation], revised: date | None, file: str, problems: Problems
) -> None:
    line = entry.linenum or 1
    phrase_id = entry.msgctxt
    if not phrase_id:
        problems.error(file, line, "missing_id", "the entry has no msgctxt: it must hold the phrase's id")
        return
    if entry.msgid_plural:
        problems.error(file, line, "plural", f"'{phrase_id}' has plural forms, which phrases cannot have")
        return
    if phrase_id in into:
        problems.error(
            file, line, "duplicate_id", f"'{phrase_id}' stands here twice; first in line {into[phrase_id].line}"
        )
        return
    notes = _read_notes(entry.tcomment, file, line, problems)
    if not entry.msgstr:
        return
    day = notes.day or revised
    if day is None:
        problems.error(file, line, "missing_date", f"'{phrase_id}' has no date and the file no PO-Revision-Date")
        return
    into[phrase_id] = Translation(
        text=entry.msgstr,
        source=entry.previous_msgid if entry.fuzzy and entry.previous_msgid else entry.msgid,
        date=day,
        status=notes.status or Status.DRAFT,
        origin=notes.origin or Origin.MACHINE,
        reviewers=tuple(notes.reviewers),
        comments=tuple(notes.comments),
        unsure=entry.fuzzy,
        same_as_source=notes.same_as_source,
        line=line,
    )


def _read_notes(comment: str, file: str, line: int, problems: Problems) -> _Notes:
    notes = _Notes()
    for offset, written in enumerate(comment.split("\n") if comment else ()):
        match = _NOTE.fullmatch(written.strip())
        if match is None:
            notes.comments.append(written.strip())
        elif not _take_note(notes, match[1].lower(), match[2].strip()):
            problems.error(file, line + offset, "bad_comment", f"the comment '{written.strip()}' is not understood")
    return notes


def _take_note(notes: _Notes, key: str, value: str) -> bool:
    """Note ``value`` under ``key``; return whether it made sense."""
    if key == "status" and notes.status is None and value in set(Status):
        notes.status = Status(value)
    elif key == "origin" and notes.origin is None and value in set(Origin):
        notes.origin = Origin(value)
    elif key == "date" and notes.day is None and (day := parse_day(value)):
        notes.day = day
    elif key == "reviewer" and (review := parse_review(value)):
        notes.reviewers.append(review)
    elif key == "identical" and value == "intended":
        notes.same_as_source = True
    else:
        return False
    return True


def parse_review(value: str) -> Review | None:
    """Return the review that ``value`` writes as an opaque id and a date, or ``None``."""
    reviewer, _, written = value.partition(" ")
    day = parse_day(written.strip())
    return Review(reviewer, day) if day and re.fullmatch(REVIEWER, reviewer) else None


def write_po(book: Book, tag: str, translations: Mapping[str, Translation]) -> str:
    """Return the PO file of ``book`` in language ``tag``: the same translations always give the same text.

    Every phrase gets an entry in the book's order, so that translators see what is still missing;
    translations of phrases that the book no longer has are left out.

    Raises:
        InvalidInput: a text holds control characters, or a comment or reviewer would be read back as something else.
    """
    file = polib.POFile(wrapwidth=0)
    language = find_language(tag)
    file.header = f"{language.english_name if language else tag} translation of the phrasebook {book.id}."
    newest = max((translation.date for translation in translations.values()), default=book.source_date)
    file.metadata = {
        "Project-Id-Version": f"linkbridge {book.id}",
        "PO-Revision-Date": f"{newest.isoformat()} 00:00+0000",
        "Language": tag,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for phrase in book.phrases:
        translation = translations.get(phrase.id)
        if translation and forbidden_characters(translation.text + translation.source, allowed="\n\t"):
            raise InvalidInput("the text holds control characters", field="text")
        file.append(
            polib.POEntry(
                msgctxt=phrase.id,
                msgid=translation.source if translation else phrase.text,
                msgstr=translation.text if translation else "",
                comment=phrase.context,
                tcomment="\n".join(_write_notes(translation)) if translation else "",
                flags=["fuzzy"] if translation and translation.unsure else [],
            )
        )
    return f"{file}"


def _write_notes(translation: Translation) -> list[str]:
    for comment in translation.comments:
        if _NOTE.fullmatch(comment) or comment != comment.strip() or forbidden_characters(comment):
            raise InvalidInput("a comment cannot be a status line, have outer spaces or span lines", field="comments")
    for review in translation.reviewers:
        if not re.fullmatch(REVIEWER, review.reviewer):
            raise InvalidInput("a reviewer is an opaque id of letters, digits, - and _", field="reviewers")
    return [
        f"status: {translation.status}",
        f"origin: {translation.origin}",
        f"date: {translation.date.isoformat()}",
        *(f"reviewer: {review.reviewer} {review.date.isoformat()}" for review in translation.reviewers),
        *(["identical: intended"] if translation.same_as_source else []),
        *translation.comments,
    ]
