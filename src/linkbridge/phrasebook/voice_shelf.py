"""Where recordings lie: one for each wording of a language, and what is taken off is gone at once."""

from sqlmodel import Session, col, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.erasures import Erasures
from linkbridge.accounts.permissions import Actor
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.ids import new_id
from linkbridge.phrasebook.models import Voice
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.sound import Recording

ERASURE_KIND = "voice"


class VoiceShelf:
    """Keeps and deletes rows. Who may, and what fits which words, its callers decide.

    They have also taken the next number (``next_version``), so that every process sees what changed.
    """

    def __init__(self, *, clock: Clock, audit: AuditLog, erasures: Erasures) -> None:
        self._clock = clock
        self._audit = audit
        self._erasures = erasures

    def find(self, session: Session, tag: str, words: str) -> Voice | None:
        """Return the recording of words, given by their ``text_hash``, in a language."""
        query = select(Voice).where(Voice.tag == tag, Voice.text_hash == words, col(Voice.removed_at).is_(None))
        return session.exec(query.order_by(col(Voice.recorded_at).desc(), col(Voice.id).desc())).first()

    def spoken(self, session: Session) -> frozenset[tuple[str, str]]:
        """Return which words have a recording: language and ``text_hash``."""
        return frozenset(session.exec(select(Voice.tag, Voice.text_hash).where(col(Voice.removed_at).is_(None))).all())

    def was_removed(self, session: Session, voice_id: str) -> bool:
        """Whether a recording of this id was removed or replaced, be it before a backup was restored."""
        return self._erasures.was_erased(session, ERASURE_KIND, voice_id)

    def keep(
        self,
        session: Session,
        place: Place,
        recording: Recording,
        *,
        words: str,
        by: Actor,
        sender: str = "",
        voice_id: str = "",
    ) -> str:
        """Keep the recording of words and return its id. Earlier ones of the same words are removed.

        ``sender``: the fingerprint of the key whose bundle brought it; without one, ``by`` recorded it here.
        """
        earlier = select(Voice).where(Voice.tag == place.tag, Voice.text_hash == words, col(Voice.removed_at).is_(None))
        for row in session.exec(earlier).all():
            self.remove(session, row, by=by)
        row = Voice(
            id=voice_id or new_id(),
            tag=place.tag,
            text_hash=words,
            book=place.book,
            phrase=place.phrase,
            media_type=recording.media_type,
            seconds=recording.seconds,
            body=recording.body,
            recorded_by=sender_reference(sender) if sender else by.reference,
            recorded_at=self._clock.now(),
        )
        session.add(row)
        session.flush()
        self._note(session, "voice.imported" if sender else "voice.added", row, by=by, sender=sender)
        return row.id

    def remove(self, session: Session, row: Voice, *, by: Actor) -> None:
        """Delete the sound of a recording. A restored backup deletes it again."""
        row.body, row.removed_at = b"", self._clock.now()
        session.add(row)
        session.flush()
        self._erasures.record(session, ERASURE_KIND, row.id)
        self._note(session, "voice.removed", row, by=by)

    def _note(self, session: Session, action: str, row: Voice, *, by: Actor, sender: str = "") -> None:
        details: dict[str, str | int] = {"book": row.book, "phrase": row.phrase, "language": row.tag}
        if sender:
            details["key"] = sender
        self._audit.record(session, actor=by.reference, action=action, subject=row.id, details=details)


def sender_reference(fingerprint: str) -> str:
    """Return how a row names the key that brought it."""
    return f"key:{fingerprint}"
