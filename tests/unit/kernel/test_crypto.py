import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from linkbridge.kernel.crypto import FieldCipher, KeyRing, key_id, new_token, token_digest
from linkbridge.kernel.errors import InvalidInput, Unavailable

LOOKUP = b"look-up key"


def test_text_comes_back_as_it_was(tmp_path: Path) -> None:
    cipher = FieldCipher(KeyRing(path=tmp_path / "fields"), LOOKUP)
    encrypted = cipher.encrypt("Señora Pérez ✓")
    assert "Pérez" not in encrypted
    assert cipher.decrypt(encrypted) == "Señora Pérez ✓"


def test_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "fields"
    first = KeyRing(path=path).keys()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing(path=path).keys() == first


def test_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fields"
    KeyRing(path=path).keys()
    path.chmod(0o644)
    with pytest.raises(Unavailable, match="can be read by others"):
        KeyRing(path=path).keys()


def test_added_key_comes_first_and_older_texts_still_open(tmp_path: Path) -> None:
    ring = KeyRing(path=tmp_path / "fields")
    cipher = FieldCipher(ring, LOOKUP)
    old = cipher.encrypt("text")
    added = ring.add()
    assert key_id(ring.keys()[0]) == added
    fresh = FieldCipher(ring, LOOKUP)
    assert fresh.needs_rotation(old) is True
    rotated = fresh.rotate(old)
    assert fresh.needs_rotation(rotated) is False
    assert fresh.decrypt(rotated) == "text"


def test_running_process_reads_the_ring_again_for_a_key_it_has_not_seen(tmp_path: Path) -> None:
    ring = KeyRing(path=tmp_path / "fields")
    running = FieldCipher(ring, LOOKUP)
    ring.add()
    assert running.decrypt(FieldCipher(ring, LOOKUP).encrypt("text")) == "text"


def test_key_given_from_outside_cannot_be_added_here() -> None:
    with pytest.raises(InvalidInput, match="LINKBRIDGE_FIELD_KEYS"):
        KeyRing(given=Fernet.generate_key().decode()).add()


def test_malformed_key_is_refused_without_being_repeated() -> None:
    with pytest.raises(InvalidInput) as caught:
        FieldCipher(KeyRing(given="my-secret-key"), LOOKUP)
    assert "my-secret-key" not in str(caught.value)


def test_text_under_an_unknown_key_is_unavailable_not_garbage(tmp_path: Path) -> None:
    foreign = FieldCipher(KeyRing(given=Fernet.generate_key().decode()), LOOKUP).encrypt("text")
    with pytest.raises(Unavailable) as caught:
        FieldCipher(KeyRing(path=tmp_path / "fields"), LOOKUP).decrypt(foreign)
    assert caught.value.params == {"component": "field-keys"}


def test_digest_depends_on_kind_text_and_key(tmp_path: Path) -> None:
    ring = KeyRing(path=tmp_path / "fields")
    cipher = FieldCipher(ring, LOOKUP)
    assert cipher.digest("email", "a@b.c") == FieldCipher(ring, LOOKUP).digest("email", "a@b.c")
    others = {
        cipher.digest("email", "a@b.c"),
        cipher.digest("erasure", "a@b.c"),
        cipher.digest("email", "a@b.d"),
        FieldCipher(ring, b"another").digest("email", "a@b.c"),
    }
    assert len(others) == 4


def test_token_is_random_and_kept_as_its_digest() -> None:
    token, digest = new_token()
    assert token_digest(token) == digest
    assert len({new_token()[0] for _ in range(100)}) == 100
    assert len(digest) == 64


def test_keys_added_at_once_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "fields"
    first = KeyRing(path=path).keys()
    with ThreadPoolExecutor(8) as threads:
        added = list(threads.map(lambda _: KeyRing(path=path).add(), range(40)))
    ring = KeyRing(path=path)
    found = [key_id(key) for key in ring.keys()]  # noqa: SIM118 - a ring is no mapping
    assert sorted(found) == sorted([*added, key_id(first[0])])


def test_cipher_knows_what_was_made_with_its_keys(tmp_path: Path) -> None:
    ring = KeyRing(path=tmp_path / "fields")
    names = FieldCipher(ring, b"look-up").names()
    ring.add()
    rotated = FieldCipher(ring, b"look-up")
    assert rotated.answers_to(names)
    assert rotated.names() != names
    assert not FieldCipher(ring, b"another").answers_to(names)
    assert not FieldCipher(KeyRing(path=tmp_path / "others"), b"look-up").answers_to(names)
    assert not rotated.answers_to({})
