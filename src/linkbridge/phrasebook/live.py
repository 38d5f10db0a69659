"""A catalogue that follows what reviewers change, in every process, without a query for each page."""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import event
from sqlmodel import Session

from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.interface import InterfaceTexts
from linkbridge.phrasebook.overlay import Place, with_changes
from linkbridge.phrasebook.revisions import current_texts, head_version
from linkbridge.phrasebook.schema import (
    CoverageRow,
    Instrument,
    LegalBasis,
    Library,
    NoticeText,
    PhraseText,
    Translation,
)

LOOK_EVERY = timedelta(seconds=2)
"""How old the texts of a process may be after another process changed one."""


class LiveCatalogue(Catalogue):
    """The delivered texts with all local changes. What it answers comes from one catalogue that never changes."""

    def __init__(self, delivered: Catalogue) -> None:
        self._delivered = delivered
        self._now = delivered
        self._seen = 0
        self._looked_at: datetime | None = None
        self._changes: Mapping[Place, Translation] = {}
        self._lock = threading.Lock()

    @property
    def delivered(self) -> Library:
        """The files as they are, without local changes."""
        return self._delivered.library

    @property
    def changes(self) -> Mapping[Place, Translation]:
        """The local changes that count now."""
        return self._changes

    @property
    def current(self) -> Catalogue:
        """The catalogue of this moment, which stays as it is."""
        return self._now

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to look for changes again."""
        return self._looked_at is None or not timedelta(0) <= now - self._looked_at < LOOK_EVERY

    def look_again_after(self, session: Session) -> None:
        """Make the next page look for changes once this session's, made in this process, are committed."""
        if not event.contains(session, "after_commit", self._look_again):
            event.listen(session, "after_commit", self._look_again)

    def refresh(self, open_session: Callable[[], AbstractContextManager[Session]], now: datetime) -> None:
        """Take up the changes that were made since the last look. Only one thread looks at a time."""
        if not self._lock.acquire(blocking=False):
            return
        # Noted before the look: what is committed during it asks for another.
        self._looked_at = now
        try:
            with open_session() as session:
                self._take(session)
        except BaseException:
            self._looked_at = None
            raise
        finally:
            self._lock.release()

    def _look_again(self, _session: Session) -> None:
        self._looked_at = None

    def _take(self, session: Session) -> None:
        version = head_version(session)
        if version == self._seen:
            return
        changes = current_texts(session)
        if changes != self._changes:
            self._now = Catalogue(with_changes(self.delivered, changes)) if changes else self._delivered
            self._changes = changes
        self._seen = version

    @property
    def library(self) -> Library:
        return self._now.library

    @property
    def version(self) -> str:
        return self._now.version

    @property
    def notice_ids(self) -> tuple[str, ...]:
        return self._now.notice_ids

    @property
    def languages(self) -> tuple[str, ...]:
        return self._now.languages

    def languages_of(self, notice_id: str) -> tuple[str, ...]:
        return self._now.languages_of(notice_id)

    def notice(self, notice_id: str, tag: str) -> NoticeText:
        return self._now.notice(notice_id, tag)

    def phrase(self, key: str, tag: str) -> PhraseText | None:
        return self._now.phrase(key, tag)

    def title(self, book_id: str, tag: str) -> PhraseText | None:
        return self._now.title(book_id, tag)

    def phrases(self, tag: str, book: str | None = None) -> tuple[PhraseText, ...]:
        return self._now.phrases(tag, book)

    def interface(self, tag: str) -> InterfaceTexts:
        return self._now.interface(tag)

    def instrument(self, instrument_id: str) -> Instrument:
        return self._now.instrument(instrument_id)

    def legal_label(self, basis: LegalBasis) -> str:
        return self._now.legal_label(basis)

    def coverage(self) -> tuple[CoverageRow, ...]:
        return self._now.coverage()
