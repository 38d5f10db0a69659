from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from linkbridge.accounts.models import Attempt, Staff
from linkbridge.accounts.permissions import Role
from linkbridge.accounts.sign_in import NewSession, Refusal, SignedIn
from linkbridge.accounts.staff_records import StaffDetails
from linkbridge.kernel.errors import Expired, InvalidInput, NotSignedIn, TooManyAttempts, WrongCredentials
from tests.support.accounts import PASSWORD, SETUP, World, counted_queries

EMAIL = "nadia@example.org"
NEW = "marble fountain pencil"


def sign_in(
    world: World, email: str = EMAIL, password: str = PASSWORD, peer: str = "192.0.2.1"
) -> NewSession | Refusal:
    with world.sessions.transaction() as session:
        return world.accounts.sign_in.sign_in(session, email=email, password=password, peer=peer)


def opened(world: World) -> NewSession:
    result = sign_in(world)
    assert isinstance(result, NewSession)
    return result


def resolve(world: World, token: str) -> SignedIn:
    with world.sessions.reading() as session:
        return world.accounts.sign_in.resolve(session, token)


def error(result: NewSession | Refusal) -> Exception:
    assert isinstance(result, Refusal)
    return result.error


def test_right_password_opens_a_session_of_that_person(world: World) -> None:
    staff_id = world.add_staff(EMAIL, Role.COORDINATOR)
    actor = resolve(world, opened(world).token).actor
    assert (actor.kind, actor.id, actor.role) == ("staff", staff_id, Role.COORDINATOR)
    assert actor.organisation_id == world.host
    assert actor.site_ids == {world.site, world.other_site}
    assert actor.is_host is True


def test_address_is_compared_without_case_and_spaces(world: World) -> None:
    world.add_staff(EMAIL)
    assert isinstance(sign_in(world, " Nadia@Example.ORG "), NewSession)


def test_unknown_address_and_wrong_password_are_one_refusal(world: World) -> None:
    world.add_staff(EMAIL)
    wrong, unknown = error(sign_in(world, password="wrong")), error(sign_in(world, "nobody@example.org"))
    assert type(wrong) is type(unknown) is WrongCredentials
    assert str(wrong) == str(unknown)


def test_staff_without_a_password_cannot_sign_in(world: World) -> None:
    staff_id = world.add_staff(EMAIL)
    with world.sessions.transaction() as session:
        session.get_one(Staff, staff_id).password_hash = None
    assert isinstance(error(sign_in(world, password="")), WrongCredentials)


def test_named_sites_limit_the_actor(world: World) -> None:
    staff_id = world.add_staff(EMAIL)
    with world.sessions.transaction() as session:
        person = world.accounts.roster.get(session, staff_id, by=SETUP)
        details = StaffDetails(person.name, Role.OFFICIAL, "es", (world.site,))
        world.accounts.roster.update(session, staff_id, details, by=SETUP)
    assert resolve(world, opened(world).token).actor.site_ids == {world.site}


def test_failures_wait_longer_and_longer_for_one_account_from_any_peer(world: World) -> None:
    world.add_staff(EMAIL)
    for number in range(5):
        assert isinstance(error(sign_in(world, password="wrong", peer=f"192.0.2.{number}")), WrongCredentials)
    waits = []
    for number in range(12):
        refused = error(sign_in(world, password="wrong", peer=f"198.51.100.{number}"))
        assert isinstance(refused, TooManyAttempts)
        waits.append(int(refused.params["retry_after"]))
        world.clock.advance(timedelta(seconds=waits[-1]))
        assert isinstance(error(sign_in(world, password="wrong", peer=f"203.0.113.{number}")), WrongCredentials)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_right_password_is_refused_too_while_waiting_and_works_after(world: World) -> None:
    world.add_staff(EMAIL)
    for _ in range(5):
        sign_in(world, password="wrong")
    assert isinstance(error(sign_in(world)), TooManyAttempts)
    world.clock.advance(timedelta(seconds=1))
    assert isinstance(sign_in(world), NewSession)
    assert isinstance(error(sign_in(world, password="wrong")), WrongCredentials)


def test_refused_tries_while_waiting_do_not_lengthen_the_wait(world: World) -> None:
    world.add_staff(EMAIL)
    for _ in range(100):
        sign_in(world, password="wrong")
    world.clock.advance(timedelta(seconds=1))
    assert isinstance(sign_in(world), NewSession)


def test_one_peer_that_tries_many_accounts_is_slowed_down(world: World) -> None:
    world.add_staff(EMAIL)
    for number in range(30):
        assert isinstance(error(sign_in(world, f"guess{number}@example.org", "x")), WrongCredentials)
    assert isinstance(error(sign_in(world)), TooManyAttempts)
    assert isinstance(sign_in(world, peer="198.51.100.7"), NewSession)


def test_guesses_made_at_once_do_not_slip_through_together(world: World) -> None:
    world.add_staff(EMAIL)
    with ThreadPoolExecutor(8) as pool:
        refusals = list(pool.map(lambda number: error(sign_in(world, password="wrong", peer=str(number))), range(16)))
    assert sum(isinstance(refusal, WrongCredentials) for refusal in refusals) == 5


def test_failures_are_forgotten_after_an_hour(world: World) -> None:
    world.add_staff(EMAIL)
    for _ in range(5):
        sign_in(world, password="wrong")
    world.clock.advance(timedelta(hours=1))
    for _ in range(5):
        assert isinstance(error(sign_in(world, password="wrong")), WrongCredentials)


