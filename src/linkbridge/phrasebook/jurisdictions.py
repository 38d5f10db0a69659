"""Loads what is known of countries from ``jurisdictions/<country>.yaml`` in the folder of phrasebooks."""

import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import yaml

from linkbridge.kernel.languages import babel_locale
from linkbridge.phrasebook.facts import KINDS, Fact, FactKey, FactStatus, Jurisdictions, SourceKind
from linkbridge.phrasebook.files import PhrasebookFileError, read_yaml
from linkbridge.phrasebook.schema import Problem
from linkbridge.phrasebook.yaml_source import Problems, YamlSource

FOLDER = "jurisdictions"
MAX_LENGTH = 200
"""No value, label or title of a fact is longer: each is a name, a number or a reference."""

_NUMBER = r"\+?[0-9](?:[0-9 -]{0,18}[0-9])?"
_PAGE_DATE = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
_FILE = re.compile(r"[a-z]{2}")
_REQUIRED = ("value", "source", "source_title", "source_kind", "checked_on", "status")
_OPTIONAL = ("label", "page_date", "valid_from")


def load_jurisdictions(directory: Path) -> Jurisdictions:
    """Return what is known of countries. Where the folder is missing, nothing is known.

    Raises:
        PhrasebookFileError: a file is not readable or not in the format; all problems of all files are named.
    """
    found, problems = read_jurisdictions(directory)
    if problems:
        raise PhrasebookFileError(problems)
    return found


def read_jurisdictions(directory: Path) -> tuple[Jurisdictions, tuple[Problem, ...]]:
    """Return what can be read of countries, and what is wrong with the rest, in the order of the files."""
    problems = Problems()
    countries: dict[str, tuple[Fact, ...]] = {}
    for path in _files(directory):
        facts = _read_country(directory, path.stem, problems)
        if facts is not None:
            countries[path.stem.upper()] = facts
    return Jurisdictions(MappingProxyType(countries)), tuple(sorted(problems.found))


def _files(directory: Path) -> list[Path]:
    return sorted((directory / FOLDER).glob("*.yaml"))


def _read_country(directory: Path, name: str, problems: Problems) -> tuple[Fact, ...] | None:
    file = f"{FOLDER}/{name}.yaml"
    code = name.upper()
    if not _FILE.fullmatch(name) or code not in babel_locale("en").territories:
        problems.error(file, 1, "unknown_country", f"'{name}' is not the ISO 3166 code of a country in small letters")
        return None
    source, root = read_yaml(directory, file, problems)
    if root is None:
        return None
    values = source.fields(root, required=("country",), optional=tuple(FactKey))
    said = source.text(values.get("country"))
    if said is not None and said != code:
        source.error(values["country"], "wrong_country", f"the country '{said}' differs from the file's name: {code}")
    facts: list[Fact] = []
    for key in FactKey:
        for item in source.items(values.get(key)):
            fact = _read_fact(source, code, key, item)
            if fact is not None:
                _expect_new(source, item, fact, facts)
                facts.append(fact)
    return tuple(facts)


def _expect_new(source: YamlSource, node: yaml.Node, fact: Fact, earlier: Iterable[Fact]) -> None:
    place = (fact.key, fact.kind, fact.value, fact.label)
    for other in earlier:
        if place == (other.key, other.kind, other.value, other.label):
            source.error(node, "duplicate_fact", f"'{fact.value}' stands here twice; first in line {other.line}")


def _read_fact(source: YamlSource, country: str, key: FactKey, node: yaml.Node) -> Fact | None:
    kinds = KINDS.get(key)
    required = (*_REQUIRED, "kind") if kinds else _REQUIRED
    values = source.fields(node, required=required, optional=_OPTIONAL)
    kind = source.choice(values.get("kind"), kinds) if kinds else None
    value = _value(source, key, values.get("value"))
    address, title = _address(source, values.get("source")), _short(source, values.get("source_title"))
    source_kind = source.choice(values.get("source_kind"), SourceKind)
    checked_on = source.day(values.get("checked_on"))
    source.choice(values.get("status"), FactStatus)
    label, page_date = _short(source, values.get("label")), _page_date(source, values.get("page_date"))
    valid_from = source.day(values.get("valid_from"))
    if value is None or address is None or title is None or source_kind is None or checked_on is None:
        return None
    return Fact(
        country=country,
        key=key,
        value=value,
        source=address,
        source_title=title,
        source_kind=source_kind,
        checked_on=checked_on,
        kind=kind or "",
        label=label or "",
        page_date=page_date or "",
        valid_from=valid_from,
        line=node.start_mark.line + 1,
    )


def _value(source: YamlSource, key: FactKey, node: yaml.Node | None) -> str | None:
    if key is FactKey.EMERGENCY_NUMBER:
        return source.matching(node, _NUMBER, "a telephone number: digits, spaces and hyphens")
    return _short(source, node)


def _short(source: YamlSource, node: yaml.Node | None) -> str | None:
    value = source.text(node)
    if node is not None and value is not None and (len(value) > MAX_LENGTH or "\n" in value):
        source.error(node, "wrong_form", f"expected one line of at most {MAX_LENGTH} characters")
        return None
    return value


def _page_date(source: YamlSource, node: yaml.Node | None) -> str | None:
    value = source.matching(node, _PAGE_DATE, "a year, a month or a day such as 2026, 2026-11 or 2026-11-24")
    is_day = value is not None and value.count("-") == 2
    return None if is_day and source.day(node) is None else value


def _address(source: YamlSource, node: yaml.Node | None) -> str | None:
    """Return the address of a public web page."""
    value = source.text(node)
    if node is None or value is None:
        return None
    if not _is_public_page(value):
        source.error(node, "bad_url", f"'{value}' is not the address of a public web page")
        return None
    return value


def _is_public_page(value: str) -> bool:
    if not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or parts.username is not None or "." not in host.strip("."):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False
