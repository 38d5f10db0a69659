"""What ``linkbridge doctor`` looks at: each check returns findings and prints nothing."""

import os
import platform
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from linkbridge.cli.exposure_checks import check_exposure
from linkbridge.cli.findings import Check, Finding, Level
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.settings import Settings

LEAST_FREE_BYTES = 1_000_000_000


def check_python(_settings: Settings) -> Iterator[Finding]:
    """The interpreter and the machine."""
    machine = f"{platform.system()} {platform.machine()}"
    yield Finding("Python", Level.OK, f"Python {platform.python_version()} on {machine}, {os.cpu_count()} cores")


def check_data_folder(settings: Settings) -> Iterator[Finding]:
    """The data folder: there, ours alone, writable, with room."""
    folder = settings.data_dir
    if not folder.exists():
        yield Finding("Data folder", Level.OFF, f"{folder} does not exist yet", "It is made at the first start.")
        return
    if not os.access(folder, os.W_OK):
        yield Finding(
            "Data folder", Level.FAIL, f"{folder} cannot be written", "Give it to the user who runs LinkBridge."
        )
        return
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        yield Finding("Data folder", Level.FAIL, f"{free // 1_000_000} MB free", "Make room, at least 1 GB.")
    else:
        yield Finding("Data folder", Level.OK, f"{folder}, {free // 1_000_000_000} GB free")
    if folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("Data folder", Level.FAIL, "others can look into it", f"chmod 700 {folder}")


