"""Makes a translation model of real size with random weights, for measurements of speed. Nothing is downloaded.

``python -m scripts.make_random_model FOLDER`` writes Argos packages of the size and shape of the real ones: 6 and 6
layers of 512, 32,000 pieces, int8. They translate into nonsense, about as long as its source, as slowly as real ones.
"""

import argparse
import random
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import sentencepiece

from scripts.make_fixture_model import corpus
from scripts.model_packing import END, PAD, START, UNKNOWN, Weights, positions, say, train_pieces, write_argos


def random_weights(size: int, end_bias: float) -> Weights:
    """Return random weights of the shape of a real Argos model. ``end_bias`` makes sentences end sooner."""
    width, hidden, layers, heads = 512, 2048, 6, 8
    generator = np.random.default_rng(7)
    arrays: dict[str, Any] = {}

    def linear(name: str, rows: int, columns: int, parts: tuple[str, str] = (".weight", ".bias")) -> None:
        arrays[name + parts[0]] = generator.normal(0.0, columns**-0.5, (rows, columns))
        arrays[name + parts[1]] = np.zeros(rows)

    def norm(name: str) -> None:
        arrays[name + ".weight"], arrays[name + ".bias"] = np.ones(width), np.zeros(width)

    for side, attentions in (("encoder", ("self_attn",)), ("decoder", ("self_attn", "multihead_attn"))):
        arrays[f"{side}_embedding.weight"] = generator.normal(0.0, width**-0.5, (size, width))
        norm(f"{side}.norm")
        for name in (f"{side}.layers.{number}" for number in range(layers)):
            for attention in attentions:
                linear(f"{name}.{attention}", 3 * width, width, (".in_proj_weight", ".in_proj_bias"))
                linear(f"{name}.{attention}.out_proj", width, width)
            linear(f"{name}.linear1", hidden, width)
            linear(f"{name}.linear2", width, hidden)
            for number in range(1, len(attentions) + 2):
                norm(f"{name}.norm{number}")
    linear("out", size, width)
    arrays["out.bias"][END] = end_bias
    arrays["out.bias"][[PAD, UNKNOWN, START]] = -100.0
    return Weights(arrays, layers, heads, positions(1024, width))


def made_up_words(count: int) -> list[str]:
    """Return texts of words that no language has, so many that 32,000 pieces can be learned from them."""
    generator = random.Random(7)  # noqa: S311 - the model must be the same each time
    syllables = [
        first + vowel + last for first in "bcdfgklmnprstvz" for vowel in "aeiou" for last in ("", "n", "r", "s")
    ]
    return [
        " ".join("".join(generator.choices(syllables, k=generator.randint(1, 4))) for _ in range(20))
        for _ in range(count)
    ]


def write_random(source: str, target: str, place: Path) -> None:
    """Write the package of real size, with sentences about as long as their source."""
    texts = made_up_words(20_000)
    known = [row[tag] for row in corpus() for tag in (source, target)]
    pieces = train_pieces([*texts, *known * 20], 32_000)
    processor: Any = sentencepiece.SentencePieceProcessor(model_proto=pieces)
    tried = [processor.encode(text, out_type=str) for text in known[:40]]
    wanted = sum(map(len, tried))
    low, high = 0.0, 8.0
    for _ in range(7):
        middle = (low + high) / 2
        path = write_argos(source, target, pieces, random_weights(processor.vocab_size(), middle), place)
        length = measured_length(path, tried)
        say(f"  bias {middle:.3f}: {length} pieces for {wanted}")
        low, high = (middle, high) if length > wanted else (low, middle)
    say(f"{path.name}: {path.stat().st_size // 2**20} MB, {processor.vocab_size()} pieces")


def measured_length(package: Path, sentences: list[list[str]]) -> int:
    """Return how many pieces a package answers to these sentences."""
    with tempfile.TemporaryDirectory() as work:
        with zipfile.ZipFile(package) as archive:
            archive.extractall(work)
        model = next(Path(work).glob("*/model"))
        answers = ctranslate2.Translator(str(model)).translate_batch(sentences, beam_size=4)
    return sum(len(answer.hypotheses[0]) for answer in answers)


def main() -> None:
    """Read the command line and make the packages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", default="es-en,en-fr", help="directions, with a comma between them")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for pair in arguments.pairs.split(","):
        source, _, target = pair.partition("-")
        write_random(source, target, arguments.folder)


if __name__ == "__main__":
    main()
