"""Checks that translations use the words of the glossary, and the glossary itself. It warns, and changes nothing."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.kernel.text_checks import dominant_script, is_normalised, lookalike_words, written_in
from linkbridge.phrasebook.glossary import TERMS_FILE, Glossary, Term, Word
from linkbridge.phrasebook.quality import Finding, problems_at, translations, warning
from linkbridge.phrasebook.schema import Library, Phrase, Problem, Severity
from linkbridge.phrasebook.wording import fold, needle

_LATIN = "Latn"
"""Names such as UNHCR stay in these letters in many languages."""


def check_terminology(library: Library, glossary: Glossary) -> Iterator[Problem]:
    """Yield the translations that lack the glossary's word for a term of their English, or hold one to avoid."""
    terms = {phrase.key: glossary.find(phrase.text) for book in library.books for phrase in book.phrases}
    for book, phrase, tag, translation in translations(library):
        findings = check_words(glossary, terms[phrase.key], phrase, translation.text, tag)
        yield from problems_at(book, tag, translation, findings)


def check_words(glossary: Glossary, terms: Iterable[Term], phrase: Phrase, text: str, tag: str) -> Iterator[Finding]:
    """Yield what one translation of a phrase with these terms does otherwise than the glossary.

    A word to avoid for one term is allowed where the English holds another term that it is right for.
    """
    words = [(term, word) for term in terms if (word := glossary.word(term.id, tag)) is not None]
    if not words:
        return
    folded = fold(text, tag)
    for term, word in words:
        if not _holds(folded, _used(word, tag)):
            yield warning("terminology", f"'{phrase.id}': the glossary's word for '{term.term}' is '{word.preferred}'")
        others = {each for other, word_of_it in words if other is not term for each in _used(word_of_it, tag)}
        for pattern in word.avoid:
            if needle(pattern, tag) in folded and not _excuses(needle(pattern, tag), others):
                message = f"'{phrase.id}': '{pattern}' is not the word for '{term.term}': use '{word.preferred}'"
                yield warning("avoided_term", message)


def check_glossary(glossary: Glossary, library: Library) -> Iterator[Problem]:
    """Yield what is wrong in the glossary itself: unknown instruments, words in another script than their language."""
    for term in glossary.terms.values():
        for basis in term.legal_basis:
            if basis.instrument not in library.instruments:
                message = f"'{term.id}' names the unknown instrument '{basis.instrument}'"
                yield Problem(TERMS_FILE, term.line, 1, Severity.ERROR, "unknown_instrument", message)
    for tag, wordlist in glossary.wordlists.items():
        expected = written_in(LANGUAGES[tag].script)
        for term_id, word in wordlist.words.items():
            for severity, code, message in _check_word(term_id, word, expected):
                yield Problem(wordlist.path, word.line, 1, severity, code, message)


def _check_word(term_id: str, word: Word, expected: str) -> Iterator[Finding]:
    for text in (word.preferred, *word.forms, *word.avoid):
        if not is_normalised(text):
            yield _error("not_normalised", f"'{term_id}': '{text}' is not in Unicode normalisation form C")
        if lookalike_words(text):
            yield _error("lookalike", f"'{term_id}': '{text}' mixes look-alike letters of different scripts")
        if dominant_script(text) not in {expected, _LATIN if text.isupper() else expected}:
            yield _error("wrong_script", f"'{term_id}': '{text}' is not written in {expected}")


def _error(code: str, message: str) -> Finding:
    return Severity.ERROR, code, message


def _holds(folded: str, needles: Iterable[str]) -> bool:
    return any(each in folded for each in needles)


def _excuses(avoided: str, others: Iterable[str]) -> bool:
    return any(avoided.strip() in each for each in others)


@lru_cache(maxsize=8192)
def _used(word: Word, tag: str) -> tuple[str, ...]:
    return tuple(needle(pattern, tag) for pattern in (word.preferred, *word.forms))
