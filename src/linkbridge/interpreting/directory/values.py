"""What is known of interpreters, and what of it whom is told."""

from dataclasses import dataclass, field
from datetime import date

from linkbridge.interpreting.values import (
    BlockKind,
    ContactKind,
    Credential,
    Domain,
    Gender,
    Modality,
    WorkingLanguages,
)


@dataclass(frozen=True, slots=True)
class HeldCredential:
    """A credential or training. Without ``expires_on`` it holds without end; with it, until the end of that day."""

    code: Credential
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach an interpreter. Browsers that take push keep their addresses elsewhere: this is their place."""

    kind: ContactKind
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class InterpreterDetails:
    """Everything that can be changed of an interpreter.

    ``country`` is where the interpreter is (ISO 3166), ``language`` the one of notifications, ``cost_per_hour`` in US
    cents. ``contacts`` come in the order of preference. ``staff_email`` names the account of role interpreter with
    which the interpreter signs in, if there is one.
    """

    name: str = field(repr=False)
    country: str
    time_zone: str
    language: str
    languages: tuple[WorkingLanguages, ...]
    domains: frozenset[Domain]
    modalities: frozenset[Modality]
    gender: Gender | None = None
    cost_per_hour: int = 0
    credentials: tuple[HeldCredential, ...] = ()
    contacts: tuple[Contact, ...] = ()
    staff_email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class InterpreterRead:
    """An interpreter as brokers see one. Of another organisation's, ``contacts`` and ``cost_per_hour`` are withheld."""

    id: str
    organisation_id: str
    organisation_name: str
    name: str = field(repr=False)
    gender: Gender | None
    country: str
    time_zone: str
    language: str
    languages: tuple[WorkingLanguages, ...]
    domains: tuple[Domain, ...]
    modalities: tuple[Modality, ...]
    credentials: tuple[HeldCredential, ...]
    contacts: tuple[Contact, ...]
    cost_per_hour: int | None
    staff_id: str | None
    is_active: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class InterpreterName:
    """What stands on cards and lists."""

    name: str = field(repr=False)
    organisation_id: str
    organisation_name: str
    time_zone: str
    staff_id: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """A conflict or an entry of a do-not-send list."""

    id: str
    kind: BlockKind
    code: str
