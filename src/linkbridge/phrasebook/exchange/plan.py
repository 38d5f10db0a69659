"""What an import would change, text by text and with its reason: pure, so that it can be shown before it is done."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.checks import translation_errors
from linkbridge.phrasebook.exchange.units import NEVER, TextUnit
from linkbridge.phrasebook.glossary import Glossary
from linkbridge.phrasebook.overlay import Place, find_phrase
from linkbridge.phrasebook.quality import Comparison, problems_at
from linkbridge.phrasebook.schema import (
    SOURCE_TAG,
    Library,
    Phrase,
    Review,
    Status,
    Translation,
    earned_status,
    text_hash,
)
from linkbridge.phrasebook.terminology import check_words

LONGEST_TEXT = 2_000
_ABOUT_THE_WORDS = ("back-translation:", "doubt:")
_ACCEPTED = "accepted:"
"""How a reader's comment begins that silences a warning: as good as an approval."""


class Verdict(StrEnum):
    """What becomes of a unit. A conflict is left alone unless somebody decides for theirs."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose approvals count here. By default nobody's: a file can claim anything.

    ``everyone``: whoever sent this is trusted with all approvals, as the holder of a trusted key is. ``why_not`` is
    what is said of the others.
    """

    everyone: bool = False
    reviewers: frozenset[str] = frozenset()
    why_not: str = "nobody whose approvals count here signed them"

    def accepts(self, review: Review) -> bool:
        """Whether an approval may be taken over."""
        return self.everyone or review.reviewer in self.reviewers


@dataclass(frozen=True, slots=True)
class PlannedText:
    """One unit beside what stands in its place. ``theirs`` is the text as it would be saved."""

    place: Place
    verdict: Verdict
    ours: Translation | None
    theirs: Translation
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an import would do, in the order of the file."""

    texts: tuple[PlannedText, ...]

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many units have each verdict."""
        counted = Counter(text.verdict for text in self.texts)
        return {verdict: counted[verdict] for verdict in Verdict}

    def to_save(self, *, take_theirs: bool = False) -> tuple[PlannedText, ...]:
        """Return the texts to be saved; ``take_theirs`` decides all conflicts for the file."""
        wanted = {Verdict.NEW, Verdict.CHANGED} | ({Verdict.CONFLICT} if take_theirs else set())
        return tuple(text for text in self.texts if text.verdict in wanted)


def plan_import(
    library: Library,
    units: Iterable[TextUnit],
    *,
    today: date,
    trust: Trust | None = None,
    glossary: Glossary | None = None,
) -> Plan:
    """Return what importing ``units`` into ``library`` would do. Units without a text are left out.

    ``today`` is the date of texts whose file tells none. With a ``glossary``, its words are looked for too.
    """
    planned: list[PlannedText] = []
    doubts = _Doubts(Comparison(library), glossary or Glossary())
    seen: set[Place] = set()
    for unit in units:
        if unit.text.strip():
            planned.append(doubts.note(library, _plan_unit(library, unit, today, trust or Trust(), seen)))
            seen.add(unit.place)
    return Plan(tuple(planned))


def _plan_unit(library: Library, unit: TextUnit, today: date, trust: Trust, seen: Collection[Place]) -> PlannedText:
    place, given = unit.place, _tidied(unit, today)
    found = find_phrase(library, place)
    reason = _reason_to_refuse(unit, is_there=found is not None, is_twice=place in seen)
    if reason or found is None:
        return _refused(place, given, None, reason)
    book, phrase = found
    if place.tag == SOURCE_TAG:
        return _plan_english(place, phrase, given)
    ours = library.translations.get((place.book, place.tag), {}).get(place.phrase)
    theirs, notes = _with_trusted_approvals(given, ours, trust)
    if ours is not None and text_hash(ours.text) == text_hash(theirs.text):
        planned = _plan_same_text(place, phrase, ours, theirs, notes)
    elif theirs.unsure:
        return _refused(place, given, ours, "its tool marks it as unsure (fuzzy)")
    else:
        planned = _plan_other_text(phrase, ours, theirs, unit, notes)
    if planned.verdict is not Verdict.SAME:
        for problem in translation_errors(book, phrase, planned.theirs, place.tag):
            return _refused(place, given, ours, f"{problem.message} [{problem.code}]")
    return planned


@dataclass(frozen=True, slots=True)
class _Doubts:
    """What wants a look in the texts that an import would bring."""

    comparison: Comparison
    glossary: Glossary

    def note(self, library: Library, planned: PlannedText) -> PlannedText:
        """Return the planned text with what is doubtful in it among its notes."""
        place, found = planned.place, find_phrase(library, planned.place)
        if planned.verdict in {Verdict.SAME, Verdict.REFUSED} or found is None or place.tag == SOURCE_TAG:
            return planned
        book, phrase = found
        text, terms = planned.theirs.text, self.glossary.find(phrase.text)
        findings = [
            *self.comparison.check(phrase, text, place.tag),
            *check_words(self.glossary, terms, phrase, text, place.tag),
        ]
        doubts = problems_at(book, place.tag, planned.theirs, findings)
        return replace(planned, notes=(*planned.notes, *(f"{doubt.message} [{doubt.code}]" for doubt in doubts)))


