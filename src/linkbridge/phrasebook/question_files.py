"""Loads sample questions (``questions/<tag>.yaml``) and urgent words (``urgent/<tag>.yaml``) of each language."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import yaml

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.files import PhrasebookFileError, read_reviewers, read_yaml
from linkbridge.phrasebook.matching.samples import SampleQuestions
from linkbridge.phrasebook.matching.urgency import Patterns, UrgencyKind, UrgencyLists, compile_pattern
from linkbridge.phrasebook.schema import Origin, Problem, Status
from linkbridge.phrasebook.yaml_source import Problems, YamlSource

QUESTIONS_FOLDER = "questions"
URGENT_FOLDER = "urgent"
LONGEST_QUESTION = 200
Read = TypeVar("Read")
_HEADER = ("status", "origin", "reviewers")


@dataclass(frozen=True, slots=True)
class MatchingFiles:
    """Both kinds of lists."""

    questions: SampleQuestions
    urgent: UrgencyLists


def load_matching(directory: Path, keys: Collection[str]) -> MatchingFiles:
    """Return the lists in the folder of phrasebooks; where there are none, they are empty.

    ``keys`` are the phrases that questions may point at.

    Raises:
        PhrasebookFileError: a file is not readable or not in the format; all problems of all files are named.
    """
    found, problems = read_matching(directory, keys)
    if problems:
        raise PhrasebookFileError(problems)
    return found


def read_matching(directory: Path, keys: Collection[str]) -> tuple[MatchingFiles, tuple[Problem, ...]]:
    """Return what can be read of the lists, and what is wrong with the rest, in the order of the files."""
    problems = Problems()

    def folder(name: str, content: str, read: Callable[[YamlSource, yaml.Node], Read]) -> dict[str, Read]:
        lists: dict[str, Read] = {}
        for path in sorted((directory / name).glob("*.yaml")):
            values = _read_file(directory, f"{name}/{path.name}", content, problems)
            if values is not None:
                lists[path.stem] = read(*values)
        return lists

    questions = folder(QUESTIONS_FOLDER, "questions", lambda source, node: _questions(source, node, keys))
    urgent = folder(URGENT_FOLDER, "urgent", _urgent)
    found = MatchingFiles(SampleQuestions(questions), UrgencyLists(urgent))
    return found, tuple(sorted(problems.found))


def _read_file(directory: Path, file: str, content: str, problems: Problems) -> tuple[YamlSource, yaml.Node] | None:
    tag = Path(file).stem
    if tag not in LANGUAGES:
        problems.error(file, 1, "unknown_language", f"'{tag}' is no language that LinkBridge knows")
        return None
    source, root = read_yaml(directory, file, problems)
    if root is None:
        return None
    values = source.fields(root, required=("date", content), optional=_HEADER)
    day, node = source.day(values.get("date")), values.get(content)
    source.choice(values.get("status"), Status)
    source.choice(values.get("origin"), Origin)
    read_reviewers(source, values.get("reviewers"))
    return None if day is None or node is None else (source, node)


def _questions(source: YamlSource, node: yaml.Node, keys: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key, listed in source.fields(node, optional=None).items():
        if key not in keys:
            source.error(listed, "unknown_phrase", f"the notices have no phrase '{key}'")
            continue
        found[key] = tuple(
            text
            for item in source.items(listed)
            if (text := source.matching(item, rf".{{1,{LONGEST_QUESTION}}}", "one short line")) is not None
        )
    return MappingProxyType(found)


def _urgent(source: YamlSource, node: yaml.Node) -> Patterns:
    found: dict[UrgencyKind, tuple[str, ...]] = {}
    for kind, listed in source.fields(node, required=tuple(UrgencyKind)).items():
        patterns = []
        for item in source.items(listed):
            text = source.text(item)
            if text is None:
                continue
            try:
                compile_pattern(text)
            except ValueError:
                source.error(item, "wrong_form", f"'{text}' holds no word")
            else:
                patterns.append(text)
        found[UrgencyKind(kind)] = tuple(patterns)
    return MappingProxyType(found)
