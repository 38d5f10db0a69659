"""``linkbridge backup``, ``restore`` and ``purge``."""

import json
from pathlib import Path
from typing import Annotated

import typer

from linkbridge.bootstrap import build_backups, build_container, build_purge, build_restore
from linkbridge.cli.environment import load_settings
from linkbridge.settings import Settings
from linkbridge.worker.backup import backup_key, read_backup_key
from linkbridge.worker.restore import OPERATOR

backup_app = typer.Typer()
restore_app = typer.Typer()
purge_app = typer.Typer()

KeyFile = Annotated[
    Path | None,
    typer.Option(help="File with the backup key.", show_default="keys/backup in the data folder", dir_okay=False),
]


@backup_app.command()
def backup(
    to: Annotated[
        Path | None,
        typer.Option(help="Folder to write to.", show_default="backups in the data folder", file_okay=False),
    ] = None,
    key_file: KeyFile = None,
) -> None:
    """Write one encrypted file with everything, check it, and print its path. The server may go on working."""
    settings = load_settings()
    path = build_backups(settings).create(backup_key(_key_path(settings, key_file)), folder=to)
    print(path)
    typer.echo(
        "The keys are not inside. Keep a copy of the keys folder apart from the backups: without it they are lost.",
        err=True,
    )


@restore_app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The backup.", exists=True, dir_okay=False)],
    key_file: KeyFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in the place of the current database, and erase again what was erased since."""
    settings = load_settings()
    if not yes:
        typer.confirm("This takes the place of the current database. Go on?", abort=True, err=True)
    done = build_restore(settings).run(file, read_backup_key(_key_path(settings, key_file)))
    print(f"restored the state of {done.manifest.created_at}")
    print(f"erased again: {done.erased_again} · access ended since the backup and ended again: {done.access_ended}")
    print("everybody must sign in anew; one-time links and enrolment codes must be made anew")
    if done.safety_copy is not None:
        print(f"what was there before: {done.safety_copy}")
    else:
        print("there is no copy of what was there before: there was nothing, or it could not be read")


@purge_app.command()
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Delete what is past its retention now, as the worker does each night."""
    settings = load_settings()
    container = build_container(settings)
    try:
        counts = build_purge(settings, container).run(by=OPERATOR, dry_run=dry_run)
    finally:
        container.sessions.engine.dispose()
    if as_json:
        print(json.dumps(counts))
        return
    print("would be deleted:" if dry_run else "deleted:")
    for kind, count in counts.items():
        print(f"  {kind:<12} {count}")


def _key_path(settings: Settings, given: Path | None) -> Path:
    return given or settings.data_dir / "keys" / "backup"
