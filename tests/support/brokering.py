"""A small world of interpreting: two organisations, their sites, and interpreters with their hours."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from linkbridge.accounts.permissions import Actor, Role
from linkbridge.bootstrap.interpreting import build_directory
from linkbridge.interpreting.directory.blocks import Blocks
from linkbridge.interpreting.directory.service import InterpreterDirectory
from linkbridge.interpreting.directory.values import Contact, InterpreterDetails, InterpreterRead
from linkbridge.interpreting.values import ContactKind, Domain, Level, Modality, WorkingLanguages
from tests.support.accounts import World

DETAILS = InterpreterDetails(
    name="Ines Interprete",
    country="CO",
    time_zone="America/Bogota",
    language="es",
    languages=(WorkingLanguages("am", "es", Level.PROFESSIONAL),),
    domains=frozenset(Domain),
    modalities=frozenset(Modality),
    contacts=(Contact(ContactKind.MAIL, "ines@demo.example"),),
)


@dataclass
class Brokering:
    """The services on a world of accounts."""

    world: World

    @cached_property
    def directory(self) -> InterpreterDirectory:
        return build_directory(self.world.accounts, self.world.cipher, self.world.clock)

    @cached_property
    def blocks(self) -> Blocks:
        return Blocks(clock=self.world.clock, audit=self.world.accounts.audit, directory=self.directory)

    @property
    def coordinator(self) -> Actor:
        """A broker of the host."""
        return self.world.actor(Role.COORDINATOR)

    @property
    def partner(self) -> Actor:
        """A broker of the partner organisation."""
        return self.world.actor(Role.COORDINATOR, partner=True)

    def add(self, *, partner: bool = True, **changes: Any) -> InterpreterRead:
        """Add an interpreter, of the partner organisation unless told otherwise."""
        by = self.partner if partner else self.coordinator
        with self.world.sessions.transaction() as session:
            return self.directory.add(session, replace(DETAILS, **changes), by=by)
