"""How each organisation wants its requests dispatched: read by dispatch, changed by its brokers, on record."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from sqlmodel import Session

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.accounts.text import Checks
from linkbridge.interpreting.matching.values import Policy, Weights
from linkbridge.interpreting.models import DispatchPolicy
from linkbridge.kernel.clock import Clock

BOUNDS: Mapping[str, tuple[int, int]] = {
    "wave_size": (1, 20),
    "wave_minutes": (1, 1440),
    "ring_size": (1, 20),
    "ring_seconds": (15, 600),
    "most_waves": (1, 50),
    "late_hours": (0, 168),
}
MOST_WEIGHT = 100
MOST_PARTNERS = 50


class Policies:
    """The policies of all organisations."""

    def __init__(self, *, clock: Clock, audit: AuditLog) -> None:
        self._clock = clock
        self._audit = audit

    def of(self, session: Session, organisation_id: str) -> Policy:
        """Return an organisation's policy; the defaults where it has decided nothing."""
        row = session.get(DispatchPolicy, organisation_id)
        return Policy() if row is None else _read(row)

    def decide(self, session: Session, organisation_id: str, policy: Policy, *, by: Actor) -> None:
        """Keep an organisation's policy.

        Raises:
            NotAllowed: the actor is no broker of this organisation.
            InvalidForm: a number is out of its bounds, or an organisation is named twice.
        """
        require(by, Permission.BROKER_INTERPRETERS, organisation_id=organisation_id)
        check_policy(policy)
        row = session.get(DispatchPolicy, organisation_id)
        row = row or DispatchPolicy(organisation_id=organisation_id, changed_by="", changed_at=self._clock.now())
        row.values = _values(policy)
        row.partner_ids = list(policy.partners)
        row.changed_by, row.changed_at = by.reference, self._clock.now()
        session.add(row)
        session.flush()
        self._audit.record(session, actor=by.reference, action="dispatch-policy.set", subject=organisation_id)

    def forget(self, session: Session, organisation_id: str, *, by: Actor) -> None:
        """Return an organisation to the defaults.

        Raises:
            NotAllowed: the actor is no broker of this organisation.
        """
        require(by, Permission.BROKER_INTERPRETERS, organisation_id=organisation_id)
        row = session.get(DispatchPolicy, organisation_id)
        if row is not None:
            session.delete(row)
            session.flush()
            self._audit.record(session, actor=by.reference, action="dispatch-policy.unset", subject=organisation_id)


def check_policy(policy: Policy) -> None:
    """Accept a policy.

    Raises:
        InvalidForm: a number is out of its bounds, or an organisation is named twice.
    """
    checks = Checks()
    for name, (least, most) in BOUNDS.items():
        checks.expect(least <= getattr(policy, name) <= most, f"from {least} to {most}", field=name, problem="range")
    for name, weight in asdict(policy.weights).items():
        checks.expect(0 <= weight <= MOST_WEIGHT, f"from 0 to {MOST_WEIGHT}", field=name, problem="range")
    checks.expect(
        len(set(policy.partners)) == len(policy.partners) <= MOST_PARTNERS,
        "each organisation once",
        field="partners",
        problem="taken",
    )
    checks.done()


def _values(policy: Policy) -> dict[str, Any]:
    values = asdict(policy)
    del values["partners"]
    return values


def _read(row: DispatchPolicy) -> Policy:
    """Return what a row says; what a later release added has its default, what it took away is passed over."""
    known = {field.name for field in fields(Policy)} - {"partners", "weights"}
    weights = {field.name for field in fields(Weights)} & set(row.values.get("weights", {}))
    policy = replace(Policy(), **{name: row.values[name] for name in known & set(row.values)})
    return replace(
        policy,
        weights=replace(Weights(), **{name: row.values["weights"][name] for name in weights}),
        partners=tuple(row.partner_ids),
    )
