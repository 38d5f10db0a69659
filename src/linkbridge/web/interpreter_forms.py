"""Reads the form of an interpreter, and fills it with what is known."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from linkbridge.interpreting.directory.values import Contact, HeldCredential, InterpreterDetails, InterpreterRead
from linkbridge.interpreting.values import ContactKind, Credential, Domain, Gender, Level, Modality, WorkingLanguages
from linkbridge.kernel.errors import InvalidInput
from linkbridge.web.forms import FormValues

PAIRS = 6
"""How many pairs of languages the form has room for; empty ones are passed over."""
CONTACTS = 3


def read_details(form: FormValues) -> InterpreterDetails:
    """Return what the form says of an interpreter.

    Raises:
        InvalidInput: a number or a date has no such shape.
    """
    return InterpreterDetails(
        name=form.text("name"),
        country=form.text("country"),
        time_zone=form.text("time_zone"),
        language=form.text("language"),
        languages=_pairs(form),
        domains=frozenset(domain for domain in Domain if domain in form.all("domains")),
        modalities=frozenset(modality for modality in Modality if modality in form.all("modalities")),
        gender=next((gender for gender in Gender if gender == form.text("gender")), None),
        cost_per_hour=_cents(form.text("cost")),
        credentials=_credentials(form),
        contacts=read_contacts(form),
        staff_email=form.text("staff_email"),
    )


def read_contacts(form: FormValues) -> tuple[Contact, ...]:
    """Return the ways to reach an interpreter, in the order of the form; empty lines are passed over."""
    found = []
    for number in range(CONTACTS):
        kind, address = form.text(f"contact_kind_{number}"), form.text(f"contact_{number}")
        if kind in set(ContactKind) and (address.strip() or kind == ContactKind.PUSH):
            found.append(Contact(ContactKind(kind), address))
    return tuple(found)


def _pairs(form: FormValues) -> tuple[WorkingLanguages, ...]:
    found = []
    for number in range(PAIRS):
        source, target = form.text(f"source_{number}"), form.text(f"target_{number}")
        if source or target:
            level = form.text(f"level_{number}")
            both_ways = not form.has(f"one_way_{number}")
            found.append(
                WorkingLanguages(source, target, Level(level) if level in set(Level) else Level.WORKING, both_ways)
            )
    return tuple(found)


def _credentials(form: FormValues) -> tuple[HeldCredential, ...]:
    return tuple(
        HeldCredential(code, _day(form.text(f"expires_{code}")))
        for code in Credential
        if code in form.all("credentials")
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput("this is no day", field="credentials", problem="moment") from None


def _cents(text: str) -> int:
    """Return dollars as cents."""
    cleaned = text.strip().replace(",", ".") or "0"
    whole, _, part = cleaned.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 5 and len(part) <= 2 and (part or "0").isdigit()):
        raise InvalidInput("write dollars, such as 25 or 25.50", field="cost", problem="range")
    return int(whole) * 100 + int((part + "00")[:2])


def known_values(known: InterpreterRead | None) -> dict[str, Any]:
    """Return what the form shows of an interpreter who is already in the directory."""
    pairs: Iterable[WorkingLanguages] = known.languages if known else ()
    contacts: Iterable[Contact] = known.contacts if known else ()
    return {
        "pairs": [*pairs, *[None] * PAIRS][: max(PAIRS, len(list(pairs)))],
        "contacts": [*contacts, *[None] * CONTACTS][:CONTACTS],
        "held": {held.code.value: held.expires_on for held in known.credentials} if known else {},
        "cost": f"{known.cost_per_hour / 100:.2f}" if known and known.cost_per_hour is not None else "0",
    }
