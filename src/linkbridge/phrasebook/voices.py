"""Recorded readings: a reviewer reads a phrase aloud, and the tablet speaks with that voice while the words stay.

A recording belongs to words in a language: when the text changes it falls silent, and speaks again if the words come
back. A voice can be recognised, so nobody is recorded who has not agreed, and what is removed is gone at once.
"""

from collections.abc import Set as AbstractSet

from sqlmodel import Session, col, delete, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.erasures import Erasures
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linkbridge.kernel.text_checks import placeholders
from linkbridge.phrasebook.models import Voice
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.reviewers import require_language
from linkbridge.phrasebook.revisions import next_version
from linkbridge.phrasebook.schema import text_hash
from linkbridge.phrasebook.sound import FIELD, prepare_recording
from linkbridge.phrasebook.voice_coverage import VoiceCoverage, may_remove_any, reviewed_languages
from linkbridge.phrasebook.voice_index import VoiceIndex, voice_body
from linkbridge.phrasebook.voice_shelf import ERASURE_KIND, VoiceShelf


class Voices:
    """Keeps and removes recordings. ``coverage`` lists them; ``index`` is what the pages of this process know."""

    def __init__(
        self, *, clock: Clock, audit: AuditLog, erasures: Erasures, coverage: VoiceCoverage, index: VoiceIndex
    ) -> None:
        self._shelf = VoiceShelf(clock=clock, audit=audit, erasures=erasures)
        self.coverage = coverage
        self.index = index

    def add(self, session: Session, place: Place, body: bytes, *, words: str, agreed: bool, by: Actor) -> str:
        """Keep a reading of a phrase and return its id. An earlier one of the same words is removed.

        ``words`` is the ``text_hash`` of the text that was read, ``agreed`` whether its reader agrees to be heard.

        Raises:
            NotAllowed: the actor does not review this language.
            NotFound: there is no such phrase in this language, or it is never spoken.
            Conflict: the text changed meanwhile, so that the reading says something else.
            InvalidInput: its reader does not agree, values are filled into the text, or the file is no recording
                that can be used (see ``prepare_recording``, also for ``TooLarge`` and ``Unavailable``).
        """
        require(by, Permission.REVIEW_PHRASES)
        phrase = self.coverage.phrase(place)
        if placeholders(phrase.text):
            raise InvalidInput("values are filled into this text", field=FIELD, problem="sound-filled")
        if words != text_hash(phrase.text):
            raise Conflict("the text was changed meanwhile; read the new one", phrase=phrase.key, language=place.tag)
        if not agreed:
            raise InvalidInput("the reader must agree", field="agreed", problem="agree")
        # Before the first query, so that no lock of the database is held while the sound is worked on.
        recording = prepare_recording(body)
        require_language(session, place.tag, by=by)
        next_version(session)
        return self._shelf.keep(session, place, recording, words=words, by=by)

    def remove(self, session: Session, voice_id: str, *, by: Actor) -> None:
        """Delete a recording at once. A restored backup deletes it again.

        Whoever recorded it may, the reviewers of its language, and an administrator of the hosting organisation: when
        a reader asks for it, somebody must be able to.

        Raises:
            NotFound: there is none of this id, or it was removed.
            NotAllowed: the actor is none of these.
        """
        row = session.get(Voice, voice_id)
        if row is None or row.removed_at is not None:
            raise NotFound("there is no such recording")
        is_own = row.recorded_by == by.reference
        if not (is_own or may_remove_any(by) or row.tag in reviewed_languages(session, by=by)):
            raise NotAllowed("you may not remove this recording", permission=Permission.REVIEW_PHRASES.value)
        next_version(session)
        self._shelf.remove(session, row, by=by)

    def body(self, session: Session, voice_id: str) -> bytes:
        """Return the sound of a recording. Anyone may hear it: it was made to be heard.

        Raises:
            NotFound: there is none of this id, or it was removed.
        """
        return voice_body(session, voice_id)


class VoiceEraser:
    """Removes recordings by the digests of their ids, after a restore."""

    kind = ERASURE_KIND

    def __init__(self, erasures: Erasures) -> None:
        self._erasures = erasures

    def erase_by_digest(self, session: Session, digests: AbstractSet[str]) -> int:
        """Delete the recordings that ``digests`` stand for and that have a sound, and return how many there were."""
        if not digests:
            return 0
        ids = session.exec(select(Voice.id).where(col(Voice.removed_at).is_(None))).all()
        erased = [row_id for row_id in ids if self._erasures.digest(ERASURE_KIND, row_id) in digests]
        for row_id in erased:
            session.exec(delete(Voice).where(col(Voice.id) == row_id))
        return len(erased)
