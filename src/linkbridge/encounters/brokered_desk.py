"""Takes wishes for an interpreter to brokering: one request an encounter, however often the button is pressed."""

import time
from dataclasses import dataclass

from sqlmodel import Session

from linkbridge.accounts.permissions import system_actor
from linkbridge.encounters.ports import InterpreterReply, InterpreterWish
from linkbridge.interpreting.dispatch.values import CancelReason, RequestWish
from linkbridge.interpreting.encounter_links import find_linked
from linkbridge.interpreting.reads import RequestRead
from linkbridge.interpreting.service import Interpreting
from linkbridge.interpreting.values import Domain, Modality, RequestState, Source
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import DomainError, StorageFull

TABLET = system_actor("tablet")
_OVER = (RequestState.DONE, RequestState.CANCELLED)
_LOOK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class _Look:
    found: bool
    until: float


class BrokeredDesk:
    """The desk that asks interpreters on demand, in the words of the port."""

    def __init__(self, *, sessions: SessionFactory, interpreting: Interpreting, modality: Modality) -> None:
        self._sessions = sessions
        self._interpreting = interpreting
        self._modality = modality
        self._look = _Look(False, 0.0)

    @property
    def is_configured(self) -> bool:
        """Whether there is an interpreter to ask; looked up anew every half minute."""
        now = time.monotonic()
        if self._look.until <= now:
            with self._sessions.reading() as session:
                found = self._interpreting.directory.any_active(session)
            self._look = _Look(found, now + _LOOK_SECONDS)
        return self._look.found

    def request(self, session: Session, wish: InterpreterWish) -> InterpreterReply:
        """Ask for an interpreter now.

        The outcome is ``requested``, ``practice`` (nobody is rung for training), ``language-unknown``, ``not-possible``
        or ``not-configured``. A wish that brokering refuses takes nothing else of the tablet's report with it.
        """
        if not self._interpreting.directory.any_active(session):
            return InterpreterReply("not-configured")
        if wish.is_training:
            return InterpreterReply("practice")
        if wish.person_language is None:
            return InterpreterReply("language-unknown")
        try:
            with session.begin_nested():
                self._ask(session, wish, wish.person_language)
        except StorageFull:
            raise
        except DomainError:
            return InterpreterReply("not-possible")
        return InterpreterReply("requested")

    def _ask(self, session: Session, wish: InterpreterWish, language: str) -> None:
        requests = self._interpreting.requests
        known = _open_request(session, wish.encounter_id)
        if known is not None and known.state == RequestState.UNFILLED:
            requests.search_again(session, known.id, by=TABLET)
        elif known is None:
            asked = RequestWish(
                person_language=language,
                official_language=wish.official_language,
                domain=Domain.SCREENING,
                modality=self._modality,
                site_id=wish.site_id,
                source=Source.TABLET,
                encounter_id=wish.encounter_id,
            )
            requests.create(session, asked, by=TABLET)

    def finish(self, session: Session, encounter_id: str) -> None:
        """Call off what an encounter that somebody finished still searches for; what is booked or running stays."""
        known = _open_request(session, encounter_id)
        if known is not None:
            self._interpreting.requests.stop_search(session, known.id, by=TABLET, reason=CancelReason.PERSON_LEFT)

    def forget(self, session: Session, encounter_id: str) -> None:
        """Call off what an encounter that is being erased still asks for."""
        known = _open_request(session, encounter_id)
        if known is not None:
            self._interpreting.requests.cancel(session, known.id, by=TABLET, reason=CancelReason.NOT_NEEDED)


def _open_request(session: Session, encounter_id: str) -> RequestRead | None:
    found = find_linked(session, encounter_id)
    return None if found is None or found.request.state in _OVER else found.request
