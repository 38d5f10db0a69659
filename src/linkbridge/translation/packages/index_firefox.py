"""Reads the records of Mozilla's models, as Firefox's Remote Settings publish them: one record for each file.

There are two collections: in ``translations-models`` files come as they are, in ``translations-models-v2`` they come
compressed, and their records name the languages ``sourceLanguage`` and ``targetLanguage``.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from linkbridge.kernel.tags import normal_tag
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.names import is_code, is_file_name, is_version
from linkbridge.translation.packages.records import is_sha256
from linkbridge.translation.packages.values import Offer, OfferedFile, Packing
from linkbridge.translation.ports import LanguagePair

LICENCE = "MPL-2.0"
"""That of all of Mozilla's models: https://github.com/mozilla/translations."""

_NEWEST_MAJOR = 3
"""Mozilla raises the first number when a format changes. Nobody has tried a later one here."""
_RELEASED = re.compile(r"\d+(?:\.\d+)*")
_LOCATION = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")
_NAMES = {
    "model": re.compile(r"model\..+\.bin"),
    "lex": re.compile(r"lex\..+\.bin"),
    "vocab": re.compile(r"vocab\..+\.spm"),
    "srcvocab": re.compile(r"srcvocab\..+\.spm"),
    "trgvocab": re.compile(r"trgvocab\..+\.spm"),
}
_SETS = (frozenset({"model", "lex", "vocab"}), frozenset({"model", "lex", "srcvocab", "trgvocab"}))


@dataclass(frozen=True, slots=True, order=True)
class _Group:
    """What the files of one model have in common."""

    source: str
    target: str
    version: str
    architecture: str


def read_firefox_index(told: object, address: str, bases: Iterable[str]) -> list[Offer]:
    """Return what the records offer: released models whose files are all there.

    ``bases`` are where attachments may be, in order: the beginnings of addresses, or folders.

    Raises:
        BrokenPackage: these are no such records.
    """
    records = told.get("data", told.get("changes")) if isinstance(told, dict) else None
    if not isinstance(records, list):
        raise BrokenPackage("these are no records of Firefox models")
    places = tuple(base.rstrip("/") for base in bases)
    groups: dict[_Group, dict[str, OfferedFile]] = defaultdict(dict)
    for record in records:
        if not isinstance(record, dict) or not _is_released(record):
            continue
        group, file = _group(record), _file(record, places)
        kind = record["fileType"]
        if group is not None and file is not None:
            groups[group][kind] = _better(groups[group].get(kind), file)
    offers = (_offer(group, files, address) for group, files in sorted(groups.items()))
    return [offer for offer in offers if offer is not None]


def _is_released(record: Mapping[str, object]) -> bool:
    """Tell whether a record is for everybody: some are for test versions of Firefox alone."""
    version, condition = record.get("version"), record.get("filter_expression", "")
    return (
        isinstance(record.get("fileType"), str)
        and record["fileType"] in _NAMES
        and isinstance(version, str)
        and _RELEASED.fullmatch(version) is not None
        and is_version(version)
        and int(version.partition(".")[0]) <= _NEWEST_MAJOR
        and isinstance(condition, str)
        and "channel" not in condition
        and not record.get("variant")
    )


def _group(record: Mapping[str, object]) -> _Group | None:
    source = record.get("sourceLanguage") or record.get("fromLang")
    target = record.get("targetLanguage") or record.get("toLang")
    architecture = record.get("architecture") or ""
    if not is_code(source) or not is_code(target) or not isinstance(architecture, str):
        return None
    return _Group(str(source), str(target), str(record["version"]), architecture[:40])


def _file(record: Mapping[str, object], bases: tuple[str, ...]) -> OfferedFile | None:
    attachment, name = record.get("attachment"), record.get("name")
    if (
        not isinstance(attachment, dict)
        or not is_file_name(name)
        or not _NAMES[str(record["fileType"])].fullmatch(str(name))
    ):
        return None
    location, size, checksum = (attachment.get(key) for key in ("location", "size", "hash"))
    if not isinstance(location, str) or not _LOCATION.fullmatch(location):
        return None
    if not isinstance(size, int) or size <= 0 or not is_sha256(checksum):
        return None
    unpacked, unpacked_checksum = record.get("decompressedSize"), record.get("decompressedHash")
    packed = location.endswith(".zst") or str(attachment.get("filename", "")).endswith(".zst")
    return OfferedFile(
        path=str(name),
        addresses=tuple(f"{base}/{location}" for base in bases),
        size=size,
        sha256=checksum,
        packing=Packing.ZSTD if packed else Packing.PLAIN,
        unpacked_size=unpacked if packed and isinstance(unpacked, int) else None,
        unpacked_sha256=unpacked_checksum if packed and is_sha256(unpacked_checksum) else "",
    )


def _better(one: OfferedFile | None, other: OfferedFile) -> OfferedFile:
    """Return which of two shortlists is used: Firefox's own choice is the one with fifty candidates."""
    if one is None:
        return other
    return min(one, other, key=lambda file: (not file.path.startswith("lex.50.50."), file.path))


def _offer(group: _Group, files: Mapping[str, OfferedFile], address: str) -> Offer | None:
    source, target = normal_tag(group.source), normal_tag(group.target)
    kinds = next((kinds for kinds in _SETS if kinds <= files.keys()), None)
    if source is None or target is None or source == target or kinds is None:
        return None
    return Offer(
        engine="firefox",
        pairs=(LanguagePair(source, target),),
        version=group.version,
        licence=LICENCE,
        source=address,
        files=tuple(files[kind] for kind in sorted(kinds)),
        architecture=group.architecture,
        description=(
            ("from_code", group.source),
            ("to_code", group.target),
            ("version", group.version),
            ("licence", LICENCE),
            ("architecture", group.architecture),
        ),
    )
