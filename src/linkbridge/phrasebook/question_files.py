"""Loads sample questions (``questions/<tag>.yaml``) and urgent words (``urgent/<tag>.yaml``) of each language."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import yaml

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.files import PhrasebookFileError, read_reviewers, read_yaml
from linkbridge.phrasebook.matching.samples import SampleQuestions
from linkbridge.phrasebook.matching.urgency import Patterns, UrgencyKind, UrgencyLists, compile_pattern
from linkbridge.phrasebook.schema import Origin, Problem, Status, earned_status
from linkbridge.phrasebook.yaml_source import Problems, YamlSource

QUESTIONS_FOLDER = "questions"
URGENT_FOLDER = "urgent"
LONGEST_QUESTION = 200
Read = TypeVar("Read")
_HEADER = ("status", "origin", "reviewers")


@dataclass(frozen=True, slots=True)
class ListStatus:
    """How far a list can be trusted, and since when."""

    status: Status
    origin: Origin
    date: date


@dataclass(frozen=True, slots=True)
class MatchingFiles:
    """Both kinds of lists with the status of each file, by its path."""

    questions: SampleQuestions
    urgent: UrgencyLists
    statuses: Mapping[str, ListStatus]


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
    statuses: dict[str, ListStatus] = {}

    def folder(name: str, content: str, read: Callable[[YamlSource, yaml.Node], Read]) -> dict[str, Read]:
        lists: dict[str, Read] = {}
        for path in sorted((directory / name).glob("*.yaml")):
            values = _read_file(directory, f"{name}/{path.name}", content, problems, statuses)
            if values is not None:
                lists[path.stem] = read(*values)
        return lists

    questions = folder(QUESTIONS_FOLDER, "questions", lambda source, node: _questions(source, node, keys))
    urgent = folder(URGENT_FOLDER, "urgent", _urgent)
    found = MatchingFiles(SampleQuestions(questions), UrgencyLists(urgent), MappingProxyType(statuses))
    return found, tuple(sorted(problems.found))


def _read_file(
    directory: Path, file: str, content: str, problems: Problems, statuses: dict[str, ListStatus]
) -> tuple[YamlSource, yaml.Node] | None:
    tag = Path(file).stem
    if tag not in LANGUAGES:
        problems.error(file, 1, "unknown_language", f"'{tag}' is no language that LinkBridge knows")
        return None
    source, root = read_yaml(directory, file, problems)
    if root is None:
        return None
    values = source.fields(root, required=("date", content), optional=_HEADER)
    day = source.day(values.get("date"))
    claimed = source.choice(values.get("status"), Status) or Status.DRAFT
    status = earned_status(claimed, read_reviewers(source, values.get("reviewers")))
    origin = source.choice(values.get("origin"), Origin) or Origin.MACHINE
    node = values.get(content)
    if day is None or node is None:
        return None
    statuses[file] = ListStatus(status, origin, day)
    return source, node


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
