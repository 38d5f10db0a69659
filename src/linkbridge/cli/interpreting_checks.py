"""What ``linkbridge doctor`` says of interpreters and their calls."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from linkbridge import migrations
from linkbridge.bootstrap.interpreting import call_setup
from linkbridge.cli.findings import Finding, Level
from linkbridge.interpreting.calls.relay_trials import TrialResult, try_relays
from linkbridge.interpreting.calls.relays import ice_configuration
from linkbridge.interpreting.calls.values import CallSetup
from linkbridge.interpreting.directory.reading import count_active
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.settings import Settings

PEOPLE, CALLS = "Interpreters", "Calls"
RELAY_SECONDS = 5.0
_VALID = timedelta(minutes=5)
_HOW = "Set LINKBRIDGE_TURN_URLS and LINKBRIDGE_TURN_SECRET (docs/operations/calls.md)"
_TODO = {
    TrialResult.REFUSED: "LINKBRIDGE_TURN_SECRET must be its static-auth-secret, and both clocks must agree.",
    TrialResult.SILENT: "Start it, let its port through the firewalls, or mend LINKBRIDGE_TURN_URLS.",
    TrialResult.UNREACHABLE: "Start it, let its port through the firewalls, or mend LINKBRIDGE_TURN_URLS.",
    TrialResult.DISTRUSTED: "Give it a certificate that browsers accept, for the name in LINKBRIDGE_TURN_URLS.",
    TrialResult.FAILING: "Its log says why: it may have no room left, or no address to relay from.",
    TrialResult.NO_ADDRESS: "Write it as turn:host:port?transport=udp or =tcp, or turns:host:port?transport=tcp.",
}
_FOUND = {
    TrialResult.REFUSED: "refuses our credentials",
    TrialResult.SILENT: f"did not answer within {RELAY_SECONDS:.0f} seconds",
    TrialResult.UNREACHABLE: "cannot be reached",
    TrialResult.DISTRUSTED: "has a certificate that is not trusted",
    TrialResult.FAILING: "answers, but does not relay",
    TrialResult.NO_ADDRESS: "is no address that browsers can use",
}


def interpreter_findings(settings: Settings) -> Iterator[Finding]:
    """Yield how many interpreters can be asked. A database that is not there yet is not made."""
    people, organisations = _counted(settings)
    if people:
        owners = "1 organisation" if organisations == 1 else f"{organisations} organisations"
        yield Finding(PEOPLE, Level.OK, f"{people} active, of {owners}")
        return
    todo = "Add them under Staff, Interpreters, or with linkbridge interpreters import; until then sites give a number."
    yield Finding(PEOPLE, Level.OFF, "none yet", todo)


def _counted(settings: Settings) -> tuple[int, int]:
    url = sa.make_url(settings.resolved_database_url)
    if url.drivername.startswith("sqlite") and url.database and not Path(url.database).exists():
        return 0, 0
    engine = create_engine(settings.resolved_database_url)
    try:
        if migrations.current_revision(engine) != migrations.newest_revision():
            return 0, 0
        with SessionFactory(engine).reading() as session:
            return count_active(session)
    except sa.exc.SQLAlchemyError:
        return 0, 0  # the check of the database says so
    finally:
        engine.dispose()


def call_findings(settings: Settings) -> Iterator[Finding]:
    """Yield whether each relay gives an allocation to the credentials that browsers get, or what is held instead."""
    setup = call_setup(settings)
    if bool(setup.turn_urls) != bool(setup.turn_secret):
        missing = "LINKBRIDGE_TURN_SECRET" if setup.turn_urls else "LINKBRIDGE_TURN_URLS"
        yield Finding(CALLS, Level.FAIL, "half of a relay is set up", f"Set {missing} too, or neither.")
    elif setup.turn_urls:
        yield from _relays(setup)
    elif setup.direct:
        yield Finding(CALLS, Level.OFF, "no relay: browsers connect directly and see each other's address", f"{_HOW}.")
    elif setup.jitsi_url:
        name = urlsplit(setup.jitsi_url).hostname or setup.jitsi_url
        yield Finding(CALLS, Level.OFF, f"no relay: they take place at {name}", f"{_HOW} to hold them here.")
    else:
        yield Finding(CALLS, Level.OFF, "off: no relay", f"{_HOW}; until then telephone numbers are shown.")


def _relays(setup: CallSetup) -> Iterator[Finding]:
    until = datetime.now(UTC) + _VALID
    [server] = ice_configuration(setup, until=until, nonce=secrets.token_urlsafe(9))["iceServers"]
    results = try_relays(setup.turn_urls, server["username"], server["credential"], seconds=RELAY_SECONDS)
    for url, result in zip(setup.turn_urls, results, strict=True):
        if result is TrialResult.WORKS:
            yield Finding(CALLS, Level.OK, f"{url} relays")
        else:
            yield Finding(CALLS, Level.FAIL, f"{url} {_FOUND[result]}", _TODO[result])
