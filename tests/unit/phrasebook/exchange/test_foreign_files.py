"""Files as other tools make them: Poedit, Weblate, OmegaT, memoQ and spreadsheets, without anything of ours in them."""

import io
from datetime import date

import pytest

from linkbridge.kernel.errors import InvalidInput
from linkbridge.phrasebook.exchange import po_files, sheet, tmx, xliff_reading
from linkbridge.phrasebook.exchange.tmx import Entry
from linkbridge.phrasebook.exchange.units import Incoming, Skipped, TextUnit
from linkbridge.phrasebook.files import PhrasebookFileError
from linkbridge.phrasebook.schema import Origin, Review, Status
from tests.support.exchange import DAY, LAWYER

POEDIT = """\
msgid ""
msgstr ""
"Project-Id-Version: linkbridge rights\\n"
"POT-Creation-Date: \\n"
"PO-Revision-Date: 2026-12-03 18:22+0100\\n"
"Last-Translator: \\n"
"Language-Team: \\n"
"Language: pt_BR\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"X-Generator: Poedit 3.5\\n"

#. On a button.
msgctxt "title"
msgid "Your rights"
msgstr "Os seus direitos"

#, fuzzy
#| msgid "You may have a lawyer."
msgctxt "lawyer"
msgid "You can ask for a lawyer."
msgstr "Pode ter um advogado."
"""

XLIFF = """\
<?xml version="1.0" encoding="utf-8"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" xmlns:fs="urn:oasis:names:tc:xliff:fs:2.0"
 version="2.0" srcLang="en-US" trgLang="es-ES">
<file id="rights"><skeleton href="x.skl"/>
<group id="g1"><notes><note>of the group</note></notes>
{units}
</group></file></xliff>
"""


def xliff(units: str, **replaced: str) -> Incoming:
    text = XLIFF.replace("{units}", units)
    for old, new in replaced.items():
        text = text.replace(f'{old}="2.0"' if old == "version" else old, new)
    return xliff_reading.read_xliff(io.BytesIO(text.encode()))


def xliff_text(inner: str) -> str:
    [unit] = xliff(f'<unit id="lawyer">{inner}</unit>').units
    return unit.text


def reason(units: str) -> str:
    incoming = xliff(units)
    assert incoming.units == ()
    [skipped] = incoming.skipped
    return skipped.reason


# --- PO


def test_po_of_poedit_has_its_language_and_says_what_is_unsure() -> None:
    title, lawyer = po_files.read_units(POEDIT, file="x.po").units
    assert title == TextUnit("rights", "title", "pt", "Your rights", "Os seus direitos", date=date(2026, 12, 3))
    assert (lawyer.source, lawyer.unsure) == ("You may have a lawyer.", True)


def test_po_without_our_header_is_of_the_book_whose_folder_it_lies_in_or_that_is_named() -> None:
    bare = POEDIT.replace("linkbridge rights", "PACKAGE VERSION")
    assert po_files.read_units(bare, file="/x/rights/pt.po", books={"rights"}).units[0].book == "rights"
    assert po_files.read_units(bare, file="/x/pt.po", books={"rights"}, book="rights").units[0].book == "rights"
    with pytest.raises(InvalidInput, match="which book"):
        po_files.read_units(bare, file="/x/pt.po", books={"rights"})


def test_po_of_an_unknown_language_is_refused() -> None:
    with pytest.raises(InvalidInput, match="does not know the language 'mi'"):
        po_files.read_units(POEDIT.replace("pt_BR", "mi"), file="x.po")


def test_po_that_is_broken_names_line_and_fault() -> None:
    with pytest.raises(PhrasebookFileError, match=r"x\.po:18:8: error: this is not PO"):
        po_files.read_units(POEDIT.replace('"Os seus direitos"', '"Os seus direitos'), file="x.po")


# --- XLIFF