def test_counters_hold_no_address_and_no_peer(world: World) -> None:
    sign_in(world, password="wrong")
    with world.sessions.reading() as session:
        keys = [row.key_digest for row in session.exec(select(Attempt))]
    assert len(keys) == 2
    assert all(len(key) == 64 and "nadia" not in key and "192" not in key[:3] for key in keys)


def test_forged_token_is_nobody(world: World) -> None:
    for token in ("", "x", "a" * 10_000, "é"):
        with pytest.raises(NotSignedIn):
            resolve(world, token)


def test_session_ends_when_unused(world: World) -> None:
    world.add_staff(EMAIL)
    token = opened(world).token
    world.clock.advance(timedelta(minutes=59))
    found = resolve(world, token)
    assert found.needs_touch is True
    with world.sessions.transaction() as session:
        world.accounts.sign_in.touch(session, found.session_id)
    world.clock.advance(timedelta(minutes=59))
    assert resolve(world, token).actor.id == found.actor.id
    world.clock.advance(timedelta(minutes=1))
    with pytest.raises(NotSignedIn):
        resolve(world, token)


def test_session_ends_absolutely_however_much_it_is_used(world: World) -> None:
    world.add_staff(EMAIL)
    token = opened(world).token
    for _ in range(23):
        world.clock.advance(timedelta(minutes=30))
        with world.sessions.transaction() as session:
            world.accounts.sign_in.touch(session, world.accounts.sign_in.resolve(session, token).session_id)
    world.clock.advance(timedelta(minutes=30))
    with pytest.raises(NotSignedIn):
        resolve(world, token)


def test_session_is_established_in_three_queries(world: World) -> None:
    world.add_staff(EMAIL)
    token = opened(world).token
    with counted_queries(world.sessions) as sent:
        resolve(world, token)
    assert len(sent) == 3


def test_sign_out_ends_this_session_alone(world: World) -> None:
    world.add_staff(EMAIL)
    first, second = opened(world).token, opened(world).token
    with world.sessions.transaction() as session:
        world.accounts.sign_in.sign_out(session, first)
        world.accounts.sign_in.sign_out(session, first)
    with pytest.raises(NotSignedIn):
        resolve(world, first)
    resolve(world, second)


def test_sign_out_everywhere_ends_all_sessions(world: World) -> None:
    world.add_staff(EMAIL)
    tokens = [opened(world).token for _ in range(3)]
    actor = resolve(world, tokens[0]).actor
    with world.sessions.transaction() as session:
        assert world.accounts.sign_in.sign_out_everywhere(session, by=actor) == 3
    for token in tokens:
        with pytest.raises(NotSignedIn):
            resolve(world, token)


def change(world: World, found: SignedIn, current: str, new: str) -> Refusal | None:
    with world.sessions.transaction() as session:
        return world.accounts.sign_in.change_password(
            session, current=current, new=new, session_id=found.session_id, by=found.actor
        )


def test_changed_password_ends_other_sessions_and_not_this_one(world: World) -> None:
    world.add_staff(EMAIL)
    mine, other = opened(world).token, opened(world).token
    assert change(world, resolve(world, mine), PASSWORD, NEW) is None
    resolve(world, mine)
    with pytest.raises(NotSignedIn):
        resolve(world, other)
    assert isinstance(error(sign_in(world)), WrongCredentials)
    assert isinstance(sign_in(world, password=NEW), NewSession)


def test_wrong_current_password_changes_nothing_and_counts(world: World) -> None:
    world.add_staff(EMAIL)
    found = resolve(world, opened(world).token)
    for _ in range(5):
        refusal = change(world, found, "wrong", NEW)
        assert refusal is not None
        assert refusal.error.params["problem"] == "wrong"
    refusal = change(world, found, PASSWORD, NEW)
    assert refusal is not None
    assert isinstance(refusal.error, TooManyAttempts)


def test_bad_new_password_names_its_field(world: World) -> None:
    world.add_staff(EMAIL)
    with pytest.raises(InvalidInput) as caught:
        change(world, resolve(world, opened(world).token), PASSWORD, "short")
    assert caught.value.params["field"] == "new_password"


def test_code_sets_a_password_once_and_ends_other_sessions(world: World) -> None:
    staff_id = world.add_staff(EMAIL)
    before = opened(world).token
    with world.sessions.transaction() as session:
        code = world.accounts.roster.renew_link(session, staff_id, by=SETUP).code
    with world.sessions.transaction() as session:
        after = world.accounts.sign_in.set_password_by_code(session, code=code, password=NEW).token
    resolve(world, after)
    with pytest.raises(NotSignedIn):
        resolve(world, before)
    with pytest.raises(Expired), world.sessions.transaction() as session:
        world.accounts.sign_in.set_password_by_code(session, code=code, password=PASSWORD)


def test_code_stays_good_when_the_password_was_bad(world: World) -> None:
    staff_id = world.add_staff(EMAIL)
    with world.sessions.transaction() as session:
        code = world.accounts.roster.renew_link(session, staff_id, by=SETUP).code
    with pytest.raises(InvalidInput), world.sessions.transaction() as session:
        world.accounts.sign_in.set_password_by_code(session, code=code, password="nadia@example")
    with world.sessions.transaction() as session:
        world.accounts.sign_in.set_password_by_code(session, code=code, password=NEW)


def test_newer_code_makes_the_earlier_worthless(world: World) -> None:
    staff_id = world.add_staff(EMAIL)
    with world.sessions.transaction() as session:
        earlier = world.accounts.roster.renew_link(session, staff_id, by=SETUP).code
        world.accounts.roster.renew_link(session, staff_id, by=SETUP)
    with pytest.raises(Expired), world.sessions.transaction() as session:
        world.accounts.sign_in.set_password_by_code(session, code=earlier, password=NEW)
