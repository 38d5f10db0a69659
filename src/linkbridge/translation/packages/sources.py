"""Where packages come from: the two public indexes, a copy of one, a mirror, or a folder."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from linkbridge.kernel.errors import DomainError, InvalidInput, NotFound, Unavailable
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.http import Web, check_address, is_address, shown
from linkbridge.translation.packages.index_argos import read_argos_index
from linkbridge.translation.packages.index_firefox import read_firefox_index
from linkbridge.translation.packages.manifest import MANIFEST_NAME, is_manifest, mirror_offers, read_manifest
from linkbridge.translation.packages.values import Offer

ATTACHMENTS = "https://firefox-settings-attachments.cdn.mozilla.net"
"""Where Mozilla keeps its models. A server of records may name another place."""

_MAX_INDEX_BYTES = 64 * 1_048_576
_RECORDS = "/buckets/"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What all sources offer together, and why some could not be asked."""

    offers: tuple[Offer, ...]
    failures: tuple[DomainError, ...] = ()


def load_catalogue(places: Iterable[str], web: Web) -> Catalogue:
    """Return what the indexes at these addresses and paths offer. Each is asked once; an empty place is skipped.

    Raises:
        DomainError: none of them can be read; the error is the first one's.
    """
    offers: list[Offer] = []
    failures: list[DomainError] = []
    asked = list(dict.fromkeys(place for place in places if place))
    for place in asked:
        try:
            offers += load_index(place, web)
        except DomainError as error:
            failures.append(error)
    if failures and len(failures) == len(asked):
        raise failures[0]
    return Catalogue(tuple(offers), tuple(failures))


def load_index(place: str, web: Web) -> list[Offer]:
    """Return what one index offers; its kind is told from its content. A folder holds a mirror's list.

    Raises:
        Unavailable: it cannot be reached.
        NotFound: there is no such file.
        BrokenPackage: it is no index.
        InvalidInput: the address is none, or the file is too large for an index.
    """
    place, content = _read(place, web)
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BrokenPackage(f"{shown(place)} is no index of packages") from error
    if is_manifest(told):
        return mirror_offers(read_manifest(told), place)
    if isinstance(told, list):
        return read_argos_index(told, place)
    return read_firefox_index(told, place, _attachments(place, web))


def _read(place: str, web: Web) -> tuple[str, bytes]:
    if is_address(place):
        check_address(place)
        if urlsplit(place).path.endswith((".json", "/records", "/changeset")):
            return place, web.read(place, _MAX_INDEX_BYTES)
        place = f"{place.rstrip('/')}/{MANIFEST_NAME}"
        return place, web.read(place, _MAX_INDEX_BYTES)
    path = Path(place).expanduser().absolute()
    if path.is_dir():
        path /= MANIFEST_NAME
    try:
        if path.stat().st_size > _MAX_INDEX_BYTES:
            raise InvalidInput(f"{path} is larger than an index may be", field="index")
        return str(path), path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"there is no {path}") from None
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}", component="models") from error


def _attachments(place: str, web: Web) -> list[str]:
    """Return where the files of these records are: as their server says, or beside a copy of them."""
    if not is_address(place):
        return [str(Path(place).parent), ATTACHMENTS]
    root, found, _ = place.partition(_RECORDS)
    if not found:
        return [place.rpartition("/")[0]]
    try:
        told = json.loads(web.read(f"{root}/", _MAX_INDEX_BYTES))
        base = told["capabilities"]["attachments"]["base_url"]
        check_address(base)
    except (DomainError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [ATTACHMENTS]
    secure, same = base.startswith("https://"), urlsplit(base).netloc == urlsplit(place).netloc
    return [base] if secure or same else [ATTACHMENTS]
