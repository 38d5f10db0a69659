"""Which phrases have which voice: what reviewers see of recordings, for a language or for one phrase."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from linkbridge.accounts.permissions import Actor, Permission, allows
from linkbridge.kernel.errors import NotAllowed, NotFound
from linkbridge.kernel.text_checks import placeholders
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.models import ReviewerLanguage, Voice
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.schema import BookKind, text_hash
from linkbridge.phrasebook.speech import Speakable, Speech, language_name

NAMES = "languages"
"""The book, which has no file, of the languages' own names; its one phrase is ``name``."""
SPOKEN_ANSWERS = ("understand", "not-understand", "want-interpreter")
"""What of the person's screens is spoken: the answers. The rest is read."""

VoiceKind = Literal["recorded", "silent", "synthetic", "none", "filled"]
KINDS: tuple[VoiceKind, ...] = get_args(VoiceKind)


@dataclass(frozen=True, slots=True)
class VoiceRead:
    """A recording. ``speaks``: its words are those of today. ``is_removable``: by the actor who asked."""

    id: str
    seconds: float
    recorded_at: datetime
    is_own: bool
    speaks: bool
    is_removable: bool


@dataclass(frozen=True, slots=True)
class VoiceState:
    """Which voice a phrase has; ``words`` is the ``text_hash`` of its text.

    ``recorded``: a person's. ``silent``: the text changed after it was recorded. ``synthetic``: a computer's alone.
    ``filled``: values are filled in when it is shown, so that nobody can read it in advance. ``has_synthetic``: a
    computer speaks where no person does.
    """

    place: Place
    text: str
    words: str
    kind: VoiceKind
    has_synthetic: bool


class VoiceCoverage:
    """Lists recordings, and the phrases that have none."""

    def __init__(self, texts: Catalogue, speech: Speech) -> None:
        self._texts = texts
        self._speech = speech

    def phrase(self, place: Place) -> Speakable:
        """Return the words of today that are spoken at a place.

        Raises:
            NotFound: there is no such phrase in this language, or it is never spoken.
        """
        for found, phrase in spoken(self._texts, place.tag, place.book):
            if found == place:
                return phrase
        raise NotFound("there is no such phrase in this language", language=place.tag)

    def of_phrase(self, session: Session, place: Place, *, by: Actor) -> tuple[VoiceRead, ...]:
        """Return the recordings of a phrase, silent ones too, newest first.

        Raises:
            NotAllowed: the actor has nothing to do with voices.
            NotFound: there is no such phrase in this language.
        """
        require_sight(by)
        words = text_hash(self.phrase(place).text)
        is_reviewer = place.tag in reviewed_languages(session, by=by)
        rows = session.exec(_kept().where(Voice.tag == place.tag).order_by(col(Voice.recorded_at).desc())).all()
        return tuple(
            VoiceRead(
                id=row.id,
                seconds=row.seconds,
                recorded_at=row.recorded_at,
                is_own=row.recorded_by == by.reference,
                speaks=row.text_hash == words,
                is_removable=is_reviewer or may_remove_any(by) or row.recorded_by == by.reference,
            )
            for row in rows
            if row.text_hash == words or (row.book, row.phrase) == (place.book, place.phrase)
        )

    def of_language(self, session: Session, tag: str, *, by: Actor, book: str = "") -> tuple[VoiceState, ...]:
        """Return which voice each spoken phrase of a language has, of one book if named.

        Raises:
            NotAllowed: the actor has nothing to do with voices.
        """
        require_sight(by)
        return self._states(tag, book, session.exec(_kept().where(Voice.tag == tag)).all())

    def by_language(self, session: Session, *, by: Actor) -> Mapping[str, tuple[VoiceState, ...]]:
        """Return the same for every language that has any text, in one query.

        Raises:
            NotAllowed: the actor has nothing to do with voices.
        """
        require_sight(by)
        rows: dict[str, list[Voice]] = {}
        for row in session.exec(_kept()).all():
            rows.setdefault(row.tag, []).append(row)
        tags = dict.fromkeys(row.tag for row in self._texts.coverage())
        return {tag: self._states(tag, "", rows.get(tag, ())) for tag in tags}

    def _states(self, tag: str, book: str, rows: Sequence[Voice]) -> tuple[VoiceState, ...]:
        read = {(row.book, row.phrase) for row in rows}
        heard = {row.text_hash for row in rows}
        states = []
        for place, phrase in spoken(self._texts, tag, book):
            words = text_hash(phrase.text)
            delivered = self._speech.find_delivered(phrase)
            has_synthetic = delivered is not None and delivered.kind == "synthetic"
            kind: VoiceKind = "synthetic" if has_synthetic else "none"
            if placeholders(phrase.text):
                kind = "filled"
            elif words in heard or (delivered is not None and delivered.kind == "recorded"):
                kind = "recorded"
            elif (place.book, place.phrase) in read:
                kind = "silent"
            states.append(VoiceState(place, phrase.text, words, kind, has_synthetic))
        return tuple(states)


def spoken(texts: Catalogue, tag: str, book: str = "") -> Iterator[tuple[Place, Speakable]]:
    """Yield what is spoken in a language: its name, the answers, and whatever is shown as a text; of a book if named.

    Raises:
        NotFound: the language is unknown.
    """
    if book in {"", NAMES}:
        yield Place(NAMES, "name", tag), language_name(tag)
    for found in texts.library.books:
        if book not in {"", found.id}:
            continue
        for phrase in texts.phrases(tag, found.id):
            if found.kind is not BookKind.INTERFACE or phrase.id in SPOKEN_ANSWERS:
                yield Place(found.id, phrase.id, tag), phrase


def readable_words(texts: Catalogue, tag: str) -> Mapping[Place, str]:
    """Return the ``text_hash`` of what a person can read aloud in a language: nothing is filled into it later.

    Raises:
        NotFound: the language is unknown.
    """
    return {place: text_hash(phrase.text) for place, phrase in spoken(texts, tag) if not placeholders(phrase.text)}


def require_sight(by: Actor) -> None:
    """Return if the actor may see what is recorded.

    Raises:
        NotAllowed: the actor is neither a reviewer nor an administrator of the hosting organisation.
    """
    if not allows(by, Permission.REVIEW_PHRASES) and not may_remove_any(by):
        raise NotAllowed("your role does not allow this", permission=Permission.REVIEW_PHRASES.value)


def may_remove_any(by: Actor) -> bool:
    """Whether the actor answers for the whole installation: somebody must be able to remove what a reader asks for."""
    return allows(by, Permission.MANAGE_ORGANISATIONS)


def reviewed_languages(session: Session, *, by: Actor) -> frozenset[str]:
    """Return the languages in which the actor may record."""
    if not allows(by, Permission.REVIEW_PHRASES):
        return frozenset()
    return frozenset(session.exec(select(ReviewerLanguage.tag).where(ReviewerLanguage.staff_id == by.id)).all())


def _kept() -> SelectOfScalar[Voice]:
    """Return the query of all recordings without their sound."""
    return select(Voice).options(defer(Voice.body, raiseload=True)).where(col(Voice.removed_at).is_(None))  # type: ignore[arg-type]
