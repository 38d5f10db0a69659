"""Why an interpreter cannot take a seat: one check for each reason, the cheap ones first and the hours last. Pure."""

from collections.abc import Iterator
from functools import lru_cache

from linkbridge.interpreting.matching.values import Need, Policy, Profile
from linkbridge.interpreting.values import (
    BlockKind,
    Confidentiality,
    Credential,
    Domain,
    Level,
    Modality,
    OrganisationTier,
    Seat,
)

LEAST_LEVEL = {
    Domain.ASYLUM_INTERVIEW: Level.PROFESSIONAL,
    Domain.HEARING: Level.PROFESSIONAL,
    Domain.CHILD_PROTECTION: Level.PROFESSIONAL,
}
"""Where a mistake costs most, a working level is not enough (ISO 18841:2018, 6.2 and ISO 20228:2019)."""

BLOCKED = frozenset({"conflict", "declines", "unwanted"})
"""What a coordinator cannot book against: somebody's safety or refusal stands behind it."""


@lru_cache(4096)
def is_same_language(held: str, wanted: str) -> bool:
    """Whether who speaks ``held`` can be asked for ``wanted``: equal tags, or one is the other with a region or script.

    ``pt`` serves ``pt-BR`` and the reverse; two different scripts or regions of a language do not serve each other.
    """
    if held == wanted:
        return True
    shorter, longer = sorted((held, wanted), key=len)
    return longer.startswith(f"{shorter}-")


def level_for(profile: Profile, seat: Seat) -> tuple[Level | None, bool]:
    """Return how well a seat is served in both directions, and whether it is served in one direction alone.

    The level is that of the weaker direction: a conversation goes both ways.
    """
    forth: Level | None = None
    back: Level | None = None
    for pair in profile.pairs:
        if is_same_language(pair.source, seat.source) and is_same_language(pair.target, seat.target):
            forth = _better(forth, pair.level)
            back = _better(back, pair.level) if pair.both_ways else back
        elif is_same_language(pair.source, seat.target) and is_same_language(pair.target, seat.source):
            back = _better(back, pair.level)
            forth = _better(forth, pair.level) if pair.both_ways else forth
    if forth is None or back is None:
        return None, forth is not back
    return (forth if forth.rank < back.rank else back), False


def _better(one: Level | None, other: Level) -> Level:
    return one if one is not None and one.rank > other.rank else other


def tier_of(profile: Profile, need: Need, policy: Policy) -> tuple[OrganisationTier, int]:
    """Return how the interpreter's organisation stands to the requester's, and at which step it is asked, from 0."""
    if policy.partners:
        if profile.organisation_id in policy.partners:
            is_own = profile.organisation_id == need.organisation_id
            tier = OrganisationTier.OWN if is_own else OrganisationTier.AGREED
            return tier, policy.partners.index(profile.organisation_id)
        if profile.organisation_id == need.organisation_id:
            return OrganisationTier.OWN, len(policy.partners)
        return OrganisationTier.OTHER, len(policy.partners) + 1
    if profile.organisation_id == need.organisation_id:
        return OrganisationTier.OWN, 0
    return OrganisationTier.OTHER, 1


def hindrances(profile: Profile, need: Need, policy: Policy) -> tuple[str, ...]:
    """Return every code, but for languages and hours, that keeps an interpreter from any seat of the request."""
    return tuple(_hindrances(profile, need, policy))


def _hindrances(profile: Profile, need: Need, policy: Policy) -> Iterator[str]:
    if not profile.is_active:
        yield "inactive"
    if profile.id in need.asked:
        yield "already-asked"
    if need.domain not in profile.domains:
        yield "domain"
    if need.modality not in profile.modalities:
        yield "modality"
    if need.modality is Modality.ON_SITE and profile.country != need.country:
        yield "wrong-country"
    if need.gender is not None and profile.gender is not need.gender:
        yield "gender"
    yield from _missing_credentials(profile, need)
    tier, _step = tier_of(profile, need, policy)
    if tier is OrganisationTier.OTHER and (policy.partners or need.confidentiality is Confidentiality.STRICT):
        yield "organisation-not-agreed"
    yield from _blocks(profile, need)


def _missing_credentials(profile: Profile, need: Need) -> Iterator[str]:
    if need.credential is not None:
        problem = credential_problem(profile, need, need.credential)
        if problem:
            yield problem
    if need.confidentiality is Confidentiality.STRICT and credential_problem(profile, need, Credential.CONFIDENTIALITY):
        yield "confidentiality"


def credential_problem(profile: Profile, need: Need, credential: Credential) -> str:
    """Return why a credential does not hold on the day of the session, or nothing."""
    if credential not in profile.credentials:
        return "credential-missing"
    until = profile.credentials[credential]
    return "credential-expired" if until is not None and until < need.span.end.date() else ""


def _blocks(profile: Profile, need: Need) -> Iterator[str]:
    if f"interpreter:{profile.id}" in need.avoid:
        yield "conflict"
    if not profile.blocks:
        return
    if any((BlockKind.CONFLICT, code) in profile.blocks for code in need.avoid):
        yield "conflict"
    places = (f"organisation:{need.organisation_id}", f"site:{need.site_id}")
    if any((BlockKind.DECLINES, place) in profile.blocks for place in places):
        yield "declines"
    if any((BlockKind.UNWANTED, place) in profile.blocks for place in places):
        yield "unwanted"
