"""A text on its way: its sentences, what each became, and at the end the translation with its label. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from linkbridge.kernel.languages import find_language
from linkbridge.kernel.tags import read_tag
from linkbridge.kernel.text_checks import dominant_script, written_in
from linkbridge.phrasebook.wording import has_spaces
from linkbridge.translation.cleaning import Cleaned, clean
from linkbridge.translation.errors import NoRoute
from linkbridge.translation.identification import Guess, identify, identify_sentences
from linkbridge.translation.known import Known
from linkbridge.translation.machine import MachineText
from linkbridge.translation.ports import LanguagePair
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import (
    REFUSED_MARK,
    ProtectedSpan,
    Quality,
    Reason,
    Route,
    Segment,
    TextSource,
    Translation,
    UsedTerm,
)
from linkbridge.translation.routing import is_same_language
from linkbridge.translation.segmenting import Kind, Piece, join, sentences, split

UNKNOWN = "und"
"""The tag of a text whose language nobody could find out (BCP 47)."""
SURE = 60.0
"""From this confidence on, a sentence in another language than its text is translated from that language."""
FEWEST_WORDS = 4
LONGEST_WORD = 80
"""No word of a language with spaces is longer; what is longer is noise to an engine."""
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Part:
    """A sentence of a draft. It is open until something is taken for it, or it is refused."""

    text: str
    start: int
    end: int
    language: str
    source: TextSource | None = None
    output: str = ""
    quality: Quality = Quality.OK
    reasons: tuple[Reason, ...] = ()
    alternatives: tuple[str, ...] = ()
    phrase_key: str = ""
    route: Route | None = None
    spans: tuple[ProtectedSpan, ...] = ()
    terms: tuple[UsedTerm, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nothing has been decided yet."""
        return self.source is None

    def copy(self) -> None:
        """Leave it as it is: there is nothing to translate."""
        self.source, self.output = TextSource.COPIED, self.text

    def refuse(self, reason: Reason) -> None:
        """Give no translation."""
        self.source, self.quality, self.reasons = TextSource.MACHINE, Quality.REFUSED, (reason,)

    def take_known(self, known: Known) -> None:
        """Take the words of a phrase or of the memory."""
        self.source, self.output, self.phrase_key = known.source, known.text, known.key

    def take_machine(self, made: MachineText) -> None:
        """Take what the machine made."""
        self.source, self.quality, self.reasons = TextSource.MACHINE, made.quality, made.reasons
        self.route, self.spans, self.terms = made.route, made.spans, made.terms
        if made.quality is not Quality.REFUSED:
            self.output, self.alternatives = made.text, made.alternatives

    @property
    def shown(self) -> str:
        """What stands in the translation: a refused sentence stays as it was, marked."""
        return f"{REFUSED_MARK} {self.text}" if self.quality is Quality.REFUSED else self.output

    def segment(self) -> Segment:
        """Return it as it is told to others."""
        return Segment(
            self.start,
            self.end,
            self.output,
            self.language,
            self.source or TextSource.MACHINE,
            self.quality,
            self.reasons,
            self.alternatives,
            self.phrase_key,
        )


