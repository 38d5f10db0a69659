"""Translation memory from TMX: counted, safe to repeat, and only for those who review phrases."""

import io
from collections.abc import Sequence

import pytest
from sqlmodel import Session, col, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.models import AuditEntry
from linkbridge.accounts.permissions import Actor, Role, system_actor
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import InvalidInput, NotAllowed, NotFound
from linkbridge.phrasebook.exchange.memory import (
    MemoryReport,
    Pair,
    Remembered,
    TranslationMemory,
    import_memory,
)
from linkbridge.phrasebook.models import MemoryUnit

BY = system_actor("test")
TU = '<tu tuid="{id}"><prop type="note">http://example.org/a</prop>\n{tuvs}</tu>\n'
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4"><header creationtool="unknown" '
    'creationtoolversion="unknown" segtype="paragraph" o-tmf="unknown" adminlang="en" srclang="{srclang}" '
    'datatype="text"></header><body>\n'
)


def tmx(*entries: Sequence[tuple[str, str]], srclang: str = "en") -> io.BytesIO:
    """A document in the form of the TICO-19 memories."""
    lines = [
        TU.format(
            id=f"CMU_1:{number}",
            tuvs="".join(f'<tuv xml:lang="{tag}">\n<seg>{text}</seg></tuv>\n' for tag, text in entry),
        )
        for number, entry in enumerate(entries, start=1)
    ]
    return io.BytesIO((HEAD.format(srclang=srclang) + "".join(lines) + "</body></tmx>").encode())


@pytest.fixture
def memory(clock: FrozenClock) -> TranslationMemory:
    return TranslationMemory(clock=clock, audit=AuditLog(clock=clock))


def pairs(session: Session) -> list[tuple[str, str, str, str]]:
    rows = session.exec(select(MemoryUnit).order_by(col(MemoryUnit.source_text), col(MemoryUnit.target_tag)))
    return [(row.source_tag, row.target_tag, row.source_text, row.target_text) for row in rows]


def test_import_adds_each_pair_once_and_counts_what_it_skips(
    sessions: SessionFactory, memory: TranslationMemory
) -> None:
    file = tmx(
        [("en", "a  fever"), ("fr", "une fièvre")],
        [("EN-us", "a cough"), ("fr-CA", "une toux"), ("ckb", "کۆکە")],
        [("en", "a fever"), ("fr", "une fièvre")],
        [("en", "only English")],
        [("fr", "seulement")],
        [("en", "x"), ("mi", "y")],
        [("en", "SARS"), ("fr", "SARS")],
        [("en", "empty"), ("fr", " ")],
        [("en", "hidden"), ("fr", "ca\u200bché")],
        [("en", "long"), ("fr", "é" * 2_001)],
    )
    seen: list[MemoryReport] = []
    report = import_memory(sessions, memory, file, collection="TICO-19", by=BY, on_progress=seen.append, batch=2)
    assert (report.entries, report.added, report.already_there) == (10, 3, 1)
    assert report.skipped == {
        "it has no translation": 1,
        "it has no text in its source language": 1,
        "LinkBridge does not know the language": 1,
        "the translation is the source": 1,
        "a text is empty": 1,
        "a text holds hidden or forbidden characters": 1,
        "a text is longer than 2000 characters": 1,
    }
    assert report.examples["a text is empty"] == "CMU_1:8"
    assert [(each.added, each.already_there) for each in seen] == [(2, 0), (3, 1)]
    with sessions.reading() as session:
        assert pairs(session) == [
            ("en", "ckb", "a cough", "کۆکە"),
            ("en", "fr", "a cough", "une toux"),
            ("en", "fr", "a fever", "une fièvre"),
        ]


def test_import_of_the_same_file_again_adds_nothing(sessions: SessionFactory, memory: TranslationMemory) -> None:
    for added, there in ((1, 0), (0, 1)):
        report = import_memory(sessions, memory, tmx([("en", "a"), ("fr", "b")]), collection="x", by=BY)
        assert (report.added, report.already_there) == (added, there)


def test_import_that_breaks_off_goes_on_where_it_was(sessions: SessionFactory, memory: TranslationMemory) -> None:
    entries = [[("en", f"one {number}"), ("fr", f"un {number}")] for number in range(5_000)]
    whole = tmx(*entries).getvalue()
    with pytest.raises(InvalidInput, match="not sound XML"):
        import_memory(sessions, memory, io.BytesIO(whole[:-500]), collection="x", by=BY, batch=100)
    report = import_memory(sessions, memory, io.BytesIO(whole), collection="x", by=BY)
    assert report.added + report.already_there == 5_000
    assert report.already_there > 4_000


