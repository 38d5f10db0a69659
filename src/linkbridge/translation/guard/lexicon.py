"""Small tables learnt from the project's own phrasebooks: what words mean, which are common, how long a text gets.

``scripts/learn_guard_lexicon.py`` writes them. The meaning of a word is an English stem with which it stands together
in the translations of the same sentence far more often than chance would have it; two words of different languages that
share a meaning speak of the same thing. The tables hold a few hundred words of each language, those of the phrasebooks.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypedDict


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of one language: ``length`` is of a text in it, where its English counts 1."""

    length: float
    common: frozenset[str]
    meanings: Mapping[str, frozenset[str]]


@cache
def words(tag: str) -> Words | None:
    """Return what is known of a language, or ``None``."""
    found = _tables().get(tag)
    if found is None:
        return None
    meanings = {stem: frozenset(means.split()) for stem, means in found["meanings"].items()}
    return Words(found["length"], frozenset(found["common"].split()), meanings)


def length_ratio(source: str, target: str) -> float:
    """Return how many characters a text in ``target`` has for each of its source, on average; 1 where unknown."""
    here, there = words(source), words(target)
    return there.length / here.length if here and there else 1.0


@cache
def meanings_known() -> frozenset[str]:
    """Return the English stems that some word of another language means."""
    known = (words(tag) for tag in _tables())
    return frozenset(meaning for each in known if each for means in each.meanings.values() for meaning in means)


class _Table(TypedDict):
    length: float
    common: str
    meanings: dict[str, str]


@cache
def _tables() -> dict[str, _Table]:
    tables: dict[str, _Table] = json.loads(files(__package__).joinpath("lexicon.json").read_text(encoding="utf-8"))
    return tables
