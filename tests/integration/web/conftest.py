from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI

from linkbridge import bootstrap
from linkbridge.accounts.permissions import Role
from linkbridge.accounts.service import AccountTimes, build_accounts
from linkbridge.bootstrap import build_container
from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.files import default_directory, load_library
from linkbridge.settings import Settings
from linkbridge.web.app import create_app
from tests.support.accounts import PASSWORD, QUICK_HASHER, World
from tests.support.pages import PageClient


@cache
def shared_catalogue() -> Catalogue:
    """The delivered phrasebooks, read once: a catalogue never changes."""
    return Catalogue(load_library(default_directory()))


@pytest.fixture
def container(
    database_url: str, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Container]:
    monkeypatch.setattr(bootstrap, "load_library", lambda _directory: None)
    monkeypatch.setattr(bootstrap, "Catalogue", lambda _library: shared_catalogue())
    built = build_container(Settings(data_dir=tmp_path / "data", database_url=database_url), clock=clock)
    accounts = build_accounts(clock=clock, cipher=built.cipher, times=AccountTimes(), hasher=QUICK_HASHER)
    yield replace(built, accounts=accounts, audit=accounts.audit, devices=accounts.devices)
    built.sessions.engine.dispose()


@pytest.fixture
def app(container: Container) -> FastAPI:
    return create_app(container)


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
