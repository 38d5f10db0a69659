"""Translation quality with the bundled models, measured through the HTTP door on text that nobody here tuned on.

Usage: ``python -m benchmarks.translation.flores``. Lines of FLORES-200 go one by one to a real server's
``/lt/translate``; beside the scores stand those of other systems' published outputs for the same lines.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

import sacrebleu

from benchmarks.translation.load import translations
from benchmarks.translation.systems import OURS, running
from benchmarks.translation.texts import Work

ROOT = Path(__file__).parents[2]
GOALS = {("en", "pt"): (46.4, 69.7), ("pt", "en"): (43.3, 69.2)}
"""BLEU and chrF (sacrebleu, default settings) that must be reached, rounded to one digit."""
OTHERS = ("google", "microsoft", "bergamot-tiny")


def main() -> int:
    """Measure both directions; return 1 where a goal is missed, 2 where the text is not there."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.translation.flores", description=__doc__)
    options.add_argument("--flores", type=Path, default=ROOT.parent / "shared/data/flores-dev")
    folder: Path = options.parse_args().flores
    if not (folder / "dev300.en").exists():
        print(f"benchmarks: there is no FLORES text in {folder}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as place:
        empty, own = Path(place) / "none", Path(place) / "server"
        empty.mkdir()
        own.mkdir()
        with running(OURS, own, empty) as server:
            return max(_measure(folder, source, target, server.port, server.path) for source, target in GOALS)


def _measure(folder: Path, source: str, target: str, port: int, path: str) -> int:
    lines, references = (_lines(folder / f"dev300.{tag}") for tag in (source, target))
    ours = translations(port, path, [Work(source, target, line) for line in lines])
    print(f"{source} → {target}: {len(lines)} lines, {Counter(bool(text) for text in ours)[False]} refused")
    found = _show("LinkBridge, through /lt", ours, references)
    for name in OTHERS:
        published = folder / f"dev300.{source}-{target}.{name}"
        if published.exists():
            _show(f"{name}, as published", _lines(published), references)
    goals = GOALS[source, target]
    return 0 if all(round(score, 1) >= goal for score, goal in zip(found, goals, strict=True)) else 1


def _show(name: str, texts: list[str], references: list[str]) -> tuple[float, float]:
    bleu = sacrebleu.corpus_bleu(texts, [references]).score
    chrf = sacrebleu.corpus_chrf(texts, [references]).score
    print(f"  {name:26} BLEU {bleu:5.2f}  chrF {chrf:5.2f}", flush=True)
    return bleu, chrf


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(main())
