"""The composition root: the only place that reads settings and wires adapters to services."""

from linkbridge import migrations
from linkbridge.container import Container, WebOptions
from linkbridge.kernel.clock import Clock, SystemClock
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.kernel.i18n import load_translations
from linkbridge.settings import Settings


def build_container(settings: Settings, *, clock: Clock | None = None) -> Container:
    """Return the container for ``settings``, with the data folder made and the database migrated."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(settings.resolved_database_url)
    migrations.upgrade(engine)
    clock = clock or SystemClock()
    base_url = settings.resolved_base_url
    return Container(
        clock=clock,
        sessions=SessionFactory(engine),
        web=WebOptions(
            base_url=base_url,
            secure_cookies=base_url.startswith("https://"),
            max_body_bytes=settings.max_body_bytes,
            demo=settings.demo,
            idle_wipe_seconds=settings.idle_wipe_seconds,
        ),
        translations=load_translations(),
    )
