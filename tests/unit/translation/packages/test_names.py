"""Which names become paths."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.names import is_code, is_file_name, is_folder, is_version, safe_path


@pytest.mark.parametrize(
    "name", ["metadata.json", "model/model.bin", "stanza/en/tokenize/ewt.pt", ".gitattributes", "a+b=c@d"]
)
def test_a_plain_name_is_kept(name: str) -> None:
    assert str(safe_path(name)) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/..", "/a", "a/", "a//b", "a\\b", "a\0b", "a b", "~/a", "CON:", "a\n"]
)
def test_a_name_that_may_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(BrokenPackage, match="not allowed"):
        safe_path(name)


@given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from(["..", ".", "", "a", "\\", "C:", "~"])), max_size=9))
def test_whatever_is_accepted_stays_in_its_folder(parts: list[str]) -> None:
    try:
        path = safe_path("/".join(parts))
    except BrokenPackage:
        return
    assert not path.is_absolute()
    assert ".." not in path.parts
    assert (Path("/models") / path).resolve().is_relative_to("/models")


def test_only_what_looks_like_it_is_a_code_a_version_or_a_name() -> None:
    assert [is_code(code) for code in ("en", "zh-Hans", "pt_BR", "e", "../en", "en\n", 7)] == [True] * 3 + [False] * 4
    assert [is_version(one) for one in ("1.9", "3.0a1", "", "../1", "1\n", None)] == [True] * 2 + [False] * 4
    assert [is_folder(one) for one in ("madlad-400", ".staging", "a/b", "..", 1)] == [True] + [False] * 4
    assert [is_file_name(one) for one in ("model.soen.bin", ".part", "a/b", "", None)] == [True] + [False] * 4