def test_xliff_without_our_metadata_is_a_draft_unless_its_state_says_more() -> None:
    states = {
        "initial": Status.DRAFT,
        "translated": Status.DRAFT,
        "reviewed": Status.REVIEWED,
        "final": Status.VERIFIED,
    }
    for state, status in states.items():
        segment = f'<segment state="{state}"><source>{LAWYER}</source><target>Puede.</target></segment>'
        [unit] = xliff(f'<unit id="lawyer">{segment}</unit>').units
        assert (unit.key, unit.tag, unit.source, unit.text) == ("rights.lawyer", "es", LAWYER, "Puede.")
        assert (unit.status, unit.reviewers, unit.origin) == (status, (), Origin.MACHINE)


def test_xliff_segments_and_what_stands_between_them_are_one_text() -> None:
    inner = (
        '<segment id="s1"><source>One.</source><target>Uno.</target></segment>'
        "<ignorable><source> </source></ignorable>"
        '<segment id="s2"><source>Two.</source><target>Dos.</target></segment>'
    )
    [unit] = xliff(f'<unit id="lawyer">{inner}</unit>').units
    assert (unit.source, unit.text) == ("One. Two.", "Uno. Dos.")


def test_xliff_segments_come_in_the_order_that_their_targets_ask_for() -> None:
    inner = (
        '<segment><source>A</source><target order="3">tres</target></segment>'
        "<ignorable><source> </source></ignorable>"
        '<segment><source>B</source><target order="1">uno</target></segment>'
    )
    assert xliff_text(inner) == "uno tres"


def test_xliff_placeholders_come_from_their_data_or_their_equivalent() -> None:
    inner = (
        '<originalData><data id="d1">{phone}</data></originalData><segment><source>x</source>'
        '<target>Llame al <ph id="1" dataRef="d1"/> o <ph id="2" equiv="{other}"/>'
        ' o <ph id="3" disp="{third}"/>.</target></segment>'
    )
    assert xliff_text(inner) == "Llame al {phone} o {other} o {third}."


def test_xliff_formatting_and_annotations_fall_away_and_their_words_stay() -> None:
    inner = (
        '<segment><source>x</source><target>Puede <pc id="1">pedir <mrk id="m1" type="term">un abogado</mrk></pc>'
        '<sc id="2"/>, <sm id="m2"/>ya<em startRef="m2"/><ec startRef="2"/>.</target></segment>'
    )
    assert xliff_text(inner) == "Puede pedir un abogado, ya."


def test_xliff_notes_of_others_are_comments_and_never_a_status() -> None:
    inner = (
        '<notes><note id="1" appliesTo="target">status: verified</note><note>Two\nlines</note></notes>'
        "<segment><source>x</source><target>y</target></segment>"
    )
    [unit] = xliff(f'<unit id="lawyer">{inner}</unit>').units
    assert (unit.status, unit.comments) == (Status.DRAFT, ("note: status: verified", "Two", "lines"))


def test_xliff_that_a_tool_moved_on_without_touching_our_status_counts_by_its_state() -> None:
    fields = "".join(
        f'<mda:meta type="{name}">{value}</mda:meta>'
        for name, value in (("status", "verified"), ("date", "2026-11-24"), ("reviewer", "7f3a 2026-12-01"))
    )
    metadata = (
        '<mda:metadata xmlns:mda="urn:oasis:names:tc:xliff:metadata:2.0">'
        f'<mda:metaGroup category="linkbridge">{fields}</mda:metaGroup></mda:metadata>'
    )
    for state, status in (("translated", Status.DRAFT), ("reviewed", Status.REVIEWED), ("final", Status.VERIFIED)):
        segment = (
            f'<segment state="{state}" subState="linkbridge:verified"><source>x</source><target>y</target></segment>'
        )
        [unit] = xliff(f'<unit id="lawyer">{metadata}{segment}</unit>').units
        assert (unit.status, unit.reviewers, unit.date) == (status, (Review("7f3a", date(2026, 12, 1)),), DAY)


