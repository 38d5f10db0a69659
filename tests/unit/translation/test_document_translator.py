from typing import cast

import pytest

from linkbridge.kernel.errors import InvalidInput
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.translation.document_translator import MARK, NOT_OFFICIAL, DocumentTranslator, language_of
from linkbridge.translation.documents.values import Limits
from linkbridge.translation.ports import Patience
from linkbridge.translation.service import Translator
from tests.support.texts import delivered_catalogue
from tests.support.translator import FakeTranslator

PATIENCE = Patience(client="somebody")


@pytest.fixture
def translator() -> FakeTranslator:
    return FakeTranslator()


@pytest.fixture
def documents(translator: FakeTranslator) -> DocumentTranslator:
    catalogue = LiveCatalogue(delivered_catalogue())
    return DocumentTranslator(cast("Translator", translator), catalogue, limits=Limits())


def _text(documents: DocumentTranslator, content: str, target: str = "pt", source: str | None = "en") -> str:
    done = documents.translate("note.txt", content.encode(), source=source, target=target, patience=PATIENCE)
    return done.content.decode("utf-8-sig")


def test_a_document_says_in_two_languages_what_it_is(documents: DocumentTranslator) -> None:
    mark = delivered_catalogue().phrase(MARK, "pt")
    assert mark is not None
    written = _text(documents, "Where is the doctor?")
    assert mark.text in written
    assert NOT_OFFICIAL in written
    assert "pt: Where is the doctor?" in written


def test_a_language_without_the_words_gets_the_english_ones(documents: DocumentTranslator) -> None:
    assert NOT_OFFICIAL in _text(documents, "Hola é.", target="en", source="pt-BR")


def test_a_refused_text_stays_in_its_language(documents: DocumentTranslator) -> None:
    assert "⛔ refuse this" in _text(documents, "refuse this")


def test_each_text_is_identified_where_no_source_is_named(
    documents: DocumentTranslator, translator: FakeTranslator
) -> None:
    _text(documents, "One\n\ncafé", source=None)
    assert {request.source for request in translator.asked} == {None}
    assert translator.patience == PATIENCE


def test_a_language_that_is_none_is_refused(documents: DocumentTranslator) -> None:
    with pytest.raises(InvalidInput):
        _text(documents, "One", target="zz")


@pytest.mark.parametrize(("tag", "direction"), [("ar", "rtl"), ("he", "rtl"), ("de", "ltr"), ("pt-BR", "ltr")])
def test_a_document_knows_in_which_direction_it_runs(tag: str, direction: str) -> None:
    assert (language_of(tag).tag, language_of(tag).direction) == (tag, direction)
