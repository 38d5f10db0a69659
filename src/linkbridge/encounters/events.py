"""What a tablet reports of an encounter: small, self-contained events that may arrive late, twice or out of order."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.ids import parse_encounter_code

Tag = Annotated[str, Field(min_length=2, max_length=16, pattern=r"^[A-Za-z0-9-]+$")]
Slug = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Code = Annotated[str, Field(min_length=17, max_length=24)]
MOST_CHARACTERS = 2_000
"""How long one thing that is said can be."""
MOST_TURNS = 500


class Answer(StrEnum):
    """What a person can answer to a notice."""

    UNDERSTOOD = "understood"
    NOT_UNDERSTOOD = "not-understood"
    WANTS_INTERPRETER = "wants-interpreter"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EncounterHead(_Strict):
    """What every event repeats of its encounter, so that any one of them can open the record."""

    code: Code
    started_at: AwareDatetime
    language: Tag | None = None
    official_language: Tag
    training: bool = False


class AcknowledgementEvent(_Strict):
    """A person answered a notice, or asked for an interpreter before choosing one (then ``notice`` is absent)."""

    kind: Literal["acknowledgement"]
    encounter: EncounterHead
    at: AwareDatetime
    answer: Answer
    notice: Slug | None = None
    version: Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z0-9.-]*$")] = ""
    status: Literal["draft", "reviewed", "verified", "outdated", ""] = ""
    shown: Annotated[list[Slug], Field(max_length=100)] = []
    played: Annotated[list[Slug], Field(max_length=100)] = []


class ConsentEvent(_Strict):
    """A person allowed or refused something beyond being counted, asked with the phrase of ``phrase_key``."""

    kind: Literal["consent"]
    encounter: EncounterHead
    at: AwareDatetime
    purpose: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z0-9][a-z0-9-]*$")]
    given: bool
    phrase_key: Slug


class Turn(_Strict):
    """One thing that was said, in the words of who said it, with its translation and label as both saw them.

    ``mark`` is empty for numbers, which need no translation; ``phrase`` names the phrase that was used, if one was.
    """

    side: Literal["official", "person"]
    original: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
    translation: Annotated[str, Field(max_length=4 * MOST_CHARACTERS)]
    mark: Annotated[str, Field(max_length=32, pattern=r"^[a-z-]*$")]
    quality: Literal["ok", "suspect", "refused"]
    reasons: Annotated[list[Annotated[str, Field(max_length=32, pattern=r"^[a-z_]+$")]], Field(max_length=32)] = []
    phrase: Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9.-]*$")] = ""
    at: AwareDatetime


class TranscriptEvent(_Strict):
    """Official and person both agreed to keep what they said; the person was asked with ``phrase_key``."""

    kind: Literal["transcript"]
    encounter: EncounterHead
    at: AwareDatetime
    phrase_key: Slug
    turns: Annotated[list[Turn], Field(min_length=1, max_length=MOST_TURNS)]


class FinishEvent(_Strict):
    """The encounter ended: "finish and clear" was pressed, or the tablet cleared itself."""

    kind: Literal["finish"]
    encounter: EncounterHead
    at: AwareDatetime
    reason: Literal["finished", "idle"]


AnyEvent = AcknowledgementEvent | ConsentEvent | TranscriptEvent | FinishEvent
_ADAPTER: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="kind")])


def parse_event(body: bytes) -> AnyEvent:
    """Return the event that a tablet sealed.

    Raises:
        InvalidInput: it is no event; ``field`` names the first wrong place, never its content.
    """
    try:
        event = _ADAPTER.validate_json(body)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise InvalidInput("this is not an event of an encounter", field=place) from None
    if parse_encounter_code(event.encounter.code) != event.encounter.code:
        raise InvalidInput("this is not how a tablet writes a code", field="encounter.code")
    return event
