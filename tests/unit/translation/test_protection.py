from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.translation.protection import SHAPES, find_spans, mark, restore, translate_protected

FOUND = {
    "email": ["maria.silva@acnur.org", "k.o-neil+legal@unhcr.org", "João.Melo@pf.gov.br"],
    "url": [
        "https://help.unhcr.org/x?id=1&l=pt#a",
        "www.gov.br/pf",
        "iom.int/rights",
        "unhcr.org",
        "https://x.org/a_(b)",
    ],
    "phone": [
        "+55 61 99123-4567",
        "(11) 3091-2233",
        "0800 772 0000",
        "+5511991234567",
        "211 234 567",
        "00351 912 345 678",
    ],
    "date": ["2026-11-24", "24/11/2026", "24.11.26", "3-4-2025"],
    "time": ["14:30", "08:05:59"],
    "case": ["5001234-12.2026.8.26.0100", "08505.012345/2026-11", "123.456.789-09", "A 123-456-789", "A# 123-456-789"],
    "document": ["G123456-7", "FZ882134", "YB 445566", "A/RES/217", "123456789", "LT99812X"],
    "emoji": ["😀", "👩‍👩‍👧", "🇧🇷", "👍🏽", "❤️", "1️⃣", "☎️", "🤷🏽‍♀️", "🏴\U000e0067\U000e0062\U000e007f"],
    "placeholder": ["{name}", "{{ x }}", "%(name)s", "%s", "$NAME", "<b>", "</a>", "${user.id}", "{0}", '<a href="x">'],
    "handle": ["@acnur_br", "#refugio"],
    "file": ["ata_2026.pdf", "photo-1.JPG"],
}


def upper(sentences: Sequence[str]) -> list[tuple[str, ...]]:
    return [(sentence.upper(),) for sentence in sentences]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FOUND.items() for text in texts])
@pytest.mark.parametrize("around", ["Use {} now.", "{}, please", "It is ({}).", "发给{}吧", "And this: {}"])
def test_what_must_not_change_is_found(kind: str, text: str, around: str) -> None:
    sentence = around.replace("{}", text)
    if kind in {"emoji", "placeholder"} or not (around[0] == "发" and kind in {"handle", "file"}):
        assert [(span.kind, span.text) for span in find_spans(sentence)] == [(kind, text)]


@pytest.mark.parametrize(
    "text",
    [
        "In 2026 there were 1,250,000 people, 40% of them children.",
        "It cost R$ 1.250,00 or $3.50 or 20 000 francs.",
        "Article 33.1 of 28 July 1951; the years 1939-1945.",
        "He is #1 and has 100% support, 50 %de.",
        "Come at 10:05 a.m. to room 12.",
        "The end.It was COVID-19 in the G20.",
        "2008 400 Richest Americans",
    ],
)
def test_plain_numbers_and_words_are_left_to_the_engine(text: str) -> None:
    assert find_spans(text) == ()


def test_punctuation_of_the_sentence_is_no_part_of_an_address() -> None:
    assert [s.text for s in find_spans("See https://x.org/a, (www.b.org/c) and a@b.org.")] == [
        "https://x.org/a",
        "www.b.org/c",
        "a@b.org",
    ]


def test_marks_avoid_what_the_text_already_holds() -> None:
    text = "x1x and X2X say a@b.org"
    marked = mark(text, find_spans(text), SHAPES[0])
    assert marked.text == "x1x and X2X say X3X"
    assert restore("x1x e X2X dizem X3X", marked).text == "x1x e X2X dizem a@b.org"


@pytest.mark.parametrize("output", ["", "fale com", "X1X ou X1X", "X1Xa", "aX1X", "X11X", "x1x"])
def test_mark_that_is_not_there_exactly_once_is_lost(output: str) -> None:
    assert restore(output, mark("to a@b.org", find_spans("to a@b.org"), "X{}X")).lost == ("email",)


def test_space_that_was_put_beside_a_mark_is_taken_away_again() -> None:
    text = "the <b>right</b> to"
    marked = mark(text, find_spans(text), "X{}X")
    assert marked.text == "the X1X right X2X to"
    assert restore("o X1X direito X2X a", marked).text == "o <b>direito</b> a"


