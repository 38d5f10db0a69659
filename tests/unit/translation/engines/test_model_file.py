"""Files of CTranslate2 models: how long a text they allow, and whether they are whole."""

import struct
from pathlib import Path

import pytest

from linkbridge.translation.engines.model_file import longest_input
from linkbridge.translation.folders import DamagedModel
from tests.support.fixture_models import install_argos, install_multilingual


def name(text: str) -> bytes:
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"


def model(version: int, *variables: bytes, count: int | None = None) -> bytes:
    amount = len(variables) if count is None else count
    head = struct.pack("<I", version) + name("TransformerSpec") + struct.pack("<II", 3, amount)
    return head + b"".join(variables) + (struct.pack("<I", 0) if version > 2 else b"")


def table(side: str, rows: int, *, old: bool = False) -> bytes:
    head = name(f"{side}/position_encodings/encodings") + struct.pack("<BII", 2, rows, 1)
    kind, amount = (4, rows) if old else (0, 4 * rows)
    return head + struct.pack("<BI", kind, amount) + bytes(4 * rows)


def test_a_trained_model_tells_its_positions(tmp_path: Path) -> None:
    install_argos(tmp_path, "es_en")
    assert longest_input(tmp_path / "argos" / "translate-es_en" / "model" / "model.bin") == 256
    install_multilingual(tmp_path)
    assert longest_input(tmp_path / "ctranslate2" / "four-languages" / "model.bin") == 256


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (model(6, table("encoder", 40), table("decoder", 30)), 30),
        (model(3, table("encoder", 40, old=True)), 40),
        (model(2, table("encoder", 40, old=True)), 40),
        (model(6), None),
        (struct.pack("<I", 7) + b"what comes after six", None),
    ],
)
def test_positions_are_read_in_every_version(tmp_path: Path, data: bytes, expected: int | None) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    assert longest_input(path) == expected


@pytest.mark.parametrize(
    "data",
    [b"", b"\x06", b"PK\x03\x04 a zip", model(6, count=1), model(6, count=2**31), model(6, table("encoder", 9))[:-8]],
)
def test_what_is_no_whole_model_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    with pytest.raises(DamagedModel):
        longest_input(path)


def test_every_cut_of_a_model_is_noticed(tmp_path: Path) -> None:
    whole = model(6, table("encoder", 3), table("decoder", 2))
    path = tmp_path / "model.bin"
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(DamagedModel):
            longest_input(path)
