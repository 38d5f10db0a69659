"""What `linkbridge doctor` finds, check by check."""

import stat
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from linkbridge.cli import checks
from linkbridge.cli.exposure_checks import check_exposure
from linkbridge.cli.findings import Finding, Level
from linkbridge.kernel.font_subsets import RECIPES
from linkbridge.settings import Settings
from tests.support.tls import make_ca


def _levels(findings: Iterable[Finding]) -> list[tuple[str, Level]]:
    return [(finding.area, finding.level) for finding in findings]


def _only(findings: Iterable[Finding]) -> Finding:
    [finding] = findings
    return finding


def test_data_folder_that_is_not_there_yet_is_no_fault(tmp_path: Path) -> None:
    finding = _only(checks.check_data_folder(Settings(data_dir=tmp_path / "new")))
    assert (finding.level, finding.todo) == (Level.OFF, "It is made at the first start.")
    assert not (tmp_path / "new").exists()


def test_data_folder_that_others_can_read_fails(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert _levels(checks.check_data_folder(Settings(data_dir=tmp_path))) == [
        ("Data folder", Level.OK),
        ("Data folder", Level.FAIL),
    ]
    tmp_path.chmod(0o700)
    assert _levels(checks.check_data_folder(Settings(data_dir=tmp_path))) == [("Data folder", Level.OK)]


def test_data_folder_without_room_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(checks, "LEAST_FREE_BYTES", 1 << 62)
    finding = _only(checks.check_data_folder(Settings(data_dir=tmp_path)))
    assert (finding.level, finding.todo) == (Level.FAIL, "Make room, at least 1 GB.")


def test_key_that_others_can_read_fails_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    assert _only(checks.check_keys(Settings(data_dir=tmp_path))).level is Level.OFF
    key = folder / "fields"
    key.write_bytes(b"x")
    key.chmod(0o600)
    assert _only(checks.check_keys(Settings(data_dir=tmp_path))).level is Level.OK
    key.chmod(key.stat().st_mode | stat.S_IRGRP)
    finding = _only(checks.check_keys(Settings(data_dir=tmp_path)))
    assert (finding.level, finding.todo) == (Level.FAIL, f"chmod 600 {key}")


def test_database_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    finding = _only(checks.check_database(Settings(data_dir=tmp_path)))
    assert finding.level is Level.OFF
    assert list(tmp_path.iterdir()) == []


def test_database_at_the_newest_revision_is_fine(database_url: str, tmp_path: Path) -> None:
    finding = _only(checks.check_database(Settings(data_dir=tmp_path, database_url=database_url)))
    assert finding.level is Level.OK
    assert finding.found.startswith("SQLite" if "sqlite" in database_url else "PostgreSQL")


def test_database_that_cannot_be_reached_fails_without_its_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://linkbridge:hunter2@127.0.0.1:1/linkbridge"
    finding = _only(checks.check_database(Settings(data_dir=tmp_path, database_url=url)))
    assert finding.level is Level.FAIL
    assert "127.0.0.1:1" in finding.found
    assert "hunter2" not in f"{finding.found}{finding.todo}"


def test_plain_http_beyond_this_machine_fails() -> None:
    finding = _only(check_exposure(Settings(host="0.0.0.0")))
    assert (finding.area, finding.level, finding.found) == ("TLS", Level.FAIL, "plain HTTP beyond this machine")


def test_plain_http_on_loopback_is_fine() -> None:
    assert {finding.level for finding in check_exposure(Settings())} == {Level.OK}


def test_public_address_in_plain_http_fails() -> None:
    settings = Settings(behind_tls_proxy=True, host="0.0.0.0", base_url="http://rights.example")
    assert ("Address", Level.FAIL) in _levels(check_exposure(settings))


def test_address_that_leads_a_tablet_to_itself_fails(tmp_path: Path) -> None:
    _, certificate, key = make_ca(tmp_path)
    settings = Settings(host="0.0.0.0", tls_cert=certificate, tls_key=key, base_url="https://localhost:8000")
    assert ("Address", Level.FAIL) in _levels(check_exposure(settings))


@pytest.mark.parametrize(
    ("valid_for", "level"),
    [(timedelta(days=90), Level.OK), (timedelta(days=20), Level.FAIL), (timedelta(days=1), Level.FAIL)],
)
def test_certificate_is_judged_by_the_time_it_has_left(tmp_path: Path, valid_for: timedelta, level: Level) -> None:
    # One of a day that began two days ago has ended.
    start = datetime.now(UTC) - timedelta(days=2 if valid_for.days == 1 else 0, hours=1)
    _, certificate, key = make_ca(tmp_path, valid_from=start, valid_for=valid_for)
    settings = Settings(host="localhost", tls_cert=certificate, tls_key=key, port=8443)
    assert _levels(check_exposure(settings)) == [("Address", Level.OK), ("TLS", level)]


def test_certificate_of_another_name_fails(tmp_path: Path) -> None:
    _, certificate, key = make_ca(tmp_path, ["post.example"])
    settings = Settings(host="0.0.0.0", tls_cert=certificate, tls_key=key, base_url="https://other.example:8443")
    found = list(check_exposure(settings))
    assert found[-1].level is Level.FAIL
    assert found[-1].found == "the certificate does not name other.example"


def test_certificate_with_another_key_fails(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    _, certificate, _ = make_ca(tmp_path / "a")
    _, _, key = make_ca(tmp_path / "b")
    found = list(check_exposure(Settings(tls_cert=certificate, tls_key=key)))
    assert (found[-1].level, found[-1].found) == (Level.FAIL, "the certificate cannot be used")


def test_delivered_phrasebooks_have_no_errors(tmp_path: Path) -> None:
    finding = _only(checks.check_phrasebooks(Settings(data_dir=tmp_path)))
    assert finding.level is Level.OK
    assert " 0 errors" in finding.found


def test_broken_phrasebooks_fail(tmp_path: Path) -> None:
    (tmp_path / "rights").mkdir()
    (tmp_path / "rights" / "book.yaml").write_text("id: [", encoding="utf-8")
    finding = _only(checks.check_phrasebooks(Settings(data_dir=tmp_path, phrasebooks_dir=tmp_path)))
    assert (finding.level, finding.todo) == (Level.FAIL, "linkbridge phrasebook check names file and line.")


def test_languages_without_a_voice_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(checks.check_voices(Settings(data_dir=tmp_path)))
    assert any(finding.level is Level.OFF and {"ps", "so", "ti"} <= set(finding.found.split()) for finding in found)
    monkeypatch.setenv("PATH", str(tmp_path))
    without = list(checks.check_voices(Settings(data_dir=tmp_path)))
    assert without[0].found == "espeak-ng is not installed"
    assert without[0].todo.startswith("apt-get install espeak-ng;")


def test_missing_fonts_name_the_packages(tmp_path: Path) -> None:
    finding = _only(checks.check_fonts(Settings(data_dir=tmp_path)))
    assert finding.level is Level.OFF
    assert all(recipe.package in finding.todo for recipe in RECIPES.values())


def test_receipts_are_off_with_a_reason_where_pdf_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _only(checks.check_print(Settings())).level is Level.OK
    monkeypatch.setattr("linkbridge.kernel.pdf.pdf_available", lambda: "apt-get install libpango-1.0-0")
    finding = _only(checks.check_print(Settings()))
    assert (finding.level, finding.todo) == (Level.OFF, "apt-get install libpango-1.0-0")


def test_mail_is_off_needs_a_sender_or_works() -> None:
    address = SecretStr("smtp://user:hunter2@mail.example:587")
    levels = [
        _only(checks.check_mail(settings)).level
        for settings in (
            Settings(),
            Settings(smtp_url=address),
            Settings(smtp_url=address, mail_from="post@mail.example"),
        )
    ]
    assert levels == [Level.OFF, Level.FAIL, Level.OK]
    found = _only(checks.check_mail(Settings(smtp_url=address, mail_from="post@mail.example"))).found
    assert found == "through mail.example"


def test_telegram_and_web_push_say_whether_they_work() -> None:
    off = Settings(base_url="http://linkbridge.example")
    found = [_only(checks.check_telegram(off)), _only(checks.check_web_push(off))]
    assert [one.level for one in found] == [Level.OFF, Level.OFF]
    on = Settings(base_url="https://linkbridge.example", telegram_token=SecretStr("1:hidden"))
    found = [_only(checks.check_telegram(on)), _only(checks.check_web_push(on))]
    assert [one.level for one in found] == [Level.OK, Level.OK]
    assert [one.found for one in found] == ["through api.telegram.org", "on, in the name of https://linkbridge.example"]


def test_check_that_breaks_is_a_finding_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def check_weather(_settings: Settings) -> list[Finding]:
        raise ZeroDivisionError("no weather")

    monkeypatch.setattr(checks, "CHECKS", (check_weather, checks.check_mail))
    found = checks.examine(Settings())
    assert found[0] == Finding("Weather", Level.FAIL, "the check broke: ZeroDivisionError", "no weather")
    assert found[1].area == "Mail"
