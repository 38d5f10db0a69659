"""Reads what a CTranslate2 model file holds, but not its weights: whether it is whole, and how long a text may be.

The layout is that of ``ctranslate2.specs.ModelSpec``: a version, the model's name and revision, then for each variable
its name, shape, type, size and bytes, and at the end the names that stand for others.
"""

import struct
from pathlib import Path
from typing import BinaryIO

from linkbridge.translation.folders import DamagedModel

_KNOWN_VERSIONS = range(2, 7)
_POSSIBLE_VERSIONS = range(1, 32)
_WITH_ALIASES = 3
_SIZES_IN_BYTES = 4
_MAX_VARIABLES = 20_000
_MAX_DIMENSIONS = 8
_POSITIONS = ("encoder/position_encodings/encodings", "decoder/position_encodings/encodings")


def longest_input(path: Path) -> int | None:
    """Return for how many pieces a model has positions, or ``None`` if they have no end or are unknown.

    Raises:
        DamagedModel: the file is cut off, or is no such model.
        OSError: it cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        shapes = _read_shapes(file, size)
    found = [shapes[name][0] for name in _POSITIONS if shapes.get(name)]
    return min(found, default=None)


def _read_shapes(file: BinaryIO, size: int) -> dict[str, tuple[int, ...]]:
    version = _number(file, "I")
    if version not in _POSSIBLE_VERSIONS:
        raise DamagedModel("model.bin is no CTranslate2 model")
    if version not in _KNOWN_VERSIONS:
        return {}
    _name(file)
    _number(file, "I")
    shapes = {}
    for _ in range(_limited(_number(file, "I"), _MAX_VARIABLES)):
        name = _name(file)
        shapes[name] = tuple(_number(file, "I") for _ in range(_limited(_number(file, "B"), _MAX_DIMENSIONS)))
        kind_or_size, amount = _number(file, "B"), _number(file, "I")
        if version < _SIZES_IN_BYTES:
            amount *= kind_or_size
        if file.seek(amount, 1) > size:
            raise DamagedModel("model.bin is cut off")
    if version >= _WITH_ALIASES:
        for _ in range(_limited(_number(file, "I"), _MAX_VARIABLES)):
            _name(file)
            _name(file)
    return shapes


def _number(file: BinaryIO, form: str) -> int:
    data = file.read(struct.calcsize(form))
    if len(data) < struct.calcsize(form):
        raise DamagedModel("model.bin is cut off")
    (value,) = struct.unpack("<" + form, data)
    return int(value)


def _name(file: BinaryIO) -> str:
    length = _number(file, "H")
    data = file.read(length)
    if len(data) < length:
        raise DamagedModel("model.bin is cut off")
    return data.rstrip(b"\0").decode("utf-8", "replace")


def _limited(value: int, most: int) -> int:
    if value > most:
        raise DamagedModel("model.bin is no CTranslate2 model")
    return value
