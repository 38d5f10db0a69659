import io
from collections.abc import Iterator

import docx as reader
import pytest
from lxml import etree

from linkbridge.kernel.errors import InvalidInput
from linkbridge.translation.documents.values import TranslatedText
from linkbridge.translation.results import Quality
from tests.unit.translation.documents.helpers import DATA, NOTICE, W, docx, docx_runs, identity, part, run, upper, words

LETTER = (DATA / "letter.docx").read_bytes()
PARTS = ("word/document.xml", "word/header1.xml", "word/footer1.xml", "word/footnotes.xml")


def joined(element: etree._Element) -> str:
    return "".join(str(each) for each in element.itertext(f"{W}t"))


def texts(content: bytes) -> list[str]:
    return [joined(each) for name in PARTS for each in part(content, name).iter(f"{W}p")]


def test_docx_with_the_same_words_reads_as_before() -> None:
    assert texts(run(LETTER, "letter.docx", identity).content) == texts(LETTER)


def test_docx_in_capitals_reads_as_before_in_capitals() -> None:
    done = run(LETTER, "letter.docx", upper)
    assert texts(done.content) == [text.upper() for text in texts(LETTER)]
    assert (done.name, done.suspect, done.refused) == ("letter.es.docx", 0, 0)


def test_docx_keeps_bold_links_notes_tables_and_lists() -> None:
    document = reader.Document(io.BytesIO(run(LETTER, "letter.docx", upper).content))
    paragraph = next(each for each in document.paragraphs if each.text.startswith("YOU HAVE"))
    assert [each.text for each in paragraph.runs if each.bold] == ["AN INTERPRETER"]
    assert [(link.text, link.address) for link in paragraph.hyperlinks] == [("ON THIS PAGE", "https://example.org/")]
    assert len(list(paragraph._p.iter(f"{W}footnoteReference"))) == 1
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["DATE OF ARRIVAL", "12 MAY 2025"]
    ]
    assert sum(each._p.find(f"{W}pPr/{W}numPr") is not None for each in document.paragraphs) == 2


def test_docx_keeps_page_numbers_as_fields() -> None:
    footer = part(run(LETTER, "letter.docx", upper).content, "word/footer1.xml")
    codes = [(each.text or "").split()[0] for each in footer.iter(f"{W}instrText")]
    marks = [each.get(f"{W}fldCharType") for each in footer.iter(f"{W}fldChar")]
    assert codes == ["PAGE", "NUMPAGES"]
    assert marks == ["begin", "separate", "end"] * 2
    assert joined(footer) == "PAGE 1 OF 1 PAGES"


def test_docx_translates_a_sentence_whole_and_finds_its_formats() -> None:
    source = docx(
        '<w:p><w:r><w:t xml:space="preserve">The </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>re</w:t></w:r>'
        '<w:r w:rsidR="1"><w:rPr><w:b/><w:lang w:val="en"/></w:rPr><w:t>d</w:t></w:r>'
        '<w:r><w:t xml:space="preserve"> car of </w:t></w:r>'
        '<w:hyperlink r:id="r9"><w:r><w:t>the officer</w:t></w:r></w:hyperlink></w:p>'
    )
    table: dict[str, str | TranslatedText] = {
        "The red car of the officer": "El coche rojo del agente",
        "red": "rojo",
        "the officer": "agente",
    }
    assert docx_runs(run(source, "a.docx", words(table)).content) == [
        [("", "El coche "), ("b", "rojo"), ("", " del "), ("hyperlink", "agente")]
    ]


def test_docx_with_very_many_formats_is_translated_part_by_part() -> None:
    runs = [("b" if number % 2 else "", f"word{number} ") for number in range(200)]
    source = "".join(
        f'<w:r>{"<w:rPr><w:b/></w:rPr>" * bool(look)}<w:t xml:space="preserve">{text}</w:t></w:r>'
        for look, text in runs
    )
    done = run(docx(f"<w:p>{source}</w:p>"), "a.docx", upper)
    assert docx_runs(done.content) == [[(look, text.upper()) for look, text in runs]]


def test_docx_marks_what_is_suspect_or_refused() -> None:
    source = docx(
        "<w:p><w:r><w:t>Good.</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>Doubtful.</w:t></w:r></w:p>"
        '<w:p><w:r><w:t xml:space="preserve">Bad </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>one.</w:t></w:r></w:p>'
    )
    table: dict[str, str | TranslatedText] = {
        "Good.": "Bueno.",
        "Doubtful.": TranslatedText("Dudoso.", Quality.SUSPECT),
        "one.": "uno.",
    }
    done = run(source, "a.docx", words(table))
    assert docx_runs(done.content) == [
        [("", "Bueno.")],
        [("", "⚠ Dudoso.")],
        [("", "⛔ Bad "), ("b", "one.")],
    ]
    assert (done.units, done.suspect, done.refused) == (3, 1, 1)


