"""Keys under which programs repeat a request without repeating its effect (IETF draft, httpapi-idempotency-key-header).

A key is claimed in the transaction that changes something, and the answer is kept in the same one: either both are
there after a crash, or neither is.
"""

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete

from linkbridge.accounts.models import IdempotentAnswer
from linkbridge.accounts.permissions import Actor
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.errors import Conflict, DomainError, InvalidInput

KEPT_FOR = timedelta(hours=24)
WAIT_SECONDS = 10
"""How long a second request waits for the first one of the same key."""
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_LOCK_TIMEOUT = "55P03"


class KeyReused(DomainError):
    """The key was used for another request before."""

    code = "key_reused"


class KeyBusy(Conflict):
    """The first request with this key is still at work; ``retry_after`` in ``params`` is in seconds."""

    code = "key_busy"


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request with its key, as digests: neither the key nor a word of the request is kept."""

    key_digest: str
    request_digest: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered to the first request."""

    status: int
    media_type: str
    body: str = field(repr=False)
    location: str = ""


class IdempotencyKeys:
    """The keys of all programs, and what was answered to them."""

    def __init__(self, *, clock: Clock, cipher: FieldCipher) -> None:
        self._clock = clock
        self._cipher = cipher

    def name(self, by: Actor, key: str, *, method: str, path: str, body: bytes) -> KeyedRequest:
        """Return the digests of a request. Keys of different programs never meet.

        Raises:
            InvalidInput: the key is no text of 1 to 200 visible ASCII characters.
        """
        key = key.strip()
        if _KEY.fullmatch(key) is None:
            raise InvalidInput("a key has 1 to 200 visible ASCII characters", field="Idempotency-Key", problem="key")
        digest = self._cipher.digest
        request = f"{method} {path}\0{body.decode('latin-1')}"
        return KeyedRequest(digest("idempotency-key", f"{by.reference}\0{key}"), digest("idempotent-request", request))

    def claim(self, session: Session, request: KeyedRequest) -> KeptAnswer | None:
        """Take the key in the caller's transaction, or return what was answered to it before.

        Nothing is returned when the key is new, or when its first answer is not kept. While another transaction holds
        the key, this waits: on SQLite there is one writer at a time anyway, on PostgreSQL the primary key blocks.

        Raises:
            KeyReused: the key stands for another request.
            KeyBusy: the first request is still at work after ``WAIT_SECONDS``.
        """
        now = self._clock.now()
        old = sa.and_(
            col(IdempotentAnswer.key_digest) == request.key_digest, col(IdempotentAnswer.created_at) < now - KEPT_FOR
        )
        values = {**asdict(request), "status": 0, "created_at": now}
        is_new = _insert(session, old, values)
        if is_new:
            return None
        row = session.get(IdempotentAnswer, request.key_digest, populate_existing=True)
        if row is None:
            raise KeyBusy("the first request with this key is still at work", retry_after=1)
        if row.request_digest != request.request_digest:
            raise KeyReused("this key was used for another request")
        if row.answer_encrypted is None:
            return None
        return KeptAnswer(**json.loads(self._cipher.decrypt(row.answer_encrypted)))

    def keep(self, session: Session, request: KeyedRequest, answer: KeptAnswer) -> None:
        """Keep the answer with the key, encrypted, in the transaction that claimed it."""
        row = session.get_one(IdempotentAnswer, request.key_digest, populate_existing=True)
        row.status = answer.status
        row.answer_encrypted = self._cipher.encrypt(json.dumps(asdict(answer)))
        session.add(row)
        session.flush()


def _insert(session: Session, old: sa.ColumnElement[bool], values: dict[str, object]) -> bool:
    """Write the row unless one is there, and return whether it was written."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgres else sqlite.insert
    statement = insert(IdempotentAnswer).values(**values).on_conflict_do_nothing()
    try:
        with session.begin_nested():
            if is_postgres:
                session.connection().execute(sa.text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
            session.exec(delete(IdempotentAnswer).where(old))
            is_new: bool = session.connection().execute(statement).rowcount == 1
            if is_postgres:
                session.connection().execute(sa.text("SET LOCAL lock_timeout TO DEFAULT"))
    except sa.exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_TIMEOUT:
            raise KeyBusy("the first request with this key is still at work", retry_after=1) from None
        raise
    return is_new