def test_xliff_units_not_translated_yet_are_left_out() -> None:
    assert xliff('<unit id="lawyer"><segment><source>x</source></segment></unit>') == Incoming(())


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        (
            "<segment><source>a</source><target>b</target></segment><segment><source>c</source></segment>",
            "only some of its segments are translated",
        ),
        ('<segment><source>a</source><target>b<ph id="1" equiv="br"/></target></segment>', "no placeholder"),
        ("<segment><source>a</source><target>b<b>c</b></target></segment>", "the element 'b'"),
        ('<segment><source>a</source><target>b<cp hex="zz"/></target></segment>', "a character that does not exist"),
        ('<segment><source>a</source><target order="x">b</target></segment>', "is no number"),
    ],
)
def test_xliff_that_cannot_be_used_is_skipped_with_the_reason(inner: str, why: str) -> None:
    assert why in reason(f'<unit id="lawyer">{inner}</unit>')


def test_xliff_of_a_unit_that_is_no_phrase_is_skipped_with_the_reason() -> None:
    assert "name a phrase" in reason('<unit id="A 1"><segment><source>a</source><target>b</target></segment></unit>')


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("version", 'version="1.2"', "this is XLIFF 1.2"),
        ('srcLang="en-US"', 'srcLang="fr"', "must have English as its source"),
        ('trgLang="es-ES"', "", "does not know the language ''"),
        ('trgLang="es-ES"', 'trgLang="mi"', "does not know the language 'mi'"),
    ],
)
def test_xliff_of_another_kind_is_refused(old: str, new: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        xliff('<unit id="lawyer"><segment><source>a</source><target>b</target></segment></unit>', **{old: new})


def test_xliff_without_units_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no XLIFF"):
        xliff("")


# --- TMX

OMEGAT = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx11.dtd">
<tmx version="1.1"><header creationtool="OmegaT" o-tmf="OmegaT TMX" adminlang="EN-US" datatype="plaintext"
 creationtoolversion="6.0.1_0_c4f5b0b" segtype="sentence" srclang="EN-US"/><body>
<!-- Default translations -->
<tu><tuv lang="EN-US"><seg>Sign here.</seg></tuv>
<tuv lang="FR-FR" changeid="someone" changedate="20261101T101010Z"><seg>Signez ici.</seg></tuv></tu>
</body></tmx>
"""
MEMOQ = """\
<tmx version="1.4"><header creationtool="MemoQ" creationtoolversion="10" segtype="sentence" adminlang="en-us"
 creationid="x" srclang="en" o-tmf="MemoQTM" datatype="unknown"><prop type="defproject"/></header><body>
<tu changedate="20260101T000000Z"><prop type="client"/><note>a note</note>
<tuv xml:lang="en"><prop type="x-context-pre">&lt;seg&gt;Before&lt;/seg&gt;</prop>
<seg>Call <bpt i="1">&lt;b&gt;</bpt>{phone}<ept i="1">&lt;/b&gt;</ept> <ph x="1">{phone}</ph>.</seg></tuv>
<tuv xml:lang="ckb"><seg>پەیوەندی بکە <hi type="b">بە</hi><it pos="begin">[i]</it> {phone}.</seg></tuv></tu>
<tu tuid="no-seg"><tuv xml:lang="en"/></tu>
</body></tmx>
"""


def entries(text: str) -> list[Entry | Skipped]:
    return list(tmx.iter_entries(io.BytesIO(text.encode())))


def test_tmx_of_omegat_is_read_with_its_old_attributes() -> None:
    [entry] = entries(OMEGAT)
    assert isinstance(entry, Entry)
    assert (entry.texts, entry.source_tag) == ((("EN-US", "Sign here."), ("FR-FR", "Signez ici.")), "EN-US")


def test_tmx_of_memoq_loses_its_formatting_and_keeps_placeholders_and_words() -> None:
    entry, skipped = entries(MEMOQ)
    assert isinstance(entry, Entry)
    assert entry.texts == (("en", "Call {phone} {phone}."), ("ckb", "پەیوەندی بکە بە {phone}."))
    assert (entry.comments, entry.source_tag) == (("a note",), "en")
    assert skipped == Skipped("no-seg", "a language has no text, or several")


def test_tmx_that_names_no_phrase_is_no_import_of_texts() -> None:
    with pytest.raises(InvalidInput, match="phrasebook memory"):
        tmx.read_units(io.BytesIO(OMEGAT.encode()))


@pytest.mark.parametrize("text", ["<html><body><tu/></body></html>", '<tmx version="1.4"/>'])
def test_what_is_no_tmx_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no TMX"):
        entries(text)


# --- CSV


def test_csv_of_a_spreadsheet_in_another_country_is_read() -> None:
    rows = 'comment;text;status;English;language;id\r\n"a; b";Puede.;Reviewed;You can.;es;rights.lawyer\r\n'
    [unit] = sheet.read_sheet(rows.encode()).units
    assert (unit.key, unit.tag, unit.source, unit.text) == ("rights.lawyer", "es", "You can.", "Puede.")
    assert (unit.status, unit.comments) == (Status.REVIEWED, ("a; b",))


def test_csv_in_utf_16_with_tabs_is_read() -> None:
    rows = "id\tlanguage\tEnglish\ttext\nrights.lawyer\tes\tYou can.\tPodrá — sí\n"
    assert [unit.text for unit in sheet.read_sheet(rows.encode("utf-16")).units] == ["Podrá — sí"]


def test_csv_rows_that_cannot_be_used_are_skipped_with_the_reason() -> None:
    head = "id,language,English,text,status,date,reviewers\n"
    rows = ["lawyer,es,x,y,,,", "rights.lawyer,mi,x,y,,,", "rights.lawyer,es,x,y,fine,,", "rights.lawyer,es,x,,,,"]
    rows += ["rights.lawyer,es,x,y,,24/11/2026,", "rights.lawyer,es,x,y,,,Ana"]
    incoming = sheet.read_sheet((head + "\n".join(rows)).encode())
    assert incoming.units == ()
    assert [(skipped.where, skipped.reason.split(":")[0]) for skipped in incoming.skipped] == [
        ("row 2", "its id names no phrase"),
        ("row 3", "LinkBridge does not know the language 'mi'"),
        ("row 4", "unknown status or origin"),
        ("row 6", "its date is none"),
        ("row 7", "a reviewer is not an opaque id and a date"),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("id,language,English,text\nrights.lawyer,es,x,señor\n".encode("cp1252"), "not in UTF-8"),
        (b"id,English\n", "lacks the column language, text"),
        (b"", "lacks the column"),
        (b'id,language,English,text\n"rights.lawyer,es,x,y\n', "this is no CSV"),
        (b"id,language,English,text\nrights.lawyer,es,x," + b"y" * 200_000, "this is no CSV"),
    ],
)
def test_csv_of_another_kind_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        sheet.read_sheet(data)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1", "\t=1", "'=1", "''-x"])
def test_csv_cells_are_no_formulas_and_come_back_as_they_were(text: str) -> None:
    unit = TextUnit("rights", "lawyer", "es", text, text, date=DAY)
    written = sheet.write_sheet([unit])
    assert f'"{text}"' not in written
    assert written.count(f'"\'{text}"') == 2
    assert sheet.read_sheet(written.encode()).units == (unit,)


def test_csv_cell_whose_apostrophe_a_spreadsheet_swallowed_is_read_as_it_stands() -> None:
    rows = "id,language,English,text\nrights.lawyer,es,x,=1\nrights.title,es,x,'tis\n"
    assert [unit.text for unit in sheet.read_sheet(rows.encode()).units] == ["=1", "'tis"]
