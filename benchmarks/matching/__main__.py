"""Prints for each language how often a right phrase is among the first three, and how often what is urgent is found.

The questions were written by a machine that saw neither the sample questions nor the urgent words. No speaker has read
them.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import yaml

from linkbridge.phrasebook.files import default_directory
from linkbridge.phrasebook.matching.finder import PhraseFinder
from linkbridge.phrasebook.matching.meaning import Meaning, NoMeaning, load_meaning
from linkbridge.phrasebook.question_files import MatchingFiles, load_matching
from linkbridge.phrasebook.service import load_catalogue

HERE = Path(__file__).parent
FIND_SECONDS = 1000.0


def _read(path: Path) -> Any:  # noqa: ANN401 - as the file has it
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def hits(finder: PhraseFinder, tag: str, questions: list[Mapping[str, Any]]) -> tuple[float, float]:
    """Return the share of questions with a right phrase among three, and the milliseconds for each."""
    finder.find(questions[0]["ask"], tag)
    begun = time.perf_counter()
    found = [{candidate.key for candidate in finder.find(each["ask"], tag)} for each in questions]
    taken = (time.perf_counter() - begun) / len(questions) * FIND_SECONDS
    right = sum(bool(keys & set(each["answers"])) for keys, each in zip(found, questions, strict=True))
    return right / len(questions), taken


def main() -> None:
    """Measure and print."""
    folder = default_directory()
    catalogue = load_catalogue(folder, cache=Path(gettempdir()) / "linkbridge-bench-cache")
    files = load_matching(folder, catalogue.library.phrase_keys)
    kinds: dict[str, Meaning] = {"words": NoMeaning()}
    meaning = load_meaning(Path(gettempdir()) / "linkbridge-bench-meaning")
    if meaning.is_available:
        kinds["words and meaning"] = meaning
    unrelated = _read(HERE / "unrelated.yaml")
    for name, each in kinds.items():
        finder = PhraseFinder(lambda: catalogue, lambda: files.questions, each, in_background=lambda work: work())
        print(f"\nBy {name}: right phrase among the first three, ms a question")
        for path in sorted((HERE / "questions").glob("*.yaml")):
            share, taken = hits(finder, path.stem, _read(path))
            print(f"  {path.stem:8} {share:5.2f}  {taken:6.1f} ms")
        refused = sum(not finder.find(each["text"], each["tag"]) for each in unrelated)
        print(f"  of {len(unrelated)} unrelated messages {refused} are refused; to the others three are offered")
    _measure_urgent(files, unrelated)


def _measure_urgent(files: MatchingFiles, unrelated: list[Mapping[str, Any]]) -> None:
    print("\nUrgent messages found, and calm questions taken for urgent")
    for path in sorted((HERE / "urgent").glob("*.yaml")):
        tag = path.stem
        urgent = _read(path)
        found = sum(bool(files.urgent.kinds(each["text"], (tag, "en"))) for each in urgent)
        calm = [each["ask"] for each in _read(HERE / "questions" / path.name) if not each.get("urgent")]
        calm += [each["text"] for each in unrelated if each["tag"] == tag]
        alarms = sum(bool(files.urgent.kinds(text, (tag, "en"))) for text in calm)
        print(f"  {tag:8} {found:2} of {len(urgent)}   {alarms} of {len(calm)}")


if __name__ == "__main__":
    main()
