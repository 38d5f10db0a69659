"""Keys of other installations: who may trust them, and what is remembered of their bundles."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.models import AuditEntry
from linkbridge.accounts.permissions import Actor, Role, system_actor
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linkbridge.phrasebook.exchange.bundle import Bundle, read_bundle, write_bundle
from linkbridge.phrasebook.exchange.imported import ImportedBundles
from linkbridge.phrasebook.exchange.trust import TrustedKeys, fingerprint
from tests.support.exchange import SIGNER, library, unit

BY = system_actor("test")
KEY = SIGNER.public_key_b64
HOST = Actor(kind="staff", id="a", role=Role.ADMINISTRATOR, organisation_id="o", is_host=True)


@pytest.fixture
def keys(clock: FrozenClock) -> TrustedKeys:
    return TrustedKeys(clock=clock, audit=AuditLog(clock=clock))


def bundle(text: str = "Puede pedir un abogado.", seconds: int = 0) -> Bundle:
    now = datetime(2026, 12, 24, tzinfo=UTC) + timedelta(seconds=seconds)
    return read_bundle(io.BytesIO(write_bundle(library(), [unit(text)], signer=SIGNER, sender="Panama", now=now)))


def test_fingerprint_is_the_one_that_the_sender_prints() -> None:
    assert fingerprint(KEY) == SIGNER.key_id


def test_key_is_trusted_until_it_is_revoked_and_can_be_trusted_again(
    sessions: SessionFactory, keys: TrustedKeys, clock: FrozenClock
) -> None:
    def is_trusted() -> bool:
        with sessions.reading() as session:
            return keys.trust(session, KEY).everyone

    assert not is_trusted()
    with sessions.transaction() as session:
        added = keys.add(session, KEY, label="  Panama ", by=HOST)
    assert (added.fingerprint, added.label, added.added_at) == (SIGNER.key_id, "Panama", clock.now())
    assert is_trusted()
    with sessions.transaction() as session:
        keys.revoke(session, SIGNER.key_id, by=HOST)
    assert not is_trusted()
    with sessions.transaction() as session:
        [listed] = keys.list(session, by=HOST)
        assert listed.revoked_at == clock.now()
        keys.add(session, KEY, label="Again", by=HOST)
    assert is_trusted()
    with sessions.reading() as session:
        rows = session.exec(select(AuditEntry).order_by(col(AuditEntry.sequence))).all()
        assert [(row.action, row.subject, row.details) for row in rows] == [
            (f"trusted_key.{action}", SIGNER.key_id, {}) for action in ("added", "revoked", "added")
        ]


def test_key_cannot_be_trusted_or_revoked_twice(sessions: SessionFactory, keys: TrustedKeys) -> None:
    with sessions.transaction() as session:
        with pytest.raises(NotFound):
            keys.revoke(session, SIGNER.key_id, by=BY)
        keys.add(session, KEY, label="Panama", by=BY)
        with pytest.raises(Conflict):
            keys.add(session, KEY, label="Panama", by=BY)
        keys.revoke(session, SIGNER.key_id, by=BY)
        with pytest.raises(Conflict):
            keys.revoke(session, SIGNER.key_id, by=BY)


@pytest.mark.parametrize(
    "key",
    ["", "x", "é" * 43, KEY[:-1], KEY + "A", KEY + "="],
    ids=["nothing", "short", "letters", "cut", "longer", "padded"],  # the key is new in every process
)
def test_what_is_no_key_is_refused(sessions: SessionFactory, keys: TrustedKeys, key: str) -> None:
    with sessions.transaction() as session, pytest.raises(InvalidInput):
        keys.add(session, key, label="Panama", by=BY)


@pytest.mark.parametrize(
    "actor",
    [
        *(Actor(kind="staff", id="a", role=role, is_host=True) for role in Role if role is not Role.ADMINISTRATOR),
        Actor(kind="staff", id="a", role=Role.ADMINISTRATOR, organisation_id="partner"),
    ],
    ids=lambda actor: f"{actor.role}-{actor.is_host}",
)
def test_only_administrators_of_the_host_decide_on_trust(
    sessions: SessionFactory, keys: TrustedKeys, actor: Actor
) -> None:
    with sessions.transaction() as session:
        with pytest.raises(NotAllowed):
            keys.add(session, KEY, label="Panama", by=actor)
        with pytest.raises(NotAllowed):
            keys.list(session, by=actor)
        with pytest.raises(NotAllowed):
            keys.revoke(session, SIGNER.key_id, by=actor)


def test_older_bundle_is_refused_and_the_newest_is_remembered(sessions: SessionFactory, clock: FrozenClock) -> None:
    imported = ImportedBundles(clock=clock, audit=AuditLog(clock=clock))
    with sessions.transaction() as session:
        assert imported.last(session, KEY) is None
        imported.note(session, bundle(), by=BY)
        imported.note(session, bundle(), by=BY)
        imported.note(session, bundle("Puede tener uno.", seconds=5), by=BY)
    for older in (bundle(), bundle("Puede llamar.", seconds=5)):
        with sessions.transaction() as session, pytest.raises(Conflict):
            imported.note(session, older, by=BY)
    with sessions.reading() as session:
        last = imported.last(session, KEY)
        assert last is not None
        assert last.sequence == bundle(seconds=5).sequence
        entries = session.exec(select(AuditEntry.action, AuditEntry.subject)).all()
        assert entries == [("bundle.imported", SIGNER.key_id)] * 3


def test_only_reviewers_note_a_bundle(sessions: SessionFactory, clock: FrozenClock) -> None:
    imported = ImportedBundles(clock=clock, audit=AuditLog(clock=clock))
    with sessions.transaction() as session, pytest.raises(NotAllowed):
        imported.note(session, bundle(), by=HOST)
