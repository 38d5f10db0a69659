"""Argos packages, run by CTranslate2 without ``argostranslate.translate``.

An installed package is a folder ``argos/translate-<from>_<to>…`` with ``metadata.json``, ``sentencepiece.model`` or
``bpe.model``, and ``model/``. At the same beam the answers are those of Argos Translate, but underscores stay, and
what is too long is cut instead of lost.
"""

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from linkbridge.kernel.tags import normal_tag
from linkbridge.translation.engines.frames import Frame
from linkbridge.translation.engines.model_file import longest_input
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.folders import (
    DamagedModel,
    find_models,
    fingerprint,
    folders_in,
    read_description,
    size_of,
    text_of,
    whole_file,
)
from linkbridge.translation.ports import EngineOptions, Lane, LanguagePair, LoadedModel, Model, Places

if TYPE_CHECKING:
    from linkbridge.translation.engines.runtime import Runtime, Tokenizer

_LENGTH_PENALTY = 0.2
"""That of Argos Translate."""


class Argos:
    """The engine of Argos packages."""

    name = "argos"
    lane = Lane.PROCESS
    batch_size = 32

    def find(self, places: Places) -> tuple[Model, ...]:
        """Return the installed packages. Of two in one direction, the newer counts."""
        return find_models(self.name, folders_in(places.models / self.name), _read)

    def load(self, model: Model, options: EngineOptions) -> LoadedModel:
        """Load a package's model."""
        from linkbridge.translation.engines.runtime import Runtime  # noqa: PLC0415 - it imports the libraries

        folder = Path(model.location)
        try:
            prefix = _target_prefix(read_description(folder / "metadata.json"))
            tokenizer = _tokenizer(folder)
            runtime = Runtime(model, folder / "model", tokenizer, options, length_penalty=_LENGTH_PENALTY)
        except (DamagedModel, OSError, RuntimeError, ValueError):
            raise EngineFailed("the model cannot be loaded", engine=self.name, model=model.id) from None
        return _Loaded(runtime, Frame(prefix=(prefix,) if prefix else ()))


class _Loaded:
    """A package in memory."""

    def __init__(self, runtime: "Runtime", frame: Frame) -> None:
        self._runtime, self._frame = runtime, frame

    def translate(
        self, sentences: Sequence[str], pair: LanguagePair, *, alternatives: int = 0
    ) -> list[tuple[str, ...]]:
        """Return for each sentence its translation and alternatives."""
        return self._runtime.translate(sentences, pair, self._frame, alternatives)

    def close(self) -> None:
        """Give the memory back."""
        self._runtime.close()


def _read(folder: Path) -> Model | None:
    described = read_description(folder / "metadata.json")
    if text_of(described, "type", "translate") != "translate":
        return None
    source, target = (_language(described, key) for key in ("from_code", "to_code"))
    if source == target:
        raise DamagedModel("its languages are the same")
    _target_prefix(described)
    weights = whole_file(folder, "model/model.bin")
    longest_input(weights)
    pieces = whole_file(folder, "sentencepiece.model", "bpe.model")
    codes = {source: text_of(described, "from_code"), target: text_of(described, "to_code")}
    return Model(
        id=f"argos-{source}-{target}",
        engine=Argos.name,
        version=f"{text_of(described, 'package_version', '0')}+{fingerprint(weights, pieces)}",
        location=str(folder),
        pairs=(LanguagePair(source, target),),
        licence=_licence(described),
        size_bytes=size_of(folder / "model") + pieces.stat().st_size,
        codes=MappingProxyType({tag: code for tag, code in codes.items() if tag != code}),
    )


def _language(described: dict[str, object], key: str) -> str:
    tag = normal_tag(text_of(described, key))
    if tag is None:
        raise DamagedModel("its language is unknown")
    return tag


def _licence(described: dict[str, object]) -> str:
    value = described.get("licence") or described.get("license")
    return value if isinstance(value, str) else ""


def _target_prefix(described: dict[str, object]) -> str:
    prefix = described.get("target_prefix", "")
    if not isinstance(prefix, str):
        raise DamagedModel("its target_prefix is no text")
    return prefix


def _tokenizer(folder: Path) -> "Tokenizer":
    from linkbridge.translation.engines.runtime import MosesBytePairs, SentencePiece  # noqa: PLC0415 - it imports the libraries

    pieces = whole_file(folder, "sentencepiece.model", "bpe.model")
    if pieces.name == "sentencepiece.model":
        return SentencePiece(pieces)
    described = read_description(folder / "metadata.json")
    return MosesBytePairs(pieces, text_of(described, "from_code"), text_of(described, "to_code"))


ENGINE = Argos()
