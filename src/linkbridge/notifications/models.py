"""The outbox: what must be sent after its transaction has been committed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from linkbridge.kernel.tables import id_field


class OutboxMessage(SQLModel, table=True):
    """One notification. Recipient and content are encrypted; ``idempotency_key`` makes repeats harmless.

    ``state`` is ``waiting``, ``delivered`` or ``given-up``; ``due_at`` is when a waiting one is tried next.
    """

    __tablename__ = "outbox_message"

    id: str = id_field()
    idempotency_key: str = Field(max_length=100, unique=True)
    channel: str = Field(max_length=20)
    recipient_encrypted: str
    content_encrypted: str
    state: str = Field(default="waiting", max_length=16, index=True)
    attempts: int = 0
    error_code: str | None = Field(default=None, max_length=64)
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None = None


class PushSubscription(SQLModel, table=True):
    """A browser that takes web push (RFC 8030). ``owner`` is an opaque id; address and keys are encrypted."""

    __tablename__ = "push_subscription"

    id: str = id_field()
    owner: str = Field(max_length=64, index=True)
    endpoint_digest: str = Field(max_length=64, unique=True)
    subscription_encrypted: str
    created_at: datetime
