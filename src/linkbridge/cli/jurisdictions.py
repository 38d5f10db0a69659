"""What ``linkbridge phrasebook jurisdictions`` prints: the facts of countries, whether confirmed, and their age."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from linkbridge.cli.environment import load_settings
from linkbridge.kernel.clock import SystemClock
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.phrasebook.confirmations import confirmed_hashes
from linkbridge.phrasebook.facts import Fact, FactKey, Jurisdictions
from linkbridge.phrasebook.jurisdictions import load_jurisdictions

ABSENT = "absent (ask the officer in charge)"


def show_jurisdictions(directory: Path, *, as_json: bool, today: date | None = None) -> None:
    """Print the facts of the countries in ``directory`` with what this installation's administrators confirmed.

    Raises:
        PhrasebookFileError: a file is not readable or not in the format.
    """
    found = load_jurisdictions(directory)
    confirmed = confirmed_here(load_settings().resolved_database_url)
    day = today or SystemClock().now().date()
    if as_json:
        print(json.dumps([_as_json(fact, confirmed, day) for fact in found], indent=2, ensure_ascii=False))
    else:
        for line in _lines(found, confirmed, day):
            print(line)
        print(summary(found, confirmed))


def confirmed_here(database_url: str) -> frozenset[str]:
    """Return the hashes of what is confirmed in the database, nothing where there is none yet; it is not changed."""
    url = sa.make_url(database_url)
    if url.drivername.startswith("sqlite") and not Path(url.database or "").is_file():
        return frozenset()
    engine = create_engine(database_url)
    try:
        if not sa.inspect(engine).has_table("jurisdiction_confirmation"):
            return frozenset()
        with SessionFactory(engine).reading() as session:
            return confirmed_hashes(session)
    finally:
        engine.dispose()


def summary(found: Jurisdictions, confirmed: frozenset[str]) -> str:
    """Return one line that counts countries and facts."""
    facts = list(found)
    right = sum(fact.hash in confirmed for fact in facts)
    return f"{len(found.countries)} countries, {len(facts)} facts: {right} confirmed, {len(facts) - right} not"


def _lines(found: Jurisdictions, confirmed: frozenset[str], day: date) -> Iterator[str]:
    for country in found.countries:
        yield country
        for key in FactKey:
            facts = found.facts(country, key)
            if not facts:
                yield f"  {key}: {ABSENT}"
            for fact in facts:
                yield f"  {_name(fact)}: {fact.value}{f' [{fact.label}]' if fact.label else ''}"
                mark = "✓ confirmed" if fact.hash in confirmed else "○ unconfirmed"
                yield f"      {mark} · checked {fact.checked_on}, {fact.age_on(day)} days ago · {fact.source}"
        yield ""


def _name(fact: Fact) -> str:
    return f"{fact.key} ({fact.kind})" if fact.kind else fact.key


def _as_json(fact: Fact, confirmed: frozenset[str], day: date) -> dict[str, object]:
    return {
        "country": fact.country,
        "key": fact.key,
        "kind": fact.kind,
        "value": fact.value,
        "label": fact.label,
        "source": fact.source,
        "source_kind": fact.source_kind,
        "page_date": fact.page_date,
        "checked_on": fact.checked_on.isoformat(),
        "age_days": fact.age_on(day),
        "confirmed": fact.hash in confirmed,
    }
