import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.filecrypt import CHUNK, MAGIC, DecryptingReader, EncryptingWriter

KEY = bytes(range(32))
HEADER = len(MAGIC) + 8 + 32
TAG = 16


def encrypt(text: bytes, piece: int = 1 << 20) -> bytes:
    target = io.BytesIO()
    writer = EncryptingWriter(target, KEY)
    for start in range(0, len(text), piece):
        assert writer.write(text[start : start + piece]) == len(text[start : start + piece])
    writer.close()
    return target.getvalue()


def decrypt(encrypted: bytes, key: bytes = KEY) -> bytes:
    return DecryptingReader(io.BytesIO(encrypted), key).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
@pytest.mark.parametrize("piece", [1000, CHUNK, 1 << 20])
def test_text_comes_back_whatever_its_size_and_however_it_is_written(size: int, piece: int) -> None:
    text = (b"0123456789abcdef!" * (size // 17 + 1))[:size]
    encrypted = encrypt(text, piece)
    assert len(encrypted) == HEADER + size + TAG * max(1, -(-size // CHUNK))
    reader = DecryptingReader(io.BytesIO(encrypted), KEY)
    parts = list(iter(lambda: reader.read(999), b""))
    assert b"".join(parts) == text
    assert {len(part) for part in parts[:-1]} <= {999}


def test_same_text_is_never_the_same_file() -> None:
    assert encrypt(b"text")[len(MAGIC) + 8 :] != encrypt(b"text")[len(MAGIC) + 8 :]


@given(st.binary(max_size=300), st.data())
def test_any_changed_byte_is_noticed(text: bytes, data: st.DataObject) -> None:
    encrypted = bytearray(encrypt(text))
    place = data.draw(st.integers(0, len(encrypted) - 1))
    encrypted[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InvalidInput):
        decrypt(bytes(encrypted))


@given(st.binary(max_size=300), st.data())
def test_any_missing_end_is_noticed(text: bytes, data: st.DataObject) -> None:
    encrypted = encrypt(text)
    with pytest.raises(InvalidInput):
        decrypt(encrypted[: data.draw(st.integers(0, len(encrypted) - 1))])


def test_end_cut_off_between_chunks_is_noticed() -> None:
    encrypted = encrypt(b"x" * 3 * CHUNK)
    for chunks in (0, 1, 2):
        with pytest.raises(InvalidInput, match="changed or cut short"):
            decrypt(encrypted[: HEADER + chunks * (CHUNK + TAG)])


def test_only_what_is_genuine_is_given_out() -> None:
    encrypted = bytearray(encrypt(b"x" * CHUNK + b"y" * CHUNK))
    encrypted[-1] ^= 1
    reader = DecryptingReader(io.BytesIO(bytes(encrypted)), KEY)
    assert reader.read(CHUNK) == b"x" * CHUNK
    with pytest.raises(InvalidInput):
        reader.read(1)


def test_other_key_is_named_as_the_cause() -> None:
    with pytest.raises(InvalidInput, match="encrypted with another key"):
        decrypt(encrypt(b"text"), bytes(32))
