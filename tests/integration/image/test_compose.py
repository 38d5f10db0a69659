"""The services of compose.yaml, with their own commands and variables, on a real PostgreSQL.

There is no container network here: the database and the proxy are at this machine's loopback address instead of at
their names and addresses in compose.yaml. Nothing else is replaced.
"""

import uuid
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from tests.integration.image.conftest import StartContainer
from tests.support.dockerfile import read_compose
from tests.support.image import Container

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.filterwarnings("default::tests.support.image.RunsAsCurrentUser"),
]
PASSWORD = "p@ss/word:#%"


@pytest.fixture
def services(postgres_admin_url: str) -> Iterator[dict[str, Any]]:
    """The services of compose.yaml with a database and a role for them, as its PostgreSQL image makes them."""
    name = f"linkbridge_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(postgres_admin_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE ROLE {name} LOGIN SUPERUSER PASSWORD '{PASSWORD}'"))
        connection.execute(sa.text(f"CREATE DATABASE {name} OWNER {name}"))
    made = read_compose({"DOMAIN": "rights.example.org", "POSTGRES_PASSWORD": PASSWORD})["services"]
    proxy = made["proxy"]["networks"]["front"]["ipv4_address"]
    url = engine.url
    for service in ("web", "worker"):
        variables = made[service]["environment"]
        assert variables["LINKBRIDGE_DATABASE_URL"] == "postgresql+psycopg://linkbridge@db/linkbridge"
        variables["LINKBRIDGE_DATABASE_URL"] = f"postgresql+psycopg://{name}@{url.host}:{url.port}/{name}"
        if "LINKBRIDGE_TRUSTED_PROXIES" in variables:
            variables["LINKBRIDGE_TRUSTED_PROXIES"] = variables["LINKBRIDGE_TRUSTED_PROXIES"].replace(
                proxy, "127.0.0.1"
            )
    yield made
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        connection.execute(sa.text(f"DROP ROLE {name}"))
    engine.dispose()


def try_code(server: Container, caller: str) -> Message:
    """Try a wrong code for a tablet, as the proxy passes it on for ``caller``; return the headers of its page."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {
        "Host": "rights.example.org",
        "Origin": "https://rights.example.org",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-For": caller,
        "X-Forwarded-Host": "rights.example.org",
        "X-Forwarded-Proto": "https",
    }
    try:
        connection.request("GET", "/enrol", headers=headers)
        page = connection.getresponse()
        token = page.read().decode().partition('name="csrf_token" value="')[2].partition('"')[0]
        headers["Cookie"] = str(page.headers["Set-Cookie"]).partition(";")[0]
        body = urlencode({"code": "no such code", "csrf_token": token})
        connection.request("POST", "/enrol", body, headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read() != b"") == (410, True)
        return page.headers
    finally:
        connection.close()


def metrics_of(server: Container) -> str:
    """Return what the web processes counted together, as a program in the same container reads it."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def tries_by_peer(server: Container) -> list[int]:
    """Return how many tries were counted for each peer. Only keyed digests of peers are kept."""
    engine = sa.create_engine(server.environment["LINKBRIDGE_DATABASE_URL"], connect_args={"password": PASSWORD})
    with engine.connect() as connection:
        query = sa.text("SELECT count FROM attempt ORDER BY count")
        counts = list(connection.execute(query).scalars())
    engine.dispose()
    return counts


def test_services_of_compose_work_together(services: dict[str, Any], container: StartContainer) -> None:
    web = container(services["web"]["environment"], services["web"]["command"])
    worker = container(services["worker"]["environment"], services["worker"]["command"])
    web.start()
    worker.start()
    web.wait_until_healthy()
    worker.wait_for_log('"event": "worker_started"')
    assert "There is no administrator yet" in web.log
    assert "https://rights.example.org/staff/first" in web.log

    headers = try_code(web, "203.0.113.7")
    assert headers["Set-Cookie"].startswith("__Host-")
    assert "Secure" in headers["Set-Cookie"]
    assert headers["strict-transport-security"] == "max-age=31536000"
    try_code(web, "203.0.113.8")
    try_code(web, "203.0.113.9, 203.0.113.7")  # the left part is what a caller claimed to a careless proxy
    assert tries_by_peer(web) == [1, 2]

    assert "linkbridge_http_requests_total{" in metrics_of(web)

    assert worker.stop() == 0
    web.stop()
    for one in (web, worker):
        assert PASSWORD not in one.log
