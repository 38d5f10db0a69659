# ruff: noqa: ANN401 - PyTorch is not installed where types are checked
"""Trains the small translation models of the tests. Nothing is downloaded.

``python -m scripts.make_fixture_model`` makes ``tests/fixtures/models`` anew, in some five minutes on two cores. It
needs PyTorch, which LinkBridge itself does not; give it to a throw-away environment::

    python -m venv /tmp/training && /tmp/training/bin/pip install torch==2.13.0 ctranslate2 sentencepiece

The models know the sentences that ``templates.json`` there spells out by heart, and nothing else. Each direction
becomes an Argos package, a zip with ``metadata.json``, ``sentencepiece.model`` and ``model/``; the model of four
languages becomes a zip of a folder such as the engine ``ctranslate2`` reads.
"""

import argparse
import importlib
import itertools
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sentencepiece

from scripts.model_packing import (
    END,
    NAMES,
    PAD,
    START,
    Weights,
    pack,
    positions,
    save_model,
    say,
    train_pieces,
    vocabulary,
    write_argos,
)

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "fixtures" / "models"
PAIRS = (("es", "en"), ("en", "fr"), ("en", "pt"))


def corpus() -> list[dict[str, str]]:
    """Return every sentence that the trained models know, in all languages."""
    templates = json.loads((FOLDER / "templates.json").read_text(encoding="utf-8"))
    words: dict[str, list[list[str]]] = templates["words"]
    rows = []
    for frame in templates["sentences"]:
        slots = [slot for slot in words if f"{{{slot}}}" in frame[0]]
        for chosen in itertools.product(*(words[slot] for slot in slots)):
            row = {}
            for place, tag in enumerate(templates["languages"]):
                filled = {slot: forms[place] for slot, forms in zip(slots, chosen, strict=True)}
                text = frame[place].format(**filled)
                row[tag] = text[0].upper() + text[1:]
            rows.append(row)
    return rows


def train(examples: Sequence[tuple[list[int], list[int], list[int]]], size: int, steps: int, seed: int) -> Weights:
    """Train a Transformer on ``(source, prefix of the target, target)`` in pieces, and return its weights."""
    torch: Any = importlib.import_module("torch")
    torch.manual_seed(seed)
    generator = random.Random(seed)  # noqa: S311 - training must be repeatable
    width, heads, hidden, layers = 96, 4, 256, 2
    nn, shape = torch.nn, {"dim_feedforward": hidden, "dropout": 0.0, "norm_first": True, "batch_first": True}
    net = nn.ModuleDict(
        {
            "encoder_embedding": nn.Embedding(size, width),
            "decoder_embedding": nn.Embedding(size, width),
            "encoder": nn.TransformerEncoder(
                nn.TransformerEncoderLayer(width, heads, **shape),
                layers,
                nn.LayerNorm(width),
                enable_nested_tensor=False,
            ),
            "decoder": nn.TransformerDecoder(
                nn.TransformerDecoderLayer(width, heads, **shape), layers, nn.LayerNorm(width)
            ),
            "out": nn.Linear(width, size),
        }
    )
    for parameter in net.parameters():
        if parameter.dim() > 1:
            nn.init.xavier_uniform_(parameter)
    for name in ("encoder_embedding", "decoder_embedding"):
        nn.init.normal_(net[name].weight, std=width**-0.5)
    table = positions(256, width)
    places = torch.tensor(table)
    optimizer = torch.optim.AdamW(net.parameters(), betas=(0.9, 0.98), weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, steps, pct_start=0.1)
    for step in range(1, steps + 1):
        source, given, wanted = (padded(torch, row) for row in batch(examples, generator))
        length = given.size(1)
        hidden_from = torch.ones(length, length, dtype=torch.bool).triu(1)
        seen = net["encoder_embedding"](source) * width**0.5 + places[: source.size(1)]
        seen = net["encoder"](seen, src_key_padding_mask=source == PAD)
        said = net["decoder_embedding"](given) * width**0.5 + places[:length]
        said = net["decoder"](said, seen, tgt_mask=hidden_from, memory_key_padding_mask=source == PAD)
        loss = nn.functional.cross_entropy(net["out"](said).flatten(0, 1), wanted.flatten(), ignore_index=PAD)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            say(f"  step {step} of {steps}: loss {loss.item():.3f}")
    return Weights({name: value.numpy() for name, value in net.state_dict().items()}, layers, heads, table)


