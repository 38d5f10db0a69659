from datetime import timedelta

import pytest

from linkbridge.accounts.models import ApiToken
from linkbridge.accounts.permissions import Role
from linkbridge.accounts.text import InvalidForm
from linkbridge.accounts.tokens import NewApiToken
from linkbridge.kernel.errors import Conflict, NotSignedIn
from tests.support.accounts import SETUP, World, counted_queries


def make(world: World, *, organisation: str | None, lifetime: timedelta | None = None) -> NewApiToken:
    with world.sessions.transaction() as session:
        return world.accounts.tokens.create(
            session, organisation_id=organisation, role=Role.ANALYST, label="Report", lifetime=lifetime, by=SETUP
        )


def test_token_is_an_actor_of_its_organisation(world: World) -> None:
    made = make(world, organisation=world.partner)
    with world.sessions.reading() as session:
        actor = world.accounts.tokens.resolve(session, made.secret)
    assert (actor.kind, actor.id, actor.role) == ("token", made.token.id, Role.ANALYST)
    assert (actor.organisation_id, actor.site_ids, actor.everywhere) == (
        world.partner,
        frozenset({world.partner_site}),
        False,
    )


def test_token_without_an_organisation_reaches_everywhere(world: World) -> None:
    made = make(world, organisation=None)
    with world.sessions.reading() as session:
        assert world.accounts.tokens.resolve(session, made.secret).everywhere is True


def test_secret_is_kept_nowhere(world: World) -> None:
    made = make(world, organisation=None)
    with world.sessions.reading() as session:
        kept = str(session.get_one(ApiToken, made.token.id).model_dump())
    assert made.secret.startswith("lbt_")
    assert made.secret not in kept
    assert made.secret not in repr(made)


@pytest.mark.parametrize("secret", ["", "lbt_", "lbt_" + "a" * 43, "é", "x" * 10_000])
def test_forged_token_is_nobody(world: World, secret: str) -> None:
    make(world, organisation=None)
    with pytest.raises(NotSignedIn), world.sessions.reading() as session:
        world.accounts.tokens.resolve(session, secret)


def test_token_ends_with_its_time(world: World) -> None:
    made = make(world, organisation=None, lifetime=timedelta(days=1))
    world.clock.advance(timedelta(days=1))
    with pytest.raises(NotSignedIn), world.sessions.reading() as session:
        world.accounts.tokens.resolve(session, made.secret)


def test_revoked_token_is_nobody(world: World) -> None:
    made = make(world, organisation=world.host)
    with world.sessions.transaction() as session:
        world.accounts.tokens.revoke(session, made.token.id, by=world.administrator)
        with pytest.raises(Conflict):
            world.accounts.tokens.revoke(session, made.token.id, by=world.administrator)
        with pytest.raises(NotSignedIn):
            world.accounts.tokens.resolve(session, made.secret)


def test_bad_label_and_role_are_told_together(world: World) -> None:
    with pytest.raises(InvalidForm) as caught, world.sessions.transaction() as session:
        world.accounts.tokens.create(
            session, organisation_id=world.host, role="king", label="", lifetime=None, by=world.administrator
        )
    assert [problem.params["field"] for problem in caught.value.problems] == ["label", "role"]


def test_day_of_last_use_is_noted(world: World) -> None:
    made = make(world, organisation=None)
    tokens = world.accounts.tokens
    with world.sessions.transaction() as session:
        assert tokens.needs_touch(session, made.token.id)
        tokens.touch(session, made.token.id)
        assert not tokens.needs_touch(session, made.token.id)


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_one_query_and_shows_the_own_organisation(world: World, count: int) -> None:
    for _ in range(count):
        make(world, organisation=world.host)
    make(world, organisation=world.partner)
    make(world, organisation=None)
    with world.sessions.reading() as session, counted_queries(world.sessions) as sent:
        found = world.accounts.tokens.list(session, by=world.administrator)
    assert len(found) == count
    assert len(sent) == 1
