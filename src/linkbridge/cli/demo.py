"""``linkbridge demo``: a demonstration, marked as one, with a site and people to sign in as."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkbridge.cli.environment import load_settings
from linkbridge.cli.exposure import require_safe_exposure
from linkbridge.kernel import keyfiles
from linkbridge.settings import Settings

if TYPE_CHECKING:
    from sqlmodel import Session

    from linkbridge.bootstrap import AccountsDoor

app = typer.Typer()

PASSWORD_FILE = "demo-password"  # noqa: S105 - the name of a file
_SYLLABLES = ("babi", "dode", "fuga", "kilo", "lumi", "mano", "neru", "pasa", "rito", "sovu", "tezi", "wapo")


@app.command()
def demo(
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder for the demonstration's data.")] = None,
) -> None:
    """Serve a demonstration. Its data stays for the next start."""
    settings = load_settings(port=port, data_dir=data_dir, demo=True)
    require_safe_exposure(settings)
    prepare_demo(settings)

    from linkbridge.cli.serve import run_server  # noqa: PLC0415 - needs the demonstration's people to be there

    run_server(settings)


def prepare_demo(settings: Settings) -> None:
    """Make the demonstration's fonts, site and people if they are not there, and print how to get in.

    Raises:
        InvalidInput: the given password is too weak.
        Unavailable: the database or the data folder cannot be used.
    """
    from linkbridge.accounts.demo import DEMO, seed_demo  # noqa: PLC0415 - keeps --help quick
    from linkbridge.bootstrap import build_accounts_door, make_fonts  # noqa: PLC0415 - the same
    from linkbridge.cli.fonts import show  # noqa: PLC0415 - the same
    from linkbridge.kernel.clock import SystemClock  # noqa: PLC0415 - the same
    from linkbridge.phrasebook.reviewers import Reviewers, seed_demo_reviewers  # noqa: PLC0415 - the same

    door = build_accounts_door(settings)
    report = make_fonts(settings)
    if report.made_now or report.missing:
        typer.echo("Web fonts:")
        show(report, everything=False)
    password = demo_password(settings)
    try:
        with door.sessions.transaction() as session:
            seeded = seed_demo(session, door.accounts, door.cipher, password=password)
            reviewers = Reviewers(clock=SystemClock(), audit=door.accounts.audit)
            seed_demo_reviewers(
                session, reviewers, seeded.reviewer_ids, organisation_id=seeded.organisation_id, by=DEMO
            )
            seed_interpreters(session, door, seeded.organisation_id)
    finally:
        door.sessions.engine.dispose()
    address = settings.resolved_base_url
    typer.echo("")
    typer.echo("LinkBridge, demonstration: nothing in it is real.")
    typer.echo(f"  Notices for anyone   {address}/")
    typer.echo(f"  Staff                {address}/staff")
    typer.echo(f"  Become a tablet      {address}/enrol   (the administrator makes the code)")
    typer.echo("  Sign in as           " + seeded.emails[next(reversed(seeded.emails))])
    typer.echo(
        "                       or official@, coordinator@, interpreter@, reviewer@, reviewer2@, analyst@demo.example"
    )
    typer.echo(f"  Password             {password}")
    typer.echo(f"  Data                 {settings.data_dir}")
    typer.echo("  Stop with Ctrl-C.")
    typer.echo("")


def seed_interpreters(session: Session, door: AccountsDoor, organisation_id: str) -> int:
    """Make the demonstration's interpreters if there are none, and return how many were made."""
    from linkbridge.accounts.demo import DEMO  # noqa: PLC0415 - keeps --help quick
    from linkbridge.bootstrap.interpreting import build_directory  # noqa: PLC0415 - the same
    from linkbridge.interpreting.availability.service import AvailabilityService  # noqa: PLC0415 - the same
    from linkbridge.interpreting.demo import seed_demo_interpreters  # noqa: PLC0415 - the same
    from linkbridge.interpreting.matching.policies import Policies  # noqa: PLC0415 - the same
    from linkbridge.kernel.clock import SystemClock  # noqa: PLC0415 - the same

    clock, accounts = SystemClock(), door.accounts
    return seed_demo_interpreters(
        session,
        accounts=accounts,
        directory=build_directory(accounts, door.cipher, clock),
        availability=AvailabilityService(clock=clock, audit=accounts.audit, cipher=door.cipher),
        policies=Policies(clock=clock, audit=accounts.audit),
        organisation_id=organisation_id,
        by=DEMO,
    )


def demo_password(settings: Settings) -> str:
    """Return the password of the demonstration's staff: the setting, or one made at the first start and kept."""
    if settings.demo_password is not None:
        return settings.demo_password.get_secret_value()
    path = settings.data_dir / "keys" / PASSWORD_FILE
    return keyfiles.read_or_create(path, lambda: _new_password().encode()).decode()


def _new_password() -> str:
    return "-".join("".join(secrets.choice(_SYLLABLES) for _ in range(2)) for _ in range(4))
