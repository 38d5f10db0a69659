"""Finds who can take a request, directly or by relay, and says of everybody else why not. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from linkbridge.interpreting.matching.rules import LEAST_LEVEL, hindrances, is_same_language, level_for
from linkbridge.interpreting.matching.scoring import candidate
from linkbridge.interpreting.matching.values import Candidate, Matches, Need, Policy, Profile, Rejection, Relay
from linkbridge.interpreting.values import Level, Seat

MOST_RELAYS = 8
"""How many third languages are told of, best first."""


def find_matches(need: Need, profiles: Sequence[Profile], policy: Policy) -> Matches:
    """Return all candidates in the order in which they are asked, relays where nobody is direct, and all rejections.

    Everybody is either a candidate, on a relay, or rejected with at least one reason. The order depends on nothing
    but the arguments: by step of the escalation, whether on call when it is urgent, score, and id.
    """
    seat = Seat(1, need.person_language, need.official_language)
    candidates: list[Candidate] = []
    rejected: dict[str, tuple[str, ...]] = {}
    free: list[Profile] = []
    for profile in profiles:
        against = hindrances(profile, need, policy)
        found, language = _for_seat(profile, seat, need, policy, check=not against)
        if against or found is None:
            rejected[profile.id] = (*against, *language)
        else:
            candidates.append(found)
        if not against and found is None:
            free.append(profile)
    relays = _relays(need, free, policy) if policy.relay_allowed and not candidates else ()
    used = {each.interpreter_id for relay in relays for each in (*relay.first, *relay.second)}
    return Matches(
        tuple(_in_order(candidates, need)),
        relays,
        tuple(Rejection(key, reasons) for key, reasons in rejected.items() if key not in used),
    )


def _for_seat(
    profile: Profile, seat: Seat, need: Need, policy: Policy, *, check: bool = True
) -> tuple[Candidate | None, tuple[str, ...]]:
    """Return the candidate for a seat, or why there is none. Hours are looked at only where all else fits."""
    level, one_way = level_for(profile, seat)
    if level is None:
        return None, ("one-direction-only",) if one_way else ("language-missing",)
    if level.rank < LEAST_LEVEL.get(need.domain, Level.WORKING).rank:
        return None, ("level",)
    if not check:
        return None, ()
    problem = profile.hours.problem(need.span)
    if problem:
        return None, (problem,)
    return candidate(profile, seat, level, need, policy), ()


def _in_order(found: Iterable[Candidate], need: Need) -> list[Candidate]:
    def key(each: Candidate) -> tuple[int, bool, int, str]:
        return (each.step, need.is_on_demand and not each.is_on_call, -each.score, each.interpreter_id)

    return sorted(found, key=key)


def _relays(need: Need, free: Sequence[Profile], policy: Policy) -> tuple[Relay, ...]:
    """Return the third languages for which both seats have different candidates, best first."""
    firsts, seconds = (_by_other_language(free, tag) for tag in (need.person_language, need.official_language))
    known = {need.person_language, need.official_language}
    shared = sorted((firsts.keys() & seconds.keys()) - known)
    relays = [
        relay for tag in shared if (relay := _relay(need, policy, tag, (tuple(firsts[tag]), tuple(seconds[tag]))))
    ]

    def key(relay: Relay) -> tuple[int, int, str]:
        best = relay.first[0].score + relay.second[0].score
        return (max(relay.first[0].step, relay.second[0].step), -best, relay.language)

    return tuple(sorted(relays, key=key)[:MOST_RELAYS])


def _by_other_language(free: Sequence[Profile], known: str) -> dict[str, list[Profile]]:
    """Return who works between ``known`` and another language, by that other one."""
    found: dict[str, list[Profile]] = defaultdict(list)
    for profile in free:
        for pair in profile.pairs:
            directions = ((pair.source, pair.target), (pair.target, pair.source))
            for own, other in directions:
                if is_same_language(own, known) and profile not in found[other][-1:]:
                    found[other].append(profile)
    return found


def _relay(
    need: Need, policy: Policy, language: str, people: tuple[tuple[Profile, ...], tuple[Profile, ...]]
) -> Relay | None:
    seats = (Seat(1, need.person_language, language), Seat(2, language, need.official_language))
    first, second = (
        _in_order((found for one in able if (found := _for_seat(one, seat, need, policy)[0])), need)
        for seat, able in zip(seats, people, strict=True)
    )
    if len({each.interpreter_id for each in (*first, *second)}) < len(seats) or not first or not second:
        return None
    return Relay(language, tuple(first), tuple(second))
