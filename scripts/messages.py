"""Collects the texts of the officials' pages and brings their translations up to date.

Usage: ``python scripts/messages.py`` updates ``src/linkbridge/locales/*.po``; with ``--check`` it changes nothing and
exits 1 if a text lacks a translation or a translation lost its text.
"""

import argparse
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "src/linkbridge/locales"
TAGS = ("es", "pt", "fr", "nl")
SOURCES = {"templates": [("**.html", "jinja2"), ("**.txt", "jinja2")], "src/linkbridge": [("**.py", "python")]}
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_UNWANTED = (b'"Project-Id', b'"Report-', b'"POT-', b'"PO-', b'"Last-', b'"Language-Team', b'"Generated-By')
OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}


def collect() -> Catalog:
    """Return all texts of templates and code, in English, with the places where they stand."""
    found = Catalog(project="linkbridge", charset="utf-8")
    for folder, method_map in SOURCES.items():
        for name, line, message, comments, context in extract_from_dir(
            str(ROOT / folder), method_map, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",)
        ):
            found.add(message, None, [(f"{folder}/{name}", line)], auto_comments=comments, context=context)
    return found


def updated(tag: str, texts: Catalog) -> Catalog:
    """Return the translation into ``tag`` brought up to date with ``texts``; nothing is guessed."""
    path = LOCALES / f"{tag}.po"
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=tag)
    else:
        catalogue = Catalog(locale=tag)
    language = catalogue.locale.english_name if catalogue.locale else tag
    catalogue.header_comment = f"# The officials' pages in {language}."
    catalogue.fuzzy = False
    catalogue.update(texts, no_fuzzy_matching=True, keep_user_comments=True)
    catalogue.obsolete.clear()
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """Return the PO file of a catalogue, in an order and form that make for small differences."""
    target = io.BytesIO()
    write_po(target, catalogue, width=110, sort_output=True, omit_header=False, include_lineno=False)
    return b"\n".join(line for line in target.getvalue().split(b"\n") if not line.startswith(_UNWANTED))


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts without a complete translation."""
    missing = []
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (not all(forms) or message.fuzzy):
            missing.append(str(message.id))
    return missing


def main() -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if something is missing")
    arguments = parser.parse_args()
    texts = collect()
    faults = 0
    for tag in TAGS:
        catalogue = updated(tag, texts)
        body = written(catalogue)
        path = LOCALES / f"{tag}.po"
        missing = untranslated(catalogue)
        if arguments.check and (not path.exists() or path.read_bytes() != body):
            faults += 1
            sys.stderr.write(f"{path.relative_to(ROOT)}: not up to date; run python scripts/messages.py\n")
        if not arguments.check:
            LOCALES.mkdir(exist_ok=True)
            path.write_bytes(body)
        for text in missing:
            sys.stderr.write(f"{path.relative_to(ROOT)}: not translated: {text}\n")
        faults += len(missing)
    sys.stderr.write(f"{len(texts)} texts in {len(TAGS)} languages: {faults} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
