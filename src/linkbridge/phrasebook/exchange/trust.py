"""Trusted keys: whose approvals count here. They belong to other installations, not to people."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.accounts.text import clean_line
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.encoding import b64url, canonical_json, from_b64url
from linkbridge.kernel.errors import Conflict, InvalidInput, NotFound
from linkbridge.phrasebook.exchange.plan import Trust
from linkbridge.phrasebook.models import TrustedKey

LONGEST_LABEL = 100
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class TrustedKeyRead:
    """A key and since when it is trusted, or no longer is."""

    fingerprint: str
    public_key: str
    label: str
    added_at: datetime
    revoked_at: datetime | None


def fingerprint(public_key: str) -> str:
    """Return the JWK thumbprint of a public key (RFC 7638 and RFC 8037), which people compare with each other.

    Raises:
        InvalidInput: it is no Ed25519 public key in base64url.
    """
    try:
        raw = from_b64url(public_key)
    except ValueError:
        raw = b""
    if len(raw) != _KEY_BYTES:
        raise InvalidInput("a public key has 43 letters, digits, - and _", field="public_key")
    return b64url(hashlib.sha256(canonical_json({"crv": "Ed25519", "kty": "OKP", "x": public_key})).digest())


def trust_in(public_key: str, *, is_trusted: bool) -> Trust:
    """Return what the approvals in a bundle that this key signed are worth."""
    return Trust(everyone=is_trusted, why_not=f"the key {fingerprint(public_key)} is not trusted here")


class TrustedKeys:
    """The keys that administrators of this installation trust."""

    def __init__(self, *, clock: Clock, audit: AuditLog) -> None:
        self._clock = clock
        self._audit = audit

    def add(self, session: Session, public_key: str, *, label: str, by: Actor) -> TrustedKeyRead:
        """Trust a key from now on, also one that was revoked before.

        Raises:
            InvalidInput: it is no key, or the label is empty or too long.
            Conflict: it is trusted already.
            NotAllowed: the actor does not administer this installation.
        """
        require(by, Permission.MANAGE_ORGANISATIONS)
        name = fingerprint(public_key)
        row = session.get(TrustedKey, name)
        if row is not None and row.revoked_at is None:
            raise Conflict("this key is trusted already")
        now = self._clock.now()
        row = row or TrustedKey(fingerprint=name, public_key=public_key, label="", added_by=by.reference, added_at=now)
        row.label = clean_line(label, field="label", longest=LONGEST_LABEL)
        row.added_by, row.added_at, row.revoked_at = by.reference, now, None
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="trusted_key.added", subject=name)
        return _read(row)

    def list(self, session: Session, *, by: Actor) -> tuple[TrustedKeyRead, ...]:
        """Return all keys, those revoked too, the newest first.

        Raises:
            NotAllowed: the actor does not administer this installation.
        """
        require(by, Permission.MANAGE_ORGANISATIONS)
        query = select(TrustedKey).order_by(col(TrustedKey.added_at).desc(), col(TrustedKey.fingerprint))
        return tuple(_read(row) for row in session.exec(query))

    def revoke(self, session: Session, name: str, *, by: Actor) -> None:
        """Stop trusting a key. What was taken over from it stays; its history says from where it came.

        Raises:
            NotFound: there is no such key.
            Conflict: it is revoked already.
            NotAllowed: the actor does not administer this installation.
        """
        require(by, Permission.MANAGE_ORGANISATIONS)
        row = session.get(TrustedKey, name)
        if row is None:
            raise NotFound("there is no such key", key=name)
        if row.revoked_at is not None:
            raise Conflict("this key is revoked already")
        row.revoked_at = self._clock.now()
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="trusted_key.revoked", subject=name)

    def trust(self, session: Session, public_key: str) -> Trust:
        """Return what the approvals in a bundle that this key signed are worth.

        Raises:
            InvalidInput: it is no key.
        """
        row = session.get(TrustedKey, fingerprint(public_key))
        return trust_in(public_key, is_trusted=row is not None and row.revoked_at is None)


def _read(row: TrustedKey) -> TrustedKeyRead:
    return TrustedKeyRead(row.fingerprint, row.public_key, row.label, row.added_at, row.revoked_at)
