"""Handovers as caseworkers work on them: a queue, claimed by one, answered, given back or closed."""

from sqlmodel import Session, col, select

from linkbridge.accounts.permissions import Actor, Permission, allows, require
from linkbridge.chat.ledger import CLAIMED, CLOSED, WAITING, Ledger
from linkbridge.chat.models import ChatMessage, Handover
from linkbridge.chat.reads import HandoverRead, MessageRead, Rendering, read_handover, read_message
from linkbridge.kernel.errors import Conflict, InvalidInput, NotFound

LONGEST = 2_000
"""Characters of a caseworker's message."""


class Casework:
    """The handovers of all organisations. Only those who answer for the chosen one can read what is in it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def queue(self, session: Session, *, by: Actor, limit: int = 100) -> tuple[HandoverRead, ...]:
        """Return the open handovers of the actor's organisation: urgent ones first, then who waits longest.

        Raises:
            NotAllowed: the actor answers no chats.
        """
        require(by, Permission.ANSWER_CHATS)
        order = (col(Handover.is_urgent).desc(), col(Handover.state).desc(), col(Handover.asked_at))
        query = select(Handover).where(Handover.organisation_id == by.organisation_id, Handover.state != CLOSED)
        return tuple(read_handover(row) for row in session.exec(query.order_by(*order).limit(limit)))

    def get(self, session: Session, handover_id: str, *, by: Actor) -> HandoverRead:
        """Return a handover.

        Raises:
            NotFound: there is none for the actor's organisation.
        """
        return read_handover(self._seen(session, handover_id, by))

    def messages(self, session: Session, handover_id: str, *, by: Actor) -> tuple[MessageRead, ...]:
        """Return what was said, in order, decrypted. That it was read is not recorded; who claimed it is.

        Raises:
            NotFound: there is no such handover for the actor's organisation.
        """
        row = self._seen(session, handover_id, by)
        query = select(ChatMessage).where(ChatMessage.handover_id == row.id)
        rows = session.exec(query.order_by(col(ChatMessage.sequence)))
        return tuple(read_message(each, self._ledger.cipher) for each in rows)

    def claim(self, session: Session, handover_id: str, *, by: Actor) -> HandoverRead:
        """Take a handover: from now on this actor alone answers. A repeat changes nothing.

        Raises:
            NotFound: there is no such handover for the actor's organisation.
            Conflict: somebody else has it (``reason`` is ``claimed``), or it is closed.
        """
        row = self._lock(session, handover_id, by)
        if row.state == CLAIMED and row.claimed_by == by.reference:
            return read_handover(row)
        if row.state != WAITING:
            raise Conflict("somebody else has this conversation", reason=row.state)
        row.state, row.claimed_by, row.claimed_at = CLAIMED, by.reference, self._ledger.clock.now()
        session.add(row)
        session.flush()
        self._ledger.record(session, by, "handover.claimed", row)
        return read_handover(row)

    def release(self, session: Session, handover_id: str, *, by: Actor) -> HandoverRead:
        """Put a handover back into the queue of the organisation: a coordinator may also take it from somebody.

        Raises:
            NotFound: there is no such handover for the actor's organisation.
            Conflict: it is somebody else's and the actor is no coordinator, or it is not claimed.
        """
        row = self._lock(session, handover_id, by)
        is_own = row.claimed_by == by.reference
        if row.state != CLAIMED or not (is_own or allows(by, Permission.BROKER_INTERPRETERS)):
            raise Conflict("this conversation is not yours", reason=row.state)
        row.state, row.claimed_by, row.claimed_at = WAITING, None, None
        session.add(row)
        self._ledger.record(session, by, "handover.released", row)
        return read_handover(row)

    def say(
        self, session: Session, handover_id: str, text: str, rendering: Rendering | None, *, by: Actor
    ) -> MessageRead:
        """Keep what a caseworker says, with the translation that the person gets; return it.

        Raises:
            NotFound: there is no such handover for the actor's organisation.
            Conflict: the actor has not claimed it.
            InvalidInput: there is no text, or more than ``LONGEST`` characters.
        """
        row = self._lock(session, handover_id, by)
        self._require_claimed(row, by)
        text = text.strip()
        if not 0 < len(text) <= LONGEST:
            raise InvalidInput(f"from 1 to {LONGEST} characters", field="text", problem="length")
        kept = self._ledger.keep(session, row, text, by.language, staff=by.reference)
        if rendering is not None:
            self._render(session, kept, rendering)
        return read_message(kept, self._ledger.cipher)

    def _render(self, session: Session, message: ChatMessage, rendering: Rendering) -> None:
        message.translation_encrypted = self._ledger.cipher.encrypt(rendering.text)
        message.translation_tag, message.mark = rendering.tag, rendering.mark
        session.add(message)
        session.flush()

    def close(self, session: Session, handover_id: str, *, by: Actor) -> HandoverRead:
        """End a handover that the actor has claimed. A repeat changes nothing.

        Raises:
            NotFound: there is no such handover for the actor's organisation.
            Conflict: the actor has not claimed it.
        """
        row = self._lock(session, handover_id, by)
        if row.state != CLOSED:
            self._require_claimed(row, by)
            self._ledger.close(session, row, by)
        return read_handover(row)

    def require_claimed(self, session: Session, handover_id: str, *, by: Actor) -> HandoverRead:
        """Return a handover that the actor has claimed.

        Raises:
            NotFound: there is no such handover for the actor's organisation.
            Conflict: the actor has not claimed it.
        """
        row = self._seen(session, handover_id, by)
        self._require_claimed(row, by)
        return read_handover(row)

    def keep_rendering(
        self, session: Session, handover_id: str, sequence: int, rendering: Rendering, *, by: Actor
    ) -> None:
        """Keep the translation of a person's message, so that it is made once.

        Raises:
            NotFound: there is no such handover for the actor's organisation.
        """
        row = self._seen(session, handover_id, by)
        message = session.get(ChatMessage, sequence)
        if message is not None and message.handover_id == row.id:
            self._render(session, message, rendering)

    @staticmethod
    def _seen(session: Session, handover_id: str, by: Actor) -> Handover:
        row = session.get(Handover, handover_id)
        is_own = row is not None and allows(by, Permission.ANSWER_CHATS) and row.organisation_id == by.organisation_id
        if row is None or not is_own:
            raise NotFound("there is no such conversation")
        return row

    def _lock(self, session: Session, handover_id: str, by: Actor) -> Handover:
        self._seen(session, handover_id, by)
        query = select(Handover).where(Handover.id == handover_id).with_for_update()
        return session.exec(query.execution_options(populate_existing=True)).one()

    @staticmethod
    def _require_claimed(row: Handover, by: Actor) -> None:
        if row.state != CLAIMED or row.claimed_by != by.reference:
            raise Conflict("take the conversation first", reason=row.state)
