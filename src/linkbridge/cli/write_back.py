"""Does what ``linkbridge phrasebook export`` without a format asks: local changes go back into the files."""

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from linkbridge.bootstrap.exchange import open_exchange
from linkbridge.cli.environment import load_settings
from linkbridge.phrasebook.files import default_directory
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.revisions import current_texts
from linkbridge.phrasebook.schema import Translation
from linkbridge.phrasebook.writing import plan_write_back
from linkbridge.settings import Settings


def write_back(directory: Path | None, *, dry_run: bool) -> None:
    """Write the local changes into ``directory``, or the phrasebooks in use, and say which texts of which file.

    Raises:
        DomainError: the files cannot be read or written; nothing was changed.
    """
    settings = load_settings()
    folder = directory or settings.phrasebooks_dir or default_directory()
    plan = plan_write_back(folder, _local_changes(settings))
    for place in plan.unknown:
        print(f"left out: {place.key}, which is in no book there")
    for file in plan.files:
        print(f"{file.path}: {', '.join(place.phrase for place in file.places) or 'the English to translate'}")
    if not plan.files:
        print("nothing to write")
    elif dry_run:
        print(f"{len(plan.files)} file(s) would change in {folder}")
    else:
        print(f"{len(plan.write())} file(s) written in {folder}")


def _local_changes(settings: Settings) -> Mapping[Place, Translation]:
    """Return what was changed in the workshop; where there is no database yet, none is made."""
    url = sa.make_url(settings.resolved_database_url)
    if url.drivername.startswith("sqlite") and not Path(url.database or "").is_file():
        return {}
    with open_exchange(settings) as door, door.sessions.reading() as session:
        return current_texts(session)
