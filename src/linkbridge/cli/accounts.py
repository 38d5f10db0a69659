"""``linkbridge admin``, ``token``, ``keys`` and ``audit``: accounts from the machine's own command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer
from sqlmodel import Session

from linkbridge.accounts.first import OPERATOR
from linkbridge.accounts.links import NewLink
from linkbridge.accounts.permissions import Role
from linkbridge.bootstrap import AccountsDoor, build_accounts_door, read_key_ring
from linkbridge.cli.environment import load_settings
from linkbridge.kernel.crypto import key_id
from linkbridge.kernel.errors import NotFound
from linkbridge.kernel.rotation import rotate_fields
from linkbridge.settings import Settings

admin_app = typer.Typer(help="Make the first administrator's one-time link.", no_args_is_help=True)
token_app = typer.Typer(help="Create, list and revoke API tokens.", no_args_is_help=True)
keys_app = typer.Typer(help="List and rotate the keys of encrypted fields.", no_args_is_help=True)
audit_app = typer.Typer(help="Verify the audit log.", no_args_is_help=True)


@contextmanager
def _open(settings: Settings) -> Iterator[AccountsDoor]:
    door = build_accounts_door(settings)
    try:
        yield door
    finally:
        door.sessions.engine.dispose()


@contextmanager
def _transaction() -> Iterator[tuple[AccountsDoor, Session]]:
    with _open(load_settings()) as door, door.sessions.transaction() as session:
        yield door, session


@admin_app.callback()
def _admin() -> None:
    """Make the first administrator's one-time link."""


@admin_app.command("link")
def admin_link(
    reset: Annotated[str | None, typer.Option(metavar="EMAIL", help="A link for a lost password instead.")] = None,
) -> None:
    """Print the one-time link with which the first administrator is made, or a lost password is set anew."""
    with _transaction() as (door, session):
        first = door.accounts.first
        link = first.reset_link(session, reset) if reset else first.make_link(session)
    print(describe_link(door.base_url, link))


def describe_link(base_url: str, link: NewLink) -> str:
    """Return the lines that tell the operator what to do with a link."""
    address = f"{base_url}{link.path}"
    return f"Open once, before {link.expires_at:%Y-%m-%d %H:%M} UTC:\n  {address}"


def announce_first_administrator(settings: Settings) -> None:
    """Print the first administrator's one-time link if there is no administrator yet; earlier links stop working."""
    with _open(settings) as door:
        with door.sessions.reading() as session:
            if not door.accounts.first.is_needed(session):
                return
        with door.sessions.transaction() as session:
            link = door.accounts.first.make_link(session)
    print("There is no administrator yet.", describe_link(door.base_url, link), sep="\n", flush=True)


@token_app.command("create")
def token_create(
    role: Annotated[Role, typer.Option(help="What the program may do.")],
    label: Annotated[str, typer.Option(help="What the token is for.")] = "command line",
    organisation: Annotated[
        str | None, typer.Option(help="Name of the organisation to which it is bound. Empty: the whole installation.")
    ] = None,
    days: Annotated[int, typer.Option(min=0, max=3650, help="How long it works. 0: until it is revoked.")] = 365,
) -> None:
    """Print a new API token. It is shown this once and kept nowhere."""
    with _transaction() as (door, session):
        made = door.accounts.tokens.create(
            session,
            organisation_id=_find_organisation(door, session, organisation) if organisation else None,
            role=role,
            label=label,
            lifetime=timedelta(days=days) if days else None,
            by=OPERATOR,
        )
    print(made.secret)


def _find_organisation(door: AccountsDoor, session: Session, name: str) -> str:
    for organisation in door.accounts.directory.organisations(session, by=OPERATOR):
        if organisation.name.casefold() == name.casefold():
            return organisation.id
    raise NotFound("there is no organisation of this name")


@token_app.command("list")
def token_list() -> None:
    """List the API tokens without their secrets."""
    with _transaction() as (door, session):
        tokens = door.accounts.tokens.list(session, by=OPERATOR)
    for token in tokens:
        expiry = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "no expiry"
        used = f"last used {token.last_used_on}" if token.last_used_on else "never used"
        state = "revoked" if token.revoked_at else expiry
        print(f"{token.id}  {token.role:<13}  {state:<16}  {used:<22}  {token.label}")
    if not tokens:
        print("There are no tokens. Make one with: linkbridge token create --role …")


@token_app.command("revoke")
def token_revoke(token_id: Annotated[str, typer.Argument(metavar="ID", help="As shown by list.")]) -> None:
    """Make a token worthless from now on."""
    with _transaction() as (door, session):
        door.accounts.tokens.revoke(session, token_id, by=OPERATOR)
    print("Revoked.")


@keys_app.command("list")
def keys_list() -> None:
    """List the keys by name, newest first. The newest encrypts; all decrypt."""
    ring = read_key_ring(load_settings())
    for place, key in enumerate(ring.keys()):
        print(f"{key_id(key)}{'  newest' if place == 0 else ''}")


@keys_app.command("rotate")
def keys_rotate(
    new_key: Annotated[
        bool, typer.Option("--new-key/--no-new-key", help="Add a key first, or only go on with a rotation.")
    ] = True,
) -> None:
    """Add a key and encrypt every field anew with it. Servers may go on running; after a stop, use --no-new-key."""
    settings = load_settings()
    if new_key:
        print(f"Added key {read_key_ring(settings).add()}.")
    total = 0
    with _open(settings) as door:
        for progress in rotate_fields(door.sessions, door.cipher):
            total += progress.rotated
            print(f"{progress.table}: {progress.rotated} fields of {progress.rows} rows encrypted anew")
        with door.sessions.transaction() as session:
            details = {"fields": total, "new_key": new_key}
            door.accounts.audit.record(session, actor=OPERATOR.reference, action="keys.rotated", details=details)
    print("Done. Older keys stay in the list: backups made before need them.")


@audit_app.callback()
def _audit() -> None:
    """Verify the audit log."""


@audit_app.command("verify")
def audit_verify() -> None:
    """Check every link of the log; the exit code is 1 if one does not fit. Note the newest hash elsewhere."""
    with _open(load_settings()) as door, door.sessions.reading() as session:
        check = door.accounts.audit.verify(session)
    if not check.is_sound:
        print(f"Broken at entry {check.broken_at}: {check.reason}.")
        raise typer.Exit(1)
    print(f"Sound: {check.entries} entries. Newest hash: {check.newest_hash or 'none'}")
