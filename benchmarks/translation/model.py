"""Makes a translation model of real size that needs no training: it replaces each piece by another, as slowly as real.

Its shape is that of a usual Argos model: 6 and 6 layers, 512 wide, 8 heads, feed-forward 2048, a vocabulary of 32,000,
int8. Weights that are random alone would write nonsense without end: every system would write on until its own limit,
and a guard would try each sentence again. So a few dimensions are kept free of noise, and carry what makes the model
translate:

- Positions are sines and cosines in dimensions of their own. Two heads of the first cross-attention compare them, and
  so look at the source piece that stands where the target is.
- Each piece has a code in other dimensions. What the two heads read is the code of the target piece that belongs to
  the source piece, and the last projection finds the piece by its code. The source's end becomes the target's end.

Everything else is random, is computed, and changes nothing.
"""

import io
import itertools
import json
import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import numpy.typing as npt
import sentencepiece
from ctranslate2.specs import TransformerSpec, common_spec

LAYERS, WIDTH, HEADS, INNER, VOCABULARY = 6, 512, 8, 2048, 32_000
HEAD = WIDTH // HEADS
POSITIONS = 512
PLACES = slice(0, 32)
"""The dimensions of positions."""
CODES = slice(32, 32 + 2 * HEAD)
"""The dimensions of codes: as many as two heads read."""
SHARPNESS, CERTAINTY = 8.0, 20.0
PIECES = 4000
SEED = 7
Floats = npt.NDArray[np.float32]


def source_words(count: int = 1000) -> list[str]:
    """Return words that no language has: none is a number, a negation or a term of a glossary."""
    return list(itertools.islice(_made_up("bdfgklmnprstv", "aiou", "nkrm"), count))


