"""``python -m benchmarks.guard``: what the guard finds, and whom it blames wrongly, over all thresholds.

``--flores FOLDER`` adds false alarms on reference translations (``dev300.en`` and so on); ``--write`` brings the tables
and the curve of docs/translation-guard.md up to date.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

from rich.console import Console

from linkbridge.translation.guard import REFUSED_AT, SUSPECT_AT, signals
from tests.support.guard import GOOD, Item, flagged, items, kinds, scored, share

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/translation-guard.md"
PICTURE = ROOT / "docs/images/guard-curve.svg"
FLORES_PAIRS = (
    "en-pt",
    "pt-en",
    "en-es",
    "es-en",
    "en-fr",
    "fr-en",
    "en-ar",
    "ar-en",
    "en-am",
    "am-en",
    "es-pt",
    "fr-es",
)
THRESHOLDS = (0.2, 0.3, 0.4, 0.45, SUSPECT_AT, 0.55, 0.6, 0.7, 0.8, REFUSED_AT, 0.95)
GOAL_RECALL, GOAL_ALARMS = 0.95, 0.05

_LEVELS = (0.0, 0.05, 0.5, 0.95)
_KEY = "solid: recall; dashed: recall of the worst kind; dotted: false alarms; across: threshold"
Rows = list[list[str]]


def of(counts: tuple[int, int]) -> str:
    """Write a share with its counts."""
    hits, whole = counts
    return f"{hits / whole:.3f} ({hits}/{whole})" if whole else "none"


def recall_rows() -> Rows:
    """Return what is found of each kind, on both halves."""
    head = ["fault", "tuned half", "held-out half", "of these from engines", "held-out, refused"]
    rows = [
        [
            kind.replace("_", " "),
            of(flagged(kind, SUSPECT_AT, held_out=False)),
            of(flagged(kind, SUSPECT_AT, held_out=True)),
            of(flagged(kind, SUSPECT_AT, held_out=True, origin="engine")),
            of(flagged(kind, REFUSED_AT, held_out=True)),
        ]
        for kind in kinds()
    ]
    good = [of(flagged(GOOD, SUSPECT_AT, held_out=half)) for half in (False, True)]
    engines = of(flagged(GOOD, SUSPECT_AT, held_out=True, origin="engine"))
    return [head, *rows, ["good: false alarms", *good, engines, of(flagged(GOOD, REFUSED_AT, held_out=True))]]


def curve() -> list[tuple[float, float, float, float]]:
    """Return for each threshold the recall, the recall of the worst kind, and the false alarms of the held-out half."""
    points = []
    for threshold in THRESHOLDS:
        each = [flagged(kind, threshold, held_out=True) for kind in kinds()]
        points.append(
            (
                threshold,
                share(each),
                min(share([counts]) for counts in each),
                share([flagged(GOOD, threshold, held_out=True)]),
            )
        )
    return points


def curve_rows() -> Rows:
    """Return the curve as a table."""
    rows = [["threshold", "recall", "worst kind", "false alarms"]]
    return [*rows, *([f"{at:.2f}", *(f"{value:.3f}" for value in values)] for at, *values in curve())]


def flores_rows(folder: Path) -> Rows:
    """Return false alarms on reference translations, with the reasons."""
    texts = {
        tag: (folder / f"dev300.{tag}").read_text(encoding="utf-8").splitlines()
        for tag in ("en", "pt", "es", "fr", "ar", "am")
    }
    rows = [["direction", "false alarms", "reasons"]]
    for pair in FLORES_PAIRS:
        source, target = pair.split("-")
        reasons: Counter[str] = Counter()
        alarms = 0
        for here, there in zip(texts[source], texts[target], strict=True):
            found = [signal for signal in signals(here, there, source, target) if signal.score >= SUSPECT_AT]
            alarms += bool(found)
            reasons.update(signal.reason.value for signal in found)
        named = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
        rows.append([f"{source}→{target}", of((alarms, len(texts[source]))), named])
    return rows


def set_rows() -> Rows:
    """Return how the set is made up."""
    counted = Counter((item.kind, item.origin) for item in items())
    rows = [["kind", "engine", "phrasebook", "scripted"]]
    for kind in (*kinds(), GOOD):
        rows.append([kind.replace("_", " "), *(str(counted[kind, origin]) for origin in rows[0][1:])])
    return rows


def milliseconds() -> float:
    """Return the processor time for one sentence pair, on average."""
    texts: tuple[Item, ...] = items()
    began = time.process_time()
    for item in texts:
        signals(f"{item.source} ", f"{item.output} ", item.source_tag, item.target_tag)
    return (time.process_time() - began) / len(texts) * 1_000


def table(rows: Rows) -> str:
    """Write a table in Markdown."""
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def picture() -> str:
    """Draw recall and false alarms over the threshold."""
    width, height, left, top = 640, 320, 60, 20
    points = curve()

    def place(threshold: float, value: float) -> str:
        return f"{left + threshold * (width - left - 20):.0f},{top + (1 - value) * (height - top - 50):.0f}"

    def line(index: int, colour: str, dash: str) -> str:
        path = " ".join(place(point[0], point[index]) for point in points)
        return f'<polyline fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}" points="{path}"/>'

    def label(at: str, text: str) -> str:
        x, y = at.split(",")
        return f'<text x="{x}" y="{y}">{text}</text>'

    grid = [f'<path d="M{place(0, level)} L{place(1, level)}" stroke="#ccc"/>' for level in _LEVELS]
    levels = [label(f"8,{place(0, level).split(',')[1]}", f"{level:.2f}") for level in _LEVELS]
    ticks = [label(f"{place(at, 0).split(',')[0]},{height - 28}", f"{at:.1f}") for at in (0.2, 0.4, 0.5, 0.6, 0.8, 0.9)]
    chosen = f'<path d="M{place(SUSPECT_AT, 0)} L{place(SUSPECT_AT, 1)}" stroke="#888" stroke-dasharray="2 3"/>'
    key = label(f"{left},{height - 6}", _KEY)
    lines = [line(1, "#075", "none"), line(2, "#05a", "8 4"), line(3, "#a30", "2 3")]
    frame = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
        ' font-size="12" role="img" aria-label="Recall and false alarms over the threshold">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
    )
    return "\n".join([frame, *grid, *levels, *ticks, chosen, *lines, key, "</svg>\n"])


def main() -> None:
    """Print the figures; leave with 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flores", type=Path, default=ROOT.parent / "shared/data/flores-dev")
    parser.add_argument("--write", action="store_true", help="bring docs/translation-guard.md up to date")
    options = parser.parse_args()
    console = Console(width=140)
    tables = {"set": set_rows(), "recall": recall_rows(), "curve": curve_rows()}
    if options.flores.is_dir():
        tables["references"] = flores_rows(options.flores)
    for name, rows in tables.items():
        console.print(f"\n[bold]{name}[/bold]\n{table(rows)}", highlight=False)
    console.print(f"\n{milliseconds():.2f} ms of processor time for a sentence, over {len(scored())} pairs")
    if options.write:
        write(tables)
    missed = [kind for kind in kinds() if share([flagged(kind, SUSPECT_AT, held_out=True)]) < GOAL_RECALL]
    if share([flagged(GOOD, SUSPECT_AT, held_out=True)]) > GOAL_ALARMS:
        missed.append("false alarms")
    console.print(f"missed: {', '.join(missed)}" if missed else "every goal is met on the held-out half")
    raise SystemExit(bool(missed))


def write(tables: dict[str, Rows]) -> None:
    """Put the tables between their marks in the page, and draw the curve."""
    text = PAGE.read_text(encoding="utf-8")
    for name, rows in tables.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, rest = text.split(begin)
        text = f"{before}{begin}\n{table(rows)}\n{end}{rest.split(end)[1]}"
    PAGE.write_text(text, encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
