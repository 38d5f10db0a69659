"""Tables of the chat. What a person wrote is in ``chat_message`` alone, encrypted, and only while humans answer."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from linkbridge.kernel.tables import ID_LENGTH, id_field


class Conversation(SQLModel, table=True):
    """A chat with a person: where it is, in which language, and how the channel reaches them.

    ``address_digest`` finds the row; address and memory are encrypted. ``sending_until`` is set while a process sends
    what waits, so that messages keep their order. ``request_id`` is the interpreter that the person is waiting for.
    """

    __tablename__ = "chat_conversation"
    __table_args__ = (sa.UniqueConstraint("channel", "address_digest", name="uq_chat_conversation_address"),)

    id: str = id_field()
    channel: str = Field(max_length=16)
    address_digest: str = Field(max_length=64)
    address_encrypted: str
    memory_encrypted: str
    tag: str = Field(default="", max_length=16)
    created_at: datetime
    seen_at: datetime = Field(index=True)
    sending_until: datetime | None = None
    blocked_at: datetime | None = None
    request_id: str | None = Field(default=None, max_length=ID_LENGTH, index=True)


class ChatUpdate(SQLModel, table=True):
    """That an update of a channel was taken: a channel that repeats one is not answered twice."""

    __tablename__ = "chat_update"

    channel: str = Field(primary_key=True, max_length=16)
    update_digest: str = Field(primary_key=True, max_length=64)
    received_at: datetime = Field(index=True)


class Outgoing(SQLModel, table=True):
    """A message on its way to a person, deleted once the channel has it. It outlives its conversation's erasure."""

    __tablename__ = "chat_outgoing"
    # Pages name the last number that they have shown: a number of a deleted row must not come again.
    __table_args__ = {"sqlite_autoincrement": True}

    sequence: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    )
    conversation_id: str = Field(max_length=ID_LENGTH, index=True)
    channel: str = Field(max_length=16)
    address_encrypted: str
    body_encrypted: str
    attempts: int = 0
    due_at: datetime = Field(index=True)
    created_at: datetime


class ChatDesk(SQLModel, table=True):
    """That an organisation answers chats, how soon, and for which of its sites interpreters are asked."""

    __tablename__ = "chat_desk"

    organisation_id: str = Field(foreign_key="organisation.id", primary_key=True, max_length=ID_LENGTH)
    site_id: str = Field(foreign_key="site.id", max_length=ID_LENGTH)
    answer_minutes: int = 15
    is_open: bool = True
    changed_at: datetime
    changed_by: str = Field(max_length=64)


class Handover(SQLModel, table=True):
    """That humans of one organisation have a conversation. ``state``: waiting, claimed, closed."""

    __tablename__ = "chat_handover"
    __table_args__ = (
        sa.Index(
            "uq_chat_handover_open",
            "conversation_id",
            unique=True,
            sqlite_where=sa.text("state != 'closed'"),
            postgresql_where=sa.text("state != 'closed'"),
        ),
    )

    id: str = id_field()
    conversation_id: str = Field(max_length=ID_LENGTH, index=True)
    organisation_id: str = Field(foreign_key="organisation.id", max_length=ID_LENGTH, index=True)
    tag: str = Field(max_length=16)
    channel: str = Field(max_length=16)
    is_urgent: bool = False
    state: str = Field(default="waiting", max_length=16, index=True)
    asked_at: datetime
    late_at: datetime
    told_late_at: datetime | None = None
    claimed_by: str | None = Field(default=None, max_length=64)
    claimed_at: datetime | None = None
    closed_at: datetime | None = Field(default=None, index=True)


class ChatMessage(SQLModel, table=True):
    """Something said while humans have a conversation. ``author`` is ``person`` or ``staff``."""

    __tablename__ = "chat_message"
    # Pages name the last number that they have shown: a number of a deleted row must not come again.
    __table_args__ = {"sqlite_autoincrement": True}

    sequence: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    )
    handover_id: str = Field(foreign_key="chat_handover.id", max_length=ID_LENGTH, index=True)
    author: str = Field(max_length=16)
    staff: str | None = Field(default=None, max_length=64)
    tag: str = Field(max_length=16)
    text_encrypted: str
    translation_tag: str | None = Field(default=None, max_length=16)
    translation_encrypted: str | None = None
    mark: str | None = Field(default=None, max_length=32)
    said_at: datetime


class ChatSubscription(SQLModel, table=True):
    """That a person wants to know when a notice changes. ``version`` is the one they were last told of."""

    __tablename__ = "chat_subscription"

    conversation_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    notice: str = Field(primary_key=True, max_length=64)
    version: str = Field(max_length=64)
    asked_at: datetime
