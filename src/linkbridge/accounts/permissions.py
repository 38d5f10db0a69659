"""Who may do what. Pure: services call ``require`` before they change or tell anything."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from linkbridge.kernel.errors import NotAllowed

ActorKind = Literal["staff", "device", "token", "system"]


class Role(StrEnum):
    """What a staff member is to LinkBridge."""

    OFFICIAL = "official"
    COORDINATOR = "coordinator"
    INTERPRETER = "interpreter"
    REVIEWER = "reviewer"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing that an actor may do, within its sites or its organisation."""

    READ_ENCOUNTERS = "read-encounters"
    ERASE_ENCOUNTER = "erase-encounter"
    MANAGE_DEVICES = "manage-devices"
    MANAGE_SITES = "manage-sites"
    MANAGE_STAFF = "manage-staff"
    MANAGE_TOKENS = "manage-tokens"
    MANAGE_ORGANISATIONS = "manage-organisations"
    READ_AUDIT = "read-audit"
    READ_METRICS = "read-metrics"
    REVIEW_PHRASES = "review-phrases"
    READ_STATISTICS = "read-statistics"
    CONFIRM_FACTS = "confirm-facts"
    TRANSLATE = "translate"
    MANAGE_TRANSLATION = "manage-translation"
    REQUEST_INTERPRETER = "request-interpreter"
    BROKER_INTERPRETERS = "broker-interpreters"
    ANSWER_OFFERS = "answer-offers"
    ANSWER_CHATS = "answer-chats"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OFFICIAL: frozenset(
        {
            Permission.READ_ENCOUNTERS,
            Permission.ERASE_ENCOUNTER,
            Permission.TRANSLATE,
            Permission.REQUEST_INTERPRETER,
            Permission.ANSWER_CHATS,
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            Permission.READ_ENCOUNTERS,
            Permission.ERASE_ENCOUNTER,
            Permission.MANAGE_DEVICES,
            Permission.READ_STATISTICS,
            Permission.TRANSLATE,
            Permission.REQUEST_INTERPRETER,
            Permission.BROKER_INTERPRETERS,
            Permission.ANSWER_CHATS,
        }
    ),
    Role.INTERPRETER: frozenset({Permission.TRANSLATE, Permission.ANSWER_OFFERS}),
    Role.REVIEWER: frozenset({Permission.REVIEW_PHRASES, Permission.TRANSLATE}),
    Role.ANALYST: frozenset({Permission.READ_STATISTICS, Permission.READ_METRICS}),
    Role.ADMINISTRATOR: frozenset(Permission)
    - {Permission.REVIEW_PHRASES, Permission.ANSWER_OFFERS, Permission.ANSWER_CHATS},
}

HOST_ONLY = frozenset(
    {
        Permission.MANAGE_ORGANISATIONS,
        Permission.READ_AUDIT,
        Permission.READ_METRICS,
        Permission.CONFIRM_FACTS,
        Permission.MANAGE_TRANSLATION,
    }
)
"""What concerns the whole installation: only for the organisation that hosts it."""

HOST_WIDE = frozenset({Permission.MANAGE_STAFF})
"""What the host's administrators may do in other organisations too: someone must invite their first administrator.

They cannot read another organisation's encounters or touch its sites and tablets.
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks for something.

    ``site_ids`` are all the sites at which the actor works, filled in when the actor is established: the
    sites named for a staff member, or every site of the organisation when none were named or the role is
    administrator. ``is_host``: the actor's organisation hosts this installation. ``everywhere``: not bound
    to an organisation, as an installation's own programs are.
    """

    kind: ActorKind
    id: str
    role: Role | None = None
    organisation_id: str | None = None
    site_ids: frozenset[str] = frozenset()
    language: str = "en"
    is_host: bool = False
    everywhere: bool = False

    @property
    def reference(self) -> str:
        """How the actor is named in the audit log, such as ``staff:0f…``."""
        return f"{self.kind}:{self.id}"


def system_actor(name: str) -> Actor:
    """Return the actor for work that the machine or its operator does, such as ``system:command-line``."""
    return Actor(kind="system", id=name, everywhere=True)


def allows(
    actor: Actor, permission: Permission, *, organisation_id: str | None = None, site_id: str | None = None
) -> bool:
    """Whether the actor has the permission, and has it for this organisation and this site where one is named."""
    if actor.kind == "system":
        return True
    if actor.role is None or permission not in ROLE_PERMISSIONS[actor.role]:
        return False
    return actor.everywhere or _covers(actor, permission, organisation_id, site_id)


def _covers(actor: Actor, permission: Permission, organisation_id: str | None, site_id: str | None) -> bool:
    """Whether what is named lies within what the actor's permission covers."""
    if permission in HOST_ONLY and not actor.is_host:
        return False
    if site_id is not None and site_id not in actor.site_ids:
        return False
    if organisation_id is None or organisation_id == actor.organisation_id:
        return True
    return actor.is_host and permission in HOST_WIDE | HOST_ONLY


def require(
    actor: Actor, permission: Permission, *, organisation_id: str | None = None, site_id: str | None = None
) -> None:
    """Return if the actor has the permission for what is named.

    Raises:
        NotAllowed: it has not; ``permission`` in ``params`` names what is lacking.
    """
    if not allows(actor, permission, organisation_id=organisation_id, site_id=site_id):
        raise NotAllowed("your role does not allow this", permission=permission.value)
