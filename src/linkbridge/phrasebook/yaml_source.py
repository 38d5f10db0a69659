"""Reads YAML into typed values and reports everything wrong with its line and column."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

import yaml

from linkbridge.phrasebook.schema import Problem, Severity

_Choice = TypeVar("_Choice", bound=StrEnum)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 20
_NULL = "tag:yaml.org,2002:null"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class _Mark(Protocol):
    """A place in a file, counted from 0: PyYAML has a class for it in Python and one in C."""

    line: int
    column: int


class Problems:
    """Gathers the problems of many files, so that one run reports them all."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def has(self, file: str) -> bool:
        """Whether a problem was found in ``file``."""
        return any(problem.file == file for problem in self.found)

    def error(self, file: str, line: int, code: str, message: str, *, column: int = 1) -> None:
        """Note an error; lines and columns count from 1."""
        self.found.append(Problem(file, line, column, Severity.ERROR, code, message))


class YamlSource:
    """One YAML file. Its methods turn nodes into values; what does not fit is reported and read as ``None``."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self._problems = problems

    def parse(self, text: str) -> yaml.Node | None:
        """Return the root node of ``text``, or ``None`` when it is no YAML."""
        try:
            root = None if self._is_too_deep(text) else yaml.compose(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            line, column = _place(error.problem_mark or error.context_mark)
            reason = error.problem or "cannot be read"
            if error.context and error.context_mark:
                reason += f" ({error.context} that begins in line {error.context_mark.line + 1})"
            self._problems.error(self.file, line, "bad_yaml", f"this is not YAML: {reason}", column=column)
        except yaml.YAMLError as error:
            self._problems.error(self.file, 1, "bad_yaml", f"this is not YAML: {str(error).splitlines()[0]}")
        else:
            if root is None and not self._problems.has(self.file):
                self._problems.error(self.file, 1, "empty_file", "the file is empty")
            return root
        return None

    def _is_too_deep(self, text: str) -> bool:
        """Report and tell whether ``text`` is nested so deeply that building its nodes would exhaust the stack."""
        depth = 0
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                line, column = _place(event.start_mark)
                self._problems.error(self.file, line, "bad_yaml", "this is nested too deeply", column=column)
                return True
        return False

    def error(self, node: yaml.Node, code: str, message: str) -> None:
        """Report a problem at ``node``."""
        line, column = _place(node.start_mark)
        self._problems.error(self.file, line, code, message, column=column)

    def fields(
        self, node: yaml.Node, *, required: Iterable[str] = (), optional: Iterable[str] | None = ()
    ) -> dict[str, yaml.Node]:
        """Return the values of a mapping by key. Keys neither required nor optional are errors (``None``: any goes)."""
        if not isinstance(node, yaml.MappingNode):
            self.error(node, "wrong_type", "expected a mapping (key: value)")
            return {}
        known = None if optional is None else {*required, *optional}
        values: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            if key in values:
                self.error(key_node, "duplicate_key", f"the key '{key}' stands here twice")
            elif known is not None and key not in known:
                self.error(key_node, "unknown_key", f"unknown key '{key}'; known are {', '.join(sorted(known))}")
            else:
                values[key] = value
        for key in required:
            if key not in values:
                self.error(node, "missing_key", f"the key '{key}' is missing")
        return values

    def items(self, node: yaml.Node | None) -> list[yaml.Node]:
        """Return the nodes of a list; a list left out is empty."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.error(node, "wrong_type", "expected a list")
            return []
        return list(node.value)

    def text(self, node: yaml.Node | None) -> str | None:
        """Return a text as it was written, also where YAML would see a number or a truth value in it."""
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode) or node.tag == _NULL or not node.value.strip():
            self.error(node, "wrong_type", "expected a text")
            return None
        return str(node.value).strip()

    def matching(self, node: yaml.Node | None, pattern: str, what: str) -> str | None:
        """Return a text that fits ``pattern`` whole; ``what`` names it in the error."""
        value = self.text(node)
        if node is not None and value is not None and not re.fullmatch(pattern, value):
            self.error(node, "wrong_form", f"'{value}' is not {what}")
            return None
        return value

    def number(self, node: yaml.Node | None) -> int | None:
        """Return a whole number."""
        value = self.matching(node, r"-?\d{1,9}", "a whole number")
        return None if value is None else int(value)

    def day(self, node: yaml.Node | None) -> date | None:
        """Return a date written as 2026-11-24."""
        value = self.text(node)
        if node is None or value is None:
            return None
        parsed = parse_day(value)
        if parsed is None:
            self.error(node, "bad_date", f"'{value}' is not a date such as 2026-11-24")
        return parsed

    def choice(self, node: yaml.Node | None, kind: type[_Choice]) -> _Choice | None:
        """Return the member of ``kind`` that is named."""
        value = self.text(node)
        if node is None or value is None:
            return None
        if value not in {member.value for member in kind}:
            self.error(node, "unknown_value", f"'{value}' is none of {', '.join(kind)}")
            return None
        return kind(value)

    def texts(self, node: yaml.Node | None) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(value for item in self.items(node) if (value := self.text(item)) is not None)

    def choices(self, node: yaml.Node | None, kind: type[_Choice]) -> Mapping[str, _Choice]:
        """Return a mapping of free keys to members of ``kind``."""
        if node is None:
            return {}
        chosen = {key: self.choice(value, kind) for key, value in self.fields(node, optional=None).items()}
        return {key: value for key, value in chosen.items() if value is not None}


def _place(mark: _Mark | None) -> tuple[int, int]:
    """Return the line and column of a mark, counted from 1."""
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def parse_day(value: str) -> date | None:
    """Return the date that ``value`` writes as 2026-11-24, or ``None``."""
    if not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
