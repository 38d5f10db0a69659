import pytest

from linkbridge.kernel import tags
from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.tags import described_tag, normal_tag, read_tag


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


@pytest.mark.parametrize(("tag", "described"), [("pt-BR", "pt"), ("en-US", "en"), ("zh-Hant", "zh-Hant"), ("uk", "uk")])
def test_word_lists_know_a_region_by_its_language_and_no_script_by_another(tag: str, described: str) -> None:
    assert described_tag(tag) == described


def test_tags_that_callers_make_up_are_not_all_remembered() -> None:
    before = tags._normal_tag.cache_info().currsize
    assert normal_tag("x" * 100_000) is None
    assert tags._normal_tag.cache_info().currsize == before
    assert tags._normal_tag.cache_info().maxsize is not None
