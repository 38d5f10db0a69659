"""What was changed in the workshop and recorded here, for commands that read phrasebooks."""

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from linkbridge.bootstrap.exchange import build_voice_shelf, open_exchange
from linkbridge.phrasebook.exchange.bundle import VoiceFile
from linkbridge.phrasebook.exchange.handed_voices import voices_in_database
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.revisions import current_texts
from linkbridge.phrasebook.schema import Library, Translation
from linkbridge.settings import Settings


def local_changes(settings: Settings) -> Mapping[Place, Translation]:
    """Return the local changes that count now; where there is no database yet, none is made."""
    if not _has_database(settings):
        return {}
    with open_exchange(settings) as door, door.sessions.reading() as session:
        return current_texts(session)


def local_voices(
    settings: Settings, library: Library, *, books: frozenset[str], tags: frozenset[str]
) -> tuple[VoiceFile, ...]:
    """Return the recordings made here of what the texts say now; where there is no database yet, none is made."""
    if not _has_database(settings):
        return ()
    with open_exchange(settings) as door, door.sessions.reading() as session:
        return voices_in_database(session, build_voice_shelf(settings, door), library, books=books, tags=tags)


def _has_database(settings: Settings) -> bool:
    url = sa.make_url(settings.resolved_database_url)
    return not url.drivername.startswith("sqlite") or Path(url.database or "").is_file()
