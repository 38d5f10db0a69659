"""The words of a part are found in a translation, or not at all."""

import pytest

from linkbridge.translation.placing import find_words, words_at_share


def found(text: str, hints: list[str], own: str = "?", expected: int = 0, *, is_whole: bool = True) -> str | None:
    place = find_words(text, hints, own, expected, [], is_whole=is_whole)
    return text[slice(*place)] if place else None


@pytest.mark.parametrize(
    ("text", "hints", "own", "wanted"),
    [
        ("Preciso de um médico.", ["Médico."], "doctor", "médico"),
        ("Preciso de um médico.", ["Médico."], "doctor.", "médico."),
        ("Estáis detenidos aquí.", ["Detenido."], "detained", "detenidos"),
        ("Ela perdeu o doutor", ["médico", "doutor"], "doctor", "doutor"),
        ("O ACNUR e a IOM", ["organização"], "IOM", "IOM"),
        ("Vive no Porto", ["não"], "no", None),
        ("Vive no Porto", ["não"], "NO", "no"),
        ("artistas", ["art"], "art", None),
        ("请找医生。", ["医生"], "doctor", "医生"),
        ("Nada disto", [], "", None),
        ("Nada disto", ["   "], " ", None),
    ],
)
def test_find_words(text: str, hints: list[str], own: str, wanted: str | None) -> None:
    assert found(text, hints, own) == wanted


def test_the_nearest_free_place_is_taken() -> None:
    assert find_words("no no no", ["no no"], "x", 3, []) == (3, 8)
    assert find_words("no no no", ["no"], "x", 3, [(3, 5)]) == (0, 2)
    assert find_words("no no no", ["no"], "x", 7, [(0, 8)]) is None


def test_part_of_a_word_is_found_only_if_that_is_wanted() -> None:
    assert found("CO2", ["2"], "2") is None
    assert found("CO2", ["2"], "2", is_whole=False) == "2"


def test_words_at_share_are_free_ones() -> None:
    assert words_at_share("a b c d", (0, 2), 8, 2, []) == (0, 3)
    assert words_at_share("a b c d", (0, 2), 8, 2, [(0, 1)]) == (2, 5)
    assert words_at_share("a b", (0, 2), 8, 1, [(0, 3)]) is None