def test_elements_may_change_their_order() -> None:
    text = "a \U00100000 b \U00100001"
    marked = mark(text, find_spans(text), "X{}X")
    assert restore("X2X b a X1X", marked).lost == ()
    assert restore("X2X b a", marked).lost == ("tag",)


def test_sentences_without_spans_are_passed_as_they_are_in_one_call() -> None:
    calls: list[list[str]] = []

    def engine(sentences: Sequence[str]) -> list[tuple[str, ...]]:
        calls.append(list(sentences))
        return [(f"<{sentence}>", "other") for sentence in sentences]

    outputs = translate_protected(["One.", "12:30 – 14:00", "a@b.org 😀", "Two  spaces.", ""], engine)
    assert calls == [["One.", "Two  spaces."]]
    assert [output.text for output in outputs] == ["<One.>", "12:30 – 14:00", "a@b.org 😀", "<Two  spaces.>", ""]
    assert outputs[0].alternatives == ("other",)


def test_only_what_failed_is_tried_again_with_other_marks() -> None:
    calls: list[list[str]] = []

    def engine(sentences: Sequence[str]) -> list[tuple[str, ...]]:
        calls.append(list(sentences))
        return [(sentence.replace("X1X", ""),) for sentence in sentences]

    outputs = translate_protected(["Hello.", "Ask a@b.org now"], engine)
    assert calls == [["Hello.", "Ask X1X now"], ["Ask P01 now"]]
    assert outputs[1].text == "Ask a@b.org now"
    assert not outputs[1].cut


def test_date_that_an_engine_rewrites_is_marked_the_second_time() -> None:
    calls: list[list[str]] = []

    def engine(sentences: Sequence[str]) -> list[tuple[str, ...]]:
        calls.append(list(sentences))
        return [(sentence.replace("24/11/2026", "11/24/2026"),) for sentence in sentences]

    assert translate_protected(["On 24/11/2026 we meet."], engine)[0].text == "On 24/11/2026 we meet."
    assert calls == [["On 24/11/2026 we meet."], ["On X1X we meet."]]


def test_engine_that_keeps_nothing_translates_around_the_spans() -> None:
    def engine(sentences: Sequence[str]) -> list[tuple[str, ...]]:
        return [("".join(c for c in sentence.upper() if not c.isdigit()).replace("XX", ""),) for sentence in sentences]

    output = translate_protected(["write to a@b.org, or call +55 61 99123-4567! 😀"], engine)[0]
    assert output.text == "WRITE TO a@b.org, OR CALL +55 61 99123-4567! 😀"
    assert output.cut
    assert output.lost == ()


@pytest.mark.parametrize("sentence", ["plain", "to a@b.org now"])
def test_engine_that_fails_gives_no_text(sentence: str) -> None:
    output = translate_protected([sentence], lambda sentences: [() for _ in sentences])[0]
    assert output.text == ""
    assert output.alternatives == ()


def test_alternatives_without_their_spans_are_left_out() -> None:
    output = translate_protected(["to a@b.org"], lambda sentences: [("a X1X", "b X1X", "c", "a X1X")] * len(sentences))[
        0
    ]
    assert (output.text, output.alternatives) == ("a a@b.org", ("b a@b.org",))


def test_emoji_at_the_edges_is_not_sent() -> None:
    calls: list[str] = []

    def engine(sentences: Sequence[str]) -> list[tuple[str, ...]]:
        calls.extend(sentences)
        return upper(sentences)

    assert translate_protected(["👋 hello there 🇧🇷❤️"], engine)[0].text == "👋 HELLO THERE 🇧🇷❤️"
    assert calls == ["hello there"]


ITEMS = st.sampled_from([text for texts in FOUND.values() for text in texts] + ["word", "X1X", "2026", ", ", ". ", " "])


@given(st.lists(ITEMS, max_size=8), st.sampled_from([" ", "", ", "]), st.booleans())
def test_whatever_stands_together_arrives(items: list[str], between: str, keeps: bool) -> None:
    text = between.join(items)
    spans = find_spans(text)
    assert all(text[span.start : span.end] == span.text for span in spans)
    output = translate_protected([text], lambda sentences: [(s if keeps else "Z",) for s in sentences])[0]
    assert [output.text.count(span.text) >= 1 for span in spans] == [True] * len(spans)
    if keeps:
        assert output.text == text
