"""Links and codes that work once: first administrator, invitation, new password, tablet enrolment."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from linkbridge.accounts.models import OneTimeLink
from linkbridge.accounts.permissions import Actor
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.errors import Expired
from linkbridge.kernel.ids import proquint

CODE_WORDS = 4


class LinkPurpose(StrEnum):
    """What a link is for. It works for nothing else."""

    FIRST_ADMINISTRATOR = "first-admin"
    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105 - the name of a purpose
    ENROLMENT = "enrolment"


_PAGES = {
    LinkPurpose.FIRST_ADMINISTRATOR: "/staff/first",
    LinkPurpose.INVITATION: "/staff/password",
    LinkPurpose.PASSWORD: "/staff/password",
    LinkPurpose.ENROLMENT: "/enrol",
}


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made. ``code`` is shown once and kept nowhere."""

    id: str
    code: str = field(repr=False)
    purpose: LinkPurpose
    expires_at: datetime

    @property
    def path(self) -> str:
        """The page that takes the code. The code is a fragment, which browsers never send and servers never log."""
        return f"{_PAGES[self.purpose]}#{self.code}"


@dataclass(frozen=True, slots=True)
class UsedLink:
    """What a code that was just used stood for."""

    id: str
    purpose: LinkPurpose
    subject_id: str | None
    label: str
    created_by: str


class OneTimeLinks:
    """Makes and uses one-time codes.

    A code has 64 random bits, spelt as four words that can be read out and typed (arXiv:0901.4016). Only its keyed
    digest is kept.
    """

    def __init__(self, *, clock: Clock, cipher: FieldCipher) -> None:
        self._clock = clock
        self._cipher = cipher

    def create(
        self,
        session: Session,
        purpose: LinkPurpose,
        *,
        subject_id: str | None,
        by: Actor,
        lifetime: timedelta,
        label: str = "",
    ) -> NewLink:
        """Make a code for ``subject_id`` that works once within ``lifetime``. The caller checks permissions."""
        code = "-".join(proquint(secrets.randbits(16)) for _ in range(CODE_WORDS))
        now = self._clock.now()
        row = OneTimeLink(
            token_digest=self._digest(code),
            purpose=purpose.value,
            subject_id=subject_id,
            label=label,
            created_by=by.reference,
            created_at=now,
            expires_at=now + lifetime,
        )
        session.add(row)
        session.flush()
        return NewLink(row.id, code, purpose, row.expires_at)

    def use(self, session: Session, code: str, *purposes: LinkPurpose) -> UsedLink:
        """Use a code up. Of two that try at once, one succeeds; if the transaction fails, the code stays good.

        Raises:
            Expired: it was used, is past its time, is for something else, or never existed; which is not told.
        """
        now = self._clock.now()
        digest = self._digest(code)
        claimed = session.connection().execute(
            sa.update(OneTimeLink)
            .where(
                col(OneTimeLink.token_digest) == digest,
                col(OneTimeLink.purpose).in_([purpose.value for purpose in purposes]),
                col(OneTimeLink.used_at).is_(None),
                col(OneTimeLink.expires_at) > now,
            )
            .values(used_at=now)
        )
        if claimed.rowcount != 1:
            raise Expired("this code does not work: it was used, is too old, or has a typing mistake")
        query = select(OneTimeLink).where(OneTimeLink.token_digest == digest)
        row = session.exec(query.execution_options(populate_existing=True)).one()
        return UsedLink(row.id, LinkPurpose(row.purpose), row.subject_id, row.label, row.created_by)

    def withdraw(self, session: Session, purpose: LinkPurpose, subject_id: str | None) -> int:
        """Make unused codes of one purpose for one subject worthless, and return how many there were."""
        subject = col(OneTimeLink.subject_id)
        result = session.connection().execute(
            sa.update(OneTimeLink)
            .where(
                col(OneTimeLink.purpose) == purpose.value,
                subject.is_(None) if subject_id is None else subject == subject_id,
                col(OneTimeLink.used_at).is_(None),
            )
            .values(used_at=self._clock.now())
        )
        return int(result.rowcount)

    def _digest(self, code: str) -> str:
        return self._cipher.digest("one-time", "-".join(re.findall(r"[a-z]+", code.lower())))
