"""What the parts of interpreting and the doors are told of requests, offers and assignments. Frozen; no row leaves."""

from dataclasses import dataclass
from datetime import datetime

from linkbridge.interpreting.models import Assignment, InterpreterRequest, Offer
from linkbridge.interpreting.values import (
    AssignmentState,
    Confidentiality,
    Credential,
    Domain,
    Gender,
    Modality,
    OfferState,
    Outcome,
    Party,
    RequestState,
    Seat,
    Source,
    seats_of,
)


@dataclass(frozen=True, slots=True)
class RequestRead:
    """A request without what is secret: the conflicts to avoid, the note and the place."""

    id: str
    organisation_id: str
    site_id: str
    encounter_id: str | None
    source: Source
    person_language: str
    official_language: str
    relay_language: str | None
    domain: Domain
    modality: Modality
    is_on_demand: bool
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    gender_preference: Gender | None
    credential: Credential | None
    interpreters: int
    confidentiality: Confidentiality
    state: RequestState
    wave: int
    wave_ends_at: datetime | None
    unfilled_reason: str | None
    version: int
    is_training: bool
    created_by: str
    created_at: datetime
    first_offer_at: datetime | None
    filled_at: datetime | None
    closed_at: datetime | None

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The parts of the booking, one for each interpreter."""
        return seats_of(self.person_language, self.official_language, self.interpreters, self.relay_language)


@dataclass(frozen=True, slots=True)
class OfferRead:
    """An offer, with what its interpreter may know before accepting: languages, domain, time and modality."""

    id: str
    request_id: str
    interpreter_id: str
    seat: Seat
    wave: int
    state: OfferState
    sent_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    domain: Domain
    modality: Modality
    is_on_demand: bool
    is_relay: bool
    starts_at: datetime
    ends_at: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class AssignmentRead:
    """An assignment."""

    id: str
    request_id: str
    interpreter_id: str
    offer_id: str | None
    seat: Seat
    state: AssignmentState
    domain: Domain
    modality: Modality
    is_on_demand: bool
    is_relay: bool
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    accepted_at: datetime
    accepted_by: str
    outcome: Outcome | None
    no_show_by: Party | None
    outcome_at: datetime | None
    rating_by_official: int | None
    rating_by_interpreter: int | None


def read_request(row: InterpreterRequest) -> RequestRead:
    """Return a row of requests as others may see it."""
    return RequestRead(
        id=row.id,
        organisation_id=row.organisation_id,
        site_id=row.site_id,
        encounter_id=row.encounter_id,
        source=Source(row.source),
        person_language=row.person_language,
        official_language=row.official_language,
        relay_language=row.relay_language,
        domain=Domain(row.domain),
        modality=Modality(row.modality),
        is_on_demand=row.is_on_demand,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        time_zone=row.time_zone,
        gender_preference=Gender(row.gender_preference) if row.gender_preference else None,
        credential=Credential(row.credential) if row.credential else None,
        interpreters=row.interpreters,
        confidentiality=Confidentiality(row.confidentiality),
        state=RequestState(row.state),
        wave=row.wave,
        wave_ends_at=row.wave_ends_at,
        unfilled_reason=row.unfilled_reason,
        version=row.version,
        is_training=row.is_training,
        created_by=row.created_by,
        created_at=row.created_at,
        first_offer_at=row.first_offer_at,
        filled_at=row.filled_at,
        closed_at=row.closed_at,
    )


def read_offer(row: Offer, request: InterpreterRequest) -> OfferRead:
    """Return an offer with what it takes from its request."""
    return OfferRead(
        id=row.id,
        request_id=row.request_id,
        interpreter_id=row.interpreter_id,
        seat=Seat(row.seat, row.source_tag, row.target_tag),
        wave=row.wave,
        state=OfferState(row.state),
        sent_at=row.sent_at,
        expires_at=row.expires_at,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        domain=Domain(request.domain),
        modality=Modality(request.modality),
        is_on_demand=request.is_on_demand,
        is_relay=request.relay_language is not None,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        time_zone=request.time_zone,
    )


def read_assignment(row: Assignment, request: InterpreterRequest) -> AssignmentRead:
    """Return an assignment with what it takes from its request."""
    return AssignmentRead(
        id=row.id,
        request_id=row.request_id,
        interpreter_id=row.interpreter_id,
        offer_id=row.offer_id,
        seat=Seat(row.seat, row.source_tag, row.target_tag),
        state=AssignmentState(row.state),
        domain=Domain(request.domain),
        modality=Modality(request.modality),
        is_on_demand=request.is_on_demand,
        is_relay=request.relay_language is not None,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        time_zone=request.time_zone,
        accepted_at=row.accepted_at,
        accepted_by=row.accepted_by,
        outcome=Outcome(row.outcome) if row.outcome else None,
        no_show_by=Party(row.no_show_by) if row.no_show_by else None,
        outcome_at=row.outcome_at,
        rating_by_official=row.rating_by_official,
        rating_by_interpreter=row.rating_by_interpreter,
    )
