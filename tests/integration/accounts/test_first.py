from dataclasses import replace

import pytest

from linkbridge.accounts.first import FirstAdministratorForm
from linkbridge.accounts.permissions import Role
from linkbridge.accounts.service import Accounts, AccountTimes, build_accounts
from linkbridge.accounts.text import InvalidForm
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import Conflict, Expired, NotFound
from tests.support.accounts import PASSWORD, QUICK_HASHER, make_cipher

FORM = FirstAdministratorForm("Ministry", "PA", "Ada Admin", "ada@example.org", PASSWORD, "es")


@pytest.fixture
def accounts(clock: FrozenClock) -> Accounts:
    return build_accounts(clock=clock, cipher=make_cipher(), times=AccountTimes(), hasher=QUICK_HASHER)


def make_code(sessions: SessionFactory, accounts: Accounts) -> str:
    with sessions.transaction() as session:
        return accounts.first.make_link(session).code


def complete(sessions: SessionFactory, accounts: Accounts, code: str, form: FirstAdministratorForm = FORM) -> str:
    with sessions.transaction() as session:
        return accounts.first.complete(session, code=code, form=form).token


def test_first_administrator_runs_the_host_organisation(sessions: SessionFactory, accounts: Accounts) -> None:
    token = complete(sessions, accounts, make_code(sessions, accounts))
    with sessions.reading() as session:
        actor = accounts.sign_in.resolve(session, token).actor
        assert (actor.role, actor.is_host) == (Role.ADMINISTRATOR, True)
        assert [one.name for one in accounts.directory.organisations(session, by=actor)] == ["Ministry"]
        assert accounts.first.is_needed(session) is False


def test_code_works_once_and_no_other_is_made(sessions: SessionFactory, accounts: Accounts) -> None:
    code = make_code(sessions, accounts)
    complete(sessions, accounts, code)
    with pytest.raises(Expired):
        complete(sessions, accounts, code, replace(FORM, email="b@example.org"))
    with pytest.raises(Conflict):
        make_code(sessions, accounts)


def test_newer_code_makes_the_earlier_worthless(sessions: SessionFactory, accounts: Accounts) -> None:
    earlier = make_code(sessions, accounts)
    make_code(sessions, accounts)
    with pytest.raises(Expired):
        complete(sessions, accounts, earlier)


def test_everything_wrong_is_told_at_once_and_the_code_stays_good(sessions: SessionFactory, accounts: Accounts) -> None:
    code = make_code(sessions, accounts)
    bad = FirstAdministratorForm("", "Nowhere", "", "ada", "short", "xx")
    with pytest.raises(InvalidForm) as caught:
        complete(sessions, accounts, code, bad)
    fields = [problem.params["field"] for problem in caught.value.problems]
    assert fields == ["organisation", "country", "email", "name", "language", "password"]
    complete(sessions, accounts, code)


def test_operator_makes_a_link_for_a_lost_password(sessions: SessionFactory, accounts: Accounts) -> None:
    complete(sessions, accounts, make_code(sessions, accounts))
    with sessions.transaction() as session:
        code = accounts.first.reset_link(session, " ADA@example.org ").code
        accounts.sign_in.set_password_by_code(session, code=code, password="marble fountain pencil")
        with pytest.raises(NotFound):
            accounts.first.reset_link(session, "nobody@example.org")