@dataclass(slots=True)
class Draft:
    """A request with its text cut into parts."""

    request: TranslationRequest
    cleaned: Cleaned
    pieces: tuple[Piece, ...]
    source: str
    target: str
    confidence: float
    parts: list[Part] = field(default_factory=list)
    whole: Part | None = None

    @classmethod
    def open(cls, request: TranslationRequest) -> "Draft":
        """Clean the text, find out its language where that was not given, and cut it into sentences.

        Raises:
            InvalidInput: a language is unknown.
        """
        target = read_tag(request.target, field="target")
        cleaned = clean(request.text)
        if request.source is None:
            source, confidence = _guess(cleaned.text)
        else:
            source, confidence = read_tag(request.source, field="source"), 100.0
        draft = cls(request, cleaned, split(cleaned.text, source), source, target, confidence)
        pieces = [piece for piece in draft.pieces if piece.kind is Kind.WORDS]
        draft.parts = [draft._part(piece, tag) for piece, tag in zip(pieces, draft._languages(pieces), strict=True)]
        return draft

    @property
    def text(self) -> str:
        """The clean text without spaces at its ends."""
        return self.cleaned.text.strip()

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be translated."""
        return any(part.is_open for part in self.parts)

    def open_parts(self) -> Iterator[Part]:
        """Yield the parts for which nothing has been decided, none if the whole text is known."""
        return (part for part in self.parts if part.is_open and self.whole is None)

    def take_whole(self, known: Known) -> None:
        """Take the words of a phrase that is the whole text."""
        self.whole = Part(self.text, *self.cleaned.source_span(0, len(self.cleaned.text)), self.source)
        self.whole.take_known(known)

    def refuse_without_route(self) -> None:
        """Raise if nothing of the text could be translated for want of a model.

        Raises:
            NoRoute: no model leads to the target language, and no phrase fits.
        """
        wanted = [part for part in self.parts if part.source is not TextSource.COPIED]
        if wanted and all(part.reasons == (Reason.NO_ROUTE,) for part in wanted):
            raise NoRoute("no model translates this", source=wanted[0].language, target=self.target)

    def close(self) -> Translation:
        """Return the translation with its label."""
        parts = [self.whole] if self.whole is not None else self.parts
        quality, reasons = _quality(parts)
        sources = [part.source for part in parts if part.source is not None]
        routes = [part.route for part in parts if part.route is not None]
        return Translation(
            text="" if quality is Quality.REFUSED else self._joined([part.shown for part in parts]),
            pair=LanguagePair(self.source, self.target),
            source=max(sources, key=lambda source: source.rank, default=TextSource.COPIED),
            quality=quality,
            reasons=reasons,
            route=routes[0] if routes else None,
            segments=tuple(part.segment() for part in parts),
            protected=tuple(span for part in parts for span in self._placed(part)),
            terms=tuple(dict.fromkeys(term for part in parts for term in part.terms)),
            alternatives=self._alternatives(parts) if quality is not Quality.REFUSED else (),
            source_given=self.request.source is not None,
            confidence=self.confidence,
        )

    def _part(self, piece: Piece, language: str) -> Part:
        part = Part(piece.text, *self.cleaned.source_span(piece.start, piece.end), language)
        if not any(map(str.isalpha, piece.text)) or is_same_language(part.language, self.target):
            part.copy()
        elif part.language == UNKNOWN or _is_noise(piece.text, part.language) or _is_foreign(piece.text, part.language):
            part.refuse(Reason.UNREADABLE)
        return part

    def _languages(self, pieces: Sequence[Piece]) -> list[str]:
        """Return the language of each sentence: the text's, unless nobody named that and it is surely another."""
        if self.request.source is not None or len(pieces) < 2:
            return [self.source] * len(pieces)
        return [
            guesses[0].tag if _is_sure(guesses) and len(piece.text.split()) >= FEWEST_WORDS else self.source
            for piece, guesses in zip(pieces, identify_sentences([piece.text for piece in pieces]), strict=True)
        ]

    def _joined(self, texts: Sequence[str]) -> str:
        if self.whole is None:
            return join(self.pieces, texts, self.target)
        clean_text = self.cleaned.text
        start = len(clean_text) - len(clean_text.lstrip())
        return clean_text[:start] + texts[0] + clean_text[len(clean_text.rstrip()) :]

    def _alternatives(self, parts: Sequence[Part]) -> tuple[str, ...]:
        """Return further translations of the whole: the n-th of each sentence, or its first where it has no n-th."""
        most = min(max((len(part.alternatives) for part in parts), default=0), self.request.alternatives)
        return tuple(
            self._joined([part.alternatives[n] if n < len(part.alternatives) else part.shown for part in parts])
            for n in range(most)
        )

    def _placed(self, part: Part) -> Iterator[ProtectedSpan]:
        for span in part.spans:
            yield ProtectedSpan(span.kind, span.text, part.start + span.start, part.start + span.end)


def _quality(parts: Sequence[Part] | Sequence[Translation]) -> tuple[Quality, tuple[Reason, ...]]:
    """Return the quality of the whole: refused only where nothing of it is left."""
    reasons = tuple(dict.fromkeys(reason for part in parts for reason in part.reasons))
    translated = [part.quality for part in parts if part.source is not TextSource.COPIED]
    if translated and all(quality is Quality.REFUSED for quality in translated):
        return Quality.REFUSED, reasons
    return (Quality.SUSPECT if any(quality is not Quality.OK for quality in translated) else Quality.OK), reasons


def _guess(text: str) -> tuple[str, float]:
    """Return the language in which most of a text is written, and how sure that is."""
    parts = sentences(split(text, UNKNOWN))
    if len(parts) < 2:
        guesses = identify(text)
        return (guesses[0].tag, guesses[0].confidence) if guesses else (UNKNOWN, 0.0)
    votes: dict[str, float] = {}
    for part, found in zip(parts, identify_sentences(parts), strict=True):
        for guess in found:
            votes[guess.tag] = votes.get(guess.tag, 0.0) + guess.confidence * len(part)
    best = max(votes, key=lambda tag: votes[tag], default=UNKNOWN)
    return best, round(votes.get(best, 0.0) / max(1, sum(map(len, parts))), 1)


def _is_sure(guesses: Sequence[Guess]) -> bool:
    """Whether the first guess can be relied on. Languages that are written alike share what is sure in equal parts."""
    return sum(guess.confidence for guess in guesses if guess.confidence == guesses[0].confidence) >= SURE


def _is_foreign(text: str, tag: str) -> bool:
    """Whether a sentence is in other letters than its language, of which an engine makes something else.

    Latin ones are let through: names and loan words stand in every language.
    """
    language, script = find_language(tag), dominant_script(text)
    return language is not None and script not in {None, "Latn", written_in(language.script)}


def _is_noise(text: str, tag: str) -> bool:
    language = find_language(tag)
    spaced = has_spaces(language.tag if language else tag)
    return spaced and any(len(word) > LONGEST_WORD for word in _WORD.findall(text))


def combined(
    text: str, alternatives: tuple[str, ...], blocks: Sequence[Translation], empty: Translation
) -> Translation:
    """Return the translation of a fragment from those of its blocks; places in it are those in their own block."""
    quality, reasons = _quality(blocks)
    sources = [block.source for block in blocks]
    return replace(
        empty,
        text="" if quality is Quality.REFUSED else text,
        source=max(sources, key=lambda source: source.rank, default=TextSource.COPIED),
        quality=quality,
        reasons=reasons,
        route=next((block.route for block in blocks if block.route is not None), None),
        segments=tuple(segment for block in blocks for segment in block.segments),
        protected=tuple(span for block in blocks for span in block.protected if span.kind != "tag"),
        terms=tuple(dict.fromkeys(term for block in blocks for term in block.terms)),
        alternatives=alternatives,
    )
