"""Out and in again: no format loses or changes a text, its status, its readers or its comments."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import polib
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.phrasebook.exchange import po_files, sheet, tmx, xliff, xliff_reading
from linkbridge.phrasebook.exchange.bundle import read_bundle, write_bundle
from linkbridge.phrasebook.exchange.units import TextUnit
from tests.support.exchange import BOOK, SIGNER, UNITS, library

NOW = datetime(2026, 12, 24, 12, tzinfo=UTC)


def po_read(text: str) -> tuple[TextUnit, ...]:
    incoming = po_files.read_units(text, file="rights/x.po")
    assert incoming.skipped == ()
    return incoming.units


@given(UNITS)
def test_po_keeps_everything(unit: TextUnit) -> None:
    assert po_read(po_files.write_units(BOOK, unit.tag, [unit])) == (unit,)


@given(UNITS, st.text(st.characters(categories=["L"]), min_size=1))
def test_po_edited_in_weblate_keeps_everything_but_the_new_words(unit: TextUnit, words: str) -> None:
    file = polib.pofile(po_files.write_units(BOOK, unit.tag, [unit]), wrapwidth=77)
    file.metadata["X-Generator"] = "Weblate 5.14"
    file.metadata["Last-Translator"] = "Anonymous <noreply@weblate.org>"
    file.metadata["PO-Revision-Date"] = "2026-12-20 09:03+0000"
    file.metadata["Language"] = unit.tag.replace("-", "_")
    [entry] = [each for each in file if each.msgctxt == "lawyer"]
    entry.msgstr = words
    assert po_read(f"{file}") == (replace(unit, text=words),)


@given(UNITS)
def test_xliff_keeps_everything(unit: TextUnit) -> None:
    written = xliff.write_xliff([unit]).encode()
    incoming = xliff_reading.read_xliff(io.BytesIO(written))
    assert (incoming.units, incoming.skipped) == ((unit,), ())


@given(UNITS)
def test_tmx_keeps_everything(unit: TextUnit) -> None:
    incoming = tmx.read_units(io.BytesIO(tmx.write_tmx([unit]).encode()))
    assert (incoming.units, incoming.skipped) == ((unit,), ())


@given(UNITS)
def test_csv_keeps_everything(unit: TextUnit) -> None:
    incoming = sheet.read_sheet(("\ufeff" + sheet.write_sheet([unit])).encode())
    assert (incoming.units, incoming.skipped) == ((unit,), ())


@given(UNITS)
def test_bundle_keeps_everything(unit: TextUnit) -> None:
    written = write_bundle(library(), [unit], signer=SIGNER, sender="Panama", now=NOW)
    bundle = read_bundle(io.BytesIO(written))
    assert bundle.incoming.units == (unit,)
    assert (bundle.sender, bundle.public_key, bundle.created) == ("Panama", SIGNER.public_key_b64, "2026-12-24")
