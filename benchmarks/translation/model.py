"""Makes a translation model of real size with random weights: as slow as a real one, with outputs of real length.

What it writes means nothing, so it serves to measure speed alone. The weights are those of a usual Argos model: 6 and
6 layers, 512 wide, feed-forward 2048, a vocabulary of 32,000, int8. Random weights alone would never end a sentence,
and every system would write on until its own limit. So one of the 512 dimensions is kept free of noise and carries the
position: the first cross-attention averages it over the source, which gives half the source's length, and the end of
the sentence becomes likely where the target has grown as long as the source. No system is told of it.
"""

import io
import itertools
import json
import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import ctranslate2
import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec, attention_spec, common_spec, transformer_spec

LAYERS, WIDTH, HEADS, INNER, VOCABULARY = 6, 512, 8, 2048, 32_000
PIECES = 4000
POSITIONS = 512
LENGTH = WIDTH - 1
"""The dimension that carries the position."""
STEP = 0.1
"""How far one position moves it, in standard deviations of the other dimensions."""
SEED = 7
Floats = np.ndarray


def make_model(folder: Path, words: Sequence[str], *, source: str, target: str) -> Path:
    """Write an Argos package, a folder, whose pieces are made of ``words``; return it."""
    place = folder / f"translate-{source}_{target}-real_size"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    pieces = _train_pieces(place / "sentencepiece.model", words)
    vocabulary = [*pieces, *_letters(VOCABULARY - len(pieces))]
    _Weights(vocabulary).write(place / "model")
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
    (place / "README.md").write_text("Random weights: for measuring speed, it cannot translate.\n", encoding="utf-8")
    return place


def _train_pieces(path: Path, words: Sequence[str]) -> list[str]:
    rng = random.Random(SEED)
    lines = [" ".join(rng.choices(words, k=12)) + "." for _ in range(4000)]
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
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


def _letters(count: int) -> Iterator[str]:
    """Return made-up words that fill the vocabulary: letters alone, which nobody takes for numbers or names."""
    made = ("".join(letters) for letters in itertools.product("abcdefghijklmnoprstuvw", repeat=4))
    return (f"▁{word}q" for word in itertools.islice(made, count))


class _Weights:
    """Fills a specification of CTranslate2 with random numbers, and with the one dimension that counts."""

    def __init__(self, vocabulary: list[str]) -> None:
        self._rng = np.random.default_rng(SEED)
        self._vocabulary = vocabulary

    def write(self, folder: Path) -> None:
        spec = TransformerSpec.from_config(
            (LAYERS, LAYERS), HEADS, pre_norm=True, activation=common_spec.Activation.RELU
        )
        for side in (spec.encoder, spec.decoder):
            embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
            embeddings.weight = self._embeddings()
            side.scale_embeddings = False
            side.position_encodings.encodings = self._positions()
            self._norm(side.layer_norm)
        for layer in spec.encoder.layer:
            self._attention(layer.self_attention)
            self._feed_forward(layer.ffn)
        for number, layer in enumerate(spec.decoder.layer):
            self._attention(layer.self_attention)
            self._attention(layer.attention, measures_length=number == 0)
            self._feed_forward(layer.ffn)
        self._projection(spec.decoder)
        spec.register_source_vocabulary(self._vocabulary)
        spec.register_target_vocabulary(self._vocabulary)
        spec.config.unk_token, spec.config.bos_token, spec.config.eos_token = "<unk>", "<s>", "</s>"
        spec.config.decoder_start_token = "<s>"  # noqa: S105 - a piece of the vocabulary
        spec.config.add_source_eos = spec.config.add_source_bos = False
        spec.validate()
        spec.optimize(quantization="int8")
        folder.mkdir()
        spec.save(str(folder))

    def _random(self, rows: int, columns: int, scale: float) -> Floats:
        return self._rng.normal(0, scale, (rows, columns)).astype(np.float32)

    def _embeddings(self) -> Floats:
        weight = self._random(VOCABULARY, WIDTH, 1)
        weight[:, LENGTH] = 0
        return weight

    def _positions(self) -> Floats:
        encodings = np.zeros((POSITIONS, WIDTH), np.float32)
        encodings[:, LENGTH] = np.arange(POSITIONS) * STEP
        return encodings

    def _norm(self, spec: common_spec.LayerNormSpec) -> None:
        spec.gamma = np.ones(WIDTH, np.float32)
        spec.beta = np.zeros(WIDTH, np.float32)

    def _linear(self, spec: common_spec.LinearSpec, rows: int, columns: int, *, gain: float = 1) -> None:
        spec.weight = self._random(rows, columns, gain / np.sqrt(columns))
        spec.bias = np.zeros(rows, np.float32)

    def _into_stream(self, spec: common_spec.LinearSpec, columns: int) -> None:
        """Write little into the stream, so that it keeps its scale, and nothing into the dimension that counts."""
        self._linear(spec, WIDTH, columns, gain=0.2)
        spec.weight[LENGTH] = 0

    def _attention(self, spec: attention_spec.MultiHeadAttentionSpec, *, measures_length: bool = False) -> None:
        self._norm(spec.layer_norm)
        own = len(spec.linear) == 2  # one for queries, keys and values, one for what comes out
        if own:
            self._linear(spec.linear[0], 3 * WIDTH, WIDTH)
        else:
            self._linear(spec.linear[0], WIDTH, WIDTH)
            self._linear(spec.linear[1], 2 * WIDTH, WIDTH)
        self._into_stream(spec.linear[-1], WIDTH)
        if measures_length:
            queries, values, out = spec.linear
            queries.weight[: WIDTH // HEADS] = 0  # the first head looks at all of the source alike …
            values.weight[WIDTH] = 0
            values.weight[WIDTH, LENGTH] = 1  # … and reads the position, whose mean is half the length
            out.weight[:, 0] = 0
            out.weight[LENGTH, 0] = -2

    def _feed_forward(self, spec: transformer_spec.FeedForwardSpec) -> None:
        self._norm(spec.layer_norm)
        self._linear(spec.linear_0, INNER, WIDTH)
        self._into_stream(spec.linear_1, INNER)

    def _projection(self, decoder: transformer_spec.TransformerDecoderSpec) -> None:
        self._linear(decoder.projection, VOCABULARY, WIDTH, gain=1)
        end = self._vocabulary.index("</s>")
        decoder.projection.weight[:, LENGTH] = 0
        decoder.projection.weight[end] = 0
        decoder.projection.weight[end, LENGTH] = 30
        decoder.projection.bias[end] = 4
        for name in ("<s>", "<unk>"):
            decoder.projection.bias[self._vocabulary.index(name)] = -1e4


def lengths(package: Path, sentences: Sequence[str]) -> list[tuple[int, int]]:
    """Return how many pieces each sentence has, and how many the model makes of it with a beam of 4."""
    processor = sentencepiece.SentencePieceProcessor(model_file=str(package / "sentencepiece.model"))
    translator = ctranslate2.Translator(str(package / "model"), device="cpu", intra_threads=1)
    sources = [processor.encode(sentence, out_type=str) for sentence in sentences]
    results = translator.translate_batch(sources, beam_size=4)
    return [(len(source), len(result.hypotheses[0])) for source, result in zip(sources, results, strict=True)]