def test_source_language_of_the_file_counts(sessions: SessionFactory, memory: TranslationMemory) -> None:
    for srclang, expected in (("fr", ("fr", "en")), ("*all*", ("en", "fr"))):
        import_memory(sessions, memory, tmx([("en", "a"), ("fr", "b")], srclang=srclang), collection="x", by=BY)
        with sessions.reading() as session:
            assert expected in {pair[:2] for pair in pairs(session)}


def test_import_is_in_the_audit_log_with_counts_alone(sessions: SessionFactory, memory: TranslationMemory) -> None:
    import_memory(sessions, memory, tmx([("en", "a"), ("fr", "b")], [("en", "c")]), collection="secret", by=BY)
    with sessions.reading() as session:
        entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.sequence))).all()
        assert [(entry.action, entry.actor, entry.details) for entry in entries] == [
            ("memory.import_began", "system:test", {}),
            ("memory.imported", "system:test", {"added": 1, "there": 0, "skipped": 1}),
        ]


@pytest.mark.parametrize("collection", ["", "x" * 101, "a\u202eb"])
def test_collection_needs_a_name_before_anything_is_read(
    sessions: SessionFactory, memory: TranslationMemory, collection: str
) -> None:
    with pytest.raises(InvalidInput):
        import_memory(sessions, memory, tmx(), collection=collection, by=BY)
    with sessions.reading() as session:
        assert session.exec(select(AuditEntry)).all() == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEWER])
def test_only_reviewers_fill_the_memory(sessions: SessionFactory, memory: TranslationMemory, role: Role) -> None:
    actor = Actor(kind="staff", id="a", role=role, is_host=True)
    with sessions.transaction() as session:
        with pytest.raises(NotAllowed):
            memory.add(session, [Pair("en", "fr", "a", "b")], collection="x", by=actor)
        with pytest.raises(NotAllowed):
            memory.record(session, "imported", by=actor)
        assert memory.add(session, [], collection="x", by=Actor(kind="staff", id="b", role=Role.REVIEWER)) == 0


def test_pairs_are_found_from_both_sides_reviewed_first(sessions: SessionFactory, memory: TranslationMemory) -> None:
    with sessions.transaction() as session:
        memory.add(session, [Pair("en", "fr", "a fever", "de la température")], collection="web", by=BY)
        memory.add(session, [Pair("en", "fr", "a fever", "une fièvre")], collection="clinic", by=BY, reviewed=True)
        memory.add(session, [Pair("en", "ckb", "a fever", "تا")], collection="web", by=BY)
    with sessions.reading() as session:
        assert memory.find(session, {"a fever", "a cough"}, "en", "fr") == {
            "a fever": Remembered("une fièvre", reviewed=True, collection="clinic")
        }
        assert memory.find(session, {"de la température"}, "fr", "en") == {
            "de la température": Remembered("a fever", reviewed=False, collection="web")
        }
        assert memory.find(session, {"a fever"}, "en", "es") == {}
        assert memory.find(session, set(), "en", "fr") == {}


def test_more_texts_than_a_query_may_have_values_are_found(sessions: SessionFactory, memory: TranslationMemory) -> None:
    with sessions.transaction() as session:
        memory.add(session, [Pair("en", "fr", "a fever", "une fièvre")], collection="web", by=BY)
    with sessions.reading() as session:
        assert set(memory.find(session, {"a fever", *map(str, range(130_000))}, "en", "fr")) == {"a fever"}


def test_collection_is_removed_whole_and_on_record(sessions: SessionFactory, memory: TranslationMemory) -> None:
    with sessions.transaction() as session:
        memory.add(session, [Pair("en", "fr", "a fever", "une fièvre")], collection="clinic", by=BY)
        memory.add(session, [Pair("en", "fr", "a cough", "une toux")], collection="web", by=BY)
    with sessions.transaction() as session:
        assert memory.remove(session, "clinic", by=BY) == 1
    with sessions.reading() as session:
        assert pairs(session) == [("en", "fr", "a cough", "une toux")]
        assert session.exec(select(AuditEntry.action)).all() == ["memory.removed"]
    with sessions.transaction() as session, pytest.raises(NotFound, match="it has: web"):
        memory.remove(session, "clinic", by=BY)
    with sessions.transaction() as session, pytest.raises(NotAllowed):
        memory.remove(session, "web", by=Actor("staff", "1", Role.OFFICIAL, "host"))
