import pytest

from linkbridge.phrasebook.files import default_directory
from linkbridge.phrasebook.glossary import Domain
from linkbridge.phrasebook.glossary_files import load_glossary
from linkbridge.translation.results import Finding, Quality, Reason, UsedTerm
from linkbridge.translation.terms import Terms


@pytest.fixture(scope="module")
def terms() -> Terms:
    return Terms(load_glossary(default_directory()))


@pytest.mark.parametrize(
    ("target", "output", "wanted"),
    [
        ("pt", "Assine este artigo.", "Assine este documento."),
        ("es", "Firme este artículo.", "Firme este documento."),
        ("fr", "Signez cet article.", "Signez cet document."),
    ],
)
def test_word_that_says_something_else_gives_way(terms: Terms, target: str, output: str, wanted: str) -> None:
    worded = terms.apply("Sign this paper.", output, "en", target)
    assert worded.text == wanted
    assert worded.findings == ()
    [paper] = [term for term in worded.terms if term.term_id == "paper"]
    assert paper.found
    assert paper.replaced in output


def test_capital_letter_is_kept(terms: Terms) -> None:
    assert terms.apply("Papers and this paper.", "Artigo e outra coisa.", "en", "pt").text.startswith("Documento")


def test_right_word_stays_as_the_machine_put_it(terms: Terms) -> None:
    worded = terms.apply("I want to ask for asylum.", "Quero pedir asilo.", "en", "pt")
    assert worded.text == "Quero pedir asilo."
    assert worded.terms == (UsedTerm("asylum", "asylum", "asilo", found=True),)


def test_two_places_are_too_many_to_choose_from(terms: Terms) -> None:
    output = "Assine este artigo e aquele artigo."
    assert terms.apply("Sign this paper.", output, "en", "pt").text == output


def test_missing_term_of_several_words_is_suspect(terms: Terms) -> None:
    worded = terms.apply("This is non-refoulement.", "Isso é repulo.", "en", "pt")
    assert worded.findings == (Finding(Reason.TERMINOLOGY, Quality.SUSPECT),)
    assert [term.found for term in worded.terms if term.term_id == "non-refoulement"] == [False]


def test_missing_term_is_suspect_only_in_the_domain_that_was_named(terms: Terms) -> None:
    source, output = "You are in detention.", "Você está em casa."
    assert terms.apply(source, output, "en", "pt").findings == ()
    assert terms.apply(source, output, "en", "pt", Domain.DETENTION).findings == (
        Finding(Reason.TERMINOLOGY, Quality.SUSPECT),
    )
    assert terms.apply(source, output, "en", "pt", Domain.HEALTH).terms == ()


def test_text_without_terms_is_left_alone(terms: Terms) -> None:
    worded = terms.apply("Good morning.", "Bom dia.", "en", "pt")
    assert (worded.text, worded.terms, worded.findings) == ("Bom dia.", (), ())


def test_language_without_a_wordlist_is_left_alone(terms: Terms) -> None:
    assert terms.apply("Sign this paper.", "Whatever.", "en", "eo").terms == ()


def test_word_of_a_domain_gives_way_only_where_that_was_named(terms: Terms) -> None:
    source, output = "The court decides.", "A corte decide."
    assert terms.apply(source, output, "en", "pt").text == output
    assert terms.apply(source, output, "en", "pt", Domain.HEARING).text == "A tribunal decide."


def test_regional_tag_has_the_words_of_its_language(terms: Terms) -> None:
    assert terms.apply("Sign this paper.", "Assine este artigo.", "en-US", "pt-BR").text == "Assine este documento."
