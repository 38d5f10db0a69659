"""Loads ``glossary/terms.yaml`` and ``glossary/<tag>.yaml`` from the folder of phrasebooks."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import yaml

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.files import PhrasebookFileError, read_legal_basis, read_reviewers, read_yaml
from linkbridge.phrasebook.glossary import FOLDER, TERMS_FILE, Domain, Glossary, Term, Word, Wordlist
from linkbridge.phrasebook.schema import SOURCE_TAG, Origin, Problem, Status, earned_status
from linkbridge.phrasebook.wording import is_pattern
from linkbridge.phrasebook.yaml_source import Problems, YamlSource

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def load_glossary(directory: Path) -> Glossary:
    """Return the glossary in the folder of phrasebooks; where there is none, it is empty.

    Raises:
        PhrasebookFileError: a file is not readable or not in the format; all problems of all files are named.
    """
    glossary, problems = read_glossary(directory)
    if problems:
        raise PhrasebookFileError(problems)
    return glossary


def read_glossary(directory: Path) -> tuple[Glossary, tuple[Problem, ...]]:
    """Return what can be read of the glossary, and what is wrong with the rest, in the order of the files."""
    problems = Problems()
    if not (directory / FOLDER).is_dir():
        return Glossary(), ()
    terms = _read_terms(directory, problems)
    wordlists: dict[str, Wordlist] = {}
    for path in sorted((directory / FOLDER).glob("*.yaml")):
        if path.name != Path(TERMS_FILE).name:
            wordlist = _read_wordlist(directory, path.stem, terms, problems)
            if wordlist is not None:
                wordlists[path.stem] = wordlist
    glossary = Glossary(MappingProxyType(terms), MappingProxyType(wordlists))
    return glossary, tuple(sorted(problems.found))


def _read_terms(directory: Path, problems: Problems) -> dict[str, Term]:
    source, root = read_yaml(directory, TERMS_FILE, problems)
    terms: dict[str, Term] = {}
    if root is None:
        return terms
    values = source.fields(root, required=("terms",))
    for term_id, node in _entries(source, values.get("terms")):
        term = _read_term(source, term_id, node)
        if term is not None:
            terms[term_id] = term
    return terms


def _read_term(source: YamlSource, term_id: str, node: yaml.Node) -> Term | None:
    if not _ID.fullmatch(term_id):
        source.error(node, "wrong_form", f"'{term_id}' is not an id (small letters, digits and hyphens)")
        return None
    optional = ("found_as", "legal_basis", "source")
    values = source.fields(node, required=("term", "domain", "definition"), optional=optional)
    term, definition = source.text(values.get("term")), source.text(values.get("definition"))
    domain = source.choice(values.get("domain"), Domain)
    if term is None or definition is None or domain is None:
        return None
    return Term(
        id=term_id,
        term=term,
        definition=definition,
        domain=domain,
        found_as=_read_patterns(source, values.get("found_as")) or (term,),
        legal_basis=read_legal_basis(source, values.get("legal_basis")),
        source=source.text(values.get("source")) or "",
        line=_line(node),
    )


def _read_wordlist(directory: Path, tag: str, terms: Mapping[str, Term], problems: Problems) -> Wordlist | None:
    file = f"{FOLDER}/{tag}.yaml"
    if tag not in LANGUAGES or tag == SOURCE_TAG:
        problems.error(file, 1, "unknown_language", f"'{tag}' is no language that terms are translated into")
        return None
    source, root = read_yaml(directory, file, problems)
    if root is None:
        return None
    values = source.fields(root, required=("date", "words"), optional=("status", "origin", "reviewers"))
    day = source.day(values.get("date"))
    claimed = source.choice(values.get("status"), Status) or Status.DRAFT
    status = earned_status(claimed, read_reviewers(source, values.get("reviewers")))
    origin = source.choice(values.get("origin"), Origin) or Origin.MACHINE
    terms_are_whole = not problems.has(TERMS_FILE)
    words: dict[str, Word] = {}
    for term_id, node in _entries(source, values.get("words")):
        word = _read_word(source, node)
        if term_id in terms and word is not None:
            words[term_id] = word
        elif term_id not in terms and terms_are_whole:
            source.error(node, "unknown_term", f"the glossary has no term '{term_id}'")
    return Wordlist(tag, status, origin, day, MappingProxyType(words)) if day is not None else None


def _read_word(source: YamlSource, node: yaml.Node) -> Word | None:
    if isinstance(node, yaml.ScalarNode):
        term = source.text(node)
        return Word(term, line=_line(node)) if term is not None else None
    values = source.fields(node, required=("term",), optional=("forms", "avoid"))
    term = source.text(values.get("term"))
    forms, avoid = _read_patterns(source, values.get("forms")), _read_patterns(source, values.get("avoid"))
    if term is None:
        return None
    for pattern in {term, *forms}.intersection(avoid):
        source.error(node, "contradictory_term", f"'{pattern}' is both used and avoided")
    return Word(term, forms, avoid, line=_line(node))


def _read_patterns(source: YamlSource, node: yaml.Node | None) -> tuple[str, ...]:
    patterns: list[str] = []
    for item in source.items(node):
        pattern = source.text(item)
        if pattern is not None and not is_pattern(pattern):
            source.error(item, "wrong_form", f"'{pattern}' is not a word or words, with * at an end only")
        elif pattern is not None:
            patterns.append(pattern)
    return tuple(patterns)


def _entries(source: YamlSource, node: yaml.Node | None) -> Iterable[tuple[str, yaml.Node]]:
    return source.fields(node, optional=None).items() if node is not None else ()


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