def test_docx_leaves_breaks_numbers_and_deleted_words_alone() -> None:
    source = docx(
        "<w:p><w:r><w:t>one</w:t><w:br/><w:t>two</w:t><w:tab/><w:t>12</w:t></w:r>"
        '<w:del w:id="1" w:author="x"><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>'
    )
    asked: list[str] = []

    def translate(some: list[str]) -> list[TranslatedText]:
        asked.extend(some)
        return upper(some)

    body = part(run(source, "a.docx", translate).content, "word/document.xml")  # type: ignore[arg-type]
    assert asked == ["one", "two"]
    assert list(body.itertext(f"{W}t", f"{W}delText")) == ["ONE", "TWO", "12", "gone"]
    assert len(list(body.iter(f"{W}br", f"{W}tab"))) == 2


def test_docx_translates_controls_and_text_boxes_in_their_place() -> None:
    source = docx(
        '<w:p><w:r><w:t xml:space="preserve">before </w:t></w:r><w:sdt><w:sdtPr><w:id w:val="5"/></w:sdtPr>'
        "<w:sdtContent><w:r><w:t>inside</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
    )
    body = part(run(source, "a.docx", upper).content, "word/document.xml")
    assert list(body.itertext(f"{W}t")) == ["BEFORE ", "INSIDE", "BOXED"]
    assert body.find(f".//{W}sdt/{W}sdtPr/{W}id") is not None


def test_docx_in_arabic_runs_from_right_to_left() -> None:
    content = run(LETTER, "letter.docx", identity, "ar").content
    body = part(content, "word/document.xml")
    assert all(each.find(f"{W}pPr/{W}bidi") is not None for each in body.iter(f"{W}p"))
    assert all(each.find(f"{W}rPr/{W}rtl") is not None for each in body.iter(f"{W}r") if each.find(f"{W}t") is not None)
    assert all(each.find(f"{W}bCs") is not None for each in body.iter(f"{W}rPr") if each.find(f"{W}b") is not None)
    assert all(each.find(f"{W}bidiVisual") is not None for each in body.iter(f"{W}tblPr"))
    languages = {each.get(f"{W}bidi") for each in part(content, "word/styles.xml").iter(f"{W}lang")}
    assert languages == {"ar"}


def test_docx_from_arabic_runs_from_left_to_right() -> None:
    arabic = run(LETTER, "letter.docx", identity, "ar").content
    body = part(run(arabic, "letter.docx", identity, "es").content, "word/document.xml")
    assert not list(body.iter(f"{W}bidi", f"{W}rtl", f"{W}bidiVisual"))


@pytest.mark.parametrize("source", [LETTER, docx("<w:p><w:r><w:t>Hello</w:t></w:r></w:p>")], ids=["header", "none"])
def test_docx_says_on_top_and_on_every_page_what_it_is(source: bytes) -> None:
    document = reader.Document(io.BytesIO(run(source, "a.docx", identity, notice=NOTICE).content))
    assert [each.text for each in document.paragraphs[:2]] == [line.text for line in NOTICE]
    header = document.sections[0].header.paragraphs[0].text
    assert all(line.text in header for line in NOTICE)


def properties_out_of_order(tree: etree._Element) -> Iterator[str]:
    order = ["pStyle", "numPr", "pBdr", "shd", "bidi", "spacing", "ind", "jc", "rPr", "sectPr"]
    for properties in tree.iter(f"{W}pPr"):
        names = [name for child in properties if (name := str(child.tag).removeprefix(W)) in order]
        if names != sorted(names, key=order.index):
            yield " ".join(names)


def test_docx_puts_properties_in_the_order_of_the_schema() -> None:
    content = run(LETTER, "letter.docx", identity, "ar", notice=NOTICE).content
    assert [each for name in PARTS for each in properties_out_of_order(part(content, name))] == []


def test_docx_without_a_body_is_refused() -> None:
    assert run(docx(""), "a.docx", identity).units == 0
    with pytest.raises(InvalidInput, match="no body"):
        run(docx("", root="other"), "a.docx")


def field(code: str, result: str) -> str:
    """Return a field whose result is these runs."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    inside = f"<w:r><w:instrText>{code}</w:instrText></w:r>{mark.format('separate')}{result}"
    return mark.format("begin") + inside + mark.format("end")


def plain_run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_docx_translates_what_a_field_says_but_not_what_it_counts() -> None:
    link, number = field('HYPERLINK "x"', plain_run("this page ")), field("REF a", plain_run("Section 2"))
    source = docx(f"<w:p>{plain_run('see ')}{link}{field('IF 1', number)}{plain_run(' of it')}</w:p>")
    body = part(run(source, "a.docx", upper).content, "word/document.xml")
    assert joined(body) == "SEE THIS PAGE Section 2 OF IT"
    marks = [each.get(f"{W}fldCharType") for each in body.iter(f"{W}fldChar")]
    assert marks == ["begin", "separate", "end", "begin", "separate", "begin", "separate", "end", "end"]


def test_docx_with_fields_that_never_end_keeps_them() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    source = docx(f"<w:p>{begin * 5000}<w:r><w:t>text</w:t></w:r></w:p>")
    body = part(run(source, "a.docx", upper).content, "word/document.xml")
    assert (joined(body), len(list(body.iter(f"{W}fldChar")))) == ("TEXT", 5000)
