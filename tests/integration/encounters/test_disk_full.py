import pytest
import sqlalchemy as sa
from sqlmodel import select

from linkbridge.encounters.models import Acknowledgement
from linkbridge.kernel.errors import StorageFull
from tests.integration.encounters.conftest import Post


@pytest.fixture(params=["sqlite"])
def database_url(database_url: str) -> str:  # PostgreSQL has no switch for a full disk
    return database_url


def _limit_pages(post: Post, pages: int | None) -> None:
    """Let the database grow no further than it is, or without limit; the limit belongs to a connection."""
    engine = post.sessions.engine
    engine.dispose()
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}"))


def test_receive_on_a_full_disk_loses_nothing(post: Post) -> None:
    events = [
        post.tablet.seal(post.tablet.acknowledgement(shown=[f"phrase-{number}-{'x' * 50}" for number in range(100)]))
        for _ in range(20)
    ]
    with post.sessions.engine.connect() as connection:
        pages = connection.scalar(sa.text("PRAGMA page_count")) + 10
    _limit_pages(post, pages)
    with pytest.raises(StorageFull):
        post.send(*events)
    with post.sessions.reading() as session:
        assert session.exec(select(Acknowledgement)).all() == []
    _limit_pages(post, 1_000_000)
    assert [outcome.outcome for outcome in post.send(*events)] == ["stored"] * 20
    assert [outcome.outcome for outcome in post.send(*events)] == ["duplicate"] * 20
