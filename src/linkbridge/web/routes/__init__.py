"""Routes by audience. Each module has one ``router``; the order below is the order of matching."""

from fastapi import APIRouter

from linkbridge.web.routes import (
    admin_audit,
    admin_devices,
    admin_jurisdictions,
    admin_organisations,
    admin_people,
    admin_sites,
    admin_tokens,
    admin_translation,
    api,
    api_encounters,
    api_interpreting,
    api_page,
    api_translation,
    calendar_feed,
    coverage,
    encounters,
    enrol,
    fonts,
    health,
    hours,
    interpreters,
    interpreting,
    interpreting_answer,
    interpreting_own,
    interpreting_policy,
    interpreting_reports,
    interpreting_request,
    lt,
    public,
    review,
    staff_alerts,
    staff_home,
    staff_session,
    tablet,
    voices,
)

STAFF = (
    staff_session,
    staff_home,
    encounters,
    interpreting,
    interpreting_policy,
    interpreting_reports,
    interpreting_request,
    interpreting_own,
    interpreters,
    staff_alerts,
    coverage,
    review,
    voices,
    hours,
    admin_organisations,
    admin_people,
    admin_sites,
    admin_devices,
    admin_tokens,
    admin_jurisdictions,
    admin_translation,
    admin_audit,
)


def all_routers() -> list[APIRouter]:
    """Return every router of the application."""
    staff = [module.router for module in STAFF]
    programs = [
        api.router,
        api_encounters.router,
        api_translation.router,
        api_interpreting.router,
        api_page.router,
        api.fallback,
        lt.router,
    ]
    return [
        *programs,
        fonts.router,
        health.router,
        calendar_feed.router,
        interpreting_answer.router,
        public.router,
        tablet.router,
        enrol.router,
        *staff,
    ]
