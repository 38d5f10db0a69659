"""Sites as the rest of LinkBridge sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from linkbridge.accounts.models import Site


class SiteKind(StrEnum):
    """What sort of place a site is."""

    BORDER = "border"
    AIRPORT = "airport"
    PORT = "port"
    SHELTER = "shelter"
    RECEPTION = "reception"
    DETENTION = "detention"
    COURT = "court"
    OFFICE = "office"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SiteRead:
    """A site with its publication policy.

    ``required_status`` and the values of ``notice_rules`` (by notice id) are translation statuses. ``show_drafts``
    is an administrator's recorded decision, taken by ``show_drafts_by`` (an actor's reference) at ``show_drafts_at``.
    ``country`` is an ISO 3166 code, ``time_zone`` an IANA name, ``official_language`` a BCP 47 tag.
    """

    id: str
    organisation_id: str
    name: str
    kind: SiteKind
    country: str
    time_zone: str
    official_language: str
    interpreter_phone: str | None
    required_status: str
    show_drafts: bool
    show_drafts_by: str | None
    show_drafts_at: datetime | None
    is_demo: bool
    closed_at: datetime | None
    notice_rules: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)


def read_site(row: Site) -> SiteRead:
    """Return the frozen form of a row."""
    return SiteRead(
        id=row.id,
        organisation_id=row.organisation_id,
        name=row.name,
        kind=SiteKind(row.kind),
        country=row.country,
        time_zone=row.time_zone,
        official_language=row.official_language,
        interpreter_phone=row.interpreter_phone,
        required_status=row.required_status,
        show_drafts=row.show_drafts,
        show_drafts_by=row.show_drafts_by,
        show_drafts_at=row.show_drafts_at,
        is_demo=row.is_demo,
        closed_at=row.closed_at,
        notice_rules=MappingProxyType(dict(row.notice_rules)),
    )
