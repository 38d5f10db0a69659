"""What `linkbridge doctor` says of interpreters, and of relays: Debian's coturn, with right and wrong words."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from linkbridge.cli import interpreting_checks
from linkbridge.cli.findings import Finding, Level
from linkbridge.cli.interpreting_checks import CALLS, RELAY_SECONDS, call_findings, interpreter_findings
from linkbridge.interpreting.calls.relay_trials import RelayAddress
from linkbridge.interpreting.models import Interpreter
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.settings import Settings
from tests.support.accounts import World
from tests.support.dispatching import Dispatching
from tests.support.relay import SECRET, started_relay
from tests.support.server import free_port
from tests.support.tls import make_ca

WAYS = ("turn:localhost:{}?transport=udp", "turn:localhost:{}?transport=tcp", "turns:localhost:{}?transport=tcp")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    return make_ca(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory, authority: tuple[Path, Path, Path]) -> Iterator[int]:
    with started_relay(tmp_path_factory.mktemp("relay"), authority[1:]) as port:
        yield port


def found(port: int, secret: str) -> list[Finding]:
    urls = ",".join(way.format(port) for way in WAYS)
    return list(call_findings(Settings(turn_urls=urls, turn_secret=SecretStr(secret))))


def test_relay_with_our_secret_relays_in_every_way(
    relay: int, authority: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    assert found(relay, SECRET) == [Finding(CALLS, Level.OK, f"{way.format(relay)} relays") for way in WAYS]


def test_relay_with_another_secret_fails_in_every_way(
    relay: int, authority: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    findings = found(relay, "another word")
    assert [(one.level, one.found) for one in findings] == [
        (Level.FAIL, f"{way.format(relay)} refuses our credentials") for way in WAYS
    ]
    assert all("LINKBRIDGE_TURN_SECRET" in one.todo and "another word" not in one.todo for one in findings)


def test_relay_whose_certificate_browsers_do_not_trust_fails(relay: int) -> None:
    *_plain, tls = found(relay, SECRET)
    assert (tls.level, tls.found) == (
        Level.FAIL,
        f"turns:localhost:{relay}?transport=tcp has a certificate that is not trusted",
    )


def test_relay_that_is_not_there_fails_within_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreting_checks, "RELAY_SECONDS", 0.3)
    port, start = free_port(), time.monotonic()
    findings = found(port, SECRET)
    assert time.monotonic() - start < RELAY_SECONDS
    words = ("did not answer within 5 seconds", "cannot be reached", "cannot be reached")
    assert [(one.level, one.found) for one in findings] == [
        (Level.FAIL, f"{way.format(port)} {what}") for way, what in zip(WAYS, words, strict=True)
    ]


@pytest.mark.parametrize(
    ("settings", "level", "what"),
    [
        (Settings(), Level.OFF, "off: no relay"),
        (Settings(jitsi_url="https://meet.example"), Level.OFF, "no relay: they take place at meet.example"),
        (Settings(calls_direct=True), Level.OFF, "no relay: browsers connect directly and see each other's address"),
        (Settings(turn_urls="turn:relay.example"), Level.FAIL, "half of a relay is set up"),
        (Settings(turn_secret=SecretStr("a")), Level.FAIL, "half of a relay is set up"),
        (
            Settings(turn_urls="turns:relay.example?transport=udp", turn_secret=SecretStr("a")),
            Level.FAIL,
            "turns:relay.example?transport=udp is no address that browsers can use",
        ),
    ],
)
def test_without_a_usable_relay_it_says_what_to_do(settings: Settings, level: Level, what: str) -> None:
    [finding] = call_findings(settings)
    assert (finding.level, finding.found) == (level, what)
    assert finding.todo


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("turn:relay.example", RelayAddress("relay.example", 3478, "udp", is_tls=False)),
        ("turn:relay.example:80?transport=tcp", RelayAddress("relay.example", 80, "tcp", is_tls=False)),
        ("turns:relay.example", RelayAddress("relay.example", 5349, "tcp", is_tls=True)),
        ("turn:[2001:db8::1]:3478", RelayAddress("2001:db8::1", 3478, "udp", is_tls=False)),
        ("stun:relay.example", None),
        ("turn:relay.example:70000", None),
        ("turn:relay.example?transport=sctp", None),
        ("", None),
    ],
)
def test_addresses_are_read_as_browsers_read_them(url: str, expected: RelayAddress | None) -> None:
    assert RelayAddress.read(url) == expected


def test_interpreters_are_counted_if_they_can_be_asked(
    sessions: SessionFactory, clock: FrozenClock, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=database_url)
    [nobody] = interpreter_findings(settings)
    assert (nobody.level, nobody.found) == (Level.OFF, "none yet")
    dispatching = Dispatching(World(sessions, clock))
    for partner in (True, True, False):
        gone = dispatching.interpreter(partner=partner)
    assert list(interpreter_findings(settings)) == [Finding("Interpreters", Level.OK, "3 active, of 2 organisations")]
    with sessions.transaction() as session:
        session.get_one(Interpreter, gone).deactivated_at = clock.now()
    assert list(interpreter_findings(settings)) == [Finding("Interpreters", Level.OK, "2 active, of 1 organisation")]


def test_interpreters_of_a_database_that_is_not_there_are_none_and_it_is_not_made(tmp_path: Path) -> None:
    [finding] = interpreter_findings(Settings(data_dir=tmp_path))
    assert finding.level is Level.OFF
    assert list(tmp_path.iterdir()) == []
