import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.translation.segmenting import LONGEST, Kind, join, sentences, split

LINES = st.lists(
    st.sampled_from(
        [
            "Hello there.",
            "  - One. Two!",
            "1. First",
            "\t2) b",
            "",
            "   ",
            "Dr. Ali came.",
            "¿Qué? No.",
            "你好。再见！",
            "x" * 900,
            "ሰላም። እንዴት ነህ?",
            "سلام۔ کیسے ہیں؟",
            "नमस्ते। ठीक है।",
            "a\U00100000b.\U00100001 c",
            "> q",
            "—",
            "e.g. this",
        ]
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        ("en", "Mr. Smith came at 10 a.m. Then he left.", ["Mr. Smith came at 10 a.m.", "Then he left."]),
        ("en", "Dr. No met J. Smith. See art. 5 no. 3.", ["Dr. No met J. Smith.", "See art. 5 no. 3."]),
        ("en", "I said no. He left.", ["I said no.", "He left."]),
        ("pt", "A Sra. Dra. Ana, ver n.º 3. Fim.", ["A Sra. Dra. Ana, ver n.º 3.", "Fim."]),
        ("es", "El Sr. López vive aquí. ¿Qué? ¡No!", ["El Sr. López vive aquí.", "¿Qué?", "¡No!"]),
        ("fr", "M. Dupont et Mme. Leroy. C'est vrai ?", ["M. Dupont et Mme. Leroy.", "C'est vrai ?"]),
        ("ru", "Смотри ст. 5. Да!", ["Смотри ст. 5.", "Да!"]),
        ("am", "ሰላም ነው። ደህና ነኝ፡፡ ጥሩ።ሌላ", ["ሰላም ነው።", "ደህና ነኝ፡፡", "ጥሩ።", "ሌላ"]),
        ("ti", "ሰላም። ከመይ ኣለኻ፧ ጽቡቕ።", ["ሰላም።", "ከመይ ኣለኻ፧", "ጽቡቕ።"]),
        ("ur", "سلام۔ آپ کیسے ہیں؟ ٹھیک ہوں۔", ["سلام۔", "آپ کیسے ہیں؟", "ٹھیک ہوں۔"]),
        ("ar", "مرحبا. أنا د. أحمد. كيف حالك؟", ["مرحبا.", "أنا د. أحمد.", "كيف حالك؟"]),
        ("hi", "नमस्ते। आप कैसे हैं? ठीक हूँ।", ["नमस्ते।", "आप कैसे हैं?", "ठीक हूँ।"]),
        ("bn", "নমস্কার। কেমন আছেন? ভালো।", ["নমস্কার।", "কেমন আছেন?", "ভালো।"]),
        ("zh-Hans", "你好。你好吗？我很好！", ["你好。", "你好吗？", "我很好！"]),
        ("prs", "سلام. چطوری؟", ["سلام.", "چطوری؟"]),
        ("xx", "One. Two.", ["One.", "Two."]),
    ],
)
def test_text_is_cut_into_sentences(tag: str, text: str, expected: list[str]) -> None:
    assert sentences(split(text, tag)) == expected


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_ends_a_sentence_at_a_question_mark(tag: str) -> None:
    assert len(sentences(split("Abc abc? Def def? Ghi.", tag))) == 3


def test_layout_is_kept_and_not_translated() -> None:
    text = "Title\n\n  - One thing. Two.\n  1. First\n\t(b) Second  \n> # \nLast"
    pieces = split(text, "en")
    assert sentences(pieces) == ["Title", "One thing.", "Two.", "First", "Second", "Last"]
    new = join(pieces, ["A", "B.", "C.", "D", "E", "F"], "pt")
    assert new == "A\n\n  - B. C.\n  1. D\n\t(b) E  \n> # \nF"


def test_no_space_follows_a_chinese_full_stop_and_one_is_added_after_chinese() -> None:
    assert join(split("One. Two. Three.", "en"), ["一。", "二。", "三。"], "zh-Hans") == "一。二。三。"
    assert join(split("一。二。", "zh-Hans"), ["One.", "Two."], "en") == "One. Two."
    assert join(split("One.  Two.", "en"), ["Um.", "Dois."], "pt") == "Um.  Dois."


def test_long_text_is_cut_between_words_and_a_long_word_anywhere() -> None:
    words = split("word " * 300, "en")
    assert all(len(text) <= LONGEST for text in sentences(words))
    assert {text.split(" ")[0] for text in sentences(words)} == {"word"}
    giant = "x" * 5000
    pieces = split(giant, "en")
    assert all(len(text) <= LONGEST for text in sentences(pieces))
    assert join(pieces, sentences(pieces), "pt") == giant


def test_tag_stays_with_the_sentence_that_it_closes() -> None:
    assert sentences(split("\U00100000Stop.\U00100001 Go.", "en")) == ["\U00100000Stop.\U00100001", "Go."]


def test_join_with_a_wrong_number_of_translations_is_refused() -> None:
    pieces = split("One. Two.", "en")
    with pytest.raises(ValueError, match="no translation"):
        join(pieces, ["Um."], "pt")
    with pytest.raises(ValueError, match="more translations"):
        join(pieces, ["Um.", "Dois.", "Três."], "pt")


@given(
    st.one_of(LINES.map("\n".join), LINES.map(" ".join), st.text(max_size=80)),
    st.sampled_from(["en", "am", "zh-Hans", "ur"]),
)
def test_pieces_are_the_whole_text(text: str, tag: str) -> None:
    pieces = split(text, tag)
    assert "".join(piece.text for piece in pieces) == text
    assert all(text[piece.start : piece.end] == piece.text for piece in pieces)
    assert all(piece.text.strip() and len(piece.text) <= LONGEST for piece in pieces if piece.kind is Kind.WORDS)
    assert text.startswith("".join(piece.text for piece in pieces[:1]))
    if tag != "zh-Hans" and "。" not in text and "！" not in text:
        assert join(pieces, sentences(pieces), "en").replace(" ", "") == text.replace(" ", "")


def test_line_of_ends_that_are_none_costs_no_square_of_its_length() -> None:
    text = "No. 5 " * 15_000
    began = time.process_time()
    pieces = split(text, "pt")
    assert time.process_time() - began < 10
    assert "".join(piece.text for piece in pieces) == text