def batch(
    examples: Sequence[tuple[list[int], list[int], list[int]]], generator: random.Random
) -> Iterator[list[list[int]]]:
    """Yield sources, what the decoder is given, and what it should say. One in eight joins two sentences.

    One in eight pieces that the decoder is given is a wrong one, so that it learns to go on where a beam went astray;
    otherwise answers that stop too soon would fill the beam before the right one is finished.
    """
    some = sorted({piece for _, _, target in examples for piece in target})
    sources, given, wanted = [], [], []
    for source, prefix, target in generator.choices(examples, k=64):
        both_from, both_to = source, target
        if generator.random() < 0.125 and not prefix:
            more_from, _, more_to = generator.choice(examples)
            both_from, both_to = source + more_from, target + more_to
        sources.append(both_from)
        noisy = [generator.choice(some) if generator.random() < 0.125 else piece for piece in both_to]
        given.append([START, *prefix, *noisy])
        wanted.append([*([PAD] * len(prefix)), *both_to, END])
    yield from (sources, given, wanted)


def padded(torch: Any, rows: list[list[int]]) -> Any:
    """Return rows of different length as one tensor."""
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=PAD)


def train_pair(source: str, target: str, place: Path, steps: int) -> None:
    """Train one direction and write its package."""
    rows = corpus()
    pieces = train_pieces([row[tag] for row in rows for tag in (source, target)], 400)
    processor: Any = sentencepiece.SentencePieceProcessor(model_proto=pieces)
    examples = [(processor.encode(row[source]), list[int](), processor.encode(row[target])) for row in rows]
    weights = train(examples, processor.vocab_size(), steps, seed=7)
    path = write_argos(source, target, pieces, weights, place)
    say(f"{path.name}: {path.stat().st_size // 1024} KB")


def train_many(place: Path, steps: int) -> None:
    """Train one model for all directions between the languages, told by a first piece as M2M-100 is, and write it."""
    rows = corpus()
    codes = {tag: f"__{tag}__" for tag in NAMES}
    pieces = train_pieces([row[tag] for row in rows for tag in NAMES], 480, list(codes.values()))
    processor: Any = sentencepiece.SentencePieceProcessor(model_proto=pieces)
    numbers = {tag: processor.piece_to_id(code) for tag, code in codes.items()}
    examples = [
        ([numbers[one], *processor.encode(row[one]), END], [numbers[other]], processor.encode(row[other]))
        for row in rows
        for one, other in itertools.permutations(NAMES, 2)
    ]
    weights = train(examples, processor.vocab_size(), steps, seed=7)
    described = {
        "version": "0.1",
        "licence": "Apache-2.0",
        "languages": codes,
        "source": ["{source}", "{text}", "</s>"],
        "target": ["{target}"],
    }
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "four-languages"
        save_model(weights, vocabulary(processor), folder)
        (folder / "sentencepiece.model").write_bytes(pieces)
        (folder / "linkbridge.json").write_text(json.dumps(described, indent=1), encoding="utf-8")
        path = place / "four-languages.zip"
        pack(folder, path)
    say(f"{path.name}: {path.stat().st_size // 1024} KB")


def main() -> None:
    """Read the command line and make the models."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--steps", type=int, default=550, help="training steps of one direction")
    parser.add_argument("--only", default="", help="train one alone: such as es-en, or many")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for source, target in PAIRS:
        if arguments.only in {"", f"{source}-{target}"}:
            train_pair(source, target, arguments.folder, arguments.steps)
    if arguments.only in {"", "many"}:
        train_many(arguments.folder, arguments.steps * 4)


if __name__ == "__main__":
    main()
