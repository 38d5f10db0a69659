"""Checks what is written of an interpreter before it is kept."""

import re
from dataclasses import dataclass, field

from linkbridge.accounts.sites import countries, time_zones
from linkbridge.accounts.text import Checks, clean_email, clean_line
from linkbridge.interpreting.directory.values import Contact, InterpreterDetails
from linkbridge.interpreting.values import BlockKind, ContactKind, WorkingLanguages
from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import OFFICIAL_TAGS
from linkbridge.kernel.tags import read_tag

MAX_NAME = 120
MOST_PAIRS = 30
MOST_CONTACTS = 6
MOST_COST = 100_000
"""US cents an hour."""
_CHAT = re.compile(r"-?[0-9]{4,16}\Z")
_CONFLICT = re.compile(r"(nationality:[A-Z]{2}|(group|case):[a-z0-9._-]{1,60})\Z")
_PLACE = re.compile(r"(organisation|site):[0-9a-f]{32}\Z")


@dataclass(frozen=True, slots=True)
class CheckedDetails:
    """What is kept of the fields that were put into their usual form."""

    name: str = field(repr=False)
    languages: tuple[WorkingLanguages, ...]
    contacts: tuple[Contact, ...]


def check_details(details: InterpreterDetails) -> CheckedDetails:
    """Return the details as they are kept.

    Raises:
        InvalidForm: fields cannot be used; each is named.
    """
    checks = Checks()
    name = checks.run(lambda: clean_line(details.name, field="name", longest=MAX_NAME), "")
    for label, value, known in (
        ("country", details.country, countries()),
        ("time_zone", details.time_zone, time_zones()),
        ("language", details.language, OFFICIAL_TAGS),
    ):
        checks.expect(value in known, "choose one of the list", field=label, problem="choice")
    checks.expect(bool(details.domains), "choose at least one", field="domains", problem="empty")
    checks.expect(bool(details.modalities), "choose at least one", field="modalities", problem="empty")
    checks.expect(
        0 <= details.cost_per_hour <= MOST_COST, f"from 0 to {MOST_COST}", field="cost_per_hour", problem="range"
    )
    codes = [held.code for held in details.credentials]
    checks.expect(len(set(codes)) == len(codes), "name each once", field="credentials", problem="taken")
    languages = checks.run(lambda: _languages(details.languages), details.languages)
    contacts = checks.run(lambda: _contacts(details.contacts), details.contacts)
    checks.done()
    return CheckedDetails(name, languages, contacts)


def _languages(pairs: tuple[WorkingLanguages, ...]) -> tuple[WorkingLanguages, ...]:
    if not pairs:
        raise InvalidInput("name the languages", field="languages", problem="empty")
    if len(pairs) > MOST_PAIRS:
        raise InvalidInput("these are too many languages", field="languages", problem="long", longest=MOST_PAIRS)
    read = tuple(
        WorkingLanguages(
            read_tag(pair.source, field="languages"),
            read_tag(pair.target, field="languages"),
            pair.level,
            pair.both_ways,
        )
        for pair in pairs
    )
    if any(pair.source == pair.target for pair in read):
        raise InvalidInput("choose two different languages", field="languages", problem="same-language")
    named = {frozenset((pair.source, pair.target)) if pair.both_ways else (pair.source, pair.target) for pair in read}
    if len(named) < len(read):
        raise InvalidInput("name each pair of languages once", field="languages", problem="taken")
    return read


def _contacts(contacts: tuple[Contact, ...]) -> tuple[Contact, ...]:
    if len(contacts) > MOST_CONTACTS:
        raise InvalidInput("these are too many", field="contacts", problem="long", longest=MOST_CONTACTS)
    read = tuple(Contact(contact.kind, _address(contact)) for contact in contacts)
    if len(set(read)) < len(read):
        raise InvalidInput("name each contact once", field="contacts", problem="taken")
    return read


def _address(contact: Contact) -> str:
    if contact.kind is ContactKind.MAIL:
        return clean_email(contact.address, field="contacts")
    if contact.kind is ContactKind.TELEGRAM:
        number = contact.address.strip()
        if not _CHAT.match(number):
            raise InvalidInput("this is no number of a Telegram chat", field="contacts", problem="telegram")
        return number
    return ""


def check_block(kind: BlockKind, code: str) -> str:
    """Return the code of a block as it is kept.

    Raises:
        InvalidInput: it has not the form that its kind needs.
    """
    cleaned = code.strip()
    pattern = _CONFLICT if kind is BlockKind.CONFLICT else _PLACE
    if not pattern.match(cleaned):
        raise InvalidInput(
            "write a conflict as nationality:ER, group:word or case:code; choose an organisation or a site otherwise",
            field="code",
            problem="avoid",
        )
    return cleaned
