"""The glossary: what terms mean, and the word for each in each language. Pure and frozen.

``preferred`` is the word that the phrasebooks use. ``forms`` are its other forms and words as good, ``avoid`` words
that say something else or frighten; both are patterns as in ``wording``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from linkbridge.phrasebook.schema import SOURCE_TAG, LegalBasis, Origin, Status
from linkbridge.phrasebook.wording import TAKEN, fold, needle

FOLDER = "glossary"
TERMS_FILE = f"{FOLDER}/terms.yaml"
"""Where the terms stand; files are relative to the folder of phrasebooks."""


class Domain(StrEnum):
    """The field in which a term is used."""

    ASYLUM = "asylum"
    DETENTION = "detention"
    HEARING = "hearing"
    CONSULAR = "consular"
    STATELESSNESS = "statelessness"
    TRAFFICKING = "trafficking"
    HEALTH = "health"
    CHILDREN = "children"
    DOCUMENTS = "documents"
    RETURN = "return"
    INTERPRETING = "interpreting"
    DATA = "data"
    EVERYDAY = "everyday"


@dataclass(frozen=True, slots=True)
class Term:
    """A concept, named in English. ``found_as`` are the patterns that mean it in an English text."""

    id: str
    term: str
    definition: str
    domain: Domain
    found_as: tuple[str, ...]
    legal_basis: tuple[LegalBasis, ...] = ()
    source: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Word:
    """The word for a term in one language."""

    preferred: str
    forms: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Wordlist:
    """The words of one language by the id of their term; status (the earned one), origin and date are of them all."""

    tag: str
    status: Status
    origin: Origin
    date: date
    words: Mapping[str, Word] = field(hash=False)

    @property
    def path(self) -> str:
        """The file of these words, relative to the folder of phrasebooks."""
        return f"{FOLDER}/{self.tag}.yaml"


@dataclass(frozen=True, slots=True)
class TermPair:
    """A term with its words in two languages."""

    term: Term
    source: str
    target: Word


@dataclass(frozen=True)
class Glossary:
    """All terms in order, by id, and the words of each language by tag. English has its terms, and no wordlist."""

    terms: Mapping[str, Term] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    wordlists: Mapping[str, Wordlist] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def tags(self) -> tuple[str, ...]:
        """The languages that have words, English first."""
        return (SOURCE_TAG, *sorted(self.wordlists)) if self.terms else ()

    def in_domain(self, domain: Domain | None) -> tuple[Term, ...]:
        """Return the terms of a domain in order, or all."""
        return tuple(term for term in self.terms.values() if domain is None or term.domain is domain)

    def word(self, term_id: str, tag: str) -> Word | None:
        """Return the word for a term in a language, or ``None`` where the glossary has none."""
        if tag == SOURCE_TAG:
            term = self.terms.get(term_id)
            return Word(term.term, term.found_as, line=term.line) if term else None
        wordlist = self.wordlists.get(tag)
        return wordlist.words.get(term_id) if wordlist else None

    def pairs(self, source: str, target: str, domain: Domain | None = None) -> tuple[TermPair, ...]:
        """Return what translation from one language to another has words for, in the order of the terms."""
        return tuple(self._pairs_of(self.in_domain(domain), source, target))

    def pairs_in(self, text: str, source: str, target: str) -> tuple[TermPair, ...]:
        """Return the terms that a text in ``source`` holds and ``target`` has a word for, in the order of the terms."""
        return tuple(self._pairs_of(self.find(text, source), source, target))

    def find(self, text: str, tag: str = SOURCE_TAG) -> tuple[Term, ...]:
        """Return the terms that a text holds, in their order; a word within a longer term is not one of its own."""
        rest = fold(text, tag)
        found: set[str] = set()
        for each, term_ids in self._needles(tag):
            if each in rest:
                rest = rest.replace(each, TAKEN)
                found |= term_ids
        return tuple(term for term in self.terms.values() if term.id in found)

    def _pairs_of(self, terms: Iterable[Term], source: str, target: str) -> Iterable[TermPair]:
        for term in terms:
            here, there = self.word(term.id, source), self.word(term.id, target)
            if here is not None and there is not None:
                yield TermPair(term, here.preferred, there)

    def _needles(self, tag: str) -> tuple[tuple[str, frozenset[str]], ...]:
        """Return what to look for in a folded text, longest first, with the terms that it means."""
        if tag not in self._needles_by_tag:
            meanings: dict[str, set[str]] = {}
            for term_id in self.terms:
                for pattern in self._patterns(term_id, tag):
                    meanings.setdefault(needle(pattern, tag), set()).add(term_id)
            ordered = sorted(meanings, key=lambda each: (-len(each), each))
            self._needles_by_tag[tag] = tuple((each, frozenset(meanings[each])) for each in ordered)
        return self._needles_by_tag[tag]

    def _patterns(self, term_id: str, tag: str) -> tuple[str, ...]:
        word = self.word(term_id, tag)
        if word is None:
            return ()
        return word.forms if tag == SOURCE_TAG else (word.preferred, *word.forms)

    @cached_property
    def _needles_by_tag(self) -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
        return {}
