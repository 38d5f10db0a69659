"""`linkbridge worker`: a process of its own on PostgreSQL that delivers mail, and nothing on SQLite."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from linkbridge.bootstrap import build_container
from linkbridge.kernel.db import SessionFactory
from linkbridge.settings import Settings
from tests.support.mail_server import mail_server

DEADLINE_SECONDS = 30
PROGRAM = [sys.executable, "-c", "from linkbridge.cli import app; app()", "worker"]
POSTGRES_ALONE = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def environment(data: Path, url: str, **other: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINKBRIDGE_")}
    return {**kept, "LINKBRIDGE_DATA_DIR": str(data), "LINKBRIDGE_DATABASE_URL": url, **other}


def until(is_so: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


@POSTGRES_ALONE
def test_mail_goes_out_after_its_transaction_and_the_worker_ends_when_told(
    database_url: str, sessions: SessionFactory, tmp_path: Path
) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    with mail_server() as server:
        smtp = {"LINKBRIDGE_SMTP_URL": f"smtp://127.0.0.1:{server.port}", "LINKBRIDGE_MAIL_FROM": "lb@example.org"}
        settings = Settings(
            data_dir=data,
            database_url=database_url,
            smtp_url=smtp["LINKBRIDGE_SMTP_URL"],
            mail_from="lb@example.org",
        )
        container = build_container(settings)
        with container.sessions.transaction() as session:
            container.outbox.add(
                session,
                channel="mail",
                recipient="maria@example.org",
                content={"subject": "Hola", "text": "línea"},
                idempotency_key="once",
            )
        container.sessions.engine.dispose()
        with log.open("wb") as output:
            process = subprocess.Popen(
                PROGRAM, env=environment(data, database_url, **smtp), stdout=output, stderr=output
            )
        try:
            until(lambda: process.poll() is not None or _states(sessions) == ["delivered"], log)
            process.send_signal(signal.SIGTERM)
            assert process.wait(DEADLINE_SECONDS) == 0, log.read_text()
        finally:
            process.kill()
            process.wait()
    assert [(mail["To"], mail["Subject"], mail["Message-ID"]) for mail in server.received] == [
        ("maria@example.org", "Hola", "<once@example.org>")
    ]
    assert "maria" not in log.read_text()
    assert "línea" not in log.read_text()


def _states(sessions: SessionFactory) -> list[str]:
    with sessions.reading() as session:
        return list(session.connection().execute(sa.text("SELECT state FROM outbox_message")).scalars())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_worker_on_sqlite_says_that_the_server_does_it(database_url: str, tmp_path: Path) -> None:
    done = subprocess.run(
        PROGRAM, env=environment(tmp_path / "data", database_url), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == (
        "linkbridge: on SQLite the server runs the background jobs itself: there is nothing to start"
    )
