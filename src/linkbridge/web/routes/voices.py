"""Recorded voices: which phrases have one, and the page on which a reviewer reads a phrase aloud."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from linkbridge.accounts.permissions import Actor
from linkbridge.container import Container
from linkbridge.kernel.errors import InvalidInput, NotFound
from linkbridge.kernel.languages import LANGUAGES, Language
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.schema import text_hash
from linkbridge.phrasebook.sound import MOST_SECONDS
from linkbridge.phrasebook.voice_coverage import KINDS, NAMES, VoiceKind, VoiceState, reviewed_languages
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession, WriteSession
from linkbridge.web.encounter_views import EncounterViews
from linkbridge.web.errors import wants_json
from linkbridge.web.forms import StaffForm
from linkbridge.web.pages import PagesDep
from linkbridge.web.sound import sound
from linkbridge.web.staff_pages import StaffPage, StaffPageDep
from linkbridge.web.templating import official_language
from linkbridge.web.uploads import StaffUpload

router = APIRouter(prefix="/staff/voices", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """One language: how many of its phrases have which voice. ``is_own``: the staff member records in it."""

    language: Language
    name: str
    counts: dict[VoiceKind, int]
    is_own: bool


@router.get("")
def voices(
    container: ContainerDep,
    session: ReadSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _pages: PagesDep,
    tag: str = "",
    book: str = "",
    kind: str = "",
) -> Response:
    """Show how far the voices are, in all languages or phrase by phrase in one."""
    own = reviewed_languages(session, by=actor)
    names = EncounterViews(container.catalogue, {}, official_language(page.request))
    if tag not in LANGUAGES:
        found = container.voices.coverage.by_language(session, by=actor)
        rows = [
            LanguageRow(LANGUAGES[tag], names.language_name(tag), _counts(states), tag in own)
            for tag, states in found.items()
        ]
        return page.show("staff/voices.html", {"rows": sorted(rows, key=lambda row: not row.is_own), "kinds": KINDS})
    states = container.voices.coverage.of_language(session, tag, by=actor)
    shown = [state for state in states if book in {"", state.place.book} and kind in {"", state.kind}]
    return page.show(
        "staff/voices_language.html",
        {
            "language": LANGUAGES[tag],
            "name": names.language_name(tag),
            "states": shown,
            "counts": _counts(states),
            "kinds": KINDS,
            "books": [(found, _book_title(names, found)) for found in dict.fromkeys(s.place.book for s in states)],
            "book": book,
            "kind": kind,
            "own": own,
        },
    )


@router.get("/sound/{voice_id}")
def listen(
    request: Request, container: ContainerDep, session: ReadSession, _actor: CurrentStaff, voice_id: str
) -> Response:
    """Play a recording on its page; nothing of it is kept in the browser."""
    return sound(request, container.voices.body(session, voice_id), "no-store")


@router.get("/{tag}/{book}/{phrase}")
def voice(
    container: ContainerDep,
    session: ReadSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    _pages: PagesDep,
    tag: str,
    book: str,
    phrase: str,
) -> Response:
    """Show a phrase to be read aloud, and its recordings."""
    place = _place(tag, book, phrase)
    return page.show("staff/voice.html", _context(container, session, page, actor, place))


@router.post("/{tag}/{book}/{phrase}")
def add_voice(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    upload: StaffUpload,
    _pages: PagesDep,
    tag: str,
    book: str,
    phrase: str,
) -> Response:
    """Keep a reading of the phrase."""
    place = _place(tag, book, phrase)
    words, agreed = upload.form.text("words"), upload.form.has("agreed")
    try:
        container.voices.add(session, place, upload.file, words=words, agreed=agreed, by=actor)
    except InvalidInput as error:
        if wants_json(page.request):
            raise
        context = _context(container, session, page, actor, place)
        return page.show("staff/voice.html", context, form=upload.form, error=error)
    return page.go(_address(place), done="voice-saved")


@router.post("/{tag}/{book}/{phrase}/remove")
def remove_voice(
    container: ContainerDep,
    session: WriteSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    form: StaffForm,
    tag: str,
    book: str,
    phrase: str,
) -> Response:
    """Delete a recording of the phrase."""
    container.voices.remove(session, form.text("voice"), by=actor)
    return page.go(_address(_place(tag, book, phrase)), done="voice-removed")


def _context(container: Container, session: Session, page: StaffPage, actor: Actor, place: Place) -> dict[str, Any]:
    coverage = container.voices.coverage
    readings = coverage.of_phrase(session, place, by=actor)
    phrase = coverage.phrase(place)
    names = EncounterViews(container.catalogue, {}, official_language(page.request))
    states = coverage.of_language(session, place.tag, by=actor)
    state = next(state for state in states if state.place == place)
    source = container.catalogue.phrase(phrase.key, "en")
    return {
        "place": place,
        "address": _address(place),
        "language": LANGUAGES[place.tag],
        "name": names.language_name(place.tag),
        "title": _book_title(names, place.book),
        "text": phrase.text,
        "words": text_hash(phrase.text),
        "source": source.text if source is not None and place.tag != "en" else "",
        "state": state,
        "readings": readings,
        "may_record": place.tag in reviewed_languages(session, by=actor) and state.kind != "filled",
        "most_seconds": MOST_SECONDS,
        "next_address": _next(states, place),
    }


def _next(states: Sequence[VoiceState], place: Place) -> str:
    """Return the page of the next phrase that nobody has read yet, round the end if need be."""
    at = next(index for index, state in enumerate(states) if state.place == place)
    for state in (*states[at + 1 :], *states[:at]):
        if state.kind not in {"recorded", "filled"}:
            return _address(state.place)
    return ""


def _place(tag: str, book: str, phrase: str) -> Place:
    if tag not in LANGUAGES:
        raise NotFound("this language is unknown")
    return Place(book, phrase, tag)


def _address(place: Place) -> str:
    return f"/staff/voices/{place.tag}/{place.book}/{place.phrase}"


def _book_title(names: EncounterViews, book: str) -> str:
    return "" if book == NAMES else names.notice_title(book)


def _counts(states: Sequence[VoiceState]) -> dict[VoiceKind, int]:
    counted = Counter(state.kind for state in states)
    return {kind: counted[kind] for kind in KINDS}
