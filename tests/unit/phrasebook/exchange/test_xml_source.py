"""XML of others: what could harm is refused before it does, and only what is wanted is held."""

import io
import tracemalloc
from collections.abc import Iterator
from itertools import chain

import pytest

from linkbridge.kernel.errors import InvalidInput, TooLarge
from linkbridge.phrasebook.exchange.xml_source import MAX_ENTRY_CHARACTERS, iter_elements

BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<tmx><tu>&c;</tu></tmx>"""
OUTSIDE = '<!DOCTYPE tmx [<!ENTITY file SYSTEM "file:///etc/hostname">]><tmx><tu>&file;</tu></tmx>'
PARAMETER = '<!DOCTYPE tmx [<!ENTITY % more SYSTEM "http://127.0.0.1/more.dtd"> %more;]><tmx><tu/></tmx>'


def read(text: str | bytes, *, limit: int = 10_000_000) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    return ["".join(found.element.itertext()) for found in iter_elements(io.BytesIO(data), {"tu"}, limit=limit)]


def test_elements_come_with_those_around_them() -> None:
    text = '<tmx version="1.4"><body xmlns:x="urn:x"><x:tu>one</x:tu><tv/><tu>two</tu></body></tmx>'
    found = list(iter_elements(io.BytesIO(text.encode()), {"tu"}, limit=1_000))
    assert [each.element.text for each in found] == ["one", "two"]
    assert found[0].attribute("tmx", "version") == "1.4"
    assert found[0].attribute("header", "version") == ""


def test_a_document_type_that_other_tools_write_is_accepted_and_not_fetched() -> None:
    assert read('<!DOCTYPE tmx SYSTEM "http://127.0.0.1/tmx14.dtd"><tmx><tu>a</tu></tmx>') == ["a"]


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, PARAMETER], ids=["bomb", "file", "address"])
def test_entities_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="declares entities"):
        read(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<tmx><tu>a</tmx>", "mismatched tag in line 1, column 13"),
        ("<tmx><tu>a", "no element found in line 1, column 11"),
        ("", "no element found"),
        ("\x00\x01", "not well-formed"),
        ("<tmx><tu>\xe9</tu></tmx>".encode("latin-1"), "not well-formed"),
        ('<?xml version="1.0" encoding="x-none"?><tmx/>', "in an encoding that cannot be read"),
        ("<a>" * 100, "nested more than 60 deep"),
    ],
)
def test_what_is_not_sound_is_refused_with_the_reason(text: str | bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read(text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings_that_xml_declares_are_read(encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    assert read(f'<?xml version="1.0" encoding="{declared}"?><tmx><tu>é</tu></tmx>'.encode(encoding)) == ["é"]


def test_a_file_past_the_limit_is_not_read_to_its_end() -> None:
    stream = _Endless(b"<tmx>", b"<tv>a</tv>" * 1_000)
    with pytest.raises(TooLarge):
        list(iter_elements(stream, {"tu"}, limit=1_000_000))  # type: ignore[arg-type] # it only reads
    assert stream.given < 1_200_000


def test_one_entry_without_end_is_refused() -> None:
    stream = _Endless(b"<tmx><tu>", b"a" * 10_000)
    with pytest.raises(InvalidInput, match="one entry"):
        list(iter_elements(stream, {"tu"}, limit=10**9))  # type: ignore[arg-type] # it only reads
    assert stream.given < 2 * MAX_ENTRY_CHARACTERS


def test_an_attribute_without_end_is_refused() -> None:
    stream = _Endless(b'<tmx a="', b"a" * 10_000)
    with pytest.raises(InvalidInput, match="far too long"):
        list(iter_elements(stream, {"tu"}, limit=10**9))  # type: ignore[arg-type] # it only reads
    assert stream.given < 5_000_000


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(entries: int) -> int:
        stream = _Pieces(b"<tmx>", (b"<tu>some words of a text</tu>" for _ in range(entries)), b"</tmx>")
        tracemalloc.start()
        count = len([None for _ in iter_elements(stream, {"tu"}, limit=10**9)])  # type: ignore[arg-type] # it only reads
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == entries
        return used

    peak(100)
    assert peak(40_000) < peak(4_000) + 1_000_000


class _Endless:
    """A file that never ends, and counts what was read of it."""

    def __init__(self, head: bytes, rest: bytes) -> None:
        self._next, self._rest, self.given = head, rest, 0

    def read(self, _size: int) -> bytes:
        data, self._next = self._next, self._rest
        self.given += len(data)
        return data


class _Pieces:
    """A file that is made while it is read."""

    def __init__(self, head: bytes, pieces: Iterator[bytes], tail: bytes) -> None:
        self._pieces = chain([head], pieces, [tail])

    def read(self, size: int) -> bytes:
        data = bytearray()
        for piece in self._pieces:
            data += piece
            if len(data) > size:
                break
        return bytes(data)
