"""The glossary that LinkBridge delivers: whole where it must be, honest, and the words that the books use."""

from itertools import pairwise

import pytest

from linkbridge.phrasebook.checks import check_library
from linkbridge.phrasebook.files import default_directory, load_library
from linkbridge.phrasebook.glossary import Glossary
from linkbridge.phrasebook.glossary_files import load_glossary
from linkbridge.phrasebook.schema import Library, Origin, Status
from linkbridge.phrasebook.terminology import check_words

WHOLE = {"es", "pt", "fr", "nl", "ar", "zh-Hans", "hi", "bn", "ru", "ur"}
MORE = {"am", "fa", "ha", "ht", "ne", "om", "prs", "ps", "so", "sw", "ta", "ti", "tr", "uz", "vi", "yo"}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(default_directory())


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return load_glossary(default_directory())


def test_delivered_glossary_has_the_words_of_every_term_in_the_official_and_largest_languages(
    glossary: Glossary,
) -> None:
    assert len(glossary.terms) >= 120
    assert set(glossary.wordlists) == WHOLE | MORE
    for tag in WHOLE:
        assert set(glossary.wordlists[tag].words) == set(glossary.terms), tag
    for tag in MORE:
        assert len(glossary.wordlists[tag].words) >= 70, tag


def test_delivered_words_are_a_machines_drafts(glossary: Glossary) -> None:
    assert {(words.status, words.origin) for words in glossary.wordlists.values()} == {(Status.DRAFT, Origin.MACHINE)}


def test_delivered_definitions_are_one_sentence_and_legal_terms_name_their_source(glossary: Glossary) -> None:
    for term in glossary.terms.values():
        assert term.definition.endswith("."), term.id
        assert ". " not in term.definition, term.id
    legal = ("asylum", "refugee", "non-refoulement", "persecution", "torture", "stateless-person", "best-interests")
    more = ("trafficking-in-persons", "smuggling-of-migrants", "unaccompanied-child", "expulsion", "detention")
    assert all(glossary.terms[term].legal_basis for term in (*legal, *more))


def test_delivered_texts_use_the_glossarys_words(library: Library, glossary: Glossary) -> None:
    assert check_library(library, glossary=glossary) == []


def test_text_in_the_place_of_another_is_noticed_by_its_terms(library: Library, glossary: Glossary) -> None:
    noticed = swapped = 0
    for book in library.books:
        for tag in glossary.wordlists:
            found = library.translations[book.id, tag]
            for phrase, other in pairwise(book.phrases):
                terms = set(glossary.find(phrase.text)) - set(glossary.find(other.text))
                if terms and other.id in found:
                    swapped += 1
                    noticed += any(True for _ in check_words(glossary, terms, phrase, found[other.id].text, tag))
    assert swapped > 3000
    assert noticed / swapped > 0.95
