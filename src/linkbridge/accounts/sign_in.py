"""Signing in and out, sessions, and passwords."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, select

from linkbridge.accounts.actors import staff_actor
from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.links import LinkPurpose, OneTimeLinks
from linkbridge.accounts.models import Organisation, Staff, StaffSession
from linkbridge.accounts.passwords import PasswordHasher, check_password
from linkbridge.accounts.permissions import Actor
from linkbridge.accounts.staff_records import EMAIL_KIND, end_sessions
from linkbridge.accounts.text import fold_email
from linkbridge.accounts.throttle import SIGN_IN_ACCOUNT, SIGN_IN_PEER, Throttle
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher, new_token, token_digest
from linkbridge.kernel.errors import DomainError, Expired, InvalidInput, NotSignedIn, TooManyAttempts, WrongCredentials

TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A browser just signed in. ``token`` goes into its cookie and is kept nowhere else."""

    token: str = field(repr=False)
    staff_id: str
    language: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """A sign-in that was refused. It is returned, not raised: raising would roll the count of tries back."""

    error: DomainError


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, in which session, and whether the session's last use should be noted."""

    actor: Actor
    session_id: str
    needs_touch: bool


class SignIn:
    """Passwords and sessions of staff. ``lifetime`` and ``idle`` bound a session absolutely and when unused."""

    def __init__(
        self,
        *,
        clock: Clock,
        audit: AuditLog,
        cipher: FieldCipher,
        links: OneTimeLinks,
        throttle: Throttle,
        hasher: PasswordHasher,
        lifetime: timedelta,
        idle: timedelta,
    ) -> None:
        self._clock = clock
        self._audit = audit
        self._cipher = cipher
        self._links = links
        self._throttle = throttle
        self._hasher = hasher
        self._lifetime = lifetime
        self._idle = idle

    def sign_in(self, session: Session, *, email: str, password: str, peer: str) -> NewSession | Refusal:
        """Check a password and open a session.

        An unknown address, a deactivated account and a wrong password are the same refusal after the same work.
        The caller commits in either case, so that a refused try counts.
        """
        account = fold_email(email)
        limits = ((SIGN_IN_PEER, peer), (SIGN_IN_ACCOUNT, account))
        for limit, subject in limits:
            wait = self._throttle.charge(session, limit, subject)
            if wait:
                return Refusal(TooManyAttempts("too many tries; wait before the next", retry_after=wait))
        digest = self._cipher.digest(EMAIL_KIND, account)
        row = session.exec(select(Staff).where(Staff.email_digest == digest)).first()
        kept = row.password_hash if row is not None and row.deactivated_at is None else None
        fits, newer = self._hasher.verify(password, kept)
        if row is None or not fits:
            return Refusal(WrongCredentials("the address or the password is wrong"))
        if newer is not None:
            row.password_hash = newer
            session.add(row)
        self._throttle.refund(session, SIGN_IN_PEER, peer)
        self._throttle.forget(session, SIGN_IN_ACCOUNT, account)
        return self.open(session, row)

    def open(self, session: Session, row: Staff) -> NewSession:
        """Open a session for a staff member whose identity was established."""
        token, digest = new_token()
        now = self._clock.now()
        opened = StaffSession(
            token_digest=digest, staff_id=row.id, created_at=now, last_seen_at=now, expires_at=now + self._lifetime
        )
        session.add(opened)
        session.flush()
        self._audit.record(session, actor=f"staff:{row.id}", action="staff.signed-in", subject=opened.id)
        return NewSession(token, row.id, row.language, opened.expires_at)

    def resolve(self, session: Session, token: str) -> SignedIn:
        """Return who holds the token.

        Raises:
            NotSignedIn: nobody does; the session has ended, is past its time or was unused too long; or the account
                was deactivated.
        """
        query = (
            select(StaffSession, Staff, Organisation)
            .join(Staff, Staff.id == StaffSession.staff_id)  # type: ignore[arg-type]
            .join(Organisation, Organisation.id == Staff.organisation_id)  # type: ignore[arg-type]
            .where(StaffSession.token_digest == token_digest(token))
        )
        found = session.exec(query).first()
        now = self._clock.now()
        if found is None or found[1].deactivated_at is not None or not self._is_running(found[0], now):
            raise NotSignedIn("you are not signed in, or were away too long")
        opened, staff, organisation = found
        return SignedIn(staff_actor(session, staff, organisation), opened.id, now - opened.last_seen_at >= TOUCH_EVERY)

    def _is_running(self, opened: StaffSession, now: datetime) -> bool:
        return opened.ended_at is None and now < opened.expires_at and now - opened.last_seen_at < self._idle

    def touch(self, session: Session, session_id: str) -> None:
        """Note that a session was used now."""
        opened = session.get(StaffSession, session_id)
        if opened is not None:
            opened.last_seen_at = self._clock.now()
            session.add(opened)
            session.flush()

    def sign_out(self, session: Session, token: str) -> None:
        """End the session that holds the token, if it is still running."""
        query = select(StaffSession).where(StaffSession.token_digest == token_digest(token))
        opened = session.exec(query).first()
        if opened is None or opened.ended_at is not None:
            return
        opened.ended_at = self._clock.now()
        session.add(opened)
        session.flush()
        self._audit.record(session, actor=f"staff:{opened.staff_id}", action="staff.signed-out", subject=opened.id)

    def sign_out_everywhere(self, session: Session, *, by: Actor, except_id: str | None = None) -> int:
        """End all sessions of the actor, but not ``except_id``, and return how many there were."""
        ended = end_sessions(session, by.id, self._clock.now(), except_id=except_id)
        self._audit.record(
            session, actor=by.reference, action="staff.signed-out-everywhere", subject=by.id, details={"ended": ended}
        )
        return ended

    def change_password(
        self, session: Session, *, current: str, new: str, session_id: str, by: Actor
    ) -> Refusal | None:
        """Replace the actor's password; its other sessions end.

        A wrong current password is returned as a refusal, counted like a failed sign-in; the caller commits.

        Raises:
            InvalidInput: the new password cannot be used (field ``new_password``).
        """
        row = session.get_one(Staff, by.id)
        check_password(new, about=self._about(row), field="new_password")
        wait = self._throttle.charge(session, SIGN_IN_ACCOUNT, by.id)
        if wait:
            return Refusal(TooManyAttempts("too many tries; wait before the next", retry_after=wait))
        fits, _ = self._hasher.verify(current, row.password_hash)
        if not fits:
            return Refusal(InvalidInput("this is not your password", field="current_password", problem="wrong"))
        self._throttle.forget(session, SIGN_IN_ACCOUNT, by.id)
        self._set_password(session, row, new)
        end_sessions(session, row.id, self._clock.now(), except_id=session_id)
        self._audit.record(session, actor=by.reference, action="staff.password-changed", subject=row.id)
        return None

    def set_password_by_code(self, session: Session, *, code: str, password: str) -> NewSession:
        """Use an invitation's or reset's code up, set the password, end other sessions and open one.

        Raises:
            Expired: the code does not work, or the account was deactivated.
            InvalidInput: the password cannot be used; with the rollback the code stays good.
        """
        link = self._links.use(session, code, LinkPurpose.INVITATION, LinkPurpose.PASSWORD)
        row = session.get(Staff, link.subject_id) if link.subject_id else None
        if row is None or row.deactivated_at is not None:
            raise Expired("this code does not work any more")
        check_password(password, about=self._about(row), field="password")
        self._set_password(session, row, password)
        end_sessions(session, row.id, self._clock.now())
        self._audit.record(session, actor=f"staff:{row.id}", action="staff.password-set", subject=link.id)
        return self.open(session, row)

    def set_password(self, session: Session, row: Staff, password: str, *, field: str = "password") -> None:
        """Set a password for a row of staff whose identity the caller has established.

        Raises:
            InvalidInput: the password cannot be used.
        """
        check_password(password, about=self._about(row), field=field)
        self._set_password(session, row, password)

    def keep_password(self, session: Session, row: Staff, password: str) -> None:
        """Set a password unless it is the one that the row has, so that a repeat ends no session.

        Raises:
            InvalidInput: the password cannot be used.
        """
        fits, _ = self._hasher.verify(password, row.password_hash)
        if not fits:
            self.set_password(session, row, password)

    def _set_password(self, session: Session, row: Staff, password: str) -> None:
        row.password_hash = self._hasher.hash(password)
        session.add(row)
        session.flush()

    def _about(self, row: Staff) -> tuple[str, ...]:
        return (self._cipher.decrypt(row.email_encrypted), self._cipher.decrypt(row.name_encrypted))
