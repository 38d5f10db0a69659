import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.ids import new_encounter_code, parse_encounter_code, proquint


@pytest.mark.parametrize(("value", "word"), [(0x7F00, "lusab"), (0x0001, "babad"), (0x3F54, "gutih")])
def test_proquint_spells_the_examples_of_its_standard(value: int, word: str) -> None:
    assert proquint(value) == word


def test_encounter_code_survives_being_read_out_and_typed_again() -> None:
    code = new_encounter_code()
    assert parse_encounter_code("  " + code.upper().replace("-", " ") + "\n") == code


@given(st.text(max_size=40))
def test_parse_encounter_code_refuses_or_returns_the_canonical_form(text: str) -> None:
    try:
        parsed = parse_encounter_code(text)
    except InvalidInput:
        return
    assert parse_encounter_code(parsed) == parsed


@pytest.mark.parametrize("text", ["", "lusab", "lusab-babad", "lusab-babad-gutix", "lusab-babad-gutih-babad"])
def test_parse_encounter_code_refuses_other_text(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_encounter_code(text)
