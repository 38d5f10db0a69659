"""Conversations that official and person both agreed to keep: encrypted, one for an encounter, gone with it.

The person is asked with a phrase, and their answer is recorded as a consent. A later "no" takes an earlier "yes" back,
in whatever order the two arrive.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from linkbridge.accounts.permissions import Actor
from linkbridge.encounters.events import ConsentEvent, TranscriptEvent, Turn
from linkbridge.encounters.models import Consent, Transcript
from linkbridge.encounters.records import find_encounter
from linkbridge.kernel.crypto import FieldCipher

PURPOSE = "keep-conversation"
_TURNS = TypeAdapter(list[Turn])


@dataclass(frozen=True, slots=True)
class TranscriptRead:
    """What was said, in its order, and when both agreed to keep it."""

    turns: tuple[Turn, ...]
    agreed_at: datetime


def keep_transcript(session: Session, cipher: FieldCipher, row: Transcript, event: TranscriptEvent) -> None:
    """Keep a conversation in place of an older one of the encounter, unless a newer word stands against it.

    ``row`` says when both agreed and when the server heard of it; its text is filled in here.
    """
    newer = select(Transcript).where(Transcript.encounter_id == row.encounter_id, Transcript.given_at >= row.given_at)
    refused = select(Consent).where(
        Consent.encounter_id == row.encounter_id,
        Consent.purpose == PURPOSE,
        ~col(Consent.given),
        Consent.given_at >= row.given_at,
    )
    if session.exec(newer).first() is not None or session.exec(refused).first() is not None:
        return
    _delete(session, row.encounter_id, row.given_at)
    row.turns_encrypted = cipher.encrypt(_TURNS.dump_json(event.turns).decode())
    session.add(row)


def heed_refusal(session: Session, consent: Consent, event: ConsentEvent) -> None:
    """Delete what was kept before the person said no."""
    if event.purpose == PURPOSE and not event.given:
        _delete(session, consent.encounter_id, consent.given_at)


def find_transcript(session: Session, code: str, cipher: FieldCipher, *, by: Actor) -> TranscriptRead | None:
    """Return what was kept of the conversation in an encounter, or ``None``.

    Raises:
        InvalidInput, NotAllowed, NotFound: as in ``find_encounter``.
        Unavailable: it cannot be read with the keys at hand.
    """
    encounter = find_encounter(session, code, by=by)
    row = session.exec(select(Transcript).where(Transcript.encounter_id == encounter.id)).first()
    if row is None:
        return None
    return TranscriptRead(tuple(_TURNS.validate_json(cipher.decrypt(row.turns_encrypted))), row.given_at)


def _delete(session: Session, encounter_id: str, until: datetime) -> None:
    older = select(Transcript).where(Transcript.encounter_id == encounter_id, Transcript.given_at <= until)
    for row in session.exec(older):
        session.delete(row)
    session.flush()
