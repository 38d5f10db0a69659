"""What an installation rests on: its data folder, its keys, its database, and the times that its settings say."""

import secrets
from datetime import timedelta

import sqlalchemy as sa

from linkbridge import migrations
from linkbridge.accounts.erasure_log import ErasureLog
from linkbridge.accounts.service import AccountTimes
from linkbridge.kernel import keyfiles
from linkbridge.kernel.crypto import FieldCipher, KeyRing
from linkbridge.kernel.errors import StorageFull, Unavailable
from linkbridge.settings import Settings
from linkbridge.worker.queue import prepare_jobs


def make_data_folder(settings: Settings) -> None:
    """Make the data folder, for its owner alone.

    Raises:
        Unavailable: it cannot be made there, or not be written to.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unavailable(
            f"the data folder {settings.data_dir} cannot be made: {error.strerror}. "
            "Set LINKBRIDGE_DATA_DIR to a folder that this user may write to",
            component="data folder",
        ) from error


def migrate(engine: sa.Engine) -> None:
    """Bring the database to the newest schema.

    Raises:
        Unavailable: the database cannot be reached or opened.
        StorageFull: there is no room for it.
    """
    try:
        migrations.upgrade(engine)
        prepare_jobs(engine)
    except sa.exc.OperationalError as error:
        if "full" in str(error.orig):
            raise StorageFull("the disk is full; the database was left as it was") from error
        address = engine.url.render_as_string(hide_password=True)
        raise Unavailable(
            f"the database {address} cannot be reached: {str(error.orig).splitlines()[0]}", component="database"
        ) from error


def database_problem(engine: sa.Engine) -> str | None:
    """Return what is wrong with the database now, or ``None``."""
    revision = migrations.current_revision(engine)
    return None if revision == migrations.newest_revision() else "not migrated"


def build_cipher(settings: Settings) -> FieldCipher:
    """Return the cipher of encrypted fields, with its keys made on the first start.

    Raises:
        InvalidInput: a given key is no Fernet key.
        Unavailable: a key file can be read by others, or not by us.
    """
    lookup = keyfiles.read_or_create(settings.data_dir / "keys" / "lookup", lambda: secrets.token_bytes(32))
    return FieldCipher(read_key_ring(settings), lookup)


def read_cipher(settings: Settings) -> FieldCipher:
    """Return the cipher of an installation that exists: keys made now would open nothing of it.

    Raises:
        Unavailable: a key is missing.
    """
    needed = ["lookup"] if settings.field_keys else ["lookup", "fields"]
    missing = [name for name in needed if not (settings.data_dir / "keys" / name).exists()]
    if missing:
        raise Unavailable(
            f"the keys are missing in {settings.data_dir / 'keys'} ({', '.join(missing)}): "
            "put the keys folder of the installation there first",
            component="keys",
        )
    return build_cipher(settings)


def read_key_ring(settings: Settings) -> KeyRing:
    """Return the keys of encrypted fields."""
    given = settings.field_keys.get_secret_value() if settings.field_keys else ""
    return KeyRing(path=settings.data_dir / "keys" / "fields", given=given)


def read_cookie_secret(settings: Settings) -> bytes:
    """Return what signs forms: the setting, or a key made on the first start."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    return keyfiles.read_or_create(settings.data_dir / "keys" / "secret", lambda: secrets.token_bytes(32))


def erasure_log(settings: Settings) -> ErasureLog:
    """Return the file of erasures, which outlives the database."""
    return ErasureLog(settings.data_dir / "erasures.log")


def account_times(settings: Settings) -> AccountTimes:
    """Return how long sessions and codes last."""
    return AccountTimes(
        session=timedelta(hours=settings.session_hours),
        session_idle=timedelta(minutes=settings.session_idle_minutes),
        enrolment_code=timedelta(minutes=settings.enrolment_minutes),
        invitation=timedelta(hours=settings.invitation_hours),
    )


def retention_days(settings: Settings) -> dict[str, int]:
    """Return how many days each kind of record is kept, by the middle of the settings ``retain_…_days``."""
    kept = [name for name in Settings.model_fields if name.startswith("retain_")]
    return {name.removeprefix("retain_").removesuffix("_days"): getattr(settings, name) for name in kept}
