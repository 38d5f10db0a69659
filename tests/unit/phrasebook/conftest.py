"""A small phrasebook of two books and a few languages, which tests bend as they need."""

from collections.abc import Callable
from pathlib import Path

import pytest

INSTRUMENTS = """\
instruments:
  VCCR: { name: Vienna Convention on Consular Relations, year: 1963, source: "UNTS vol. 596, p. 261" }
"""

RIGHTS = """\
id: rights
kind: notice
order: 1
pictogram: 1F6AA
status: draft
origin: machine
date: 2026-11-24
phrases:
  - id: title
    kind: title
    text: Your rights
    context: On a button.
  - id: consulate
    text: You can ask us to tell your consulate.
    pictogram: 1F3DB
    legal_basis:
      - { instrument: VCCR, article: "36(1)(b)" }
    sample_questions: ["Can I call my embassy?"]
  - id: deadline
    text: You have 3 days, until {date}.
    placeholders: { date: date }
"""

INTERFACE = """\
id: interface
kind: interface
order: 0
date: 2026-11-24
phrases:
  - id: listen
    text: Listen
  - id: progress
    text: "{number} of {total}"
    placeholders: { number: number, total: number }
  - id: text-date
    text: Text of {date}
    placeholders: { date: date }
"""

RIGHTS_ES = """\
msgid ""
msgstr ""
"Language: es\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

# status: draft
# origin: machine
# date: 2026-11-24
msgctxt "title"
msgid "Your rights"
msgstr "Sus derechos"

# status: verified
# origin: human
# date: 2026-12-02
# reviewer: 7f3a 2026-12-01
# reviewer: 9c01 2026-12-02
# The word consulado is used everywhere in the Americas.
msgctxt "consulate"
msgid "You can ask us to tell your consulate."
msgstr "Puede pedir que avisemos a su consulado."

# status: reviewed
# origin: human
# date: 2026-12-01
# reviewer: 7f3a 2026-12-01
msgctxt "deadline"
msgid "You have 3 days, until {date}."
msgstr "Tiene 3 días, hasta el {date}."
"""

INTERFACE_ES = """\
msgid ""
msgstr ""
"Language: es\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"PO-Revision-Date: 2026-11-20 10:00+0000\\n"

msgctxt "listen"
msgid "Listen"
msgstr "Escuchar"

msgctxt "progress"
msgid "{number} of {total}"
msgstr "{number} de {total}"

msgctxt "text-date"
msgid "Text of {date}"
msgstr "Texto del {date}"
"""

Bend = Callable[[str, str, str], Path]


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A folder of phrasebooks without a fault."""
    folder = tmp_path / "phrasebooks"
    for file, text in {
        "instruments.yaml": INSTRUMENTS,
        "rights/book.yaml": RIGHTS,
        "rights/es.po": RIGHTS_ES,
        "interface/book.yaml": INTERFACE,
        "interface/es.po": INTERFACE_ES,
    }.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def bend(books: Path) -> Bend:
    """Replaces a piece of one of the files, which must hold it."""

    def replace(file: str, old: str, new: str) -> Path:
        path = books / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return replace
