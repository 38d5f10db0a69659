"""API tokens: how other programs ask. Each has a role, and is shown once."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from linkbridge.accounts.actors import token_actor
from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.models import ApiToken
from linkbridge.accounts.permissions import Actor, Permission, Role, require
from linkbridge.accounts.text import Checks, clean_line
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import new_token, token_digest
from linkbridge.kernel.errors import Conflict, NotAllowed, NotFound, NotSignedIn

PREFIX = "lbt_"
"""Lets a secret scanner recognise a token that was published by mistake."""
MAX_LABEL = 100


@dataclass(frozen=True, slots=True)
class ApiTokenRead:
    """A token without its secret. Without an organisation it reaches the whole installation."""

    id: str
    organisation_id: str | None
    role: Role
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_on: date | None


@dataclass(frozen=True, slots=True)
class NewApiToken:
    """A token just made. ``secret`` is shown once and kept nowhere."""

    token: ApiTokenRead
    secret: str = field(repr=False)


class ApiTokens:
    """The tokens of all organisations."""

    def __init__(self, *, clock: Clock, audit: AuditLog) -> None:
        self._clock = clock
        self._audit = audit

    def create(
        self,
        session: Session,
        *,
        organisation_id: str | None,
        role: str,
        label: str,
        lifetime: timedelta | None,
        by: Actor,
    ) -> NewApiToken:
        """Make a token. Only the operator's command line makes one for the whole installation.

        Raises:
            NotAllowed: the actor may not manage this organisation's tokens.
            InvalidForm: the label or the role cannot be used.
        """
        require(by, Permission.MANAGE_TOKENS, organisation_id=organisation_id)
        if organisation_id is None and not by.everywhere:
            raise NotAllowed("only the operator makes tokens for the whole installation")
        checks = Checks()
        cleaned = checks.run(lambda: clean_line(label, field="label", longest=MAX_LABEL), "")
        checks.expect(role in set(Role), "choose one of the list", field="role", problem="choice")
        checks.done()
        digits, _ = new_token()
        secret = PREFIX + digits
        now = self._clock.now()
        row = ApiToken(
            token_digest=token_digest(secret),
            organisation_id=organisation_id,
            role=role,
            label=cleaned,
            created_by=by.reference,
            created_at=now,
            expires_at=now + lifetime if lifetime else None,
        )
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="token.created", subject=row.id, details={"role": role})
        return NewApiToken(_read(row), secret)

    def list(self, session: Session, *, by: Actor) -> tuple[ApiTokenRead, ...]:
        """Return the tokens of the actor's organisation, working ones first, in one query.

        Raises:
            NotAllowed: the actor may not manage tokens.
        """
        require(by, Permission.MANAGE_TOKENS)
        query = select(ApiToken)
        if not by.everywhere:
            query = query.where(ApiToken.organisation_id == by.organisation_id)
        order = (col(ApiToken.revoked_at).is_not(None), col(ApiToken.label), col(ApiToken.id))
        return tuple(_read(row) for row in session.exec(query.order_by(*order)))

    def get(self, session: Session, token_id: str, *, by: Actor) -> ApiTokenRead:
        """Return one token.

        Raises:
            NotFound: there is no such token that the actor may manage.
        """
        return _read(self._find(session, token_id, by))

    def revoke(self, session: Session, token_id: str, *, by: Actor) -> None:
        """Make a token worthless from now on.

        Raises:
            NotFound: there is no such token that the actor may manage.
            Conflict: it was revoked before.
        """
        row = self._find(session, token_id, by)
        if row.revoked_at is not None:
            raise Conflict("this token was revoked before")
        row.revoked_at = self._clock.now()
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="token.revoked", subject=row.id)

    def resolve(self, session: Session, secret: str) -> Actor:
        """Return the program that holds the token.

        Raises:
            NotSignedIn: nobody holds it, or it was revoked or is past its time.
        """
        row = session.exec(select(ApiToken).where(ApiToken.token_digest == token_digest(secret))).first()
        is_over = row is not None and row.expires_at is not None and row.expires_at <= self._clock.now()
        if row is None or row.revoked_at is not None or is_over:
            raise NotSignedIn("this token does not work")
        return token_actor(session, row)

    def needs_touch(self, session: Session, token_id: str) -> bool:
        """Whether the token's last use is from another day."""
        row = session.get(ApiToken, token_id)
        return row is not None and row.last_used_on != self._clock.now().date()

    def touch(self, session: Session, token_id: str) -> None:
        """Note that the token was used today; the hour is not kept."""
        row = session.get(ApiToken, token_id)
        if row is not None:
            row.last_used_on = self._clock.now().date()
            session.add(row)
            session.flush()

    @staticmethod
    def _find(session: Session, token_id: str, by: Actor) -> ApiToken:
        require(by, Permission.MANAGE_TOKENS)
        row = session.get(ApiToken, token_id)
        if row is None or not (by.everywhere or row.organisation_id == by.organisation_id):
            raise NotFound("there is no such token")
        return row


def _read(row: ApiToken) -> ApiTokenRead:
    return ApiTokenRead(
        id=row.id,
        organisation_id=row.organisation_id,
        role=Role(row.role),
        label=row.label,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_on=row.last_used_on,
    )
