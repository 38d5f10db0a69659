"""Chooses who is asked in one wave. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from linkbridge.interpreting.matching.values import Candidate, Relay
from linkbridge.interpreting.values import Seat


def choose_direct(candidates: Sequence[Candidate], size: int, missing: int) -> tuple[Candidate, ...]:
    """Return the first ``size`` of the first organisation in the order, and of the next ones until seats could be full.

    Nobody when all candidates together are fewer than the ``missing`` seats: a booking is made whole or not at all.
    """
    if not candidates or len(candidates) < missing:
        return ()
    first = [each for each in candidates if each.step == candidates[0].step][: max(size, missing)]
    return tuple(candidates[: max(len(first), missing)])


def choose_relay(relay: Relay, size: int) -> tuple[Candidate, ...]:
    """Return whom to ask for the two seats of a relay: nobody for both, and somebody for each."""
    firsts = {each.interpreter_id for each in relay.first}
    seconds = {each.interpreter_id for each in relay.second}
    if firsts == seconds or not firsts - {relay.second[0].interpreter_id}:
        second = [each for each in relay.second if each.interpreter_id != relay.first[0].interpreter_id][:size]
        kept = {each.interpreter_id for each in second}
        first = [each for each in relay.first if each.interpreter_id not in kept][:size]
    else:
        first = [each for each in relay.first if each.interpreter_id != relay.second[0].interpreter_id][:size]
        kept = {each.interpreter_id for each in first}
        second = [each for each in relay.second if each.interpreter_id not in kept][:size]
    return (*(_at(each, 1) for each in first), *(_at(each, 2) for each in second))


def _at(candidate: Candidate, number: int) -> Candidate:
    return replace(candidate, seat=Seat(number, candidate.seat.source, candidate.seat.target))
