"""Facts about texts: placeholders, numbers, scripts and hidden characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.kernel import text_checks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call {phone} before {date}", ("phone", "date")),
        ("{number} of {number}", ("number", "number")),
        ("{Phone} { phone } {} {1a}", ()),
        ("{{phone}}", ("phone",)),
    ],
)
def test_placeholders_are_found_in_order(text: str, expected: tuple[str, ...]) -> None:
    assert text_checks.placeholders(text) == expected


def test_stray_braces_are_those_outside_placeholders() -> None:
    assert text_checks.stray_braces("{phone} {Phone} }") == ("{", "}", "}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You have 3 days and 12 hours", ("3", "12")),
        ("١٢ يومًا", ("12",)),
        ("۱۲ ورځې", ("12",)),
        ("१२ दिन", ("12",)),
        ("১২ দিন", ("12",)),
        ("１２天", ("12",)),
        ("1,000 or 1.000 or 1\u00a0000 or ١٬٠٠٠", ("1000", "1000", "1000", "1000")),
        ("1,234,567.8", ("1234567.8",)),
        ("10,5", ("10.5",)),
        ("٣٫١٤", ("3.14",)),
        ("24.11.2026", ("24", "11", "2026")),
        ("at 10:30", ("10", "30")),
        ("፲፪ ቀናት", ("12",)),
        ("፲፱፻፶፩", ("1951",)),
        ("፻", ("100",)),
        ("፼", ("10000",)),
        ("፪፼፫፻፬", ("20304",)),
        ("{number2} of {total}", ()),
        ("no number", ()),
    ],
)
def test_numbers_are_normalised(text: str, expected: tuple[str, ...]) -> None:
    assert text_checks.numbers(text) == expected


def test_numbers_of_956_and_996_differ() -> None:
    assert text_checks.numbers("956") != text_checks.numbers("996")


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from("0٠۰०০๐"))
def test_numbers_read_any_decimal_digits(value: int, zero: str) -> None:
    written = "".join(chr(ord(zero) + int(digit)) for digit in str(value))
    assert text_checks.numbers(f"a {written} b") == (str(value),)


@given(st.text())
def test_text_checks_accept_any_text(text: str) -> None:
    text_checks.numbers(text)
    text_checks.lookalike_words(text)
    text_checks.dominant_script(text)
    assert set(text_checks.forbidden_characters(text)) <= set(text)
    assert set(text_checks.stray_joiners(text)) <= text_checks.JOINERS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("መብት አለዎት።", "Ethi"),
        ("আপনার অধিকার", "Beng"),
        ("您的权利", "Hani"),
        ("ستاسو حقونه، UNHCR", "Arab"),
        ("12 / 3", None),
        ("{number} ؟", None),
    ],
)
def test_dominant_script(text: str, expected: str | None) -> None:
    assert text_checks.dominant_script(text) == expected


def test_scripts_names_each_one() -> None:
    assert text_checks.scripts("حق UNHCR 12 {phone}") == {"Arab", "Latn"}


def test_written_in_maps_simplified_chinese_to_han() -> None:
    assert text_checks.written_in("Hans") == "Hani"
    assert text_checks.written_in("Ethi") == "Ethi"


def test_lookalike_words_find_cyrillic_in_latin() -> None:
    assert text_checks.lookalike_words("a c\u0430se of law") == ("c\u0430se",)
    assert text_checks.lookalike_words("联合国UNHCR") == ()


def test_bidi_controls_are_listed_once() -> None:
    assert text_checks.bidi_controls("a\u202eb\u202ec\u2066") == ("\u202e", "\u2066")


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x1b", "\n", "\u00ad", "\u200b", "\ufeff", chr(0xD800), "\ue000", "\ufffd", "\u2028", "\U000e0041"],
)
def test_forbidden_characters_are_found(character: str) -> None:
    assert text_checks.forbidden_characters(f"a{character}b") == (character,)


def test_forbidden_characters_leave_joiners_and_letters() -> None:
    assert text_checks.forbidden_characters("می\u200cخواهم ক্\u200dষ 👨\u200d👩\u200d👧 é") == ()


def test_forbidden_characters_can_be_allowed() -> None:
    assert text_checks.forbidden_characters("a\nb\tc", allowed="\n") == ("\t",)


def test_stray_joiners_stand_where_nothing_is_joined() -> None:
    assert text_checks.stray_joiners("می\u200cخواهم") == ()
    assert text_checks.stray_joiners("\u200cab \u200dc d\u200c\u200ce") == ("\u200c", "\u200d", "\u200c")


def test_is_normalised_tells_decomposed_letters() -> None:
    assert text_checks.is_normalised("caf\u00e9")
    assert not text_checks.is_normalised("cafe\u0301")


def test_describe_character_names_it() -> None:
    assert text_checks.describe_character("\u202e") == "U+202E RIGHT-TO-LEFT OVERRIDE"
    assert text_checks.describe_character("\x00") == "U+0000 unnamed"
