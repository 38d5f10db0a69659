"""What was changed in the workshop, for commands that read phrasebooks."""

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from linkbridge.bootstrap.exchange import open_exchange
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.revisions import current_texts
from linkbridge.phrasebook.schema import Translation
from linkbridge.settings import Settings


def local_changes(settings: Settings) -> Mapping[Place, Translation]:
    """Return the local changes that count now; where there is no database yet, none is made."""
    url = sa.make_url(settings.resolved_database_url)
    if url.drivername.startswith("sqlite") and not Path(url.database or "").is_file():
        return {}
    with open_exchange(settings) as door, door.sessions.reading() as session:
        return current_texts(session)
