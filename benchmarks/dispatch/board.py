"""How long the coordinator's board takes with five thousand open requests."""

import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from linkbridge.accounts.permissions import Role
from linkbridge.bootstrap import build_container
from linkbridge.container import Container
from linkbridge.interpreting.directory.values import InterpreterRead
from linkbridge.interpreting.models import InterpreterRequest, Offer
from linkbridge.interpreting.values import Domain, RequestState
from linkbridge.kernel.clock import FrozenClock
from linkbridge.settings import Settings
from linkbridge.web.app import create_app
from tests.support.accounts import PASSWORD, World
from tests.support.interpreting_pages import add_interpreter
from tests.support.pages import PageClient

REQUESTS = 5_000
REPEATS = 9
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def measure_board() -> float:
    """Return the median milliseconds from asking for the board to having it, on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        clock = FrozenClock(NOW)
        container = build_container(Settings(data_dir=Path(folder)), clock=clock)
        world = World(container.sessions, clock, container.cipher)
        _fill(container, world, add_interpreter(container, world))
        world.add_staff("coordinator@example.org", Role.COORDINATOR)
        client = PageClient(create_app(container))
        client.send("/staff/sign-in", {"email": "coordinator@example.org", "password": PASSWORD})
        times = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            page = client.get("/staff/interpreting")
            times.append((time.perf_counter() - started) * 1000)
            if page.status != 200 or page.text.count("request-card") < 100:
                raise RuntimeError("the board does not show its cards")
        container.sessions.engine.dispose()
    return statistics.median(times[1:])


def _fill(container: Container, world: World, person: InterpreterRead) -> None:
    """Write open requests, half of them with an offer that waits."""
    rng = random.Random(5)
    with container.sessions.transaction() as session:
        for number in range(REQUESTS):
            start = NOW + timedelta(minutes=rng.randrange(60, 40_000))
            is_asked = number % 2 == 0
            request = InterpreterRequest(
                organisation_id=world.host,
                site_id=world.site,
                source="board",
                person_language=rng.choice(["am", "ti", "ar", "so", "bn"]),
                official_language="es",
                domain=rng.choice(list(Domain)),
                modality="video",
                is_on_demand=False,
                starts_at=start,
                ends_at=start + timedelta(hours=1),
                time_zone="America/Panama",
                state=RequestState.OFFERED if is_asked else RequestState.NEW,
                created_by="staff:benchmark",
                created_at=NOW,
            )
            session.add(request)
            if is_asked:
                session.flush()
                session.add(
                    Offer(
                        request_id=request.id,
                        interpreter_id=person.id,
                        seat=1,
                        source_tag=request.person_language,
                        target_tag="es",
                        wave=1,
                        state="open",
                        sent_at=NOW,
                        expires_at=NOW + timedelta(minutes=30),
                    )
                )


if __name__ == "__main__":
    print(f"{measure_board():.0f} ms")