def _reason_to_refuse(unit: TextUnit, *, is_there: bool, is_twice: bool) -> str:
    if unit.tag not in LANGUAGES:
        return "LinkBridge does not know this language"
    if not is_there:
        return "there is no such phrase here"
    if max(map(len, (unit.text, *unit.comments))) > LONGEST_TEXT:
        return f"it, or a comment of it, is longer than {LONGEST_TEXT} characters"
    return "it stands in the file twice; the first one counts" if is_twice else ""


def _refused(place: Place, given: Translation, ours: Translation | None, reason: str) -> PlannedText:
    theirs = replace(given, status=Status.DRAFT, reviewers=())
    return PlannedText(place, Verdict.REFUSED, ours, theirs, reason)


def _tidied(unit: TextUnit, today: date) -> Translation:
    text = unicodedata.normalize("NFC", unit.text).strip()
    return replace(unit.translation, text=text, date=today if unit.date == NEVER else unit.date)


def _plan_english(place: Place, phrase: Phrase, given: Translation) -> PlannedText:
    ours = phrase.edited or Translation(text=phrase.text, source=phrase.text, date=given.date)
    if text_hash(given.text) == phrase.source_hash:
        return PlannedText(place, Verdict.SAME, ours, ours)
    reason = "English is changed in the workshop or in book.yaml: every translation of it becomes outdated"
    return _refused(place, given, ours, reason)


def _with_trusted_approvals(
    given: Translation, ours: Translation | None, trust: Trust
) -> tuple[Translation, tuple[str, ...]]:
    """Return the text with those approvals alone that count here, and what is to be said of the others.

    An approval that we hold of this very text stays. One that we hold of another text was given to that one: a tool
    carried it along when somebody edited the words.
    """
    held = set(ours.reviewers) if ours else set()
    is_held_text = ours is not None and (ours.text, ours.source) == (given.text, given.source)
    kept = tuple(
        review
        for review in given.reviewers
        if (is_held_text and review in held) or (trust.accepts(review) and (trust.everyone or review not in held))
    )
    status = earned_status(given.status, kept)
    notes: tuple[str, ...] = ()
    if kept != given.reviewers or status is not given.status:
        notes = (f"not taken over as {given.status}, but as {status}: {trust.why_not}",)
    comments = given.comments
    if not trust.everyone and not is_held_text:
        comments = tuple(comment for comment in comments if not comment.lower().startswith(_ACCEPTED))
    return replace(given, status=status, reviewers=kept, comments=comments), notes


def _plan_same_text(
    place: Place, phrase: Phrase, ours: Translation, theirs: Translation, notes: tuple[str, ...]
) -> PlannedText:
    """Plan for the words that we have already: an import may add an approval or a comment, and never takes one away."""
    lower = theirs.status_for(phrase).rank <= ours.status_for(phrase).rank
    comments = (*ours.comments, *(comment for comment in theirs.comments if comment not in ours.comments))
    if lower:
        merged = replace(ours, comments=comments, same_as_source=theirs.same_as_source or ours.same_as_source)
    else:
        merged = replace(theirs, text=ours.text, comments=comments)
    if merged == ours:
        reason = "ours has a higher status" if theirs.status_for(phrase).rank < ours.status_for(phrase).rank else ""
        return PlannedText(place, Verdict.SAME, ours, ours, reason)
    return PlannedText(place, Verdict.CHANGED, ours, merged, notes=() if lower else notes)


def _plan_other_text(
    phrase: Phrase, ours: Translation | None, theirs: Translation, unit: TextUnit, notes: tuple[str, ...]
) -> PlannedText:
    place = unit.place
    if ours is not None:
        theirs = replace(theirs, comments=tuple(_still_true(theirs.comments, ours.comments)))
    if not theirs.is_made_from(phrase):
        notes = (*notes, "outdated: it was made from another English text than today's")
    if ours is None:
        return PlannedText(place, Verdict.NEW, None, theirs, notes=notes)
    if unit.base == text_hash(theirs.text) and ours.date > theirs.date:
        return PlannedText(place, Verdict.SAME, ours, ours, "it was not edited there; ours is newer")
    reason = _conflict(phrase, ours, theirs, unit.base)
    return PlannedText(place, Verdict.CONFLICT if reason else Verdict.CHANGED, ours, theirs, reason, notes)


def _still_true(comments: Iterable[str], before: Collection[str]) -> Iterator[str]:
    """Yield the comments without those that are about our wording, not about theirs."""
    for comment in comments:
        if not (comment in before and comment.lower().startswith(_ABOUT_THE_WORDS)):
            yield comment


def _conflict(phrase: Phrase, ours: Translation, theirs: Translation, base: str) -> str:
    """Return why somebody has to choose, or nothing."""
    if base and base == text_hash(theirs.text):
        return "it was not edited since it was sent out, and ours is another text"
    if base and base != text_hash(ours.text):
        return "ours was changed since this was sent out"
    if not base and ours.date > theirs.date:
        return "ours is of a later date"
    mine, given = ours.status_for(phrase), theirs.status_for(phrase)
    if mine.rank > given.rank:
        return f"ours is {mine}, theirs {given}"
    return ""
