"""Reads the Dockerfile, .dockerignore and compose.yaml as far as LinkBridge's own use them, and refuses the rest."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
BASE_PATH = "/usr/local/bin:/usr/bin:/bin"
"""``PATH`` in the base image."""


@dataclass
class Stage:
    """One stage of a Dockerfile: what later instructions replace holds the last, what they add to holds all."""

    base: str
    name: str
    environment: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    copies: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    copies_from: list[tuple[str, str, str]] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    single: dict[str, str] = field(default_factory=dict)

    def command(self, instruction: str) -> list[str]:
        """Return an instruction's command, which must be in the form that needs no shell."""
        words: list[str] = json.loads(self.single[instruction])
        return words

    @property
    def health_command(self) -> list[str]:
        """The command of the health check, without its options."""
        words: list[str] = json.loads(self.single["HEALTHCHECK"].partition(" CMD ")[2])
        return words


def read_dockerfile(path: Path = ROOT / "Dockerfile") -> list[Stage]:
    """Return the stages; an instruction that this reader does not know fails the test that reads."""
    stages: list[Stage] = []
    for instruction, rest in _instructions(path.read_text("utf-8")):
        if instruction == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base, name))
            continue
        stage = stages[-1]
        if instruction == "ENV":
            stage.environment |= _pairs(rest)
        elif instruction == "LABEL":
            stage.labels |= _pairs(rest)
        elif instruction == "RUN":
            stage.runs.append(rest)
        elif instruction == "COPY" and rest.startswith("--from="):
            name, source, target = rest.removeprefix("--from=").split()
            stage.copies_from.append((name, source, target))
        elif instruction == "COPY":
            *sources, target = rest.split()
            stage.copies.append((tuple(sources), target))
        else:
            assert instruction in {
                "CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"
            }, instruction  # fmt: skip
            stage.single[instruction] = rest
    return stages


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    for line in joined.splitlines():
        if line.strip():
            instruction, _, rest = line.partition(" ")
            yield instruction, rest.strip()


def _pairs(text: str) -> dict[str, str]:
    return {name: value for name, _, value in (word.partition("=") for word in shlex.split(text))}


# --- the build context


def context_files(root: Path = ROOT) -> Iterator[Path]:
    """Yield the files that the builder is sent, relative to the checkout."""
    rules = [line for line in (root / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]
    for top in sorted(root.iterdir()):
        if _is_ignored(Path(top.name), rules):
            continue
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            relative = path.relative_to(root)
            if path.is_file() and not _is_ignored(relative, rules):
                yield relative


def _is_ignored(path: Path, rules: list[str]) -> bool:
    """The last rule counts that matches the path or a folder above it; ``**/`` stands for any folders or none."""
    ignored = False
    for rule in rules:
        pattern = rule.removeprefix("!")
        if any(_matches(part, pattern) for part in [path, *path.parents[:-1]]):
            ignored = not rule.startswith("!")
    return ignored


def _matches(path: Path, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatchcase(path.name, pattern[3:])
    return len(path.parts) == len(Path(pattern).parts) and fnmatchcase(path.as_posix(), pattern)


# --- compose.yaml


def read_compose(given: Mapping[str, str], path: Path = ROOT / "compose.yaml") -> dict[str, Any]:
    """Return compose.yaml with the variables of ``.env`` filled in.

    Raises:
        KeyError: a variable that must be given is not; as Compose, the message says which.
    """
    parsed: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return {name: _filled(value, given) for name, value in parsed.items()}


def _filled(value: Any, given: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item, given) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, given) for item in value]
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)(:[?-])([^}]*)\}", lambda match: _variable(match, given), value)
    return value


def _variable(match: re.Match[str], given: Mapping[str, str]) -> str:
    name, kind, rest = match.groups()
    if given.get(name):
        return given[name]
    if kind == ":?":
        raise KeyError(rest)
    return rest
