import pytest

from linkbridge.kernel.errors import InvalidInput
from linkbridge.translation.tags import normal_tag, read_tag


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zt", "zh-Hant"),
        ("pb", "pt-BR"),
        ("pt_br", "pt-BR"),
        ("es-419", "es-419"),
        ("ckb", "ckb"),
        ("ku", "kmr"),
        (" fr ", "fr"),
    ],
)
def test_language_is_understood(written: str, tag: str) -> None:
    assert normal_tag(written) == tag


@pytest.mark.parametrize("written", ["", "x", "klingonese-long-name-of-no-use", "en\x00", "../etc", "ひ", "auto", "12"])
def test_what_names_no_language_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_tag(written, field="target")
    assert caught.value.params == {"field": "target", "problem": "choice"}
