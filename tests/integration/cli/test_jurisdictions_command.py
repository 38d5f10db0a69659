"""``linkbridge phrasebook jurisdictions`` beside an installation: what its administrators confirmed counts."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from typer.testing import CliRunner

from linkbridge.cli.phrasebook import app
from linkbridge.kernel.db import SessionFactory
from linkbridge.phrasebook.jurisdictions import load_jurisdictions
from linkbridge.phrasebook.models import JurisdictionConfirmation

AT_NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FACTS = """\
country: PA
emergency_number:
  - value: "911"
    kind: all
    label: everywhere
    source: https://example.org/911
    source_title: Emergencias
    source_kind: press
    page_date: "2025"
    checked_on: 2026-11-20
    status: unconfirmed
  - value: "103"
    kind: fire
    source: https://example.org/103
    source_title: Bomberos
    source_kind: press
    checked_on: 2026-11-23
    status: unconfirmed
"""


@pytest.fixture
def books(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of phrasebooks that holds a country, and the environment of an installation."""
    monkeypatch.setenv("LINKBRIDGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LINKBRIDGE_DATABASE_URL", database_url)
    (tmp_path / "books" / "jurisdictions").mkdir(parents=True)
    (tmp_path / "books" / "jurisdictions" / "pa.yaml").write_text(FACTS, encoding="utf-8")
    return tmp_path / "books"


def run(books: Path, *options: str) -> list[str]:
    result = CliRunner().invoke(app, ["jurisdictions", *options, "--directory", str(books)])
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


@time_machine.travel(AT_NOON, tick=False)
def test_confirmed_facts_are_told_apart(books: Path, sessions: SessionFactory) -> None:
    fact, _ = load_jurisdictions(books)
    with sessions.transaction() as session:
        session.add(
            JurisdictionConfirmation(
                country="PA",
                key=fact.key.value,
                value_hash=fact.hash,
                confirmed_by="staff:0f",
                confirmed_at=AT_NOON,
            )
        )
    lines = run(books)
    assert lines[2] == "      ✓ confirmed · checked 2026-11-20, 4 days ago · https://example.org/911"
    assert lines[4] == "      ○ unconfirmed · checked 2026-11-23, 1 days ago · https://example.org/103"
    assert lines[-1] == "1 countries, 2 facts: 1 confirmed, 1 not"
    first, second = json.loads("\n".join(run(books, "--json")))
    assert first == {
        "country": "PA",
        "key": "emergency_number",
        "kind": "all",
        "value": "911",
        "label": "everywhere",
        "source": "https://example.org/911",
        "source_kind": "press",
        "page_date": "2025",
        "checked_on": "2026-11-20",
        "age_days": 4,
        "confirmed": True,
    }
    assert second["confirmed"] is False


def test_database_of_an_older_release_has_confirmed_nothing_and_is_not_changed(
    books: Path, sessions: SessionFactory
) -> None:
    with sessions.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE jurisdiction_confirmation"))
    assert run(books)[-1] == "1 countries, 2 facts: 0 confirmed, 2 not"
    assert not sa.inspect(sessions.engine).has_table("jurisdiction_confirmation")
