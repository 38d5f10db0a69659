"""Records encounters from what tablets report, exactly once, and erases them by their code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.devices import DeviceRead
from linkbridge.accounts.erasures import Erasures
from linkbridge.accounts.permissions import Actor, Permission, allows, require
from linkbridge.accounts.sites import SiteRead
from linkbridge.encounters.events import (
    AcknowledgementEvent,
    Answer,
    AnyEvent,
    ConsentEvent,
    FinishEvent,
    TranscriptEvent,
    parse_event,
)
from linkbridge.encounters.models import Acknowledgement, Consent, Encounter, Transcript
from linkbridge.encounters.ports import InterpreterDesk, InterpreterWish
from linkbridge.encounters.records import delete_encounters
from linkbridge.encounters.transcripts import PURPOSE, heed_refusal, keep_transcript
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.errors import Conflict, DomainError, Expired, NotFound, StorageFull
from linkbridge.kernel.ids import parse_encounter_code
from linkbridge.kernel.sealing import Unsealer
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.phrasebook.schema import Status

ERASURE_KIND = "encounter"
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event: ``stored``, ``duplicate`` or ``refused`` with the error's code."""

    id: str
    outcome: str
    code: str = ""
    interpreter: str = ""


class Encounters:
    """The encounters of all sites."""

    def __init__(
        self,
        *,
        clock: Clock,
        catalogue: Catalogue,
        unsealer: Unsealer,
        desk: InterpreterDesk,
        audit: AuditLog,
        erasures: Erasures,
        cipher: FieldCipher,
    ) -> None:
        self._clock = clock
        self._cipher = cipher
        self._catalogue = catalogue
        self._unsealer = unsealer
        self._desk = desk
        self._audit = audit
        self._erasures = erasures

    def receive(
        self, session: Session, device: DeviceRead, event_id: str, envelope: Mapping[str, Any], *, sent_at: datetime
    ) -> Outcome:
        """Record one sealed event of a tablet; a repeat changes nothing.

        Each event has a savepoint of its own, so that one that is refused does not undo its neighbours.
        ``sent_at`` is the tablet's clock at sending: its error is taken off the event's time.

        Raises:
            StorageFull: there is no room; nothing was recorded and the tablet keeps everything.
        """
        for _ in range(_TRIES):
            try:
                with session.begin_nested():
                    return self._record(session, device, event_id, envelope, sent_at)
            except IntegrityError:
                # Another process opened the same encounter, or recorded the same event, between our look
                # and our write: the next look finds it.
                continue
            except StorageFull:
                raise
            except DomainError as error:
                return Outcome(event_id, "refused", code=error.code)
        return Outcome(event_id, "refused", code=Conflict.code)

    def _record(
        self, session: Session, device: DeviceRead, event_id: str, envelope: Mapping[str, Any], sent_at: datetime
    ) -> Outcome:
        event = parse_event(self._unsealer.open(envelope, event_id))
        skew = self._clock.now() - sent_at
        encounter = self._open_encounter(session, device, event, skew)
        if isinstance(event, FinishEvent):
            if encounter.finished_at is not None:
                return Outcome(event_id, "duplicate")
            encounter.finished_at = self._corrected(event.at, skew)
            session.add(encounter)
            session.flush()
            if event.reason == "finished":
                self._desk.finish(session, encounter.id)
            return Outcome(event_id, "stored")
        kind = Acknowledgement if isinstance(event, AcknowledgementEvent) else Consent
        if session.get(kind, event_id) is not None:
            return Outcome(event_id, "duplicate")
        if isinstance(event, ConsentEvent | TranscriptEvent):
            self._record_consent(session, event_id, encounter, event, skew)
            return Outcome(event_id, "stored")
        session.add(self._acknowledgement(event_id, encounter, device, event, skew))
        session.flush()
        return Outcome(event_id, "stored", interpreter=self._ask_desk(session, encounter, event))

    def _open_encounter(
        self,
        session: Session,
        device: DeviceRead,
        event: AnyEvent,
        skew: timedelta,
    ) -> Encounter:
        head = event.encounter
        encounter = session.exec(select(Encounter).where(Encounter.code == head.code).with_for_update()).first()
        # Looked at only now: while we waited for the row, its encounter may have been erased.
        if self._erasures.was_erased(session, ERASURE_KIND, head.code):
            raise Expired("this encounter was erased")
        if encounter is None:
            encounter = Encounter(
                code=head.code,
                site_id=device.site.id,
                device_id=device.id,
                official_language=head.official_language,
                is_training=head.training,
                started_at=self._corrected(head.started_at, skew),
                received_at=self._clock.now(),
            )
        elif encounter.site_id != device.site.id:
            raise NotFound("this encounter belongs to another site")
        if head.language:
            encounter.language = head.language
        session.add(encounter)
        session.flush()
        return encounter

    def _corrected(self, told: datetime, skew: timedelta) -> datetime:
        """Return a tablet's time by our clock; nothing that it tells of lies in the future."""
        now = self._clock.now()
        try:
            return min((told + skew).astimezone(UTC), now)
        except OverflowError:
            return now

    def _acknowledgement(
        self,
        event_id: str,
        encounter: Encounter,
        device: DeviceRead,
        event: AcknowledgementEvent,
        skew: timedelta,
    ) -> Acknowledgement:
        return Acknowledgement(
            id=event_id,
            encounter_id=encounter.id,
            device_id=device.id,
            notice=event.notice or "",
            notice_version=event.version,
            language=event.encounter.language or "",
            notice_status=event.status,
            counts_as_told=self._counts_as_told(event, device.site),
            answer=event.answer.value,
            phrases_shown=event.shown,
            phrases_played=event.played,
            given_at=self._corrected(event.at, skew),
            received_at=self._clock.now(),
        )

    def _counts_as_told(self, event: AcknowledgementEvent, site: SiteRead) -> bool:
        """Whether the person was told: they understood the whole of a text that qualified readers had checked.

        A draft never counts, nor does less than the site requires. Where the tablet showed the version that we hold,
        our own status decides and every phrase must have been shown; an older version, answered offline, counts by
        the status that the tablet's verified copy had.
        """
        tag = event.encounter.language
        if event.answer is not Answer.UNDERSTOOD or event.notice is None or tag is None or not event.status:
            return False
        rules = {notice: Status(status) for notice, status in site.notice_rules.items()}
        policy = PublicationPolicy(Status(site.required_status), rules)
        try:
            ours = self._catalogue.notice(event.notice, tag)
        except NotFound:
            ours = None
        if ours is not None and ours.version == event.version:
            whole = {phrase.id for phrase in ours.phrases} <= set(event.shown)
            return whole and policy.counts_as_told(ours)
        needed = max(Status.REVIEWED.rank, policy.required_for(event.notice).rank)
        return Status(event.status).rank >= needed

    def _record_consent(
        self,
        session: Session,
        event_id: str,
        encounter: Encounter,
        event: ConsentEvent | TranscriptEvent,
        skew: timedelta,
    ) -> None:
        """Record what the person allowed or refused, and keep or delete a conversation accordingly."""
        purpose, given = (PURPOSE, True) if isinstance(event, TranscriptEvent) else (event.purpose, event.given)
        consent = Consent(
            id=event_id,
            encounter_id=encounter.id,
            purpose=purpose,
            given=given,
            phrase_key=event.phrase_key,
            language=event.encounter.language or "",
            given_at=self._corrected(event.at, skew),
            received_at=self._clock.now(),
        )
        session.add(consent)
        if isinstance(event, TranscriptEvent):
            row = Transcript(
                id=event_id,
                encounter_id=encounter.id,
                given_at=consent.given_at,
                received_at=consent.received_at,
            )
            keep_transcript(session, self._cipher, row, event)
        else:
            heed_refusal(session, consent, event)
        session.flush()

    def _ask_desk(self, session: Session, encounter: Encounter, event: AcknowledgementEvent) -> str:
        if event.answer is not Answer.WANTS_INTERPRETER:
            return ""
        wish = InterpreterWish(
            encounter_id=encounter.id,
            site_id=encounter.site_id,
            person_language=encounter.language,
            official_language=encounter.official_language,
            is_training=encounter.is_training,
        )
        return self._desk.request(session, wish).outcome

    def erase(self, session: Session, code: str, *, by: Actor) -> None:
        """Delete an encounter with everything that belongs to it, now, and for ever: a restore deletes it again.

        Raises:
            InvalidInput: the text is no code.
            NotAllowed: the actor may not erase encounters.
            NotFound: there is no such encounter at the actor's sites.
        """
        require(by, Permission.ERASE_ENCOUNTER)
        canonical = parse_encounter_code(code)
        encounter = session.exec(select(Encounter).where(Encounter.code == canonical).with_for_update()).first()
        if encounter is None or not allows(by, Permission.ERASE_ENCOUNTER, site_id=encounter.site_id):
            raise NotFound("there is no encounter with this code")
        self._desk.forget(session, encounter.id)
        delete_encounters(session, [encounter.id])
        self._erasures.record(session, ERASURE_KIND, canonical)
        self._audit.record(session, actor=by.reference, action="encounter.erased", subject=encounter.id)
