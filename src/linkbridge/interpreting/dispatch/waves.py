"""The search: offers in waves, then the next organisation, then a relay, until it is booked or nobody is left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session

from linkbridge.accounts.permissions import Actor, system_actor
from linkbridge.interpreting.dispatch import rows
from linkbridge.interpreting.dispatch.bookings import Bookings
from linkbridge.interpreting.dispatch.choosing import choose_direct, choose_relay
from linkbridge.interpreting.dispatch.tools import Tools
from linkbridge.interpreting.dispatch.values import WAVE_JOB, UnfilledReason
from linkbridge.interpreting.matching.finding import find_matches
from linkbridge.interpreting.matching.values import Candidate, Matches, Need, Policy, Profile
from linkbridge.interpreting.models import InterpreterRequest, Offer
from linkbridge.interpreting.ports import News
from linkbridge.interpreting.values import (
    Confidentiality,
    Credential,
    Domain,
    Gender,
    Modality,
    OfferState,
    RequestState,
    Seat,
    TimeSpan,
)

_MATCHING = system_actor("matching")


class Waves:
    """Asks interpreters. The caller has locked the request."""

    def __init__(self, tools: Tools, bookings: Bookings) -> None:
        self._tools = tools
        self._bookings = bookings

    def begin(self, session: Session, row: InterpreterRequest, *, by: Actor) -> None:
        """Begin a search: whom an earlier one asked in vain may be asked again."""
        if row.state != RequestState.NEW:
            self._bookings.step(row, RequestState.NEW)
        row.search_wave, row.unfilled_reason, row.closed_at = row.wave + 1, None, None
        if not rows.occupying(session, row.id):
            row.relay_language = None
        session.add(row)
        session.flush()
        self.advance(session, row, by=by)

    def advance(self, session: Session, row: InterpreterRequest, *, by: Actor, anyway: bool = False) -> None:
        """Ask the next ones if too few are left who could fill the free seats; ``anyway``, beside those who are left.

        When nobody can be asked and those who are left are too few, the search is over: every seat is let go.
        """
        offers = rows.open_offers(session, row.id)
        taken = {assignment.seat for assignment in rows.occupying(session, row.id)}
        free = tuple(seat for seat in rows.seats(row) if seat.number not in taken)
        short = _short(row, free, offers)
        if not free or (not short and not anyway):
            return
        policy = self._tools.policies.of(session, row.organisation_id)
        reason = self._over(row, policy)
        chosen = (
            () if reason else self._choose(session, row, policy, wanted=short or free, missing=len(free) - len(offers))
        )
        if chosen:
            self._ask(session, row, policy, chosen, by=by)
        elif short and row.relay_language and not reason:
            self._drop_relay(session, row, by=by)
        elif short:
            self._give_up(session, row, reason, by=by)

    def _over(self, row: InterpreterRequest, policy: Policy) -> UnfilledReason | None:
        """Return why nobody is asked any more, whoever there may be."""
        if not row.is_on_demand and row.starts_at <= self._tools.clock.now():
            return UnfilledReason.START_PASSED
        if row.wave - row.search_wave + 1 >= policy.most_waves:
            return UnfilledReason.NOBODY_ACCEPTED
        return None

    def need(self, session: Session, row: InterpreterRequest) -> Need:
        """Return what a request needs, for matching. An urgent one needs it from now on."""
        span = TimeSpan(row.starts_at, row.ends_at)
        if row.is_on_demand:
            now = self._tools.clock.now()
            span = TimeSpan(now, now + rows.duration(row))
        avoid = self._tools.cipher.decrypt(row.avoid_encrypted) if row.avoid_encrypted else ""
        return Need(
            person_language=row.person_language,
            official_language=row.official_language,
            domain=Domain(row.domain),
            modality=Modality(row.modality),
            span=span,
            is_on_demand=row.is_on_demand,
            organisation_id=row.organisation_id,
            site_id=row.site_id,
            country=self._tools.places.site(session, row.site_id, by=_MATCHING).country,
            gender=Gender(row.gender_preference) if row.gender_preference else None,
            credential=Credential(row.credential) if row.credential else None,
            confidentiality=Confidentiality(row.confidentiality),
            avoid=frozenset(avoid.split()),
            asked=rows.asked(session, row),
        )

    def matches(self, session: Session, row: InterpreterRequest, policy: Policy) -> Matches:
        """Return who could be asked for a request and who could not."""
        need = self.need(session, row)
        return find_matches(need, self._tools.profiles.load(session, need), policy)

    def everybody(self, session: Session, need: Need) -> tuple[Profile, ...]:
        """Return all who are active, also those who can not be asked."""
        return self._tools.profiles.load(session, need, everybody=True)

    @staticmethod
    def following(row: InterpreterRequest, policy: Policy, found: Matches) -> tuple[tuple[Candidate, ...], str | None]:
        """Return who would be asked next without a relay under way, and through which language."""
        size = policy.ring_size if row.is_on_demand else policy.wave_size
        direct = choose_direct(found.candidates, size, row.interpreters)
        if direct or row.interpreters > 1 or not found.relays:
            return direct, None
        relay = found.relays[0]
        return choose_relay(relay, size), relay.language

    def _choose(
        self,
        session: Session,
        row: InterpreterRequest,
        policy: Policy,
        *,
        wanted: Sequence[Seat],
        missing: int,
    ) -> tuple[Candidate, ...]:
        size = policy.ring_size if row.is_on_demand else policy.wave_size
        if row.relay_language:
            return self._choose_for_relay(session, row, policy, wanted)
        found = self.matches(session, row, policy)
        chosen = choose_direct(found.candidates, size, missing)
        if chosen or row.interpreters > 1 or missing < 1 or not found.relays:
            return chosen
        relay = found.relays[0]
        row.relay_language = relay.language
        return choose_relay(relay, size)

    def _choose_for_relay(
        self, session: Session, row: InterpreterRequest, policy: Policy, wanted: Sequence[Seat]
    ) -> tuple[Candidate, ...]:
        """Return who is asked for each of the seats; nobody when one of them finds nobody."""
        size = policy.ring_size if row.is_on_demand else policy.wave_size
        need = self.need(session, row)
        profiles = self._tools.profiles.load(session, need)
        chosen: list[Candidate] = []
        for seat in wanted:
            asked = need.asked | {each.interpreter_id for each in chosen}
            part = replace(need, person_language=seat.source, official_language=seat.target, asked=asked)
            found = choose_direct(find_matches(part, profiles, policy).candidates, size, 1)
            if not found:
                return ()
            chosen += [replace(each, seat=seat) for each in found]
        return tuple(chosen)

    def _ask(
        self, session: Session, row: InterpreterRequest, policy: Policy, chosen: Sequence[Candidate], *, by: Actor
    ) -> None:
        now = self._tools.clock.now()
        ends = now + (
            timedelta(seconds=policy.ring_seconds) if row.is_on_demand else timedelta(minutes=policy.wave_minutes)
        )
        if not row.is_on_demand:
            ends = min(ends, row.starts_at)
        row.wave += 1
        row.wave_ends_at = ends
        row.first_offer_at = row.first_offer_at or now
        self._bookings.step(row, RequestState.OFFERED)
        session.add(row)
        made = [self._offer(row, candidate) for candidate in chosen]
        session.add_all(made)
        session.flush()
        for offer in made:
            self._tools.tell_asked(session, News.OFFERED, offer)
        self._tools.jobs.enqueue(session, WAVE_JOB, f"{row.id}-{row.wave}", row.id, row.wave, delay=ends - now)
        self._tools.record(
            session,
            by,
            "request.wave-opened",
            row,
            wave=row.wave,
            offers=len(made),
            step=chosen[0].step,
            organisation=chosen[0].organisation_id,
            relay=row.relay_language,
        )

    def _offer(self, row: InterpreterRequest, candidate: Candidate) -> Offer:
        assert row.wave_ends_at is not None  # noqa: S101 - the wave has just been opened
        return Offer(
            request_id=row.id,
            interpreter_id=candidate.interpreter_id,
            seat=candidate.seat.number,
            source_tag=candidate.seat.source,
            target_tag=candidate.seat.target,
            wave=row.wave,
            state=OfferState.OPEN,
            sent_at=self._tools.clock.now(),
            expires_at=row.wave_ends_at,
        )

    def _drop_relay(self, session: Session, row: InterpreterRequest, *, by: Actor) -> None:
        """Let both halves of a relay go and look through which other language it could work."""
        held = self._bookings.release(session, row)
        self._bookings.withdraw_open(session, row, by=by)
        self._tools.record(session, by, "request.relay-failed", row, relay=row.relay_language, released=held)
        row.relay_language = None
        session.add(row)
        session.flush()
        self.advance(session, row, by=by)

    def _give_up(self, session: Session, row: InterpreterRequest, reason: UnfilledReason | None, *, by: Actor) -> None:
        released = self._bookings.release(session, row)
        self._bookings.withdraw_open(session, row, by=by)
        if reason is None and released:
            reason = UnfilledReason.PARTNER_MISSING
        elif reason is None:
            was_asked = row.wave >= row.search_wave
            reason = UnfilledReason.NOBODY_ACCEPTED if was_asked else UnfilledReason.NOBODY_MATCHES
        self._bookings.step(row, RequestState.UNFILLED)
        row.unfilled_reason, row.wave_ends_at = reason, None
        session.add(row)
        session.flush()
        self._tools.tell_requester(session, News.UNFILLED, row)
        self._tools.record(session, by, "request.unfilled", row, reason=reason.value, wave=row.wave)


def _short(row: InterpreterRequest, free: Sequence[Seat], offers: Sequence[Offer]) -> tuple[Seat, ...]:
    """Return the free seats that nobody who is still asked could fill. Seats of a direct booking are all alike."""
    if row.relay_language:
        asked = {offer.seat for offer in offers}
        return tuple(seat for seat in free if seat.number not in asked)
    return tuple(free[len(offers) :])
