"""How much speaks for an interpreter: points by reason, whose sum is the score. Pure."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from linkbridge.interpreting.matching.rules import credential_problem, tier_of
from linkbridge.interpreting.matching.values import Candidate, Need, Policy, Profile, Reason
from linkbridge.interpreting.values import Credential, Domain, Level, OrganisationTier, Seat

DEAR = 10_000
"""US cents an hour from which cost gives no points any more."""
BUSY_MINUTES = 40 * 60
"""Minutes of work in 28 days from which fairness gives no points any more."""
WAKING_HOURS = range(7, 22)
USEFUL = {
    Domain.ASYLUM_INTERVIEW: frozenset({Credential.LEGAL, Credential.TRAUMA, Credential.SWORN}),
    Domain.DETENTION: frozenset({Credential.COMMUNITY, Credential.TRAUMA}),
    Domain.MEDICAL: frozenset({Credential.HEALTHCARE}),
    Domain.HEARING: frozenset({Credential.LEGAL, Credential.SWORN}),
    Domain.SCREENING: frozenset({Credential.COMMUNITY, Credential.TRAUMA}),
    Domain.CHILD_PROTECTION: frozenset({Credential.CHILD_PROTECTION, Credential.TRAUMA}),
}
"""Credentials that speak for an interpreter in a domain even where the request names none."""


def candidate(profile: Profile, seat: Seat, level: Level, need: Need, policy: Policy) -> Candidate:
    """Return the interpreter as a candidate for the seat, with every reason that gave or took points."""
    tier, step = tier_of(profile, need, policy)
    on_call = profile.hours.is_on_call(need.span)
    reasons = tuple(reason for reason in _reasons(profile, level, need, policy, tier, on_call=on_call) if reason.points)
    score = sum(reason.points for reason in reasons)
    return Candidate(profile.id, profile.organisation_id, seat, tier, step, score, reasons, on_call)


def _reasons(
    profile: Profile, level: Level, need: Need, policy: Policy, tier: OrganisationTier, *, on_call: bool
) -> Iterator[Reason]:
    weights = policy.weights
    yield Reason(f"level-{level.value}", weights.level * level.rank // Level.EXPERT.rank)
    if tier is OrganisationTier.OWN:
        yield Reason("own-organisation", weights.own_organisation)
    if need.gender is not None and profile.gender is need.gender:
        yield Reason("gender", weights.gender)
    held = [each for each in USEFUL[need.domain] if not credential_problem(profile, need, each)]
    if held:
        yield Reason("credential", weights.credential)
    if need.is_on_demand and on_call:
        yield Reason("on-call", weights.on_call)
    yield Reason("cost", _share(weights.cost, profile.cost_per_hour, DEAR))
    yield Reason(
        "fairness", _share(weights.fairness, profile.minutes_lately + 10 * profile.offers_lately, BUSY_MINUTES)
    )
    if _is_awake(profile.time_zone, need.span.start):
        yield Reason("waking-hours", weights.waking_hours)


def _share(weight: int, used: int, most: int) -> int:
    """Return what is left of a weight when ``used`` of ``most`` is used up."""
    return weight * max(0, most - used) // most


def _is_awake(time_zone: str, at: datetime) -> bool:
    return at.astimezone(ZoneInfo(time_zone)).hour in WAKING_HOURS
