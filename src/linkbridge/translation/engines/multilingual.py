"""Models of many languages that an administrator brings, run by CTranslate2: MADLAD-400, M2M-100, NLLB and the like.

Such a model is a folder ``ctranslate2/<name>`` with ``model.bin``, its vocabulary, ``sentencepiece.model``, and
``linkbridge.json``, which says what CTranslate2's own files do not::

    {"version": "1", "licence": "Apache-2.0", "languages": {"en": "<2en>", "ti": "<2ti>"},
     "source": ["{target}", "{text}", "</s>"], "target": []}

``languages`` maps our tags to the model's pieces; ``source`` is what the model reads, and ``target`` what its answer
begins with. For M2M-100 and NLLB these are ``["{source}", "{text}", "</s>"]`` and ``["{target}"]``. ``pairs`` may name
the directions that are any good, such as ``["en-ti", "ti-en"]``; else there are all. ``length_penalty`` may be given.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    from linkbridge.translation.engines.runtime import Runtime

_DESCRIPTION = "linkbridge.json"
_TOKENIZERS = ("sentencepiece.model", "sentencepiece.bpe.model", "spiece.model", "source.spm")
_TEXT, _SOURCE, _TARGET = "{text}", "{source}", "{target}"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Multilingual:
    """The engine of model folders of many languages."""

    name = "ctranslate2"
    lane = Lane.PROCESS
    batch_size = 32

    def find(self, places: Places) -> tuple[Model, ...]:
        """Return the models whose folders are whole."""
        return find_models(self.name, folders_in(places.models / self.name), _read)

    def load(self, model: Model, options: EngineOptions) -> LoadedModel:
        """Load a model, and see that it knows the pieces by which its languages are told."""
        from linkbridge.translation.engines.runtime import Runtime, SentencePiece, vocabulary_of  # noqa: PLC0415 - it imports the libraries

        folder = Path(model.location)
        try:
            told = _Description.of(folder)
            source = whole_file(folder, *_TOKENIZERS)
            target = whole_file(folder, "target.spm") if source.name == "source.spm" else None
            tokenizer = SentencePiece(source, target)
            told.check_symbols(vocabulary_of(folder))
            runtime = Runtime(model, folder, tokenizer, options, length_penalty=told.length_penalty)
        except (DamagedModel, OSError, RuntimeError, ValueError):
            raise EngineFailed("the model cannot be loaded", engine=self.name, model=model.id) from None
        return _Loaded(model, runtime, told)


@dataclass(frozen=True, slots=True)
class _Description:
    """What ``linkbridge.json`` says."""

    version: str
    licence: str
    languages: Mapping[str, str]
    source: tuple[str, ...]
    target: tuple[str, ...]
    pairs: tuple[LanguagePair, ...]
    length_penalty: float

    @classmethod
    def of(cls, folder: Path) -> "_Description":
        """Read it.

        Raises:
            DamagedModel: it is missing, or does not say what it must.
        """
        described = read_description(folder / _DESCRIPTION)
        languages = _languages(described)
        source, target = _texts(described, "source"), _texts(described, "target")
        if source.count(_TEXT) != 1 or _TEXT in target or _TARGET not in (*source, *target):
            raise DamagedModel("its source must hold {text}, and source or target {target}")
        penalty = described.get("length_penalty", 1.0)
        if not isinstance(penalty, int | float) or not -10 <= penalty <= 10:
            raise DamagedModel("its length_penalty is no number")
        return cls(
            version=text_of(described, "version"),
            licence=text_of(described, "licence"),
            languages=languages,
            source=source,
            target=target,
            pairs=_pairs(described, languages),
            length_penalty=float(penalty),
        )

    def check_symbols(self, known: frozenset[str]) -> None:
        """See that the model knows every piece that stands around a text: it would go on in another language.

        Raises:
            DamagedModel: it lacks one.
        """
        fixed = {*self.source, *self.target} - {_TEXT, _SOURCE, _TARGET}
        if not known >= fixed | set(self.languages.values()):
            raise DamagedModel("its vocabulary lacks a language")

    def frame(self, pair: LanguagePair) -> Frame:
        """Return what stands around a text in one direction.

        Raises:
            KeyError: a language is none of the model's.
        """
        filled = {_SOURCE: self.languages[pair.source], _TARGET: self.languages[pair.target]}
        place = self.source.index(_TEXT)
        source = tuple(filled.get(piece, piece) for piece in self.source)
        target = tuple(filled.get(piece, piece) for piece in self.target)
        return Frame(source[:place], source[place + 1 :], target)


class _Loaded:
    """A model in memory."""

    def __init__(self, model: Model, runtime: "Runtime", told: _Description) -> None:
        self._model, self._runtime, self._told = model, runtime, told

    def translate(
        self, sentences: Sequence[str], pair: LanguagePair, *, alternatives: int = 0
    ) -> list[tuple[str, ...]]:
        """Return for each sentence its translation and alternatives."""
        try:
            frame = self._told.frame(pair)
        except KeyError:
            raise EngineFailed("the model lacks this direction", model=self._model.id, pair=str(pair)) from None
        return self._runtime.translate(sentences, pair, frame, alternatives)

    def close(self) -> None:
        """Give the memory back."""
        self._runtime.close()


def _read(folder: Path) -> Model:
    if not _NAME.fullmatch(folder.name):
        raise DamagedModel("its name has other characters than letters, digits, points and hyphens")
    told = _Description.of(folder)
    weights, pieces = whole_file(folder, "model.bin"), whole_file(folder, *_TOKENIZERS)
    longest_input(weights)
    return Model(
        id=f"ctranslate2-{folder.name}",
        engine=Multilingual.name,
        version=f"{told.version}+{fingerprint(weights, pieces, folder / _DESCRIPTION)}",
        location=str(folder),
        pairs=told.pairs,
        licence=told.licence,
        size_bytes=size_of(folder),
        codes=MappingProxyType(dict(told.languages)),
    )


def _languages(described: dict[str, object]) -> dict[str, str]:
    value = described.get("languages")
    if not isinstance(value, dict) or len(value) < 2:
        raise DamagedModel("its languages are no object of two or more")
    if not all(isinstance(code, str) and code and normal_tag(tag) == tag for tag, code in value.items()):
        raise DamagedModel("its languages must map BCP 47 tags to pieces")
    return value


def _texts(described: dict[str, object], key: str) -> tuple[str, ...]:
    value = described.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise DamagedModel(f"its {key} is no list of pieces")
    return tuple(value)


def _pairs(described: dict[str, object], languages: Mapping[str, str]) -> tuple[LanguagePair, ...]:
    everything = {
        str(pair): pair for pair in (LanguagePair(one, other) for one, other in itertools.permutations(languages, 2))
    }
    if "pairs" not in described:
        return tuple(sorted(everything.values()))
    named = _texts(described, "pairs")
    if not set(named) <= everything.keys():
        raise DamagedModel("its pairs name a language that it lacks")
    return tuple(sorted(everything[name] for name in set(named)))


ENGINE = Multilingual()
