"""The audit log and the table of retention, for administrators of the host."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response

from linkbridge.accounts.permissions import Permission, require
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.staff_pages import StaffPageDep

router = APIRouter(prefix="/staff", include_in_schema=False)
PAGE_SIZE = 100


@router.get("/audit")
def audit_log(
    container: ContainerDep,
    session: ReadSession,
    page: StaffPageDep,
    actor: CurrentStaff,
    before: Annotated[int | None, Query(ge=1)] = None,
    verify: bool = False,
) -> Response:
    """Show the newest entries; with ``verify``, check the whole chain too, which only reads."""
    entries = container.audit.newest(session, by=actor, limit=PAGE_SIZE + 1, before=before)
    return page.show(
        "staff/audit.html",
        {
            "entries": entries[:PAGE_SIZE],
            "older": entries[PAGE_SIZE - 1].sequence if len(entries) > PAGE_SIZE else None,
            "check": container.audit.verify(session) if verify else None,
        },
    )


@router.get("/retention")
def retention(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show how long each kind of record is kept."""
    require(actor, Permission.READ_AUDIT)
    return page.show("staff/retention.html", {"retention": asdict(container.retention)})
