"""Apertium's rule-based translators, where the system has them: rough, but quick and small.

Debian's packages, such as ``apertium-es-pt``, put a chain of programs for each direction into a ``.mode`` file. The
chain is started once, with ``-z`` for each program, so that a zero byte ends a text and flushes its translation.
"""

import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from linkbridge.kernel.tags import normal_tag
from linkbridge.translation.engines.pipes import Pipe, PipeFailed
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.folders import DamagedModel, find_models, fingerprint
from linkbridge.translation.pieces import plain
from linkbridge.translation.ports import EngineOptions, Lane, LanguagePair, LoadedModel, Model, Places

_MODES = Path("/usr/share/apertium/modes")
_LICENCE = "GPL-2.0-or-later"
_ARGUMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType({"$1": ("-n",), "$2": ()})
"""What the program ``apertium`` passes to a mode: ``-n`` asks for no marks on unknown words."""
_RESERVED = re.compile(r"[\\\[\]{}^$/@<>]")
_ESCAPED = re.compile(r"\\(.)")
_MARK = re.compile(r"(?<!\\)[*@#](?=\w)")
"""What stands before a word that a program does not know, if it was asked for marks or finds no other way."""
_END = ".[]"
"""A full stop that the translator sees, with an empty format block by which it is found and taken away again."""


class Apertium:
    """The engine of Apertium's modes. It knows one answer for each sentence."""

    name = "apertium"
    lane = Lane.THREAD
    batch_size = 8

    def __init__(self, modes: Path = _MODES) -> None:
        self._modes = modes

    def find(self, places: Places) -> tuple[Model, ...]:  # noqa: ARG002 - the system's packages bring its models
        """Return the directions whose programs and files are there."""
        return find_models(self.name, sorted(self._modes.glob("*.mode")), _read)

    def load(self, model: Model, options: EngineOptions) -> LoadedModel:
        """Start a direction's chain of programs."""
        try:
            pipe = Pipe(_stages(Path(model.location)), seconds=options.timeout_seconds)
        except (DamagedModel, OSError, PipeFailed):
            raise EngineFailed("the model cannot be loaded", engine=self.name, model=model.id) from None
        return _Loaded(model.id, pipe)


class _Loaded:
    """A chain of programs that waits for text."""

    def __init__(self, model_id: str, pipe: Pipe) -> None:
        self._model_id, self._pipe = model_id, pipe

    def translate(
        self,
        sentences: Sequence[str],
        pair: LanguagePair,  # noqa: ARG002 - it has one
        *,
        alternatives: int = 0,  # noqa: ARG002 - it knows none
    ) -> list[tuple[str, ...]]:
        """Return the one translation of each sentence. After a failure the chain starts anew with the next."""
        try:
            return [(self._one(plain(sentence)),) for sentence in sentences]
        except (OSError, PipeFailed):
            raise EngineFailed("the engine failed", engine=Apertium.name, model=self._model_id) from None

    def _one(self, text: str) -> str:
        if not text:
            return ""
        asked = _RESERVED.sub(r"\\\g<0>", text) + _END
        answer = self._pipe.ask(asked.encode()).decode("utf-8", "replace").removesuffix("[]").removesuffix(".")
        if _MARK.search(text) is None:
            answer = _MARK.sub("", answer)
        return _ESCAPED.sub(r"\1", answer).strip()

    def close(self) -> None:
        """End its programs."""
        self._pipe.close()


def _read(mode: Path) -> Model | None:
    names = mode.stem.split("-")
    tags = [normal_tag(name) for name in names]
    if len(tags) != 2 or tags[0] is None or tags[1] is None or tags[0] == tags[1]:
        return None
    source, target = tags[0], tags[1]
    files = _files(_stages(mode))
    return Model(
        id=f"apertium-{source}-{target}",
        engine=Apertium.name,
        version=fingerprint(mode, *files),
        location=str(mode),
        pairs=(LanguagePair(source, target),),
        licence=_LICENCE,
        size_bytes=sum(path.stat().st_size for path in files),
        codes=MappingProxyType({tag: name for tag, name in ((source, names[0]), (target, names[1])) if tag != name}),
    )


def _stages(mode: Path) -> list[list[str]]:
    """Return the chain of a mode, each program with its arguments.

    Raises:
        DamagedModel: it is no chain, or a program is missing.
        OSError: it cannot be read.
    """
    try:
        stages = [shlex.split(stage) for stage in mode.read_text(encoding="utf-8").split("|")]
    except ValueError:
        raise DamagedModel("its mode is no chain of programs") from None
    if not all(stages):
        raise DamagedModel("its mode is no chain of programs")
    chain = []
    for program, *arguments in stages:
        found = shutil.which(program)
        if found is None:
            raise DamagedModel("one of its programs is missing")
        chain.append([found, "-z", *(word for given in arguments for word in _ARGUMENTS.get(given, (given,)))])
    return chain


def _files(stages: Sequence[Sequence[str]]) -> list[Path]:
    """Return the files that the programs read.

    Raises:
        DamagedModel: one is missing.
    """
    files = [Path(word) for _, *arguments in stages for word in arguments if word.startswith("/")]
    if not all(path.is_file() for path in files):
        raise DamagedModel("one of its files is missing")
    return files


ENGINE = Apertium()
