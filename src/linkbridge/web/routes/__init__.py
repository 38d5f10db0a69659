"""Routes by audience. Each module has one ``router``; the order below is the order of matching."""

from fastapi import APIRouter

from linkbridge.web.routes import fonts, health, public, tablet


def all_routers() -> list[APIRouter]:
    """Return every router of the application."""
    return [fonts.router, health.router, public.router, tablet.router]
