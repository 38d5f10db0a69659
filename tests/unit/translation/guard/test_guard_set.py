import pytest

from linkbridge.translation.guard import SUSPECT_AT
from tests.support.guard import GOOD, flagged, items, kinds

KINDS = (
    "added_negation",
    "changed_number",
    "copied_source",
    "dropped_number",
    "invented",
    "lost_negation",
    "placeholders",
    "repetition",
    "truncation",
    "wrong_script",
)


def test_set_holds_enough_of_each_kind_and_origin() -> None:
    faults = [item for item in items() if item.kind != GOOD]

    assert kinds() == KINDS
    assert len(faults) >= 300
    assert len(items()) - len(faults) >= 300
    assert sum(item.origin == "engine" for item in faults) * 2 >= len(faults)
    assert len({item.target_tag for item in items()}) >= 6
    assert len({item.id for item in items()}) == len(items())


def test_set_names_the_engine_of_what_an_engine_made() -> None:
    assert all(bool(item.engine) is (item.origin == "engine") for item in items())


@pytest.mark.parametrize("kind", KINDS)
def test_guard_finds_nearly_all_faults_of_the_held_out_half(kind: str) -> None:
    found, of = flagged(kind, SUSPECT_AT, held_out=True)

    assert of >= 10
    assert found / of >= 0.95


def test_guard_blames_few_good_translations_of_the_held_out_half() -> None:
    blamed, of = flagged(GOOD, SUSPECT_AT, held_out=True)

    assert of >= 150
    assert blamed / of <= 0.05
