"""What a translation is: its words, where they come from, and how far they may be trusted. Pure and frozen."""

from dataclasses import dataclass
from enum import StrEnum

from linkbridge.translation.ports import LanguagePair

REFUSED_MARK = "⛔"
"""Stands before a sentence that is not translated."""


class TextSource(StrEnum):
    """Where the words come from, the most trusted first. A text made of several parts has the least of them."""

    COPIED = "copied"
    """Nothing was translated: numbers alone, say, or a text in the wanted language already."""
    VERIFIED = "verified"
    REVIEWED = "reviewed"
    REVIEWED_MEMORY = "reviewed_memory"
    DRAFT = "draft"
    MEMORY = "memory"
    MACHINE = "machine"

    @property
    def rank(self) -> int:
        """Its place in the order: 0 is the most trusted."""
        return list(TextSource).index(self)


class Quality(StrEnum):
    """What the guard found."""

    OK = "ok"
    """Nothing spoke against it. It is still a machine's."""
    SUSPECT = "suspect"
    """Shown with a warning that says why."""
    REFUSED = "refused"
    """Not shown at all: a reason, and the offer of a human."""

    @property
    def rank(self) -> int:
        """0 is the best."""
        return list(Quality).index(self)


class Reason(StrEnum):
    """Why a translation is suspect or refused. Each has its words on the tablet, and a line in the documentation."""

    NUMBERS = "numbers"
    PLACEHOLDERS = "placeholders"
    PROTECTED = "protected"
    NEGATION = "negation"
    LENGTH = "length"
    REPETITION = "repetition"
    SCRIPT = "script"
    COPIED = "copied"
    SENTENCES = "sentences"
    TERMINOLOGY = "terminology"
    PERSON = "person"
    """Who speaks or is spoken of changed: "I" became "we"."""
    EMPTY = "empty"
    INVENTED = "invented"
    CANARY = "canary"
    """The model fails its own test sentences in this direction."""
    ROUGH = "rough"
    """The engine is a rule-based fallback, or the way goes through several languages."""
    UNREADABLE = "unreadable"
    """The source itself can't be translated: no words, or a "word" longer than any."""
    ENGINE_FAILED = "engine_failed"
    NO_ROUTE = "no_route"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason, and whether it is enough to refuse the text."""

    reason: Reason
    quality: Quality


@dataclass(frozen=True, slots=True)
class ProtectedSpan:
    """Something of the source that must arrive unchanged: ``kind`` is such as ``email``, ``url`` or ``placeholder``.

    ``start`` and ``end`` are its place in the source text, in characters.
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class UsedTerm:
    """A term of the glossary that the source holds. ``replaced`` is the engine's word that gave way to it."""

    term_id: str
    source: str
    target: str
    found: bool
    replaced: str = ""


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of a route: a model, and the direction in which it is used."""

    pair: LanguagePair
    engine: str
    model_id: str
    model_version: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """A language that stands in for a close relative of it, such as Persian for Dari."""

    wanted: str
    used: str


@dataclass(frozen=True, slots=True)
class Route:
    """The way from one language to another: one leg, or several through languages that are named."""

    pair: LanguagePair
    legs: tuple[Leg, ...]
    stand_ins: tuple[StandIn, ...] = ()

    @property
    def pivots(self) -> tuple[str, ...]:
        """The languages in between."""
        return tuple(leg.pair.target for leg in self.legs[:-1])

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines on the way, each once, in their order."""
        return tuple(dict.fromkeys(leg.engine for leg in self.legs))

    def __str__(self) -> str:
        return " → ".join((self.pair.source, *self.pivots, self.pair.target))


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence of the source with its translation.

    ``start`` and ``end`` are its place in the source text, ``language`` what it was taken to be written in. ``text`` is
    empty when it is refused.
    """

    start: int
    end: int
    text: str
    language: str
    source: TextSource
    quality: Quality
    reasons: tuple[Reason, ...] = ()
    alternatives: tuple[str, ...] = ()
    phrase_key: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """A translated text with its label.

    ``text`` is empty when ``quality`` is ``refused``. Where only some of its sentences are refused, ``quality`` is
    ``suspect``, and each of them stands in the text as it was, after ``REFUSED_MARK``. ``route`` is absent when no
    machine was needed; where sentences took several, it is the first one's. ``source_given`` says whether the caller
    named the source language; otherwise it was identified with ``confidence`` (0 to 100).
    """

    text: str
    pair: LanguagePair
    source: TextSource
    quality: Quality
    reasons: tuple[Reason, ...] = ()
    route: Route | None = None
    segments: tuple[Segment, ...] = ()
    protected: tuple[ProtectedSpan, ...] = ()
    terms: tuple[UsedTerm, ...] = ()
    alternatives: tuple[str, ...] = ()
    source_given: bool = True
    confidence: float = 100.0
