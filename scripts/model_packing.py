# ruff: noqa: ANN401 - CTranslate2's specifications of models have no types
"""Writes weights as models of CTranslate2 and as Argos packages, for the scripts that make models."""

import io
import json
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec, common_spec

NAMES = {"en": "English", "es": "Spanish", "fr": "French", "pt": "Portuguese"}
PAD, UNKNOWN, START, END = range(4)


def train_pieces(texts: Sequence[str], size: int, symbols: Sequence[str] = ()) -> bytes:
    """Return a SentencePiece model of about ``size`` pieces, in which ``symbols`` are whole."""
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=written,
        vocab_size=size,
        character_coverage=1.0,
        hard_vocab_limit=False,
        normalization_rule_name="identity",
        user_defined_symbols=list(symbols),
        pad_id=PAD,
        unk_id=UNKNOWN,
        bos_id=START,
        eos_id=END,
        num_threads=1,
        minloglevel=2,
    )
    return written.getvalue()


def positions(length: int, width: int) -> "np.ndarray[Any, np.dtype[np.float32]]":
    """Return the sinusoids that tell a Transformer where a piece stands."""
    angles = np.arange(length)[:, None] * np.exp(np.arange(0, width, 2) * -(np.log(10_000.0) / width))
    table = np.zeros((length, width), dtype=np.float32)
    table[:, 0::2], table[:, 1::2] = np.sin(angles), np.cos(angles)
    return table


def save_model(weights: "Weights", vocabulary: Sequence[str], folder: Path) -> None:
    """Write weights as a CTranslate2 model in int8."""
    spec = TransformerSpec.from_config(
        (weights.layers, weights.layers), weights.heads, pre_norm=True, activation=common_spec.Activation.RELU
    )
    for side, name in ((spec.encoder, "encoder"), (spec.decoder, "decoder")):
        embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        embeddings.weight = weights.get(f"{name}_embedding.weight")
        side.scale_embeddings = True
        side.position_encodings.encodings = weights.positions
        _norm(side.layer_norm, weights, f"{name}.norm")
        for number, layer in enumerate(side.layer):
            _layer(layer, weights, f"{name}.layers.{number}")
    _linear(spec.decoder.projection, weights.get("out.weight"), weights.get("out.bias"))
    spec.register_source_vocabulary(list(vocabulary))
    spec.register_target_vocabulary(list(vocabulary))
    spec.config.decoder_start_token = "<s>"  # noqa: S105 - a piece, no password
    spec.config.add_source_eos = spec.config.add_source_bos = False
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True)
    spec.save(str(folder))


class Weights:
    """The named weights of a Transformer, under PyTorch's names for its layers."""

    def __init__(self, arrays: Mapping[str, Any], layers: int, heads: int, table: Any) -> None:
        self._arrays = arrays
        self.layers, self.heads, self.positions = layers, heads, table

    def get(self, name: str) -> Any:
        """Return one array."""
        return np.ascontiguousarray(self._arrays[name], dtype=np.float32)


def _layer(layer: Any, weights: Weights, name: str) -> None:
    is_decoder = name.startswith("decoder")
    _norm(layer.self_attention.layer_norm, weights, f"{name}.norm1")
    whole, bias = (weights.get(f"{name}.self_attn.in_proj_{part}") for part in ("weight", "bias"))
    _linear(layer.self_attention.linear[0], whole, bias)
    _named(layer.self_attention.linear[1], weights, f"{name}.self_attn.out_proj")
    if is_decoder:
        width = weights.positions.shape[1]
        _norm(layer.attention.layer_norm, weights, f"{name}.norm2")
        whole, bias = (weights.get(f"{name}.multihead_attn.in_proj_{part}") for part in ("weight", "bias"))
        _linear(layer.attention.linear[0], whole[:width], bias[:width])
        _linear(layer.attention.linear[1], whole[width:], bias[width:])
        _named(layer.attention.linear[2], weights, f"{name}.multihead_attn.out_proj")
    _norm(layer.ffn.layer_norm, weights, f"{name}.norm{3 if is_decoder else 2}")
    _named(layer.ffn.linear_0, weights, f"{name}.linear1")
    _named(layer.ffn.linear_1, weights, f"{name}.linear2")


def _linear(spec: Any, weight: Any, bias: Any) -> None:
    spec.weight, spec.bias = weight, bias


def _named(spec: Any, weights: Weights, name: str) -> None:
    _linear(spec, weights.get(f"{name}.weight"), weights.get(f"{name}.bias"))


def _norm(spec: Any, weights: Weights, name: str) -> None:
    spec.gamma, spec.beta = weights.get(f"{name}.weight"), weights.get(f"{name}.bias")


def pack(folder: Path, target: Path) -> None:
    """Write a folder as a zip whose bytes depend on its files alone."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(str(path.relative_to(folder.parent)), (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, path.read_bytes())


def write_argos(source: str, target: str, pieces: bytes, weights: Weights, place: Path) -> Path:
    """Write an Argos package into the folder ``place`` and return its path."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=pieces)
    metadata = {
        "package_version": "0.1",
        "argos_version": "1.9.0",
        "from_code": source,
        "from_name": NAMES[source],
        "to_code": target,
        "to_name": NAMES[target],
        "type": "translate",
        "links": [],
    }
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / f"translate-{source}_{target}"
        save_model(weights, vocabulary(processor), folder / "model")
        (folder / "sentencepiece.model").write_bytes(pieces)
        (folder / "metadata.json").write_text(json.dumps(metadata, indent=1), encoding="utf-8")
        path = place / f"translate-{source}_{target}.argosmodel"
        pack(folder, path)
    return path


def vocabulary(processor: Any) -> list[str]:
    """Return the pieces in their order."""
    return [processor.id_to_piece(number) for number in range(processor.vocab_size())]


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
