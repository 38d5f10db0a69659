"""What the API takes and sends of interpreting: requests, interpreters, offers and assignments."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from linkbridge.interpreting.dispatch.values import CancelReason
from linkbridge.interpreting.values import (
    AssignmentState,
    Confidentiality,
    Credential,
    Domain,
    Gender,
    Level,
    Modality,
    OfferState,
    Outcome,
    Party,
    RequestState,
    Source,
)
from linkbridge.web.api_schemas import Next, Tag, Wire

Zone = Annotated[str, Field(max_length=64, description="IANA time zone.", examples=["America/Panama"])]


class Body(BaseModel):
    """The base of everything taken: what is not known is refused rather than passed over."""

    model_config = ConfigDict(extra="forbid")


class InterpreterRequestWrite(Body):
    """What is needed, and when."""

    person_language: Annotated[str, Field(max_length=35, description="BCP 47 tag.", examples=["am"])]
    official_language: Annotated[str, Field(max_length=35, description="BCP 47 tag. Without it: the site's.")] = ""
    domain: Domain
    modality: Modality
    starts_at: AwareDatetime | None = Field(None, description="RFC 3339 with an offset. Without it: now, on demand.")
    duration_minutes: int = Field(30, description="From 5 to 720.")
    time_zone: Annotated[Zone, Field(description="In which times are shown. Without it: the site's.")] = ""
    site_id: str = Field(max_length=32)
    gender_preference: Gender | None = None
    credential: Credential | None = Field(None, description="One that the interpreter must hold.")
    interpreters: int = Field(1, description="How many, from 1 to 4.")
    confidentiality: Confidentiality = Confidentiality.STANDARD
    avoid: list[Annotated[str, Field(max_length=80)]] = Field(
        default_factory=list,
        max_length=20,
        description="Coded conflicts such as `nationality:ER`: who has one of them is not asked. Never sent back.",
    )
    note: str = Field("", max_length=2_000, description="For who accepts. Encrypted; nobody is shown it before.")
    place: str = Field("", max_length=300, description="A number or address to go to; as `note`.")


class CancelWrite(Body):
    """Why a request is called off."""

    reason: CancelReason = CancelReason.NOT_NEEDED


class InterpreterRequestRead(Wire):
    """A request without what is secret."""

    id: str
    organisation_id: str
    site_id: str
    source: Source
    person_language: Tag
    official_language: Tag
    relay_language: str | None = Field(description="The language between, where nobody is direct.")
    domain: Domain
    modality: Modality
    is_on_demand: bool
    starts_at: datetime
    ends_at: datetime
    time_zone: Zone
    gender_preference: Gender | None
    credential: Credential | None
    interpreters: int
    confidentiality: Confidentiality
    state: RequestState
    wave: int = Field(description="How often interpreters were asked.")
    wave_ends_at: datetime | None = Field(description="When the offers that are out expire.")
    unfilled_reason: str | None
    is_training: bool
    created_at: datetime
    filled_at: datetime | None
    closed_at: datetime | None


class InterpreterRequestFull(InterpreterRequestRead):
    """A request with what was written for its interpreter, once somebody has accepted."""

    note: str | None = Field(description="`null` until the booking is complete.")
    place: str | None = Field(description="`null` until the booking is complete.")


class InterpreterRequestList(Wire):
    """One page of requests, newest first."""

    items: list[InterpreterRequestRead]
    next: Next


class WorkingLanguagesRead(Wire):
    """Two languages that an interpreter works between."""

    source: Tag
    target: Tag
    level: Level
    both_ways: bool


class HeldCredentialRead(Wire):
    """A credential or training; without a day it holds without end."""

    code: Credential
    expires_on: date | None


class InterpreterRead(Wire):
    """An interpreter. Of another organisation's, the cost is withheld; addresses are never sent."""

    id: str
    organisation_id: str
    organisation_name: str
    name: str
    gender: Gender | None
    country: str = Field(description="ISO 3166 code.", examples=["CO"])
    time_zone: Zone
    languages: list[WorkingLanguagesRead]
    domains: list[Domain]
    modalities: list[Modality]
    credentials: list[HeldCredentialRead]
    cost_per_hour: int | None = Field(description="In US cents; 0 for volunteers.")
    is_active: bool


class InterpreterList(Wire):
    """One page of interpreters."""

    items: list[InterpreterRead]
    next: Next


class RuleWrite(Body):
    """Hours that recur, in the interpreter's own time zone."""

    rrule: str = Field(max_length=200, description="RFC 5545.", examples=["FREQ=WEEKLY;BYDAY=MO,TU"])
    starts_on: date
    start: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["09:00"])
    minutes: int = Field(description="From 1 to 1440.")
    on_call: bool = Field(False, description="Can be rung at once.")


class ExceptionWrite(Body):
    """A time at which the rules do not hold."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    is_available: bool = Field(False, description="Free although no rule says so; else away although one does.")
    on_call: bool = False


class AvailabilityWrite(Body):
    """All rules and exceptions from now on."""

    rules: list[RuleWrite] = Field(default_factory=list, max_length=100)
    exceptions: list[ExceptionWrite] = Field(default_factory=list, max_length=200)


class SpanRead(Wire):
    """A span of time."""

    starts_at: datetime
    ends_at: datetime


class AvailabilityRead(Wire):
    """When an interpreter can be booked in the next seven days."""

    interpreter_id: str
    time_zone: Zone
    free: list[SpanRead]
    booked: list[SpanRead]


class OfferRead(Wire):
    """A request put to one interpreter."""

    id: str
    request_id: str
    interpreter_id: str
    state: OfferState
    starts_at: datetime
    ends_at: datetime
    time_zone: Zone
    seat: int = Field(description="Which of the booking's interpreters.")
    source_language: Tag
    target_language: Tag
    is_relay: bool = Field(description="Another interpreter sits between this one and one of the sides.")
    domain: Domain
    modality: Modality
    is_on_demand: bool
    sent_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    answered_by: str | None = Field(description="Who answered, such as `token:…` for a program on behalf.")


class OfferList(Wire):
    """One page of offers, newest first."""

    items: list[OfferRead]
    next: Next


class AssignmentRead(Wire):
    """An accepted offer."""

    id: str
    request_id: str
    interpreter_id: str
    offer_id: str | None
    state: AssignmentState
    starts_at: datetime
    ends_at: datetime
    time_zone: Zone
    seat: int
    source_language: Tag
    target_language: Tag
    is_relay: bool
    domain: Domain
    modality: Modality
    is_on_demand: bool
    accepted_at: datetime
    accepted_by: str = Field(description="Who accepted, such as `token:…` for a program on behalf.")
    outcome: Outcome | None
    no_show_by: Party | None
    outcome_at: datetime | None


class AssignmentFull(AssignmentRead):
    """An assignment with what was written for its interpreter."""

    note: str | None = Field(description="`null` before acceptance and when the assignment is over.")
    place: str | None = Field(description="`null` before acceptance and when the assignment is over.")


class AssignmentList(Wire):
    """One page of assignments, the latest start first."""

    items: list[AssignmentRead]
    next: Next


class OutcomeWrite(Body):
    """How an assignment went."""

    outcome: Outcome
    no_show_by: Party | None = Field(None, description="With `no-show`, and only then: who did not come.")
