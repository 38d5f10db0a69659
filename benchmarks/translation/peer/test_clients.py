# ruff: noqa: S101 - tests assert
"""Two clients of LibreTranslate's API, unchanged, against the server at ``LT_URL``. Runs in the peer's environment."""

import os

import pytest
from deep_translator import LibreTranslator
from deep_translator.exceptions import AuthorizationException
from libretranslatepy import LibreTranslateAPI

URL = os.environ["LT_URL"] + "/"
KEY = os.environ["LT_KEY"]
SOURCE, TARGET = "en", "pt"
TEXT = "I need a doctor."


@pytest.fixture
def api() -> LibreTranslateAPI:
    """Return a client with a key."""
    return LibreTranslateAPI(URL, KEY)


def test_libretranslatepy_translates(api: LibreTranslateAPI) -> None:
    """A text comes back in another language."""
    text = api.translate(TEXT, SOURCE, TARGET)
    assert isinstance(text, str)
    assert text not in {"", TEXT}


def test_libretranslatepy_translates_from_a_language_that_it_does_not_name(api: LibreTranslateAPI) -> None:
    """``auto`` works."""
    assert api.translate("Preciso de um médico, por favor.", "auto", "en")


def test_libretranslatepy_detects(api: LibreTranslateAPI) -> None:
    """The likeliest language comes first."""
    found = api.detect("Where is the doctor? I need help.")
    assert found[0]["language"] == "en"
    assert 0 <= found[0]["confidence"] <= 100


def test_libretranslatepy_lists_languages(api: LibreTranslateAPI) -> None:
    """Each language has its name and its targets."""
    found = {row["code"]: row for row in api.languages()}
    assert found["en"]["name"] == "English"
    assert TARGET in found[SOURCE]["targets"]


def _deep(key: str = KEY) -> LibreTranslator:
    return LibreTranslator(source=SOURCE, target=TARGET, api_key=key, custom_url=URL)


def test_deep_translator_translates() -> None:
    """A text comes back in another language."""
    assert _deep().translate(TEXT) not in {"", TEXT}


def test_deep_translator_translates_a_batch() -> None:
    """Each text of a list comes back."""
    found = _deep().translate_batch([TEXT, "Where is the hospital?"])
    assert len(found) == 2
    assert all(found)


def test_deep_translator_says_that_a_key_is_wrong() -> None:
    """The status that it knows is sent."""
    with pytest.raises(AuthorizationException):
        _deep("lbt_wrong").translate(TEXT)
