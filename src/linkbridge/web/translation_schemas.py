"""What the API takes and sends about translation: the wire schemas of ``/api/v1/translations``."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from linkbridge.phrasebook.glossary import Domain
from linkbridge.translation.results import Quality, Reason, TextSource
from linkbridge.web.api_schemas import Tag, Wire

MOST_TEXTS = 500


class TranslationRequestWrite(BaseModel):
    """Texts to translate, all from and into the same language."""

    model_config = ConfigDict(extra="forbid")
    texts: Annotated[list[str], Field(min_length=1, max_length=MOST_TEXTS)]
    target: Annotated[str, Field(description="BCP 47 tag of the language to translate into.", examples=["pt"])]
    source: Annotated[
        str | None, Field(description="BCP 47 tag of the texts. `null`: found out for each.", examples=["en"])
    ] = None
    html: Annotated[bool, Field(description="The texts are fragments of HTML; their markup is kept.")] = False
    alternatives: Annotated[int, Field(ge=0, le=5, description="How many other translations are wanted.")] = 0
    domain: Annotated[Domain | None, Field(description="The field, for the glossary.")] = None
    use_phrases: Annotated[bool, Field(description="Take verified words first. Off: ask the machine alone.")] = True


class LegRead(Wire):
    """One step of a route."""

    source: Tag
    target: Tag
    engine: str = Field(examples=["firefox"])
    model_id: str
    model_version: str


class StandInRead(Wire):
    """A language that stood in for a close relative."""

    wanted: Tag
    used: Tag


class RouteRead(Wire):
    """The way the machine took. More than one leg: through the languages in between."""

    legs: list[LegRead]
    stand_ins: list[StandInRead]


class SpanRead(Wire):
    """Something that arrived unchanged, such as a telephone number."""

    kind: str = Field(examples=["email"])
    text: str
    start: int
    end: int


class TermRead(Wire):
    """A term of the glossary. `replaced` is the machine's word that gave way to `target`."""

    id: str
    source: str
    target: str
    found: bool
    replaced: str


class SegmentRead(Wire):
    """A sentence of the text and its translation; empty where it was refused."""

    start: int
    end: int
    text: str
    language: Tag
    source: TextSource
    quality: Quality
    reasons: list[Reason]
    phrase_key: str = Field(description="The phrase or the memory's collection that had the words.")


class TranslationRead(Wire):
    """A translation with its label, which must be shown with it."""

    text: str = Field(description="Empty when `quality` is `refused`.")
    source_language: Tag
    target_language: Tag
    confidence: float = Field(description="How sure the source language is, from 0 to 100; 100 where it was given.")
    source: TextSource = Field(description="Where the words come from; of several sentences, the least trusted.")
    quality: Quality
    reasons: list[Reason]
    route: RouteRead | None = Field(description="`null` when no machine was needed.")
    protected: list[SpanRead]
    terms: list[TermRead]
    segments: list[SegmentRead]
    alternatives: list[str]


class TranslationList(Wire):
    """The translations in the order of the texts."""

    items: list[TranslationRead]


class GuessRead(Wire):
    """A language that a text may be written in."""

    language: Tag
    confidence: float = Field(description="From 0 to 100.")


class IdentificationRequestWrite(BaseModel):
    """A text whose language is asked for."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(max_length=10_000)]


class GuessList(Wire):
    """The likeliest first; empty if the text has no words."""

    items: list[GuessRead]


class OfferRead(Wire):
    """A language from which the machine translates, and those into which it does."""

    language: Tag
    targets: list[Tag]


class OfferList(Wire):
    """What can be translated by machine now."""

    items: list[OfferRead]
