import pytest

from linkbridge.translation.shaping import Shaped, shape


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("WHERE IS MY SON?", "Where is my son?"),
        ("MAY I CALL MY MOTHER?", "May I call my mother?"),
        ("¿DÓNDE ESTÁ MI HIJO?", "¿Dónde está mi hijo?"),
        ("SOCORRO!", "Socorro!"),
        ("WRITE TO ANA@EXAMPLE.ORG, PASSPORT AB1234567.", "Write to ANA@EXAMPLE.ORG, passport AB1234567."),
        ("UNHCR", "UNHCR"),
        ("The IOM and the UNHCR.", "The IOM and the UNHCR."),
        ("我要律师。", "我要律师。"),
        ("أريد محاميا.", "أريد محاميا."),
    ],
)
def test_shouted_sentence_is_calmed(sentence: str, wanted: str) -> None:
    assert shape(sentence).text == wanted
    assert len(shape(sentence).text) == len(sentence)


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("Help me", Shaped("Help me.", stopped=True)),
        ("Help me!", Shaped("Help me!")),
        ("doctor", Shaped("doctor")),
        ("Rights of the person:", Shaped("Rights of the person:")),
        (" ".join(["word"] * 13), Shaped(" ".join(["word"] * 13))),
        ("", Shaped("")),
    ],
)
def test_short_sentence_gets_a_full_stop(sentence: str, wanted: Shaped) -> None:
    assert shape(sentence) == wanted


@pytest.mark.parametrize(
    ("translation", "wanted"),
    [
        ("Ajude-me.", "Ajude-me"),
        ("帮帮我。", "帮帮我"),
        ("Ajude-me", "Ajude-me"),
        ("E então...", "E então..."),
        ("", ""),
    ],
)
def test_full_stop_is_taken_off_again(translation: str, wanted: str) -> None:
    assert shape("Help me").back(translation) == wanted
    assert shape("Help me.").back(translation) == translation
