"""Sites as the rest of LinkBridge sees them, and the rules for what can be said of one."""

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from babel import Locale

from linkbridge.accounts.models import Site
from linkbridge.accounts.text import Checks, clean_line
from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import OFFICIAL_TAGS

MAX_NAME = 200
REQUIRED_STATUSES = ("reviewed", "verified")
"""What a site can require. Drafts are shown by a decision of their own, never by a rule."""
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{1,30}")
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_NOTICE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


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


@dataclass(frozen=True, slots=True)
class SiteDetails:
    """What is known of a site. ``country`` ISO 3166, ``time_zone`` IANA, ``official_language`` BCP 47."""

    name: str
    kind: str
    country: str
    time_zone: str
    official_language: str
    interpreter_phone: str = ""


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """What a site requires: a status for all notices, other statuses for some, and whether drafts are shown."""

    required_status: str = "reviewed"
    notice_rules: Mapping[str, str] = field(default_factory=dict, hash=False)
    show_drafts: bool = False


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


@cache
def countries() -> frozenset[str]:
    """Return the ISO 3166 codes of countries and territories that CLDR names."""
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code not in _NO_COUNTRIES)


@cache
def time_zones() -> tuple[str, ...]:
    """Return the IANA time zones that people choose from."""
    return tuple(sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")))


def check_details(details: SiteDetails) -> dict[str, Any]:
    """Return a site's columns.

    Raises:
        InvalidForm: fields cannot be used.
    """
    checks = Checks()
    name = checks.run(lambda: clean_line(details.name, field="name", longest=MAX_NAME), "")
    phone = checks.run(
        lambda: clean_line(details.interpreter_phone, field="interpreter_phone", longest=32, required=False), ""
    )
    for field_name, value, known in (
        ("kind", details.kind, {kind.value for kind in SiteKind}),
        ("country", details.country, countries()),
        ("time_zone", details.time_zone, time_zones()),
        ("official_language", details.official_language, OFFICIAL_TAGS),
    ):
        checks.expect(value in known, "choose one of the list", field=field_name, problem="choice")
    is_phone = not phone or _PHONE.fullmatch(phone) is not None
    checks.expect(is_phone, "this is no telephone number", field="interpreter_phone", problem="phone")
    checks.done()
    return {
        "name": name,
        "kind": details.kind,
        "country": details.country,
        "time_zone": details.time_zone,
        "official_language": details.official_language,
        "interpreter_phone": phone or None,
    }


def check_policy(policy: SitePolicy) -> None:
    """Return if a site can require this.

    Raises:
        InvalidInput: a status or a notice id is none.
    """
    if policy.required_status not in REQUIRED_STATUSES:
        raise InvalidInput("this is no status", field="required_status", problem="choice")
    for notice_id, status in policy.notice_rules.items():
        if status not in REQUIRED_STATUSES or not _NOTICE_ID.fullmatch(notice_id):
            raise InvalidInput("this is no rule", field="notice_rules", problem="choice")
