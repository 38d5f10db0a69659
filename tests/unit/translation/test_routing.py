from dataclasses import replace

import pytest

from linkbridge.translation.ports import LanguagePair, Model
from linkbridge.translation.results import Route, StandIn
from linkbridge.translation.routing import Router, RouteRule, is_same_language


def model(engine: str, *pairs: str, version: str = "1") -> Model:
    directions = tuple(LanguagePair(*pair.split(">")) for pair in pairs)
    return Model(f"{engine}-{pairs[0]}-{version}", engine, version, "/nowhere", directions)


def ways(router: Router, source: str, target: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(str(route), route.engines) for route in router.routes(source, target)]


def best(router: Router, source: str, target: str) -> Route:
    return router.routes(source, target)[0]


def test_direct_model_comes_before_a_pivot() -> None:
    router = Router([model("argos", "es>en"), model("argos", "en>fr"), model("argos", "es>fr")])
    assert str(best(router, "es", "fr")) == "es → fr"
    assert ways(router, "es", "fr")[1] == ("es → en → fr", ("argos",))


def test_pivot_is_named() -> None:
    router = Router([model("argos", "es>en"), model("firefox", "en>am")])
    assert best(router, "es", "am").pivots == ("en",)
    assert best(router, "es", "am").engines == ("argos", "firefox")


def test_better_engine_is_first_and_the_other_is_left_to_fall_back_on() -> None:
    router = Router([model("argos", "en>pt"), model("firefox", "en>pt")])
    assert ways(router, "en", "pt") == [("en → pt", ("firefox",)), ("en → pt", ("argos",))]


def test_newest_version_of_a_model_is_used() -> None:
    router = Router([model("firefox", "en>pt", version="1.10"), model("firefox", "en>pt", version="1.9")])
    assert best(router, "en", "pt").legs[0].model_version == "1.10"


def test_neural_pivot_comes_before_a_weak_direct_engine() -> None:
    router = Router([model("apertium", "es>en"), model("apertium", "es>pt"), model("firefox", "pt>en")])
    assert str(best(router, "es", "en")) == "es → pt → en"


def test_way_through_two_languages_is_found_and_rough() -> None:
    router = Router([model("apertium", "es>pt"), model("firefox", "pt>en"), model("firefox", "en>am")])
    route = best(router, "es", "am")
    assert str(route) == "es → pt → en → am"
    assert router.is_rough(route)
    assert not router.is_rough(best(router, "pt", "am"))


@pytest.mark.parametrize(
    ("wanted", "known", "used"),
    [
        ("pt-BR", "pt", "pt"),
        ("pt", "pt-BR", "pt-BR"),
        ("es-419", "es", "es"),
        ("es-MX", "es", "es"),
        ("prs", "fa", "fa"),
        ("zh-Hans", "zh", "zh"),
    ],
)
def test_close_relative_stands_in_and_is_named(wanted: str, known: str, used: str) -> None:
    route = best(Router([model("argos", f"en>{known}")]), "en", wanted)
    assert route.pair == LanguagePair("en", wanted)
    assert route.legs[0].pair == LanguagePair("en", used)
    assert route.stand_ins == (StandIn(wanted, used),)


def test_other_script_never_stands_in() -> None:
    assert Router([model("argos", "en>zh-Hant")]).routes("en", "zh-Hans") == ()
    assert Router([model("argos", "en>sr-Cyrl")]).routes("en", "sr-Latn") == ()


def test_language_itself_comes_before_its_stand_in() -> None:
    router = Router([model("firefox", "en>fa"), model("argos", "en>prs")])
    assert best(router, "en", "prs").stand_ins == ()


def test_no_model_gives_no_way() -> None:
    assert Router([]).routes("en", "pt") == ()
    assert Router([model("argos", "en>pt")]).routes("pt", "en") == ()
    assert Router([model("argos", "en>pt")]).routes("en", "en") == ()


def test_rule_prefers_an_engine() -> None:
    pair = LanguagePair("en", "pt")
    router = Router([model("argos", "en>pt"), model("firefox", "en>pt")], [RouteRule(pair, engine="argos")])
    assert ways(router, "en", "pt") == [("en → pt", ("argos",)), ("en → pt", ("firefox",))]


def test_rule_leads_through_its_languages_alone() -> None:
    models = [model("argos", "es>fr"), model("argos", "es>nl"), model("argos", "nl>fr")]
    router = Router(models, [RouteRule(LanguagePair("es", "fr"), pivots=("nl",))])
    assert ways(router, "es", "fr") == [("es → nl → fr", ("argos",))]


def test_rule_of_no_pivot_allows_the_direct_way_alone() -> None:
    models = [model("argos", "es>en"), model("argos", "en>fr")]
    assert Router(models, [RouteRule(LanguagePair("es", "fr"), pivots=())]).routes("es", "fr") == ()


def test_rule_can_keep_the_machine_out() -> None:
    router = Router([model("argos", "en>so")], [RouteRule(LanguagePair("en", "so"), disabled=True)])
    assert router.routes("en", "so") == ()


def test_language_is_not_translated_into_its_own_variant() -> None:
    router = Router([model("argos", "pt>en"), model("argos", "en>pt-BR"), model("argos", "zh-Hans>en")])
    assert router.routes("pt", "pt-BR") == ()
    assert router.routes("pt-BR", "pt") == ()
    assert is_same_language("es-419", "es")
    assert not is_same_language("zh-Hans", "zh-Hant")
    assert not is_same_language("prs", "fa")


def test_installed_model_comes_before_a_bundled_one() -> None:
    bundled = replace(model("firefox", "en>pt", version="1693087644"), bundled=True)
    assert best(Router([bundled, model("firefox", "en>pt", version="2.1")]), "en", "pt").legs[0].model_version == "2.1"


def test_engine_that_goes_by_rules_is_rough() -> None:
    router = Router([model("apertium", "es>pt")])
    assert router.is_rough(best(router, "es", "pt"))


def test_rough_way_comes_after_a_longer_one_that_is_not() -> None:
    router = Router([model("apertium", "es>pt"), model("argos", "es>en"), model("firefox", "en>pt")])
    assert ways(router, "es", "pt") == [("es → en → pt", ("argos", "firefox")), ("es → pt", ("apertium",))]


def test_languages_to_which_nothing_leads_are_not_remembered() -> None:
    router = Router([model("argos", "es>en")])
    assert [router.routes(f"x{letter}", "en") for letter in "abcdef"] == [()] * 6
    assert router.routes("es", "en") != ()
    assert list(router._known) == [LanguagePair("es", "en")]
