import io
import zipfile

import pytest

from linkbridge.kernel.errors import InvalidInput, TooLarge
from linkbridge.translation.documents.kinds import find_kind
from linkbridge.translation.documents.values import DocumentKind, Limits
from tests.unit.translation.documents.helpers import DATA, docx, needs_pango, odt, pack, run

CUE = b"1\n00:00:01,000 --> 00:00:02,000\nHi\n"
MESSAGE = b'msgid "a"\nmsgstr ""\n'


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (docx(""), "a.docx", DocumentKind.DOCX),
        (docx(""), "wrong.txt", DocumentKind.DOCX),
        (odt(""), "a.odt", DocumentKind.ODT),
        (b"%PDF-1.7\n", "a", DocumentKind.PDF),
        (b"<!doctype html><p>x", "page", DocumentKind.HTML),
        (b"<p>x</p>", "a.HTM", DocumentKind.HTML),
        (CUE, "a.srt", DocumentKind.SRT),
        (CUE.replace(b"\n", b"\r\n"), "cues", DocumentKind.SRT),
        (MESSAGE, "a.pot", DocumentKind.PO),
        (MESSAGE, "messages", DocumentKind.PO),
        (MESSAGE, "a.txt", DocumentKind.TXT),
        (b"Hello", "a", DocumentKind.TXT),
    ],
)
def test_kind_is_found_by_content_then_name(content: bytes, name: str, kind: DocumentKind) -> None:
    assert find_kind(content, name) is kind


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.txt", "empty"),
        (b" \n", "a.txt", "empty"),
        (b"a,b", "a.csv", r"accepted are \.txt, \.html, \.docx, \.odt, \.pdf, \.srt, \.po"),
        (b"{\\rtf1}", "a.rtf", "accepted"),
        (pack({"xl/workbook.xml": "", "[Content_Types].xml": ""}), "a.docx", "accepted"),
        (pack({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}), "a.odt", "accepted"),
        (b"PK\x03\x04 no archive", "a.docx", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx", "encrypted"),
        (b"Hello", "a.srt", r"no \.srt"),
        (b"Hello", "a.po", r"no \.po"),
    ],
)
def test_kind_that_is_not_accepted_is_refused(content: bytes, name: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        find_kind(content, name)


def test_document_over_its_size_is_refused() -> None:
    with pytest.raises(TooLarge, match="too large"):
        run("Hello", "a.txt", limits=Limits(size=4))


def test_document_with_too_much_text_is_refused() -> None:
    with pytest.raises(TooLarge, match="too much text"):
        run("Hello\nHello\nworld", "a.txt", limits=Limits(characters=9))
    assert run("Hello\nHello", "a.txt", limits=Limits(characters=9)).units == 2


def test_archive_that_unpacks_to_too_much_is_refused() -> None:
    dense = pack({"mimetype": odt_type(), "content.xml": "<a>" + " " * 3_000_000 + "</a>"})
    with pytest.raises(TooLarge, match="unpacked"):
        run(dense, "a.odt")
    with pytest.raises(TooLarge, match="unpacked"):
        run(docx(" " * 20_000), "a.docx", limits=Limits(unpacked=10_000))


def odt_type() -> str:
    return DocumentKind.ODT.media_type


def test_archive_with_too_many_parts_is_refused() -> None:
    many = pack({"mimetype": odt_type(), "content.xml": "", **{f"p{number}": "" for number in range(30)}})
    with pytest.raises(TooLarge, match="parts"):
        run(many, "a.odt", limits=Limits(entries=20))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_archive_with_entities_is_refused(encoding: str) -> None:
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY x "ha">]><a>&x;</a>'
    content = pack({"mimetype": odt_type(), "content.xml": bomb.encode(encoding), "styles.xml": "<a/>"})
    with pytest.raises(InvalidInput, match="entities"):
        run(content, "a.odt")


@pytest.mark.parametrize("xml", ["<a>", "no xml", "", "<a>" * 300 + "</a>" * 300])
def test_archive_with_broken_xml_is_refused(xml: str) -> None:
    with pytest.raises(InvalidInput, match="damaged"):
        run(pack({"mimetype": odt_type(), "content.xml": xml, "styles.xml": "<a/>"}), "a.odt")


def test_archive_without_a_needed_part_is_refused() -> None:
    with pytest.raises(InvalidInput, match="part of it is missing"):
        run(pack({"mimetype": odt_type(), "content.xml": "<a/>"}), "a.odt")


def test_archive_with_a_password_is_refused() -> None:
    content = bytearray(docx(""))
    place = content.index(b"PK\x01\x02")
    while place != -1:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 4)
    with pytest.raises(InvalidInput, match="encrypted"):
        run(bytes(content), "a.docx")


@pytest.mark.parametrize("name", ["letter.docx", "letter.odt", pytest.param("letter.pdf", marks=needs_pango)])
def test_document_cut_or_flipped_anywhere_gives_a_result_or_a_clear_refusal(name: str) -> None:
    whole = (DATA / name).read_bytes()
    step = len(whole) // 12
    for place in range(step, len(whole), step):
        flipped = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        for content in (whole[:place], flipped):
            try:
                run(content, name)
            except (InvalidInput, TooLarge):
                continue


def test_document_keeps_unknown_parts_of_its_archive() -> None:
    with zipfile.ZipFile(io.BytesIO(docx(""))) as packed:
        parts = {info.filename: packed.read(info) for info in packed.infolist()}
    content = run(pack({**parts, "word/media/a.png": b"\x89PNG"}), "a.docx").content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.read("word/media/a.png") == b"\x89PNG"


def test_kind_of_text_that_begins_with_many_comments_is_found_at_once() -> None:
    """Once, each further comment doubled the time: twenty-eight of them took half a minute, forty a day."""
    comments = b"<!-- -->\n" * 28

    assert find_kind(comments + b"Hello", "a.txt") is DocumentKind.TXT
    assert find_kind(comments + b"Hello", "a") is DocumentKind.TXT
    assert find_kind(comments + b"<html><p>Hello", "a") is DocumentKind.HTML
