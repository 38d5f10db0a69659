from linkbridge.interpreting.dispatch.choosing import choose_direct, choose_relay
from linkbridge.interpreting.matching.values import Candidate, Relay
from linkbridge.interpreting.values import OrganisationTier, Seat


def candidate(name: str, step: int = 0) -> Candidate:
    return Candidate(name, f"organisation-{step}", Seat(1, "am", "es"), OrganisationTier.OWN, step, 0, ())


def names(found: tuple[Candidate, ...]) -> list[str]:
    return [each.interpreter_id for each in found]


def test_wave_stays_within_the_first_organisation() -> None:
    people = (candidate("a"), candidate("b"), candidate("c", 1))
    assert names(choose_direct(people, 5, 1)) == ["a", "b"]
    assert names(choose_direct(people, 1, 1)) == ["a"]


def test_wave_goes_on_to_the_next_organisation_until_seats_could_be_full() -> None:
    people = (candidate("a"), candidate("b", 1), candidate("c", 1))
    assert names(choose_direct(people, 5, 2)) == ["a", "b"]


def test_nobody_is_asked_when_all_together_are_too_few() -> None:
    assert choose_direct((candidate("a"),), 5, 2) == ()
    assert choose_direct((), 5, 1) == ()


def test_relay_asks_nobody_for_both_seats_and_somebody_for_each() -> None:
    a, b, c = candidate("a"), candidate("b"), candidate("c")
    for first, second in (((a,), (a, b)), ((a, b), (a,)), ((a, b), (a, b)), ((a, b, c), (c, b)), ((a,), (b,))):
        for size in (1, 3):
            chosen = choose_relay(Relay("en", first, second), size)
            assert {each.seat.number for each in chosen} == {1, 2}
            assert len(set(names(chosen))) == len(chosen)
