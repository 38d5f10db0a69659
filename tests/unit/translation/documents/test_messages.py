import polib
import pytest

from linkbridge.kernel.errors import InvalidInput
from linkbridge.translation.documents.values import TranslatedText
from linkbridge.translation.results import Quality
from tests.unit.translation.documents.helpers import NOTICE, run, upper, words

CATALOGUE = """# Project
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

#: a.py:1
msgid "Hello {name}"
msgstr ""

msgid "done"
msgstr "hecho"

msgid "%d file"
msgid_plural "%d files"
msgstr[0] ""
msgstr[1] ""

msgid "bad one"
msgstr ""
"""
TABLE: dict[str, str | TranslatedText] = {
    "Hello {name}": TranslatedText("Hola {name}", Quality.SUSPECT),
    "%d file": "%d archivo",
    "%d files": "%d archivos",
}


def catalogue(text: str, table: dict[str, str | TranslatedText], target: str = "es") -> polib.POFile:
    return polib.pofile(run(text, "a.po", words(table), target, notice=NOTICE).content.decode())


def test_po_fills_what_is_empty_and_keeps_what_a_person_wrote() -> None:
    entries = {entry.msgid: entry for entry in catalogue(CATALOGUE, TABLE)}
    assert entries["Hello {name}"].msgstr == "Hola {name}"
    assert entries["Hello {name}"].flags == ["fuzzy"]
    assert entries["Hello {name}"].tcomment == f"⚠ {NOTICE[0].text}\n{NOTICE[1].text}"
    assert (entries["done"].msgstr, entries["done"].flags, entries["done"].tcomment) == ("hecho", [], "")
    assert entries["%d file"].msgstr_plural == {0: "%d archivo", 1: "%d archivos"}
    assert entries["bad one"].msgstr == ""
    assert entries["bad one"].tcomment.startswith("⛔ ")


def test_po_says_language_plural_forms_and_notice_in_its_header() -> None:
    done = catalogue(CATALOGUE, TABLE, "ar")
    assert done.metadata["Language"] == "ar"
    assert done.metadata["Plural-Forms"].startswith("nplurals=6;")
    assert done.header.startswith(f"{NOTICE[0].text}\n{NOTICE[1].text}")
    forms = {entry.msgid: entry.msgstr_plural for entry in done}["%d file"]
    assert [forms[form] for form in range(6)] == ["%d archivos", "%d archivo", *["%d archivos"] * 4]


def test_po_of_another_language_is_translated_anew() -> None:
    text = CATALOGUE.replace('UTF-8\\n"\n', 'UTF-8\\n"\n"Language: fr\\n"\n', 1).replace("hecho", "fini")
    entries = {entry.msgid: entry.msgstr for entry in catalogue(text, {"done": "hecho"})}
    assert entries["done"] == "hecho"


def test_po_keeps_no_translation_that_lost_a_placeholder() -> None:
    done = run(CATALOGUE, "a.po", words(TABLE | {"Hello {name}": "Hola"}))
    assert {entry.msgid: entry.msgstr for entry in polib.pofile(done.content.decode())}["Hello {name}"] == ""
    assert (done.units, done.suspect, done.refused) == (4, 0, 2)


@pytest.mark.parametrize("forms", ["nplurals=99; plural=0", "nplurals=2; plural=n ** 9", "nplurals=2; plural=os"])
def test_po_with_plural_forms_that_cannot_be_read_is_refused(forms: str) -> None:
    text = CATALOGUE.replace('UTF-8\\n"\n', f'UTF-8\\n"\n"Plural-Forms: {forms};\\n"\n', 1)
    with pytest.raises(InvalidInput, match="plural forms"):
        run(text, "a.po", upper)


def test_po_that_is_broken_is_refused() -> None:
    with pytest.raises(InvalidInput, match="catalogue"):
        run('msgid "a"\nmsgstr "b"\nnonsense here\n', "a.po", upper)