def check_keys(settings: Settings) -> Iterator[Finding]:
    """The secret keys: readable by their owner alone."""
    folder = settings.data_dir / "keys"
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()] if folder.exists() else []
    if not files:
        yield Finding("Keys", Level.OFF, "none yet", "They are made at the first start.")
        return
    open_ones = [path for path in files if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    for path in open_ones:
        yield Finding("Keys", Level.FAIL, f"others can read {path}", f"chmod 600 {path}")
    if not open_ones:
        yield Finding("Keys", Level.OK, f"{len(files)} files, readable by their owner alone")


def check_database(settings: Settings) -> Iterator[Finding]:
    """The database: reachable, migrated, and durable. A SQLite database that is not there yet is not made."""
    import sqlalchemy as sa  # noqa: PLC0415 - keeps --help quick

    from linkbridge import migrations  # noqa: PLC0415 - the same
    from linkbridge.kernel.db import create_engine  # noqa: PLC0415 - the same

    url = sa.make_url(settings.resolved_database_url)
    kind = "SQLite" if url.drivername.startswith("sqlite") else "PostgreSQL"
    if kind == "SQLite" and url.database and not Path(url.database).exists():
        yield Finding("Database", Level.OFF, f"{kind}, not made yet", "It is made at the first start.")
        return
    engine = create_engine(settings.resolved_database_url)
    try:
        revision = migrations.current_revision(engine)
    except sa.exc.SQLAlchemyError:
        address = url.render_as_string(hide_password=True)
        yield Finding(
            "Database", Level.FAIL, f"{address} cannot be reached", "Start it, or mend LINKBRIDGE_DATABASE_URL."
        )
        return
    finally:
        engine.dispose()
    if revision != migrations.newest_revision():
        todo = "Start LinkBridge: it migrates by itself." if revision else "It is filled at the first start."
        yield Finding("Database", Level.OFF, f"{kind}, at revision {revision or 'none'}", todo)
        return
    yield Finding("Database", Level.OK, f"{kind}, at the newest revision {revision}")


def check_phrasebooks(settings: Settings) -> Iterator[Finding]:
    """The phrasebooks: readable, without errors."""
    from linkbridge.phrasebook.checks import check_library  # noqa: PLC0415 - keeps --help quick
    from linkbridge.phrasebook.files import default_directory, read_library  # noqa: PLC0415 - the same
    from linkbridge.phrasebook.question_files import read_matching  # noqa: PLC0415 - the same
    from linkbridge.phrasebook.schema import Severity  # noqa: PLC0415 - the same

    folder = settings.phrasebooks_dir or default_directory()
    library, problems = read_library(folder)
    _lists, unreadable = read_matching(folder, library.phrase_keys)
    found = [*problems, *unreadable, *check_library(library)]
    errors = sum(problem.severity is Severity.ERROR for problem in found)
    languages = len({tag for book in library.books for tag in library.tags_of(book.id)})
    summary = f"{len(library.books)} books in {languages} languages, {errors} errors, {len(found) - errors} warnings"
    if errors:
        yield Finding("Phrasebooks", Level.FAIL, summary, "linkbridge phrasebook check names file and line.")
    else:
        yield Finding("Phrasebooks", Level.OK, summary)


def check_voices(settings: Settings) -> Iterator[Finding]:
    """Which languages can be heard."""
    from linkbridge.phrasebook.files import default_directory, load_library  # noqa: PLC0415 - keeps --help quick
    from linkbridge.phrasebook.speech import Speech  # noqa: PLC0415 - the same

    folder = settings.phrasebooks_dir or default_directory()
    library = load_library(folder)
    offered = {tag for book in library.books for tag in library.tags_of(book.id)}
    speech = Speech(settings.data_dir / "audio", folder)
    if not speech.is_available:
        todo = "apt-get install espeak-ng; until then only recorded voices are heard."
        yield Finding("Voices", Level.OFF, "espeak-ng is not installed", todo)
    voices = {voice.tag: voice for voice in speech.voices() if voice.tag in offered}
    recorded = sorted(tag for tag, voice in voices.items() if voice.recordings)
    synthetic = sorted(tag for tag, voice in voices.items() if voice.synthetic and not voice.recordings)
    silent = sorted(tag for tag, voice in voices.items() if not voice.synthetic and not voice.recordings)
    yield Finding("Voices", Level.OK, f"recorded: {_listed(recorded)}; by espeak-ng: {_listed(synthetic)}")
    if silent:
        todo = "espeak-ng does not speak them; record them (docs/phrasebooks.md). The pages say that there is no voice."
        yield Finding("Voices", Level.OFF, f"no voice: {_listed(silent)}", todo)


def check_fonts(settings: Settings) -> Iterator[Finding]:
    """Which scripts have a web font for tablets that lack one."""
    from linkbridge.kernel.font_subsets import RECIPES, font_key, read_index  # noqa: PLC0415 - keeps --help quick

    made = {font.key for font in read_index(settings.data_dir / "fonts").fonts}
    wanted = {key for tag in LANGUAGES if (key := font_key(tag)) is not None}
    if made:
        yield Finding("Web fonts", Level.OK, f"made for {_listed(sorted(wanted & made))}")
    missing = sorted(wanted - made)
    if missing:
        packages = " ".join(sorted({RECIPES[key].package for key in missing}))
        todo = f"apt-get install {packages}, then: linkbridge fonts. Until then tablets use their own fonts."
        yield Finding("Web fonts", Level.OFF, f"none for {_listed(missing)}", todo)


def check_print(_settings: Settings) -> Iterator[Finding]:
    """Receipts as PDF."""
    from linkbridge.kernel.pdf import pdf_available  # noqa: PLC0415 - takes a second

    problem = pdf_available()
    if problem is None:
        yield Finding("Receipts", Level.OK, "PDF files can be made")
    else:
        yield Finding("Receipts", Level.OFF, "no PDF files; the tablet prints the page itself", problem)


def check_mail(settings: Settings) -> Iterator[Finding]:
    """Mail: switched on or off. Nothing is sent."""
    if settings.smtp_url is None:
        yield Finding(
            "Mail", Level.OFF, "off", "Set LINKBRIDGE_SMTP_URL to mail invitations; links are shown on the page."
        )
    elif not settings.mail_from:
        yield Finding("Mail", Level.FAIL, "no sender address", "Set LINKBRIDGE_MAIL_FROM.")
    else:
        yield Finding("Mail", Level.OK, f"through {urlsplit(settings.smtp_url.get_secret_value()).hostname}")


def check_telegram(settings: Settings) -> Iterator[Finding]:
    """Telegram: switched on or off. Nothing is sent."""
    if settings.telegram_token is None:
        yield Finding("Telegram", Level.OFF, "off", "Set LINKBRIDGE_TELEGRAM_TOKEN to write to interpreters there.")
    else:
        yield Finding("Telegram", Level.OK, f"through {urlsplit(settings.telegram_url).hostname}")


def check_web_push(settings: Settings) -> Iterator[Finding]:
    """Web push: whether browsers let this address subscribe, and whom their makers may write to."""
    from linkbridge.bootstrap.channels import push_contact  # noqa: PLC0415 - keeps --help quick

    contact = push_contact(settings)
    if contact:
        yield Finding("Web push", Level.OK, f"on, in the name of {contact}")
    else:
        todo = "Browsers take it over https alone: set LINKBRIDGE_BASE_URL to the https address."
        yield Finding("Web push", Level.OFF, "off", todo)


def check_translation(settings: Settings) -> Iterator[Finding]:
    """Machine translation: which models there are, and whether they work."""
    from linkbridge.cli.translation_checks import translation_findings  # noqa: PLC0415 - keeps --help quick

    yield from translation_findings(settings)


def check_interpreters(settings: Settings) -> Iterator[Finding]:
    """Interpreters: how many there are to ask."""
    from linkbridge.cli.interpreting_checks import interpreter_findings  # noqa: PLC0415 - keeps --help quick

    yield from interpreter_findings(settings)


def check_calls(settings: Settings) -> Iterator[Finding]:
    """Calls in the browser: whether each relay relays."""
    from linkbridge.cli.interpreting_checks import call_findings  # noqa: PLC0415 - keeps --help quick

    yield from call_findings(settings)


def _listed(names: Iterable[str]) -> str:
    return " ".join(names) or "none"


CHECKS: tuple[Check, ...] = (
    check_python,
    check_data_folder,
    check_keys,
    check_database,
    check_exposure,
    check_phrasebooks,
    check_voices,
    check_fonts,
    check_print,
    check_mail,
    check_telegram,
    check_web_push,
    check_translation,
    check_interpreters,
    check_calls,
)


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Run all checks and return what they found. A check that breaks is a finding of its own."""
    found: list[Finding] = []
    for check in CHECKS:
        try:
            found += check(settings)
        except Exception as error:  # noqa: BLE001 - doctor must go on to say what else is wrong
            area = check.__name__.removeprefix("check_").replace("_", " ").capitalize()
            found.append(Finding(area, Level.FAIL, f"the check broke: {type(error).__name__}", str(error)))
    return tuple(found)
