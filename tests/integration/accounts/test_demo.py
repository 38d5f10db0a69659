from linkbridge.accounts.demo import seed_demo
from linkbridge.accounts.permissions import Role
from linkbridge.accounts.service import AccountTimes, build_accounts
from linkbridge.accounts.sign_in import NewSession
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from tests.support.accounts import PASSWORD, QUICK_HASHER, SETUP, make_cipher


def test_demonstration_is_made_once_and_marked(sessions: SessionFactory, clock: FrozenClock) -> None:
    cipher = make_cipher()
    accounts = build_accounts(clock=clock, cipher=cipher, times=AccountTimes(), hasher=QUICK_HASHER)
    with sessions.transaction() as session:
        first = seed_demo(session, accounts, cipher, password=PASSWORD)
    with sessions.transaction() as session:
        again = seed_demo(session, accounts, cipher, password=PASSWORD)
        entries = accounts.audit.verify(session).entries
    assert again == first
    assert first.site.is_demo is True
    assert (first.site.show_drafts, first.site.show_drafts_by) == (True, "system:demo")
    assert set(first.emails) == set(Role)
    with sessions.transaction() as session:
        seed_demo(session, accounts, cipher, password="marble fountain pencil")
        assert accounts.audit.verify(session).entries == entries
        opened = accounts.sign_in.sign_in(
            session, email=first.emails[Role.ADMINISTRATOR], password="marble fountain pencil", peer="p"
        )
    assert isinstance(opened, NewSession)


def test_demonstration_beside_a_real_organisation_does_not_become_the_host(
    sessions: SessionFactory, clock: FrozenClock
) -> None:
    cipher = make_cipher()
    accounts = build_accounts(clock=clock, cipher=cipher, times=AccountTimes(), hasher=QUICK_HASHER)
    with sessions.transaction() as session:
        accounts.directory.create_organisation(session, name="Real", country=None, by=SETUP, is_host=True)
        demo = seed_demo(session, accounts, cipher, password=PASSWORD)
        assert accounts.directory.organisation(session, demo.organisation_id).is_host is False
