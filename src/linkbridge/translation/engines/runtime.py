"""Runs models of CTranslate2: tokenizes, puts sentences of like length together, translates, and joins what was cut.

``argos`` and ``multilingual`` say what their models want; everything else is the same. This module alone imports the
libraries, so it is imported when a model is loaded.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import ctranslate2
import sentencepiece
from argostranslate.tokenizer import BPETokenizer

from linkbridge.translation.engines.frames import Frame
from linkbridge.translation.engines.model_file import longest_input
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.pieces import Piece, cut, join, plain
from linkbridge.translation.ports import EngineOptions, LanguagePair, Model

LONGEST = 160
"""Pieces in one unit. The longest of 300 sentences of news has 70; what is much longer is cut before the model."""
_BATCH_PIECES = 1_024
"""Pieces that are translated at once, with padding: so much memory and time a batch takes at most."""
_MOST_BEAMS = 16


class Tokenizer(Protocol):
    """Makes pieces of a text, and text of pieces."""

    def encode(self, text: str) -> list[str]:
        """Return the pieces of a text."""

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text of pieces."""


class SentencePiece:
    """Pieces of one SentencePiece model, or of one for each side."""

    def __init__(self, source: Path, target: Path | None = None) -> None:
        self._source = sentencepiece.SentencePieceProcessor(model_proto=source.read_bytes())
        self._target = (
            self._source if target is None else sentencepiece.SentencePieceProcessor(model_proto=target.read_bytes())
        )

    def encode(self, text: str) -> list[str]:
        """Return the pieces of a text."""
        pieces: list[str] = self._source.encode(text, out_type=str)
        return pieces

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text of pieces. An underscore of the text stays one."""
        text: str = self._target.decode_pieces(list(pieces))
        return text.replace("▁", " ").strip()


class MosesBytePairs:
    """Pieces of the Argos packages that have ``bpe.model``: Moses' words, cut into byte pairs."""

    def __init__(self, model: Path, source: str, target: str) -> None:
        self._tokenizer = BPETokenizer(model, source, target)
        self._tokenizer.lazy_load()

    def encode(self, text: str) -> list[str]:
        """Return the pieces of a text."""
        return [piece for piece in self._tokenizer.encode(text) if piece]

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text of pieces."""
        text: str = self._tokenizer.decode([*pieces])
        return text.removesuffix("@@").strip()


class Runtime:
    """A loaded model of CTranslate2. ``length_penalty`` above 0 favours longer answers."""

    def __init__(
        self, model: Model, folder: Path, tokenizer: Tokenizer, options: EngineOptions, *, length_penalty: float
    ) -> None:
        """Load a model.

        Raises:
            RuntimeError, ValueError: the library cannot read it.
            DamagedModel, OSError: its file is not whole.
        """
        positions = longest_input(folder / "model.bin")
        self._translator: ctranslate2.Translator | None = ctranslate2.Translator(
            str(folder), device="cpu", compute_type="auto", inter_threads=1, intra_threads=options.threads
        )
        self._engine, self._model_id, self._tokenizer = model.engine, model.id, tokenizer
        self._beam_size, self._penalty = options.beam_size, length_penalty
        self._longest = min(LONGEST, positions or LONGEST)
        self._positions = positions or 1_000_000

    def translate(
        self, sentences: Sequence[str], pair: LanguagePair, frame: Frame, alternatives: int
    ) -> list[tuple[str, ...]]:
        """Return for each sentence its translation, then up to ``alternatives`` others where it was not cut."""
        room = max(1, self._longest - len(frame.before) - len(frame.after) - len(frame.prefix) - 2)
        parts = [cut(plain(sentence), room, self._count) for sentence in sentences]
        texts = list(dict.fromkeys(piece.text for pieces in parts for piece in pieces if piece.text))
        answers = dict(zip(texts, self._run(texts, frame, alternatives), strict=True))
        return [_together(pieces, answers, pair.target) for pieces in parts]

    def close(self) -> None:
        """Give the memory back."""
        if self._translator is not None:
            self._translator.unload_model()
            self._translator = None

    def _count(self, text: str) -> int:
        return len(self._tokenizer.encode(text))

    def _run(self, texts: Sequence[str], frame: Frame, alternatives: int) -> list[tuple[str, ...]]:
        sources = [[*frame.before, *self._tokenizer.encode(text), *frame.after] for text in texts]
        answers: list[tuple[str, ...]] = [()] * len(texts)
        for batch in _batches([len(source) for source in sources]):
            results = self._answer([sources[number] for number in batch], frame, alternatives)
            for number, hypotheses in zip(batch, results, strict=True):
                decoded = (self._tokenizer.decode(pieces[len(frame.prefix) :]) for pieces in hypotheses)
                answers[number] = tuple(dict.fromkeys(decoded))
        return answers

    def _answer(self, sources: list[list[str]], frame: Frame, alternatives: int) -> list[list[list[str]]]:
        if self._translator is None:
            raise EngineFailed("the model is closed", engine=self._engine, model=self._model_id)
        wanted = min(1 + alternatives, _MOST_BEAMS)
        try:
            results = self._translator.translate_batch(
                sources,
                target_prefix=[list(frame.prefix)] * len(sources) if frame.prefix else None,
                beam_size=max(self._beam_size, wanted),
                num_hypotheses=wanted,
                length_penalty=self._penalty,
                replace_unknowns=True,
                max_input_length=0,
                max_decoding_length=min(3 * max(map(len, sources)) + 20, self._positions - 1),
            )
        except (RuntimeError, ValueError):
            raise EngineFailed("the engine failed", engine=self._engine, model=self._model_id) from None
        return [result.hypotheses for result in results]


def vocabulary_of(folder: Path) -> frozenset[str]:
    """Return the pieces that a model may read or say.

    Raises:
        OSError, ValueError: they cannot be read.
    """
    known: set[str] = set()
    for path in folder.glob("*_vocabulary.json"):
        known.update(json.loads(path.read_text(encoding="utf-8")))
    for path in folder.glob("*_vocabulary.txt"):
        known.update(path.read_text(encoding="utf-8").split("\n"))
    return frozenset(known)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the numbers of sources that are translated together: of like length, the longest first."""
    waiting = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    while waiting:
        longest = max(1, lengths[waiting[0]])
        fitting = itertools.takewhile(lambda number: 2 * lengths[number] + 8 >= longest, waiting)  # noqa: B023
        batch = list(itertools.islice(fitting, max(1, _BATCH_PIECES // longest)))
        del waiting[: len(batch)]
        yield batch


def _together(pieces: Sequence[Piece], answers: dict[str, tuple[str, ...]], target: str) -> tuple[str, ...]:
    if len(pieces) == 1:
        return answers.get(pieces[0].text) or ("",)
    return (join(pieces, [next(iter(answers.get(piece.text, ())), "") for piece in pieces], target),)