def make_model(folder: Path, *, source: str, target: str) -> Path:
    """Write an Argos package, a folder, that knows the source words; return it."""
    place = folder / f"translate-{source}_{target}-real_size"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    pieces = _train_pieces(place / "sentencepiece.model", source_words())
    others = (f"▁{word}" for word in _made_up("bcdfglmnprstv", "aeio", "s"))
    needed = (f"▁{next(others)[1:].capitalize()}" if _is_capital(piece) else next(others) for piece in pieces)
    vocabulary = list(itertools.islice(dict.fromkeys(itertools.chain(pieces, needed, others)), VOCABULARY))
    _Weights(vocabulary, _partners(vocabulary, len(pieces))).write(place / "model")
    metadata = {
        "package_version": "1.0",
        "argos_version": "1.9.0",
        "from_code": source,
        "from_name": "English",
        "to_code": target,
        "to_name": "Spanish",
        "type": "translate",
        "links": [],
    }
    (place / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    (place / "README.md").write_text("For measuring speed: it knows no language.\n", encoding="utf-8")
    return place


def _made_up(consonants: str, vowels: str, endings: str) -> Iterator[str]:
    syllables = ["".join(each) for each in itertools.product(consonants, vowels)]
    made = ["".join(each) for each in itertools.product(syllables, syllables, syllables, endings)]
    random.Random(SEED).shuffle(made)
    return iter(made)


def _train_pieces(path: Path, words: Sequence[str]) -> list[str]:
    rng = random.Random(SEED)
    sentences = [f"{' '.join(rng.choices(words, k=8)).capitalize()}." for _ in range(4000)]
    sentences += [f"{word.capitalize()}." for word in words]
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=written,
        vocab_size=PIECES,
        hard_vocab_limit=False,
        character_coverage=1.0,
        num_threads=1,
        minloglevel=2,
    )
    path.write_bytes(written.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
    return [processor.id_to_piece(number) for number in range(processor.get_piece_size())]


def _partners(vocabulary: Sequence[str], pieces: int) -> npt.NDArray[np.int64]:
    """Return for each piece the one that it becomes: words become those that follow the pieces, all else stays."""
    partners = np.arange(len(vocabulary))
    for number, piece in enumerate(vocabulary[:pieces]):
        if piece.startswith("▁") and piece[1:].isalpha():
            partners[number] = pieces + number
    return partners


def _is_capital(piece: str) -> bool:
    return piece[1:2].isupper()


class _Weights:
    """Fills a specification of CTranslate2."""

    def __init__(self, vocabulary: list[str], partners: npt.NDArray[np.int64]) -> None:
        self._rng = np.random.default_rng(SEED)
        self._vocabulary = vocabulary
        self._partners = partners
        self._codes = np.sign(self._random(VOCABULARY, 2 * HEAD, 1))

    def write(self, folder: Path) -> None:
        """Save the model."""
        spec = TransformerSpec.from_config(
            (LAYERS, LAYERS), HEADS, pre_norm=True, activation=common_spec.Activation.RELU
        )
        [source] = spec.encoder.embeddings
        source.weight = self._embeddings(self._codes[self._partners])
        spec.decoder.embeddings.weight = self._embeddings(0)
        for side in (spec.encoder, spec.decoder):
            side.scale_embeddings = False
            side.position_encodings.encodings = _positions()
            _norm(side.layer_norm)
        for layer in spec.encoder.layer:
            self._attention(layer.self_attention)
            self._feed_forward(layer.ffn)
        for number, layer in enumerate(spec.decoder.layer):
            self._attention(layer.self_attention)
            self._attention(layer.attention)
            self._feed_forward(layer.ffn)
            if number == 0:
                _look_at_own_place(layer.attention)
        self._projection(spec.decoder.projection)
        self._describe(spec)
        spec.validate()
        spec.optimize(quantization="int8")
        folder.mkdir()
        spec.save(str(folder))

    def _describe(self, spec: TransformerSpec) -> None:
        spec.register_source_vocabulary(self._vocabulary)
        spec.register_target_vocabulary(self._vocabulary)
        spec.config.unk_token, spec.config.bos_token, spec.config.eos_token = "<unk>", "<s>", "</s>"
        spec.config.decoder_start_token = "<s>"  # noqa: S105 - a piece of the vocabulary
        spec.config.add_source_bos, spec.config.add_source_eos = False, True

    def _random(self, rows: int, columns: int, scale: float) -> Floats:
        return self._rng.normal(0, scale, (rows, columns)).astype(np.float32)

    def _embeddings(self, codes: Floats | int) -> Floats:
        weight = self._random(VOCABULARY, WIDTH, 1)
        weight[:, PLACES] = 0
        weight[:, CODES] = codes
        return weight

    def _linear(self, spec: Any, rows: int, columns: int) -> None:  # noqa: ANN401 - of a library without types
        spec.weight = self._random(rows, columns, columns**-0.5)
        spec.bias = np.zeros(rows, np.float32)

    def _into_stream(self, spec: Any, columns: int) -> None:  # noqa: ANN401
        """Write little into the stream, so that it keeps its scale, and nothing into the dimensions that count."""
        self._linear(spec, WIDTH, columns)
        spec.weight *= 0.2
        spec.weight[PLACES] = spec.weight[CODES] = 0

    def _attention(self, spec: Any) -> None:  # noqa: ANN401
        _norm(spec.layer_norm)
        *inner, out = spec.linear
        for linear, rows in zip(inner, (3 * WIDTH,) if len(inner) == 1 else (WIDTH, 2 * WIDTH), strict=True):
            self._linear(linear, rows, WIDTH)
        self._into_stream(out, WIDTH)

    def _feed_forward(self, spec: Any) -> None:  # noqa: ANN401
        _norm(spec.layer_norm)
        self._linear(spec.linear_0, INNER, WIDTH)
        self._into_stream(spec.linear_1, INNER)

    def _projection(self, spec: Any) -> None:  # noqa: ANN401
        self._linear(spec, VOCABULARY, WIDTH)
        spec.weight *= 0.5
        spec.weight[:, PLACES] = 0
        spec.weight[:, CODES] = self._codes * CERTAINTY / (2 * HEAD)


def _positions() -> Floats:
    angles = np.outer(np.arange(POSITIONS), np.linspace(0.1, 3.0, PLACES.stop // 2))
    encodings = np.zeros((POSITIONS, WIDTH), np.float32)
    encodings[:, PLACES] = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
    return encodings


def _norm(spec: Any) -> None:  # noqa: ANN401
    spec.gamma, spec.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)


def _look_at_own_place(spec: Any) -> None:  # noqa: ANN401
    """Let two heads read the code of the source piece that stands where the target is."""
    queries, keys_and_values, out = spec.linear
    count = PLACES.stop
    for head in range(2):
        rows = slice(head * HEAD, (head + 1) * HEAD)
        place = slice(rows.start, rows.start + count)
        values = slice(WIDTH + rows.start, WIDTH + rows.stop)
        code = slice(CODES.start + rows.start, CODES.start + rows.stop)
        queries.weight[rows] = keys_and_values.weight[rows] = keys_and_values.weight[values] = 0
        queries.weight[place, PLACES] = SHARPNESS * np.eye(count)
        keys_and_values.weight[place, PLACES] = np.eye(count)
        keys_and_values.weight[values, code] = np.eye(HEAD)
        out.weight[:, rows] = 0
        out.weight[code, rows] = np.eye(HEAD)


def translate(package: Path, sentences: Sequence[str]) -> list[str]:
    """Return what the model makes of sentences, with a beam of 4: to look at it."""
    processor = sentencepiece.SentencePieceProcessor(model_file=str(package / "sentencepiece.model"))
    translator = ctranslate2.Translator(str(package / "model"), device="cpu", intra_threads=1)
    sources = [processor.encode(sentence, out_type=str) for sentence in sentences]
    results = translator.translate_batch(sources, beam_size=4)
    return ["".join(result.hypotheses[0]).replace("▁", " ").strip() for result in results]
