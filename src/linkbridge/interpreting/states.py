"""Which state may follow which. Pure; services ask here before they change one."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from linkbridge.interpreting.values import AssignmentState, OfferState, RequestState
from linkbridge.kernel.errors import Conflict

S = TypeVar("S", bound=StrEnum)
_R, _O, _A = RequestState, OfferState, AssignmentState

REQUESTS: Mapping[RequestState, frozenset[RequestState]] = {
    _R.NEW: frozenset({_R.OFFERED, _R.BOOKED, _R.UNFILLED, _R.CANCELLED}),
    _R.OFFERED: frozenset({_R.BOOKED, _R.UNFILLED, _R.CANCELLED}),
    # An interpreter stepped back: the search begins again.
    _R.BOOKED: frozenset({_R.NEW, _R.OFFERED, _R.IN_SESSION, _R.DONE, _R.UNFILLED, _R.CANCELLED}),
    _R.IN_SESSION: frozenset({_R.NEW, _R.OFFERED, _R.DONE, _R.UNFILLED, _R.CANCELLED}),
    _R.DONE: frozenset(),
    _R.UNFILLED: frozenset({_R.NEW, _R.OFFERED, _R.BOOKED, _R.CANCELLED}),
    _R.CANCELLED: frozenset(),
}
OFFERS: Mapping[OfferState, frozenset[OfferState]] = {
    _O.OPEN: frozenset(_O) - {_O.OPEN},
    **{state: frozenset() for state in _O if state is not _O.OPEN},
}
ASSIGNMENTS: Mapping[AssignmentState, frozenset[AssignmentState]] = {
    _A.HELD: frozenset({_A.BOOKED, _A.RELEASED, _A.WITHDRAWN, _A.CANCELLED}),
    _A.BOOKED: frozenset({_A.HELD, _A.IN_SESSION, _A.ENDED, _A.RELEASED, _A.WITHDRAWN, _A.CANCELLED}),
    _A.IN_SESSION: frozenset({_A.ENDED, _A.WITHDRAWN, _A.CANCELLED}),
    **{state: frozenset() for state in (_A.ENDED, _A.RELEASED, _A.WITHDRAWN, _A.CANCELLED)},
}


def require_step(rules: Mapping[S, frozenset[S]], current: S, following: S) -> S:
    """Return ``following`` if it may follow ``current``.

    Raises:
        Conflict: it may not; ``state`` in ``params`` is the current one.
    """
    if following not in rules[current]:
        raise Conflict(f"this is not possible any more: it is {current.value}", state=current.value)
    return following
