import io

import odfdo
import pytest
from lxml import etree

from linkbridge.kernel.errors import InvalidInput
from linkbridge.translation.documents.odt_names import name
from linkbridge.translation.documents.values import TranslatedText
from linkbridge.translation.results import Quality
from tests.unit.translation.documents.helpers import DATA, NOTICE, identity, odt, part, run, upper, words

LETTER = (DATA / "letter.odt").read_bytes()
PARAGRAPHS = (name("text", "p"), name("text", "h"))


def own_text(element: etree._Element) -> str:
    """Return its text; elements that stand for spaces are written as such."""
    found = ""
    for event, each in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            found += " " * int(each.get(name("text", "c"), "1")) if each.tag == name("text", "s") else each.text or ""
        elif each is not element:
            found += each.tail or ""
    return " ".join(found.split())


def texts(content: bytes) -> list[str]:
    return [own_text(each) for file in ("content.xml", "styles.xml") for each in part(content, file).iter(*PARAGRAPHS)]


def test_odt_with_the_same_words_reads_as_before() -> None:
    assert texts(run(LETTER, "letter.odt", identity).content) == texts(LETTER)


def test_odt_in_capitals_reads_as_before_in_capitals() -> None:
    assert texts(run(LETTER, "letter.odt", upper).content) == [text.upper() for text in texts(LETTER)]


def test_odt_keeps_bold_links_notes_and_page_numbers() -> None:
    content = run(LETTER, "letter.odt", upper).content
    body = part(content, "content.xml")
    assert [own_text(each) for each in body.iter(name("text", "a"))] == ["ON THIS PAGE"]
    assert "AN INTERPRETER" in [own_text(each) for each in body.iter(name("text", "span"))]
    assert len(list(body.iter(name("text", "note")))) == 1
    assert len(list(body.iter(name("text", "line-break"), name("text", "tab")))) == 2
    numbers = list(part(content, "styles.xml").iter(name("text", "page-number"), name("text", "page-count")))
    assert [each.text for each in numbers] == ["1", "1"]


def test_odt_marks_what_is_suspect_or_refused() -> None:
    table: dict[str, str | TranslatedText] = {"Keep this paper.": TranslatedText("Guarde esto.", Quality.SUSPECT)}
    done = run(LETTER, "letter.odt", words(table))
    assert "⚠ Guarde esto." in texts(done.content)
    assert "⛔ Sign nothing that you do not understand." in texts(done.content)
    assert (done.suspect, done.refused) == (1, done.units - 1)


def test_odt_in_arabic_runs_from_right_to_left() -> None:
    content = run(LETTER, "letter.odt", identity, "ar").content
    styles = part(content, "styles.xml")
    mode = name("style", "writing-mode")
    default = styles.find(f".//{name('style', 'default-style')}[@{name('style', 'family')}='paragraph']")
    assert default is not None
    paragraph = default.find(name("style", "paragraph-properties"))
    assert paragraph is not None
    assert (paragraph.get(mode), paragraph.get(name("fo", "text-align"))) == ("rl-tb", "right")
    assert {each.get(mode) for each in styles.iter(name("style", "page-layout-properties"))} == {"rl-tb"}
    text = default.find(name("style", "text-properties"))
    assert text is not None
    assert [text.get(name("style", f"{part_}-complex")) for part_ in ("language", "country")] == ["ar", "none"]


def test_odt_says_on_top_and_on_every_page_what_it_is() -> None:
    content = run(LETTER, "letter.odt", identity, notice=NOTICE).content
    document = odfdo.Document(io.BytesIO(content))
    assert [each.inner_text for each in document.body.paragraphs[:2]] == [line.text for line in NOTICE]
    headers = list(part(content, "styles.xml").iter(name("style", "header")))
    assert headers
    assert all(line.text in own_text(header) for header in headers for line in NOTICE)


def test_odt_has_its_kind_first_and_uncompressed() -> None:
    content = run(LETTER, "letter.odt", identity).content
    assert content[30:38] == b"mimetype"
    assert content[38:77] == b"application/vnd.oasis.opendocument.text"


def test_odt_keeps_runs_of_spaces_and_leaves_deleted_words_alone() -> None:
    body = (
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
        '<text:p>one<text:s text:c="3"/>two \n three</text:p>'
    )
    content = run(odt(body), "a.odt", upper).content
    assert texts(content) == ["gone", "ONE TWO THREE"]
    assert [each.get(name("text", "c")) for each in part(content, "content.xml").iter(name("text", "s"))] == ["2"]


def test_odt_that_is_encrypted_is_refused() -> None:
    with pytest.raises(InvalidInput, match="encrypted"):
        run(odt("", manifest="<manifest:encryption-data/>"), "a.odt")
