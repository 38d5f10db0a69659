"""Which facts of countries administrators have confirmed, and so may be told to a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import Conflict, NotFound
from linkbridge.phrasebook.facts import Fact, FactKey, Jurisdictions
from linkbridge.phrasebook.models import JurisdictionConfirmation


@dataclass(frozen=True, slots=True)
class FactRead:
    """A fact as administrators see it, with its age in days. ``confirmed_by`` is an actor's reference."""

    fact: Fact
    age: int
    confirmed_by: str | None
    confirmed_at: datetime | None

    @property
    def is_confirmed(self) -> bool:
        """Whether an administrator has confirmed what the file says today."""
        return self.confirmed_at is not None


class Confirmations:
    """Confirms facts and takes it back. A confirmation counts only while the file says what was confirmed."""

    def __init__(self, *, clock: Clock, audit: AuditLog, jurisdictions: Jurisdictions) -> None:
        self._clock = clock
        self._audit = audit
        self._jurisdictions = jurisdictions

    @property
    def jurisdictions(self) -> Jurisdictions:
        """All that is known, confirmed or not."""
        return self._jurisdictions

    def list(self, session: Session, *, by: Actor) -> Mapping[str, tuple[FactRead, ...]]:
        """Return the facts of each country in the order of its file, in one query.

        Raises:
            NotAllowed: the actor is no administrator of the host.
        """
        require(by, Permission.CONFIRM_FACTS)
        rows = {(row.country, row.key, row.value_hash): row for row in session.exec(select(JurisdictionConfirmation))}
        today = self._clock.now().date()
        found: dict[str, tuple[FactRead, ...]] = {}
        for country, facts in sorted(self._jurisdictions.countries.items()):
            found[country] = tuple(_read(fact, rows.get(_place(fact)), fact.age_on(today)) for fact in facts)
        return found

    def facts_for(self, session: Session, country: str) -> Mapping[FactKey, tuple[Fact, ...]]:
        """Return what a person in a country may be told: the confirmed facts of every key, none where it is absent."""
        query = select(JurisdictionConfirmation.value_hash).where(JurisdictionConfirmation.country == country)
        return self._jurisdictions.facts_for(country, frozenset(session.exec(query)))

    def confirm(self, session: Session, country: str, fact_hash: str, *, by: Actor) -> None:
        """Note that the actor has checked a fact and found it right.

        Raises:
            NotAllowed: the actor is no administrator of the host.
            NotFound: the files say no such thing, or no longer.
            Conflict: it is confirmed already.
        """
        fact = self._find(country, fact_hash, by)
        if session.get(JurisdictionConfirmation, _place(fact)) is not None:
            raise Conflict("this fact is confirmed already")
        country, key, value_hash = _place(fact)
        row = JurisdictionConfirmation(
            country=country,
            key=key,
            value_hash=value_hash,
            confirmed_by=by.reference,
            confirmed_at=self._clock.now(),
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError as error:
            raise Conflict("this fact is confirmed already") from error
        self._record(session, "fact.confirmed", fact, by)

    def take_back(self, session: Session, country: str, fact_hash: str, *, by: Actor) -> None:
        """Undo a confirmation; nobody is told the fact any more.

        Raises:
            NotAllowed: the actor is no administrator of the host.
            NotFound: the files say no such thing, or no longer.
            Conflict: it is not confirmed.
        """
        fact = self._find(country, fact_hash, by)
        row = session.get(JurisdictionConfirmation, _place(fact))
        if row is None:
            raise Conflict("this fact is not confirmed")
        session.delete(row)
        session.flush()
        self._record(session, "fact.confirmation-taken-back", fact, by)

    def _find(self, country: str, fact_hash: str, by: Actor) -> Fact:
        require(by, Permission.CONFIRM_FACTS)
        fact = self._jurisdictions.find(country, fact_hash)
        if fact is None:
            raise NotFound("there is no such fact")
        return fact

    def _record(self, session: Session, action: str, fact: Fact, by: Actor) -> None:
        details = {"country": fact.country, "key": fact.key.value}
        self._audit.record(session, actor=by.reference, action=action, subject=fact.hash, details=details)


def confirmed_hashes(session: Session) -> frozenset[str]:
    """Return the hashes of all facts that were ever confirmed and not taken back, also of ones that have changed."""
    return frozenset(session.exec(select(JurisdictionConfirmation.value_hash)))


def _place(fact: Fact) -> tuple[str, str, str]:
    return fact.country, fact.key.value, fact.hash


def _read(fact: Fact, row: JurisdictionConfirmation | None, age: int) -> FactRead:
    return FactRead(fact, age, row.confirmed_by if row else None, row.confirmed_at if row else None)
