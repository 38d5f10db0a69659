"""How texts are made comparable, how phrases are found, and what cannot wait."""

import pytest

from linkbridge.phrasebook.matching.lexical import Document, LexicalIndex
from linkbridge.phrasebook.matching.normalising import plain, sound, words
from linkbridge.phrasebook.matching.urgency import UrgencyKind, UrgencyLists, compile_pattern


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¿Dónde está?", ("donde", "esta")),
        ("मुझे जीना नहीं", ("मुझे", "जीना", "नहीं")),
        ("আমার উকিল দরকার।", ("আমার", "উকিল", "দরকার")),
        ("أُريدُ مُحامياً", ("اريد", "محاميا")),
        ("我15岁", ("我", "15", "岁")),
        ("oʻlim don't", ("olim", "dont")),
        ("ጸሐፊ", ("ጸሀፊ",)),
        ("🙏 … _", ()),
    ],
)
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


def test_repeated_letters_count_once() -> None:
    assert plain("Heeeelp") == "help"


@pytest.mark.parametrize(("one", "other"), [("मुझे", "mujhe"), ("mujhay", "mujhe"), ("وکیل", "wakeel")])
def test_same_sound_in_other_letters(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_nearest_document_stands_for_its_key() -> None:
    index = LexicalIndex([Document("lawyer", "necesito un abogado"), Document("doctor", "necesito un médico")])
    near = index.nearness("nesesito abogdo")
    assert index.keys[int(near.of_keys.argmax())] == "lawyer"
    assert 0.0 < near.nearest < 1.0
    assert index.nearness("xyz").nearest == 0.0
    assert LexicalIndex([]).nearness("abogado").nearest == 0.0


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("they * kill", "They are going to kill me", True),
        ("they * kill", "they said that he is not going to kill", False),
        ("kidnap~", "I was KIDNAPPED!", True),
        ("kidnap~", "napkidnap", False),
        ("~waua", "wataniwaua", True),
        ("मुझे मार~", "वो मुझे मारेंगे", True),
        ("जीना नहीं", "वापस जाना नहीं", False),
        ("我 * 岁", "我15岁", True),
    ],
)
def test_pattern(pattern: str, text: str, found: bool) -> None:
    lists = UrgencyLists({"xx": {UrgencyKind.DANGER: (pattern,)}})
    assert lists.kinds(text, ["xx"]) == ((UrgencyKind.DANGER,) if found else ())


def test_pattern_without_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a word"):
        compile_pattern("* *")
