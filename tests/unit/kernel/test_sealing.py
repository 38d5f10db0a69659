import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.encoding import b64url
from linkbridge.kernel.errors import InvalidInput, Unavailable
from linkbridge.kernel.sealing import Unsealer, seal

ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def unsealer(tmp_path: Path, clock: FrozenClock) -> Unsealer:
    return Unsealer(tmp_path, clock)


def _sealed(unsealer: Unsealer, text: bytes = b"words") -> dict[str, Any]:
    return seal(unsealer.public_key_jwk, unsealer.key_id, ID, text)


def test_open_returns_what_was_sealed(unsealer: Unsealer) -> None:
    assert unsealer.open(_sealed(unsealer, "ገባኝ".encode()), ID) == "ገባኝ".encode()


def test_public_key_json_is_the_key(unsealer: Unsealer) -> None:
    assert json.loads(unsealer.public_key_json) == unsealer.public_key_jwk


def test_no_two_envelopes_are_alike(unsealer: Unsealer) -> None:
    first, second = _sealed(unsealer), _sealed(unsealer)
    assert {first[name] for name in ("epk", "iv", "ct")}.isdisjoint({second[name] for name in ("epk", "iv", "ct")})


def test_open_with_keys_from_before_a_rotation(unsealer: Unsealer, tmp_path: Path, clock: FrozenClock) -> None:
    old_id, old = unsealer.key_id, _sealed(unsealer)
    clock.advance(timedelta(seconds=1))
    new_id = unsealer.rotate()
    assert new_id != old_id
    assert unsealer.key_id == new_id
    assert _sealed(unsealer)["kid"] == new_id
    assert unsealer.open(old, ID) == b"words"
    assert Unsealer(tmp_path, clock).key_id == new_id


def test_open_finds_a_key_that_another_process_made(unsealer: Unsealer, tmp_path: Path, clock: FrozenClock) -> None:
    other = Unsealer(tmp_path, clock)
    other.rotate()
    assert unsealer.open(_sealed(other), ID) == b"words"


def test_keys_are_readable_by_their_owner_alone(unsealer: Unsealer, tmp_path: Path) -> None:
    unsealer.rotate()
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "sealing").iterdir()} == {0o600}


def test_open_under_another_id_is_refused(unsealer: Unsealer) -> None:
    with pytest.raises(InvalidInput) as caught:
        unsealer.open(_sealed(unsealer), "f" * 32)
    assert caught.value.params == {"field": "ct"}


@pytest.mark.parametrize("name", ["epk", "iv", "ct"])
def test_open_of_a_changed_envelope_is_refused(unsealer: Unsealer, name: str) -> None:
    envelope = _sealed(unsealer)
    other = _sealed(unsealer)
    with pytest.raises(InvalidInput):
        unsealer.open({**envelope, name: other[name]}, ID)


def _malformed() -> list[tuple[Mapping[str, Any], str]]:
    compressed = b64url(b"\x02" + b"\x01" * 32)
    outside = b64url(b"\x04" + b"\xff" * 64)
    return [
        ({"v": 2}, "v"),
        ({"v": True}, "v"),
        ({"v": "1"}, "v"),
        ({"kid": "unknown"}, "kid"),
        ({"kid": None}, "kid"),
        ({"epk": compressed}, "epk"),
        ({"epk": outside}, "epk"),
        ({"epk": ""}, "epk"),
        ({"epk": 5}, "epk"),
        ({"iv": ""}, "iv"),
        ({"iv": "AAAA"}, "iv"),
        ({"iv": "=" * 16}, "iv"),
        ({"ct": ""}, "ct"),
        ({"ct": "AAAA"}, "ct"),
        ({"ct": "A" * 300_000}, "ct"),
        ({"ct": ["A"]}, "ct"),
        ({"more": 1}, "envelope"),
    ]


@pytest.mark.parametrize(("change", "field"), _malformed())
def test_open_of_a_malformed_envelope_names_the_field(
    unsealer: Unsealer, change: Mapping[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        unsealer.open({**_sealed(unsealer), **change}, ID)
    assert caught.value.params == {"field": field}


def test_open_without_a_field_is_refused(unsealer: Unsealer) -> None:
    envelope = _sealed(unsealer)
    del envelope["iv"]
    with pytest.raises(InvalidInput):
        unsealer.open(envelope, ID)


@pytest.mark.parametrize(
    "jwk", [{}, {"kty": "EC", "crv": "P-384", "x": "", "y": ""}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]
)
def test_seal_to_something_else_than_a_key_is_refused(jwk: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        seal(jwk, "kid", ID, b"words")


def test_a_broken_key_file_is_named(tmp_path: Path, clock: FrozenClock) -> None:
    (tmp_path / "sealing").mkdir()
    (tmp_path / "sealing" / "0.pem").touch(mode=0o600)
    with pytest.raises(Unavailable, match=r"0\.pem holds no private key"):
        Unsealer(tmp_path, clock)
