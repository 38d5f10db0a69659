"""Starts the real server over TLS for browser tests, and opens the product's own doors for them."""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPSConnection
from pathlib import Path

from sqlmodel import col, select

from linkbridge.accounts.demo import seed_demo
from linkbridge.accounts.devices import EnrolledDevice
from linkbridge.accounts.first import OPERATOR
from linkbridge.accounts.permissions import Role
from linkbridge.accounts.sites import SiteDetails, SitePolicy
from linkbridge.bootstrap import build_container, make_fonts
from linkbridge.container import Container
from linkbridge.encounters.models import Acknowledgement, Encounter
from linkbridge.phrasebook.reviewers import seed_demo_reviewers
from linkbridge.settings import Settings
from tests.support.texts import delivered_catalogue
from tests.support.tls import make_ca

START_SECONDS = 60
PASSWORD = "a long password for the demonstration"
ONE_NOTICE = SitePolicy(
    show_drafts=True,
    notice_rules={name: "verified" for name in delivered_catalogue().notice_ids if name != "first-contact"},
)
"""A site that shows one notice alone: its tablets are ready for use without a connection sooner."""


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Server:
    """A server in a process of its own, with its folder, certificate and address."""

    folder: Path
    database_url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    like: "Server | None" = None
    """Another server whose certificate this one uses too, so that the same browser trusts both."""
    phrasebooks: Path | None = None
    """Other phrasebooks than those delivered."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.like is None:
            self.authority, self.certificate, self.key = make_ca(self.folder)
        else:
            self.authority, self.certificate, self.key = self.like.authority, self.like.certificate, self.like.key
        self.data = self.folder / "data"

    @property
    def url(self) -> str:
        """The address without a trailing slash."""
        return f"https://localhost:{self.port}"

    @property
    def settings(self) -> Settings:
        """What the server reads from its environment, as far as it matters here."""
        return Settings(
            data_dir=self.data,
            database_url=self.database_url,
            base_url=self.url,
            demo=True,
            phrasebooks_dir=self.phrasebooks,
        )

    @cached_property
    def container(self) -> Container:
        """The same services as the server's, on its data, for preparing and for looking at what it stored."""
        return build_container(self.settings)

    def use_cache(self, folder: Path) -> None:
        """Take fonts and voices from a folder that outlives the run, and leave new ones there: making them is slow."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("fonts", "audio"):
            (folder / name).mkdir(parents=True, exist_ok=True)
            (self.data / name).symlink_to(folder / name)
        make_fonts(self.settings)

    def start(self) -> None:
        """Start the process, or start it again at the same address, and wait until it answers."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LINKBRIDGE_")},
            "LINKBRIDGE_DATA_DIR": str(self.data),
            "LINKBRIDGE_DATABASE_URL": self.database_url,
            "LINKBRIDGE_BASE_URL": self.url,
            "LINKBRIDGE_DEMO": "true",
            "LINKBRIDGE_LOG_LEVEL": "warning",
            "LINKBRIDGE_PHRASEBOOKS_DIR": str(self.phrasebooks or ""),
            **self.environment,
        }
        program = [sys.executable, "-c", "from linkbridge.cli import app; app()", "serve"]
        options = ["--host", "localhost", "--port", str(self.port)]
        tls = ["--tls-cert", str(self.certificate), "--tls-key", str(self.key)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([*program, *options, *tls], env=environment, stdout=log, stderr=log)
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        trust = ssl.create_default_context(cafile=str(self.authority))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                break
            try:
                with closing(HTTPSConnection("localhost", self.port, context=trust, timeout=5)) as connection:
                    connection.request("GET", "/healthz")
                    if connection.getresponse().status == 200:
                        return
            except OSError:
                time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"the server did not start:\n{self.log}")

    @property
    def log(self) -> str:
        """What the server wrote."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """Stop the process at once, as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self) -> None:
        """Stop the process and let go of the database."""
        self.kill()
        self.container.sessions.engine.dispose()
        shutil.rmtree(self.data, ignore_errors=True)

    def seed(self) -> None:
        """Make the demonstration's organisation, site and staff, and three more sites."""
        container = self.container
        with container.sessions.transaction() as session:
            demo = seed_demo(session, container.accounts, container.cipher, password=PASSWORD)
            self.emails: dict[Role, str] = demo.emails
            seed_demo_reviewers(
                session, container.reviewers, demo.reviewer_ids, organisation_id=demo.organisation_id, by=OPERATOR
            )
            self.demo_site = demo.site.id
            directory = container.accounts.directory
            sites = []
            posts = (
                ("Small post", "+507 555 0101", ONE_NOTICE),
                ("Post without a number", "", ONE_NOTICE),
                ("Strict post", "", SitePolicy()),
            )
            for name, phone, policy in posts:
                details = SiteDetails(
                    name=name,
                    kind="border",
                    country="PA",
                    time_zone="America/Panama",
                    official_language="es",
                    interpreter_phone=phone,
                )
                site = directory.create_site(
                    session, organisation_id=demo.organisation_id, details=details, by=OPERATOR
                )
                directory.set_policy(session, site.id, policy, by=OPERATOR)
                sites.append(site.id)
            self.small_site, self.site_without_number, self.strict_site = sites

    def enrol(self, site_id: str) -> EnrolledDevice:
        """Make a tablet of the site, with its token, through the services behind the page of enrolment."""
        container = self.container
        with container.sessions.transaction() as session:
            link = container.devices.create_enrolment(session, site_id=site_id, label="Tablet", by=OPERATOR)
            return container.devices.enrol(session, link.code)

    def acknowledgements(self, device_id: str) -> list[Acknowledgement]:
        """Return what the server stored of a tablet's answers, in the order of the answers."""
        with self.container.sessions.reading() as session:
            query = select(Acknowledgement).where(Acknowledgement.device_id == device_id)
            found = session.exec(query.order_by(col(Acknowledgement.given_at))).all()
            session.expunge_all()
        return list(found)

    def encounters(self, device_id: str) -> list[Encounter]:
        """Return the encounters that a tablet opened."""
        with self.container.sessions.reading() as session:
            query = select(Encounter).where(Encounter.device_id == device_id).order_by(col(Encounter.started_at))
            found = session.exec(query).all()
            session.expunge_all()
        return list(found)
