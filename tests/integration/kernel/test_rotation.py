from pathlib import Path

from sqlmodel import select

import linkbridge.migrations  # noqa: F401 - registers every table
from linkbridge.accounts.models import Staff
from linkbridge.accounts.permissions import Role
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.crypto import FieldCipher, KeyRing
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.rotation import encrypted_columns, rotate_fields
from tests.support.accounts import World


def test_every_encrypted_column_is_known() -> None:
    assert encrypted_columns() == {
        "idempotent_answer": ["answer_encrypted"],
        "interpreter": ["name_encrypted"],
        "interpreter_contact": ["address_encrypted"],
        "interpreter_request": ["avoid_encrypted", "note_encrypted", "place_encrypted"],
        "busy_calendar": ["url_encrypted"],
        "call_signal": ["body_encrypted"],
        "chat_conversation": ["address_encrypted", "memory_encrypted"],
        "chat_message": ["text_encrypted", "translation_encrypted"],
        "chat_outgoing": ["address_encrypted", "body_encrypted"],
        "push_subscription": ["subscription_encrypted"],
        "staff": ["email_encrypted", "name_encrypted"],
        "outbox_message": ["recipient_encrypted", "content_encrypted"],
        "transcript": ["turns_encrypted"],
    }


def test_rotation_stops_and_goes_on_and_leaves_nothing_under_old_keys(
    sessions: SessionFactory, clock: FrozenClock, tmp_path: Path
) -> None:
    ring = KeyRing(path=tmp_path / "fields")
    world = World(sessions, clock, FieldCipher(ring, b"look-up"))
    for number in range(5):
        world.add_staff(f"n{number}@example.org", Role.OFFICIAL, name=f"Name {number}")
    old_key = ring.keys()[-1]
    ring.add()
    cipher = FieldCipher(ring, b"look-up")
    with sessions.transaction() as session:
        half = session.exec(select(Staff).order_by(Staff.id).limit(2)).all()
        for row in half:
            row.name_encrypted = cipher.rotate(row.name_encrypted)
            session.add(row)
    done = {progress.table: progress for progress in rotate_fields(sessions, cipher, batch=2)}
    assert (done["staff"].rows, done["staff"].rotated) == (5, 8)
    assert {progress.rotated for progress in rotate_fields(sessions, cipher, batch=2)} == {0}
    newest_alone = FieldCipher(KeyRing(given=ring.keys()[0].decode()), b"look-up")
    with sessions.reading() as session:
        names = sorted(newest_alone.decrypt(row.name_encrypted) for row in session.exec(select(Staff)))
    assert names == [f"Name {number}" for number in range(5)]
    assert ring.keys()[-1] == old_key
