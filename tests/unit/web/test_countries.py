from linkbridge.kernel.languages import OFFICIAL_TAGS
from linkbridge.web.countries import countries
from tests.support.texts import delivered_catalogue

AVAILABLE = delivered_catalogue().languages


def _languages(code: str, ui: str = "es") -> tuple[str, ...]:
    return next(country.languages for country in countries(ui, AVAILABLE) if country.code == code)


def test_likeliest_language_of_a_country_comes_first() -> None:
    assert _languages("ET")[0] == "am"
    assert _languages("ER")[0] == "ti"
    assert _languages("SO")[0] == "so"
    assert _languages("NP")[0] == "ne"
    assert _languages("BD")[0] == "bn"
    assert "ps" in _languages("AF")
    assert "ur" in _languages("PK")


def test_countries_are_named_in_the_officials_and_their_own_language() -> None:
    for ui in OFFICIAL_TAGS:
        found = countries(ui, AVAILABLE)
        assert [country.name for country in found] == sorted(country.name for country in found)
        assert len({country.code for country in found}) == len(found)
        for country in found:
            assert 1 <= len(country.languages) <= 4
            assert set(country.languages) <= set(AVAILABLE)
    ethiopia = next(country for country in countries("es", AVAILABLE) if country.code == "ET")
    assert (ethiopia.label, ethiopia.query.startswith("suggest=am")) == ("ኢትዮጵያ · Etiopía", True)


def test_countries_leaves_out_what_is_none() -> None:
    codes = {country.code for country in countries("en", AVAILABLE)}
    assert codes.isdisjoint({"EU", "UN", "ZZ", "XK1", "001", "GF"})
    assert {"CO", "PA", "VE", "HT", "CU", "CN", "IN"} <= codes
