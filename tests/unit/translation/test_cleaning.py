import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkbridge.translation.cleaning import clean

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("", ""),
        ("plain text", "plain text"),
        ("e\u0301tat", "état"),
        ("a\x00b\x07c\x9fd", "abcd"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("\u202eevil\u202c \u2067x\u2069 \u200ey", "evil x y"),
        ("\ufeffstart, hy\u00adphen, zero\u200bwidth", "start, hyphen, zerowidth"),
        ("10\u202f000\u00a0€\u3000x", "10 000 € x"),
        ("a\r\nb\rc\u2028d\x85e\vf", "a\nb\nc\nd\ne\nf"),
        ("tab\there", "tab\there"),
        ("می\u200cروم 👩\u200d👧", "می\u200cروم 👩\u200d👧"),
        ("hidden\U000e0041\U000e0042", "hidden"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
    ],
)
def test_text_is_cleaned(given_text: str, cleaned: str) -> None:
    assert clean(given_text).text == cleaned


def test_span_leads_back_to_the_text_that_was_given() -> None:
    source = "\ufeffA\u0301gua\r\n\u202bpura\u202c e fria"
    cleaned = clean(source)
    start = cleaned.text.index("pura")
    first, last = cleaned.source_span(start, start + 4)
    assert source[first:last].strip("\u202c") == "pura"
    assert cleaned.source_span(0, 4) == (1, 6)
    assert cleaned.source_span(0, len(cleaned.text)) == (1, len(source))


@given(ANY_TEXT)
@example("\ud83d\ude00")
@example("ন\u09c7\u09be \u1112\u1161\u11ab")
def test_any_text_gives_a_clean_one_with_places_in_order(source: str) -> None:
    cleaned = clean(source)
    cleaned.text.encode()
    assert unicodedata.is_normalized("NFC", cleaned.text)
    assert clean(cleaned.text).text == cleaned.text
    places = [cleaned.source_span(i, i + 1) for i in range(len(cleaned.text))]
    assert all(0 <= first <= last <= len(source) for first, last in places)
    assert [first for first, _ in places] == sorted(first for first, _ in places)
