"""The page builders of one application, made once and shared by its routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from starlette.concurrency import run_in_threadpool

from linkbridge.accounts.devices import DeviceRead
from linkbridge.container import Container
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.phrasebook.schema import Status
from linkbridge.web.api_texts import ApiTexts
from linkbridge.web.deps import ContainerDep
from linkbridge.web.offline import OfflineManifests
from linkbridge.web.page_devices import PageDevices
from linkbridge.web.pagecache import PageCache
from linkbridge.web.public_pages import PublicPages
from linkbridge.web.tablet_pages import TabletPages, TabletSite
from linkbridge.web.views import Views


@dataclass(frozen=True, slots=True)
class Pages:
    """Views, page builders and their cache."""

    views: Views
    tablet: TabletPages
    public: PublicPages
    offline: OfflineManifests
    current_api: Callable[[], ApiTexts]
    cache: PageCache

    @property
    def api(self) -> ApiTexts:
        """The texts of this moment as the API sends them."""
        return self.current_api()


def install_pages(app: FastAPI, container: Container) -> None:
    """Give the application its page builders."""
    views = Views(container.catalogue, container.speech)
    cache = PageCache()
    tablet = TabletPages(container, views, cache)
    app.state.page_devices = PageDevices()
    app.state.pages = Pages(
        views=views,
        tablet=tablet,
        public=PublicPages(container, views, cache),
        offline=OfflineManifests(container, views, tablet),
        current_api=_newest_api(container, views),
        cache=cache,
    )


def _newest_api(container: Container, views: Views) -> Callable[[], ApiTexts]:
    @lru_cache(maxsize=1)
    def made_for(_version: str) -> ApiTexts:
        return ApiTexts(container, views)

    return lambda: made_for(container.catalogue.version)


async def get_pages(request: Request, container: ContainerDep) -> Pages:
    """Return the page builders of this application, with texts and recordings at most two seconds old."""
    now = container.clock.now()
    if container.catalogue.is_due(now):
        await run_in_threadpool(_refresh, container, now)
    if container.voices.index.is_due():
        await run_in_threadpool(container.voices.index.refresh)
    pages: Pages = request.app.state.pages
    return pages


def _refresh(container: Container, now: datetime) -> None:
    container.catalogue.refresh(container.sessions.reading, now)
    container.facts.refresh(container.sessions.reading)


PagesDep = Annotated[Pages, Depends(get_pages)]


def tablet_site(device: DeviceRead) -> TabletSite:
    """Return what pages need of the site of a device."""
    site = device.site
    return TabletSite(
        id=site.id,
        name=site.name,
        interpreter_phone=site.interpreter_phone,
        is_demo=site.is_demo,
        country=site.country or "",
        policy=site_policy(site.required_status, site.notice_rules, show_drafts=site.show_drafts),
    )


def site_policy(required: str, rules: Mapping[str, str], *, show_drafts: bool) -> PublicationPolicy:
    """Return a site's stored decisions as a policy."""
    overrides = {notice: Status(status) for notice, status in rules.items()}
    return PublicationPolicy(Status(required), overrides, show_drafts)
