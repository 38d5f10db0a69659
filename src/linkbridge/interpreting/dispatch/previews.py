"""Why a request is stuck: who was asked, who is next, and who cannot be asked and why."""

from dataclasses import replace

from sqlmodel import Session, col, select

from linkbridge.interpreting.dispatch.replacements import replacements
from linkbridge.interpreting.dispatch.values import Preview, PreviewCandidate
from linkbridge.interpreting.dispatch.waves import Waves
from linkbridge.interpreting.matching.finding import find_matches
from linkbridge.interpreting.matching.values import Candidate, Policy
from linkbridge.interpreting.models import InterpreterRequest, Offer
from linkbridge.interpreting.reads import read_request
from linkbridge.interpreting.values import OfferState, RequestState


def preview(session: Session, row: InterpreterRequest, waves: Waves, policy: Policy) -> Preview:
    """Return what the next wave would be. Candidates of a relay are those through its best language."""
    query = select(Offer).where(Offer.request_id == row.id, col(Offer.wave) >= row.search_wave)
    asked = {offer.interpreter_id: OfferState(offer.state) for offer in session.exec(query.order_by(col(Offer.wave)))}
    need = waves.need(session, row)
    profiles = waves.everybody(session, need)
    found = find_matches(need, profiles, policy)
    following, relay_language = waves.following(row, policy, found)
    listed: tuple[Candidate, ...] = found.candidates
    if relay_language is not None:
        first, second = found.relays[0].first, found.relays[0].second
        listed = (
            *(replace(each, seat=replace(each.seat, number=1)) for each in first),
            *(replace(each, seat=replace(each.seat, number=2)) for each in second),
        )
    is_searching = row.state in (RequestState.NEW, RequestState.OFFERED)
    return Preview(
        request=read_request(row),
        candidates=tuple(
            PreviewCandidate(
                each.interpreter_id,
                each.organisation_id,
                each.seat.number,
                each.score,
                each.reasons,
                asked.get(each.interpreter_id),
            )
            for each in listed
        ),
        rejected=found.rejected,
        relay_language=row.relay_language or relay_language,
        next_ids=tuple(each.interpreter_id for each in following),
        next_organisation_id=following[0].organisation_id if following else None,
        next_at=row.wave_ends_at if is_searching else None,
        replacements=replacements(session, row, need, profiles, policy),
    )
