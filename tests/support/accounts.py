"""A small world for tests of accounts: two organisations with their sites, and an actor for each role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from cryptography.fernet import Fernet
from pwdlib.hashers.argon2 import Argon2Hasher

from linkbridge.accounts.models import Organisation
from linkbridge.accounts.passwords import PasswordHasher
from linkbridge.accounts.permissions import Actor, Role, system_actor
from linkbridge.accounts.service import Accounts, AccountTimes, build_accounts
from linkbridge.accounts.sites import SiteDetails
from linkbridge.accounts.staff_records import StaffDetails
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.crypto import FieldCipher, KeyRing
from linkbridge.kernel.db import SessionFactory

PASSWORD = "trombone gravel sunset"
SETUP = system_actor("test")
DETAILS = SiteDetails("Paso", "border", "PA", "America/Panama", "es", "+507 555 0100")
QUICK_HASHER = PasswordHasher(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


def make_cipher() -> FieldCipher:
    return FieldCipher(KeyRing(given=Fernet.generate_key().decode()), b"a look-up key for tests only")


@dataclass
class World:
    """The services with a host organisation of two sites and a partner organisation of one."""

    sessions: SessionFactory
    clock: FrozenClock
    cipher: FieldCipher = field(default_factory=make_cipher)

    def __post_init__(self) -> None:
        self.accounts: Accounts = build_accounts(
            clock=self.clock, cipher=self.cipher, times=AccountTimes(), hasher=QUICK_HASHER
        )
        directory = self.accounts.directory
        with self.sessions.transaction() as session:
            self.host = directory.create_organisation(session, name="Host", country="PA", by=SETUP, is_host=True).id
            self.partner = directory.create_organisation(session, name="Partner", country="CO", by=SETUP).id
            self.site, self.other_site, self.partner_site = (
                directory.create_site(session, organisation_id=owner, details=DETAILS, by=SETUP).id
                for owner in (self.host, self.host, self.partner)
            )

    def actor(self, role: Role, *, partner: bool = False, sites: frozenset[str] | None = None) -> Actor:
        """Return a made-up staff member of one of the organisations."""
        every = {self.partner_site} if partner else {self.site, self.other_site}
        return Actor(
            kind="staff",
            id=f"{role.value}-of-{'partner' if partner else 'host'}",
            role=role,
            organisation_id=self.partner if partner else self.host,
            site_ids=frozenset(every) if sites is None else sites,
            is_host=not partner,
        )

    @property
    def administrator(self) -> Actor:
        """An administrator of the host."""
        return self.actor(Role.ADMINISTRATOR)

    def add_staff(
        self, email: str, role: Role = Role.OFFICIAL, *, partner: bool = False, password: str = PASSWORD, **details: str
    ) -> str:
        """Add a staff member with a password and return its id."""
        with self.sessions.transaction() as session:
            row = self.accounts.roster.add(
                session,
                organisation_id=self.partner if partner else self.host,
                email=email,
                details=StaffDetails(name=details.get("name", "Nadia Name"), role=role, language="es"),
            )
            self.accounts.sign_in.set_password(session, row, password)
            return row.id

    def organisation_count(self) -> int:
        with self.sessions.reading() as session:
            return int(session.scalar(sa.select(sa.func.count()).select_from(Organisation)) or 0)


@contextmanager
def counted_queries(sessions: SessionFactory) -> Iterator[list[str]]:
    """Yield a list that grows by one for each statement sent to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            sent.append(statement)

    sa.event.listen(sessions.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sessions.engine, "before_cursor_execute", note)
