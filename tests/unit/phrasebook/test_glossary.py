"""Looking up terms: by language pair and field, and in a text, the longest first."""

from datetime import date
from types import MappingProxyType

import pytest

from linkbridge.phrasebook.glossary import Domain, Glossary, Term, TermPair, Word, Wordlist
from linkbridge.phrasebook.schema import Origin, Status


def term(term_id: str, *found_as: str, domain: Domain = Domain.ASYLUM) -> Term:
    return Term(term_id, term_id, "What it means.", domain, found_as or (term_id,))


def words(tag: str, **known: Word) -> Wordlist:
    return Wordlist(tag, Status.DRAFT, Origin.MACHINE, date(2026, 11, 24), MappingProxyType(known))


ASYLUM, SEEKER = term("asylum"), term("seeker", "asylum seeker", "asylum seekers")
PAPER = term("paper", "paper", "papers", domain=Domain.DOCUMENTS)
SPANISH = words("es", asylum=Word("asilo"), seeker=Word("solicitante de asilo"), paper=Word("papel", ("documento*",)))
CHINESE = words("zh-Hans", asylum=Word("庇护"), paper=Word("文件"))


@pytest.fixture
def glossary() -> Glossary:
    terms = {each.id: each for each in (ASYLUM, SEEKER, PAPER)}
    return Glossary(MappingProxyType(terms), MappingProxyType({"es": SPANISH, "zh-Hans": CHINESE}))


@pytest.mark.parametrize(
    ("text", "tag", "found"),
    [
        ("Ask for asylum.", "en", (ASYLUM,)),
        ("Asylum seekers keep their papers.", "en", (SEEKER, PAPER)),
        ("An asylum seeker asks for asylum.", "en", (ASYLUM, SEEKER)),
        ("Asylum asylum paper", "en", (ASYLUM, PAPER)),
        ("Paperwork", "en", ()),
        ("", "en", ()),
        ("Sus documentos de asilo", "es", (ASYLUM, PAPER)),
        ("Un solicitante de asilo", "es", (SEEKER,)),
        ("庇护申请文件", "zh-Hans", (ASYLUM, PAPER)),
        ("asylum", "sw", ()),
    ],
)
def test_terms_of_a_text_are_found(glossary: Glossary, text: str, tag: str, found: tuple[Term, ...]) -> None:
    assert glossary.find(text, tag) == found
    assert glossary.find(text, tag) == found  # the second time from what the first worked out


def test_words_are_paired_between_any_two_languages(glossary: Glossary) -> None:
    assert glossary.tags == ("en", "es", "zh-Hans")
    assert glossary.pairs("en", "es") == (
        TermPair(ASYLUM, "asylum", Word("asilo")),
        TermPair(SEEKER, "seeker", Word("solicitante de asilo")),
        TermPair(PAPER, "paper", Word("papel", ("documento*",))),
    )
    assert glossary.pairs("es", "zh-Hans", Domain.DOCUMENTS) == (TermPair(PAPER, "papel", Word("文件")),)
    assert [pair.source for pair in glossary.pairs("es", "zh-Hans")] == ["asilo", "papel"]
    assert [pair.target.preferred for pair in glossary.pairs("es", "en")] == ["asylum", "seeker", "paper"]
    assert glossary.pairs("en", "sw") == ()


def test_words_that_a_text_needs_are_paired(glossary: Glossary) -> None:
    assert glossary.pairs_in("Un papel para el asilo", "es", "zh-Hans") == (
        TermPair(ASYLUM, "asilo", Word("庇护")),
        TermPair(PAPER, "papel", Word("文件")),
    )
    assert glossary.pairs_in("A seeker", "en", "es") == ()


def test_word_is_none_where_there_is_none(glossary: Glossary) -> None:
    assert glossary.word("seeker", "zh-Hans") is None
    assert glossary.word("asylum", "sw") is None
    assert glossary.word("court", "en") is None
    assert glossary.word("asylum", "en") == Word("asylum", ("asylum",))
