from functools import partial
from pathlib import Path

import pytest
from babel.support import NullTranslations
from fastapi import FastAPI

from linkbridge import bootstrap
from linkbridge.accounts.permissions import Role
from linkbridge.accounts.sites import SitePolicy
from linkbridge.bootstrap import build_container
from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.jobs import NullJobQueue
from linkbridge.kernel.languages import OFFICIAL_TAGS
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.facts import Jurisdictions
from linkbridge.settings import Settings
from tests.support.accounts import PASSWORD, QUICK_HASHER, SETUP, World
from tests.support.apps import app_for
from tests.support.databases import engine_of
from tests.support.encounters import FakeTablet
from tests.support.pages import PageClient
from tests.support.tablet import TabletClient
from tests.support.texts import delivered_catalogue, delivered_glossary, delivered_jurisdictions, delivered_matching

_ENGLISH = NullTranslations()  # one object: templates are compiled anew for each


@pytest.fixture
def catalogue() -> Catalogue:
    """The delivered texts, all drafts; a module can ask for others."""
    return delivered_catalogue()


@pytest.fixture
def jurisdictions() -> Jurisdictions:
    """The delivered facts of countries; a module can ask for others."""
    return delivered_jurisdictions()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url=database_url)


@pytest.fixture
def container(
    settings: Settings,
    catalogue: Catalogue,
    jurisdictions: Jurisdictions,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Container:
    monkeypatch.setattr(bootstrap, "load_catalogue", lambda _directory, **_cache: catalogue)
    monkeypatch.setattr(bootstrap, "load_glossary", lambda _directory: delivered_glossary())
    monkeypatch.setattr(bootstrap.chat, "load_matching", lambda _directory, _keys: delivered_matching())
    monkeypatch.setattr(bootstrap, "load_jurisdictions", lambda _directory: jurisdictions)
    # The officials' pages in their English source, whatever their language: translations have a test of their own.
    monkeypatch.setattr(bootstrap, "load_translations", lambda: dict.fromkeys(OFFICIAL_TAGS, _ENGLISH))
    monkeypatch.setattr(bootstrap, "build_accounts", partial(bootstrap.build_accounts, hasher=QUICK_HASHER))
    monkeypatch.setattr(bootstrap, "migrate", lambda _engine: None)  # the database is a copy of a migrated one
    # No worker runs here, and its tables are not in that copy: what is due is found from the rows.
    monkeypatch.setattr(bootstrap, "DbosJobQueue", lambda _engine: NullJobQueue())
    monkeypatch.setattr(bootstrap, "create_engine", engine_of)
    return build_container(settings, clock=clock)


@pytest.fixture
def app(container: Container) -> FastAPI:
    return app_for(container)


@pytest.fixture
def browser(app: FastAPI) -> PageClient:
    return PageClient(app)


@pytest.fixture
def world(container: Container, clock: FrozenClock) -> World:
    return World(container.sessions, clock, container.cipher)


def sign_in(world: World, app: FastAPI, role: Role, *, partner: bool = False) -> PageClient:
    """Return a browser in which a new staff member of this role is signed in."""
    email = f"{role.value}{'-partner' if partner else ''}@example.org"
    world.add_staff(email, role, partner=partner)
    client = PageClient(app)
    page = client.send("/staff/sign-in", {"email": email, "password": PASSWORD})
    assert page.path == "/staff"
    return client


@pytest.fixture
def administrator(world: World, app: FastAPI) -> PageClient:
    return sign_in(world, app, Role.ADMINISTRATOR)


def enrol(container: Container, app: FastAPI, site_id: str) -> TabletClient:
    """Return a tablet that became a device of the site as a real one does: with a code, on the page for it."""
    with container.sessions.transaction() as session:
        code = container.devices.create_enrolment(session, site_id=site_id, label="Tablet", by=SETUP).code
    client = TabletClient(app)
    client.sender = FakeTablet(container.unsealer, container.clock)
    assert client.send("/enrol", {"code": code}).path == "/tablet/es/"
    return client


@pytest.fixture
def tablet(container: Container, world: World, app: FastAPI) -> TabletClient:
    """A tablet of a site that shows drafts."""
    set_policy(container, world.site, SitePolicy(show_drafts=True))
    return enrol(container, app, world.site)


def set_policy(container: Container, site_id: str, policy: SitePolicy) -> None:
    with container.sessions.transaction() as session:
        container.accounts.directory.set_policy(session, site_id, policy, by=SETUP)
