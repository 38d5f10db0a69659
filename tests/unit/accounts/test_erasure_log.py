from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linkbridge.accounts.erasure_log import ErasureEntry, ErasureLog
from linkbridge.kernel.errors import StorageFull

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FIRST, SECOND, THIRD = (
    ErasureEntry("encounter", digit * 64, NOON + timedelta(minutes=minute)) for minute, digit in enumerate("abc")
)


@pytest.fixture
def log(tmp_path: Path) -> ErasureLog:
    return ErasureLog(tmp_path / "erasures.log")


def test_entries_come_back_in_order_from_a_private_file(log: ErasureLog) -> None:
    assert log.entries() == ()
    for entry in (FIRST, SECOND):
        log.append(entry)
    assert log.entries() == (FIRST, SECOND)
    assert log.path.stat().st_mode & 0o777 == 0o600


def test_line_that_a_crash_cut_short_spoils_no_other(log: ErasureLog) -> None:
    log.append(FIRST)
    with log.path.open("ab") as file:
        file.write(b'["encounter", "bbb')
    assert log.entries() == (FIRST,)
    log.append(SECOND)
    assert log.entries() == (FIRST, SECOND)


@pytest.mark.parametrize(
    "line", ["", "{}", "[]", "null", '["a", "b"]', '["a", "b", "no time"]', '["a", "b", 7]', "\x00"]
)
def test_line_that_is_no_entry_is_left_out(log: ErasureLog, line: str) -> None:
    log.path.write_text(f"{line}\n")
    log.append(FIRST)
    assert log.entries() == (FIRST,)


def test_only_what_is_missing_is_added(log: ErasureLog) -> None:
    log.append(SECOND)
    log.add_missing([FIRST, SECOND, THIRD, FIRST])
    assert log.entries() == (SECOND, FIRST, THIRD)
    before = log.path.read_bytes()
    log.add_missing([THIRD])
    assert log.path.read_bytes() == before


def test_full_disk_is_a_clear_error() -> None:
    with pytest.raises(StorageFull, match="nothing was erased"):
        ErasureLog(Path("/dev/full")).append(FIRST)
