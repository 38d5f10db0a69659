from datetime import UTC, datetime
from pathlib import Path

import pytest

from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.errors import NotFound
from linkbridge.web.lt_access import network_of
from linkbridge.web.lt_files import KeptFiles


def test_a_file_is_found_in_its_own_folder_alone(tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 11, 24, tzinfo=UTC))
    token = KeptFiles(tmp_path / "one", clock).keep("note.txt", b"Words.")
    assert KeptFiles(tmp_path / "one", clock).get(token) == ("note.txt", b"Words.")
    with pytest.raises(NotFound):
        KeptFiles(tmp_path / "two", clock).get(token)


def test_a_file_can_be_forgotten_before_its_time(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path, FrozenClock(datetime(2026, 11, 24, tzinfo=UTC)))
    token, other = kept.keep("note.txt", b"Words."), kept.keep("other.txt", b"Others.")
    for unknown in (token, token, "nothing", "../other"):
        kept.forget(unknown)
    with pytest.raises(NotFound):
        kept.get(token)
    assert kept.get(other) == ("other.txt", b"Others.")


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_a_customer_is_an_address_or_a_network(peer: str, network: str) -> None:
    assert network_of(peer) == network
