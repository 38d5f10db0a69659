"""What is probably wrong in a text: each warning can come, and what is only unusual brings none."""

from datetime import date
from types import MappingProxyType

import pytest

from linkbridge.phrasebook.negations import NEGATIONS
from linkbridge.phrasebook.quality import accepted_codes, check_quality, check_text, digit_systems, negates
from linkbridge.phrasebook.schema import Book, BookKind, Library, Phrase, PhraseKind, Translation
from linkbridge.phrasebook.wording import is_pattern

DAY = date(2026, 11, 24)
OTHERS = ("es", "pt", "fr", "nl", "ht", "vi")


def phrase(phrase_id: str, text: str) -> Phrase:
    return Phrase("book", phrase_id, PhraseKind.STATEMENT, text)


def library(english: dict[str, str], **languages: dict[str, str]) -> Library:
    phrases = tuple(phrase(phrase_id, text) for phrase_id, text in english.items())
    translated = {
        ("book", tag): MappingProxyType(
            {
                key: Translation(text, english[key], DAY, line=index)
                for index, (key, text) in enumerate(texts.items(), 2)
            }
        )
        for tag, texts in languages.items()
    }
    return Library((Book("book", BookKind.NOTICE, phrases, DAY),), translations=MappingProxyType(translated))


def found(checked: Library) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.line, problem.code) for problem in check_quality(checked)]


# --- negation

SOURCE = phrase("sign", "Do not sign anything.")


@pytest.mark.parametrize(
    ("tag", "good", "bad"),
    [
        ("es", "No firme nada.", "Firme todo."),
        ("pt", "Não assine nada.", "Assine tudo."),
        ("fr", "Ne signez rien.", "Signez tout."),
        ("nl", "Onderteken niets.", "Onderteken alles."),
        ("ar", "لا توقّع على أي شيء.", "وقّع على كل شيء."),
        ("am", "አይፈርሙ።", "ይፈርሙ።"),
        ("ti", "ኣይትፈርሙ።", "ፈርሙ።"),
        ("hi", "हस्ताक्षर न करें।", "हस्ताक्षर करें।"),
        ("bn", "সই করবেন না।", "সই করুন।"),
        ("ru", "Ничего не подписывайте.", "Подпишите всё."),
        ("tr", "Hiçbir şeyi imzalamayın.", "Her şeyi imzalayın."),
        ("zh-Hans", "不要签字。", "请签字。"),
        ("ta", "கையெழுத்துப் போடாதீர்கள்.", "கையெழுத்துப் போடுங்கள்."),
        ("yo", "Ẹ má ṣe buwọ́ lù ú.", "Ẹ buwọ́ lù ú."),
    ],
)
def test_lost_negation_is_noticed(tag: str, good: str, bad: str) -> None:
    assert list(check_text(SOURCE, good, tag)) == []
    assert [finding[1] for finding in check_text(SOURCE, bad, tag)] == ["negation"]


def test_negation_is_not_asked_of_languages_without_a_list() -> None:
    assert "sw" not in NEGATIONS
    assert list(check_text(SOURCE, "Tia saini.", "sw")) == []


@pytest.mark.parametrize("english", ["Sign it.", "You are cosmonaut No. 11.", "Note: a knot, another notice"])
def test_text_without_a_negation_asks_for_none(english: str) -> None:
    assert list(check_text(phrase("sign", english), "Firme.", "es")) == []


def test_negations_are_sound_patterns_of_known_languages() -> None:
    assert all(is_pattern(pattern) for patterns in NEGATIONS.values() for pattern in patterns)
    assert all(len(set(patterns)) == len(patterns) for patterns in NEGATIONS.values())
    assert negates("Nobody may enter.", "en")
    assert not negates("Nothingness, notable", "en")


# --- length

LONG = "You can ask an official for a paper that says why you are held here."
FIT = {tag: f"{tag} text of about the same length as the English one has, or nearly." for tag in OTHERS}


def test_text_of_half_the_length_is_noticed() -> None:
    english = {"a": LONG, "b": LONG.replace("paper", "form"), "c": LONG.replace("paper", "visa")}
    texts = {tag: {"a": f"{text} a", "b": f"{text} b", "c": f"{text} c"} for tag, text in FIT.items()}
    assert found(library(english, **texts)) == []
    texts["es"]["b"] = texts["es"]["b"][: len(LONG) // 2]
    assert found(library(english, **texts)) == [("book/es.po", 3, "length")]
    texts["es"]["b"] = texts["pt"]["b"] * 2
    assert found(library(english, **texts)) == [("book/es.po", 3, "length")]


def test_language_that_is_always_short_is_not_noticed() -> None:
    english = {key: f"{LONG} {key}" for key in "abc"}
    texts = {tag: {key: f"{text} {key}" for key in "abc"} for tag, text in FIT.items()}
    texts["zh-Hans"] = {key: f"您可以请官员给您一张纸{key}" for key in "abc"}
    assert found(library(english, **texts)) == []


def test_length_of_few_languages_is_not_compared() -> None:
    assert found(library({"a": LONG}, es={"a": "Sí"}, pt={"a": FIT["pt"]})) == []


# --- digits


def test_digits_of_two_systems_in_a_text_are_noticed() -> None:
    findings = check_text(phrase("days", "3 days, 18 years"), "3 दिन, १८ साल", "hi")
    assert [finding[1] for finding in findings] == ["mixed_digits"]
    assert list(check_text(phrase("days", "3 days, {number} years"), "३ दिन, {number} साल", "hi")) == []


def test_digits_other_than_the_languages_usual_are_noticed() -> None:
    texts = {"a": "3 दिन", "b": "5 दिन", "c": "१८ साल"}
    checked = library({"a": "3 days", "b": "5 days", "c": "18 years"}, hi=texts)
    assert found(checked) == [("book/hi.po", 4, "mixed_digits")]
    assert digit_systems("३ ٣ 3") == {"DEVANAGARI DIGIT", "ARABIC-INDIC DIGIT", "DIGIT"}


# --- doubles and acceptance


def test_one_text_for_two_english_ones_is_noticed() -> None:
    checked = library(
        {"a": "Next", "b": "Back", "c": "Next"}, es={"a": "Siguiente", "b": "Siguiente", "c": "Siguiente"}
    )
    assert found(checked) == [("book/es.po", 3, "duplicate_text")]


def test_comment_accepts_the_warnings_that_it_names_and_no_other() -> None:
    assert accepted_codes(["Accepted: negation, mixed_digits", "doubt: accepted: length"]) == {
        "negation",
        "mixed_digits",
    }
    english = {"a": "Do not sign."}
    text = Translation("Firme.", english["a"], DAY, comments=("accepted: negation",), line=2)
    accepted = Library(library(english).books, translations=MappingProxyType({("book", "es"): {"a": text}}))
    assert found(accepted) == []
    text = Translation("Firme.", english["a"], DAY, comments=("accepted: length",), line=2)
    other = Library(library(english).books, translations=MappingProxyType({("book", "es"): {"a": text}}))
    assert found(other) == [("book/es.po", 2, "negation")]
