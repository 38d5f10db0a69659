"""Who is listed, in which order and why; who is not, and why."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkbridge.interpreting.matching.finding import find_matches
from linkbridge.interpreting.matching.values import Matches, Policy, Profile, Weights
from linkbridge.interpreting.values import (
    BlockKind,
    Confidentiality,
    Credential,
    Domain,
    Gender,
    Level,
    Modality,
    OrganisationTier,
    Seat,
)
from tests.support.interpreters import DEFAULTS, SPAN, SetHours, need, pair, profile

B, C = BlockKind, Credential


def reasons_against(one: Profile, policy: Policy = DEFAULTS, **asked: Any) -> tuple[str, ...]:
    found = find_matches(need(**asked), [one], policy)
    assert found.candidates == ()
    return found.rejected[0].reasons


def names(found: Matches) -> list[str]:
    return [each.interpreter_id for each in found.candidates]


@pytest.mark.parametrize(
    ("one", "asked", "reason"),
    [
        (profile("i", pair("ti", "es")), {}, "language-missing"),
        (profile("i", pair("am", "en")), {}, "language-missing"),
        (profile("i", pair("am", "es", both_ways=False)), {}, "one-direction-only"),
        (profile("i", pair("es", "am", both_ways=False)), {}, "one-direction-only"),
        (profile("i", pair("am", "es", Level.WORKING)), {"domain": Domain.HEARING}, "level"),
        (profile(domains=frozenset({Domain.MEDICAL})), {}, "domain"),
        (profile(modalities=frozenset({Modality.PHONE})), {}, "modality"),
        (profile(country="CO"), {"modality": Modality.ON_SITE}, "wrong-country"),
        (profile(gender=Gender.MALE), {"gender": Gender.FEMALE}, "gender"),
        (profile(gender=None), {"gender": Gender.FEMALE}, "gender"),
        (profile(), {"credential": C.LEGAL}, "credential-missing"),
        (profile(credentials={C.LEGAL: date(2026, 11, 24)}), {"credential": C.LEGAL}, "credential-expired"),
        (profile(organisation_id="border"), {"confidentiality": Confidentiality.STRICT}, "confidentiality"),
        (
            profile(credentials={C.CONFIDENTIALITY: None}),
            {"confidentiality": Confidentiality.STRICT},
            "organisation-not-agreed",
        ),
        (
            profile(blocks=frozenset({(B.CONFLICT, "nationality:ER")})),
            {"avoid": frozenset({"nationality:ER"})},
            "conflict",
        ),
        (profile("i9"), {"avoid": frozenset({"interpreter:i9"})}, "conflict"),
        (profile(blocks=frozenset({(B.DECLINES, "site:post")})), {}, "declines"),
        (profile(blocks=frozenset({(B.UNWANTED, "organisation:border")})), {}, "unwanted"),
        (profile(is_active=False), {}, "inactive"),
        (profile("i9"), {"asked": frozenset({"i9"})}, "already-asked"),
        (profile(hours=SetHours("outside-hours")), {}, "outside-hours"),
        (profile(hours=SetHours("booked")), {}, "booked"),
    ],
)
def test_whoever_is_not_listed_has_the_reason(one: Profile, asked: dict[str, Any], reason: str) -> None:
    assert reasons_against(one, **asked) == (reason,)


def test_every_reason_is_told_at_once() -> None:
    one = profile("i", pair("ti", "es"), modalities=frozenset(), gender=Gender.MALE)
    assert reasons_against(one, gender=Gender.FEMALE) == ("modality", "gender", "language-missing")


@pytest.mark.parametrize(
    "one",
    [
        profile(credentials={C.LEGAL: date(2026, 11, 25)}),
        profile(credentials={C.LEGAL: None}),
    ],
)
def test_credential_that_holds_on_the_day_counts(one: Profile) -> None:
    assert names(find_matches(need(credential=C.LEGAL), [one], DEFAULTS)) == ["i1"]


@pytest.mark.parametrize(
    ("held", "wanted", "fits"),
    [
        ("pt", "pt-BR", True),
        ("pt-BR", "pt", True),
        ("pt-BR", "pt-PT", False),
        ("zh-Hans", "zh-Hant", False),
        ("fa", "prs", False),
        ("am", "am", True),
    ],
)
def test_language_with_a_region_or_script(held: str, wanted: str, fits: bool) -> None:
    found = find_matches(need(person_language=wanted), [profile("i", pair(held, "es"))], DEFAULTS)
    assert bool(found.candidates) is fits


def test_two_one_way_pairs_make_both_ways() -> None:
    one = profile("i", pair("am", "es", both_ways=False), pair("es", "am", both_ways=False))
    assert names(find_matches(need(), [one], DEFAULTS)) == ["i"]


@pytest.mark.parametrize(("domain", "listed"), [(Domain.SCREENING, ["i"]), (Domain.HEARING, [])])
def test_level_is_that_of_the_weaker_direction(domain: Domain, listed: list[str]) -> None:
    expert, working = pair("am", "es", Level.EXPERT, both_ways=False), pair("es", "am", Level.WORKING, both_ways=False)
    found = find_matches(need(domain=domain), [profile("i", expert, working)], DEFAULTS)
    assert names(found) == listed
    codes = {reason.code for each in found.candidates for reason in each.reasons}
    assert not codes & {"level-expert", "level-professional"}


def test_directions_with_and_without_a_region_make_both_ways() -> None:
    one = profile("i", pair("pt", "es", both_ways=False), pair("es", "pt-BR", both_ways=False))
    assert names(find_matches(need(person_language="pt"), [one], DEFAULTS)) == ["i"]


def test_order_is_by_the_escalation_then_by_score() -> None:
    people = [
        profile("stranger", organisation_id="third"),
        profile("dear", organisation_id="first", cost_per_hour=9_000),
        profile("cheap", organisation_id="first"),
        profile("own", organisation_id="border"),
        profile("second", organisation_id="second"),
    ]
    found = find_matches(need(), people, Policy(partners=("first", "second")))
    assert [(each.interpreter_id, each.tier, each.step) for each in found.candidates] == [
        ("cheap", OrganisationTier.AGREED, 0),
        ("dear", OrganisationTier.AGREED, 0),
        ("second", OrganisationTier.AGREED, 1),
        ("own", OrganisationTier.OWN, 2),
    ]
    assert [(each.interpreter_id, each.reasons) for each in found.rejected] == [
        ("stranger", ("organisation-not-agreed",))
    ]


def test_without_an_agreed_order_the_own_organisation_comes_first() -> None:
    people = [profile("other"), profile("own", organisation_id="border", cost_per_hour=20_000)]
    assert names(find_matches(need(), people, DEFAULTS)) == ["own", "other"]


def test_on_demand_those_on_call_come_before_better_ones() -> None:
    people = [profile("better", pair("am", "es", Level.EXPERT)), profile("on-call", hours=SetHours(on_call=True))]
    policy = replace(DEFAULTS, weights=Weights(on_call=0))
    assert names(find_matches(need(is_on_demand=True), people, policy)) == ["on-call", "better"]
    assert names(find_matches(need(), people, policy)) == ["better", "on-call"]


def test_score_names_each_of_its_points() -> None:
    one = profile(
        "i",
        pair("am", "es", Level.EXPERT),
        organisation_id="border",
        gender=Gender.FEMALE,
        credentials={C.TRAUMA: None},
        cost_per_hour=5_000,
        minutes_lately=600,
        offers_lately=60,
    )
    (found,) = find_matches(need(gender=Gender.FEMALE), [one], DEFAULTS).candidates
    assert {reason.code: reason.points for reason in found.reasons} == {
        "level-expert": 30,
        "own-organisation": 10,
        "gender": 15,
        "credential": 10,
        "cost": 10,
        "fairness": 12,
        "waking-hours": 10,
    }
    assert found.score == 97


def test_night_at_the_interpreters_place_gives_no_points() -> None:
    one = profile(time_zone="Asia/Kathmandu")  # 20:45 there: still awake
    late = profile("late", time_zone="Pacific/Auckland")  # four in the morning
    found = find_matches(need(), [one, late], DEFAULTS)
    codes = {each.interpreter_id: {reason.code for reason in each.reasons} for each in found.candidates}
    assert ("waking-hours" in codes["i1"], "waking-hours" in codes["late"]) == (True, False)


def test_relay_is_found_where_nobody_is_direct() -> None:
    people = [
        profile("am-en", pair("am", "en")),
        profile("am-fr", pair("am", "fr")),
        profile("en-es", pair("en", "es", Level.EXPERT)),
        profile("fr-pt", pair("fr", "pt")),
    ]
    found = find_matches(need(), people, DEFAULTS)
    (relay,) = found.relays
    assert (relay.language, relay.first[0].interpreter_id, relay.second[0].interpreter_id) == ("en", "am-en", "en-es")
    assert (relay.first[0].seat, relay.second[0].seat) == (Seat(1, "am", "en"), Seat(2, "en", "es"))
    assert {each.interpreter_id: each.reasons for each in found.rejected} == {
        "am-fr": ("language-missing",),
        "fr-pt": ("language-missing",),
    }


def test_no_relay_while_somebody_is_direct_or_where_it_is_not_allowed() -> None:
    people = [profile("am-en", pair("am", "en")), profile("en-es", pair("en", "es"))]
    assert find_matches(need(), [*people, profile("direct")], DEFAULTS).relays == ()
    assert find_matches(need(), people, replace(DEFAULTS, relay_allowed=False)).relays == ()


def test_relay_needs_two_people() -> None:
    one = profile("both", pair("am", "en"), pair("en", "es"))
    found = find_matches(need(), [one], DEFAULTS)
    assert (found.relays, found.rejected[0].reasons) == ((), ("language-missing",))


def test_relay_asks_nobody_whose_hours_do_not_fit() -> None:
    people = [profile("am-en", pair("am", "en"), hours=SetHours("booked")), profile("en-es", pair("en", "es"))]
    assert find_matches(need(), people, DEFAULTS).relays == ()


TAGS = st.sampled_from(["am", "es", "en", "fr", "ti"])
PEOPLE = st.lists(
    st.builds(
        lambda source, target, both, level, organisation, hours, cost, modality: profile(
            "x",
            pair(source, target, level, both_ways=both),
            organisation_id=organisation,
            hours=SetHours(hours),
            cost_per_hour=cost,
            modalities=frozenset({modality}),
        ),
        TAGS,
        TAGS,
        st.booleans(),
        st.sampled_from(Level),
        st.sampled_from(["border", "partner", "third"]),
        st.sampled_from(["", "", "", "booked"]),
        st.integers(0, 20_000),
        st.sampled_from([Modality.VIDEO, Modality.VIDEO, Modality.PHONE]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(PEOPLE, st.randoms(use_true_random=False))
def test_everybody_is_listed_or_has_a_reason_whatever_the_order(people: list[Profile], rng: random.Random) -> None:
    people = [replace(one, id=f"i{number}") for number, one in enumerate(people)]
    found = find_matches(need(span=SPAN), people, DEFAULTS)
    listed = set(names(found))
    relayed = {each.interpreter_id for relay in found.relays for each in (*relay.first, *relay.second)}
    rejected = {each.interpreter_id for each in found.rejected}
    assert listed | relayed | rejected == {one.id for one in people}
    assert not rejected & (listed | relayed)
    assert all(each.reasons for each in found.rejected)
    assert all(each.score == sum(reason.points for reason in each.reasons) for each in found.candidates)
    for relay in found.relays:
        assert len({each.interpreter_id for each in (*relay.first, *relay.second)}) > 1
    again = list(people)
    rng.shuffle(again)
    other = find_matches(need(span=SPAN), again, DEFAULTS)
    assert (other.candidates, other.relays) == (found.candidates, found.relays)
