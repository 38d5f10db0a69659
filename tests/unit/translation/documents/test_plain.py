import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.kernel.errors import InvalidInput
from linkbridge.translation.documents.values import TranslatedText
from linkbridge.translation.results import Quality
from tests.unit.translation.documents.helpers import NOTICE, identity, run, text_of, upper, words


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t")))
def test_text_with_the_same_words_is_the_same(text: str) -> None:
    if text.strip():
        assert text_of(text, "a.txt", identity) == text.removeprefix("\ufeff") or text.startswith("\ufeff")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_text_keeps_its_line_ends_and_indents(newline: str) -> None:
    text = newline.join(["one", "", "  two", "\tthree", "12", ""])
    assert text_of(text, "a.txt", upper) == text.upper()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("señor".encode(), "SEÑOR".encode()),
        ("señor".encode("utf-8-sig"), "SEÑOR".encode("utf-8-sig")),
        ("señor".encode("utf-16"), "SEÑOR".encode("utf-8-sig")),
        ("El señor Núñez pidió asilo en España.".encode("cp1252"), "EL SEÑOR NÚÑEZ PIDIÓ ASILO EN ESPAÑA.".encode()),
    ],
)
def test_text_of_any_usual_encoding_becomes_utf8(content: bytes, expected: bytes) -> None:
    assert run(content, "a.txt", upper).content == expected


WRAPPED = (
    "You have the right to an interpreter at every hearing, and\n"
    "you may ask for one at any time; the interpreter costs you\n"
    "nothing.\n"
    "- Keep this paper.\n"
    "- Sign nothing.\n"
)


def test_text_wrapped_over_lines_is_translated_as_a_paragraph() -> None:
    asked: list[str] = []

    def translate(some: list[str]) -> list[TranslatedText]:
        asked.extend(some)
        return upper(some)

    written = text_of(WRAPPED, "a.txt", translate)  # type: ignore[arg-type]
    assert asked[0].endswith("every hearing, and you may ask for one at any time; the interpreter costs you nothing.")
    assert asked[1:] == ["Keep this paper.", "Sign nothing."]
    assert written.split() == WRAPPED.upper().split()
    assert max(map(len, written.split("\n"))) <= max(map(len, WRAPPED.split("\n")))


def test_text_is_marked_and_says_what_it_is() -> None:
    table: dict[str, str | TranslatedText] = {"Yes.": TranslatedText("Sí.", Quality.SUSPECT)}
    written = run("Yes.\r\n  No.\r\n", "a.txt", words(table), notice=NOTICE).content.decode()
    assert written.split("\r\n") == [NOTICE[0].text, NOTICE[1].text, "", "⚠ Sí.", "  ⛔ No.", ""]


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(1, 32)) * 20])
def test_text_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match="not text"):
        run(content, "a.txt")
