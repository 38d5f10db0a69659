"""Does what ``linkbridge phrasebook export`` without a format asks: local changes go back into the files."""

from pathlib import Path

from linkbridge.cli.environment import load_settings
from linkbridge.cli.local_changes import local_changes
from linkbridge.phrasebook.files import default_directory
from linkbridge.phrasebook.writing import plan_write_back


def write_back(directory: Path | None, *, dry_run: bool) -> None:
    """Write the local changes into ``directory``, or the phrasebooks in use, and say which texts of which file.

    Raises:
        DomainError: the files cannot be read or written; nothing was changed.
    """
    settings = load_settings()
    folder = directory or settings.phrasebooks_dir or default_directory()
    plan = plan_write_back(folder, local_changes(settings))
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
