"""Words are found whatever their case, accents and hyphens, and only as whole words where a language has words."""

import pytest

from linkbridge.phrasebook.wording import fold, has_spaces, is_pattern, needle


@pytest.mark.parametrize(
    ("tag", "pattern", "text", "found"),
    [
        ("en", "asylum", "Asylum is protection.", True),
        ("en", "asylum", "Ask for ASYLUM!", True),
        ("en", "hold you", "If we\u00a0hold\nyou here", True),
        ("en", "hold you", "If we hold, you wait", True),
        ("en", "sign", "The signature", False),
        ("es", "refugiad*", "los refugiados", True),
        ("es", "refugiad*", "un prerrefugiado", False),
        ("fr", "asile", "L’asile", True),
        ("fr", "demandeur d’asile", "Un demandeur d'asile", True),
        ("tr", "İltica", "ILTICA", True),
        ("tr", "ılık*", "ILIKTIR", True),
        ("ar", "*لجوء", "طلب اللجوء", True),
        ("ar", "محام", "مُحَامٍ", True),
        ("fa", "بی‌تابعیت", "شما بیتابعیت هستید", True),
        ("hi", "शरण", "आप शरण माँग सकते हैं।", True),
        ("hi", "शरण", "शरणार्थी", False),
        ("bn", "সই", "সইয়ের মানে", False),
        ("uz", "oʻchir*", "Oʻchiramiz", True),
        ("zh-Hans", "庇护", "您可以申请庇护。", True),
        ("zh-Hans", "无国籍*", "您就是无国籍人", True),
        ("xx-unknown", "word", "A word here", True),
    ],
)
def test_pattern_is_found(tag: str, pattern: str, text: str, found: bool) -> None:
    assert (needle(pattern, tag) in fold(text, tag)) is found


def test_only_chinese_has_no_spaces() -> None:
    assert not has_spaces("zh-Hans")
    assert has_spaces("am")
    assert has_spaces("hi")


@pytest.mark.parametrize(
    ("pattern", "sound"),
    [("asylum", True), ("*asyl*", True), ("asy*lum", False), ("*", False), ("**", False), ("…", False), ("庇护", True)],
)
def test_pattern_holds_a_word_and_a_star_at_an_end_only(pattern: str, sound: bool) -> None:
    assert is_pattern(pattern) is sound
