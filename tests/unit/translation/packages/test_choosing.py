"""Which package serves a direction, and which two do where there is none."""

from pathlib import Path

import pytest

from linkbridge.kernel.errors import InvalidInput, NotFound
from linkbridge.translation.packages.choosing import best_offers, choose, read_pair
from linkbridge.translation.packages.values import Installed, Offer
from linkbridge.translation.ports import LanguagePair, Model


def offer(direction: str, engine: str = "firefox", version: str = "1.0", architecture: str = "") -> Offer:
    return Offer(engine, (read_pair(direction),), version, "", "index", (), architecture)


def have(direction: str, engine: str = "firefox", version: str = "1.0", *, bundled: bool = False) -> Installed:
    model = Model(
        f"{engine}-{direction}", engine, f"{version}+abc", str(Path("/x")), (read_pair(direction),), bundled=bundled
    )
    return Installed(model)


@pytest.mark.parametrize(
    ("written", "source", "target"),
    [
        ("es-en", "es", "en"),
        ("es_en", "es", "en"),
        ("zh-Hans-en", "zh-Hans", "en"),
        ("en-zh-Hans", "en", "zh-Hans"),
        ("en-pt-BR", "en", "pt-BR"),
        ("zh:en", "zh-Hans", "en"),
        ("pt-BR-es-419", "pt-BR", "es-419"),
        ("prs-en", "prs", "en"),
    ],
)
def test_a_direction_is_read(written: str, source: str, target: str) -> None:
    assert read_pair(written) == LanguagePair(source, target)


@pytest.mark.parametrize("written", ["", "es", "es-", "-", "es:es", "argos-es-en", "../x", ":"])
def test_what_is_no_direction_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput, match="write"):
        read_pair(written)


def test_the_preferred_engine_then_the_newest_then_the_best_architecture_wins() -> None:
    ranked = [
        offer("es-en", version="1.10", architecture="base-memory"),
        offer("es-en", version="1.10", architecture="base"),
        offer("es-en", version="1.10", architecture="tiny"),
        offer("es-en", version="1.10", architecture="new"),
        offer("es-en", version="1.9", architecture="base-memory"),
        offer("es-en", "argos", "9.0"),
        offer("es-en", "ctranslate2", "9.0"),
    ]
    for place, best in enumerate(ranked):
        way = choose(read_pair("es-en"), list(reversed(ranked[place:])), [])
        assert [step.offer for step in way.steps] == [best]


def test_best_offers_keep_one_of_each_engine() -> None:
    offers = [offer("so-en"), offer("es-en", version="2.0"), offer("es-en"), offer("es-en", "argos")]
    assert [(str(one.pairs[0]), one.engine, one.version) for one in best_offers(offers)] == [
        ("es-en", "firefox", "2.0"),
        ("es-en", "argos", "1.0"),
        ("so-en", "firefox", "1.0"),
    ]


def test_what_is_installed_is_not_fetched_unless_asked_again() -> None:
    one, there = offer("es-en"), have("es-en")
    [step] = choose(read_pair("es-en"), [one], [there]).steps
    assert (step.present, step.offer) == (there, None)
    [step] = choose(read_pair("es-en"), [one], [there], again=True).steps
    assert (step.present, step.offer) == (None, one)


def test_a_newer_version_is_fetched() -> None:
    newer = offer("es-en", version="1.10")
    [step] = choose(read_pair("es-en"), [newer], [have("es-en", version="1.9")]).steps
    assert step.offer is newer


def test_a_bundled_model_gives_way_to_an_index_but_serves_without_one() -> None:
    bundled, newer = have("en-pt", bundled=True, version="1693087644"), offer("en-pt", version="3.0")
    assert choose(read_pair("en-pt"), [newer], [bundled]).steps[0].offer is newer
    assert choose(read_pair("en-pt"), [], [bundled]).steps[0].present is bundled


def test_a_way_through_another_language_is_named_and_uses_what_is_there() -> None:
    first, bundled = offer("es-en"), have("en-pt", bundled=True)
    way = choose(read_pair("es-pt"), [first, offer("en-pt", version="3.0")], [bundled])
    assert way.pivot == "en"
    assert [(str(step.pair), step.offer, step.present) for step in way.steps] == [
        ("es-en", first, None),
        ("en-pt", None, bundled),
    ]


def test_english_is_preferred_in_between() -> None:
    offers = [offer("es-ca"), offer("ca-fr"), offer("es-en"), offer("en-fr")]
    assert choose(read_pair("es-fr"), offers, []).pivot == "en"
    assert choose(read_pair("es-fr"), offers[:2], []).pivot == "ca"


def test_no_way_names_the_languages_that_nobody_knows() -> None:
    with pytest.raises(NotFound, match="nothing leads from es to ti; no package knows ti"):
        choose(read_pair("es-ti"), [offer("es-en")], [])
    with pytest.raises(NotFound, match="no language lies between"):
        choose(read_pair("es-fr"), [offer("es-en"), offer("fr-en")], [])
