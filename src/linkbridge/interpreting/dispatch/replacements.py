"""Who could take over a seat that somebody has. For the page on which a coordinator gives it to somebody by name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session

from linkbridge.interpreting.dispatch import rows
from linkbridge.interpreting.dispatch.values import Replacements
from linkbridge.interpreting.matching.finding import find_matches
from linkbridge.interpreting.matching.rules import BLOCKED
from linkbridge.interpreting.matching.values import Need, Policy, Profile
from linkbridge.interpreting.models import InterpreterRequest
from linkbridge.interpreting.values import AssignmentState

_BEFORE_START = frozenset({AssignmentState.HELD, AssignmentState.BOOKED})
_IMPOSSIBLE = BLOCKED | {"booked"}


def replacements(
    session: Session, row: InterpreterRequest, need: Need, profiles: Sequence[Profile], policy: Policy
) -> Mapping[int, Replacements]:
    """Return who could take over each seat that is held or booked, by the seat's number.

    Whoever was asked and was not quick enough fits as well as anybody; whoever said no does not. Left out are those
    who have a seat, whom a block keeps away, or who are booked for something else at that time.
    """
    given = rows.occupying(session, row.id)
    wanted = {each.seat for each in given if each.state in _BEFORE_START}
    if not wanted:
        return {}
    seated = {each.interpreter_id for each in given}
    others = [profile for profile in profiles if profile.id not in seated]
    need = replace(need, asked=rows.unwilling(session, row))
    policy = replace(policy, relay_allowed=False)
    result = {}
    for seat in rows.seats(row):
        if seat.number in wanted:
            part = replace(need, person_language=seat.source, official_language=seat.target)
            found = find_matches(part, others, policy)
            result[seat.number] = Replacements(
                fits=tuple(each.interpreter_id for each in found.candidates),
                others=tuple(each for each in found.rejected if not _IMPOSSIBLE & set(each.reasons)),
            )
    return result
