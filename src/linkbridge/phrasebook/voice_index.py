"""Which words have a recording in the database, kept in memory so that a page costs no query for it."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

import sqlalchemy as sa
import structlog
from sqlmodel import Session, col, select

from linkbridge.kernel.clock import Clock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import NotFound
from linkbridge.phrasebook.models import Voice
from linkbridge.phrasebook.revisions import head_version
from linkbridge.phrasebook.schema import digest
from linkbridge.phrasebook.speech import Audio

LOOK_EVERY = timedelta(seconds=2)
"""How old what a process knows may be: as old as the pages themselves (``web.page_devices``)."""
_log = structlog.get_logger("linkbridge.voices")


@dataclass(frozen=True, slots=True)
class _Known:
    """The recordings at one moment. ``version`` is that of the phrasebooks' head then."""

    version: int = -1
    by_words: Mapping[tuple[str, str], Audio] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    fingerprints: Mapping[str | None, str] = field(default_factory=dict)


class VoiceIndex:
    """Follows the table of recordings in every process. Safe to use from several threads."""

    def __init__(self, sessions: SessionFactory, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._known = _Known()
        self._looked_at: datetime | None = None
        self._lock = threading.Lock()

    def is_due(self) -> bool:
        """Whether it is time to ask the database again."""
        return self._looked_at is None or not timedelta(0) <= self._clock.now() - self._looked_at < LOOK_EVERY

    def refresh(self) -> None:
        """Ask the database whether anything changed, and take it up: one short query, of one thread at a time.

        Without a database everything stays as it was: pages are read on, with the voices that were known.
        """
        if not self._lock.acquire(blocking=self._looked_at is None):
            return
        try:
            with self._sessions.reading() as session:
                version = head_version(session)
                if version != self._known.version:
                    self._known = _read_all(session, version)
            self._looked_at = self._clock.now()
        except sa.exc.SQLAlchemyError as error:
            _log.warning("voices-not-read", error=type(error).__name__)
        finally:
            self._lock.release()

    def find(self, tag: str, words: str) -> Audio | None:
        """Return the recording of words, given by their ``text_hash``, in a language."""
        return self._known.by_words.get((tag, words))

    def counts(self) -> Mapping[str, int]:
        """Return how many recordings each language has, silent ones too."""
        return self._known.counts

    def fingerprint(self, tag: str | None) -> str:
        """Return what changes whenever a recording in a language does; of any language if ``None``."""
        return self._known.fingerprints.get(tag, "")

    def read(self, voice_id: str) -> bytes:
        """Return the sound of a recording.

        Raises:
            NotFound: it was removed.
        """
        with self._sessions.reading() as session:
            return voice_body(session, voice_id)


def voice_body(session: Session, voice_id: str) -> bytes:
    """Return the sound of a recording.

    Raises:
        NotFound: there is none of this id, or it was removed.
    """
    query = select(Voice.body).where(Voice.id == voice_id, col(Voice.removed_at).is_(None))
    body = session.exec(query).first()
    if body is None:
        raise NotFound("there is no such recording")
    return body


def _read_all(session: Session, version: int) -> _Known:
    rows = session.exec(
        select(Voice.id, Voice.tag, Voice.text_hash, Voice.media_type)
        .where(col(Voice.removed_at).is_(None))
        .order_by(col(Voice.recorded_at), col(Voice.id))
    ).all()
    by_words = {(tag, words): Audio("recorded", None, media_type, row_id) for row_id, tag, words, media_type in rows}
    ids: dict[str | None, list[str]] = {}
    for row_id, tag, _, _ in rows:
        ids.setdefault(tag, []).append(row_id)
        ids.setdefault(None, []).append(row_id)
    return _Known(
        version=version,
        by_words=MappingProxyType(by_words),
        counts=MappingProxyType(Counter(tag for _, tag, _, _ in rows)),
        fingerprints=MappingProxyType({tag: digest(found) for tag, found in ids.items()}),
    )
