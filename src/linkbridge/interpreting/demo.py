"""The demonstration's interpreters: twelve people of three organisations, in four countries and time zones."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from linkbridge.accounts.permissions import Actor
from linkbridge.accounts.service import Accounts
from linkbridge.interpreting.availability.hours import DAY_MINUTES, Rule
from linkbridge.interpreting.availability.service import AvailabilityService
from linkbridge.interpreting.availability.wishes import AvailabilityWish
from linkbridge.interpreting.directory.service import InterpreterDirectory
from linkbridge.interpreting.directory.values import Contact, HeldCredential, InterpreterDetails
from linkbridge.interpreting.matching.policies import Policies
from linkbridge.interpreting.matching.values import Policy
from linkbridge.interpreting.models import Interpreter
from linkbridge.interpreting.values import ContactKind, Credential, Domain, Gender, Level, Modality, WorkingLanguages

SIGNED_IN = "interpreter@demo.example"
"""The demonstration's person of role interpreter, who is one of the twelve."""
FROM = date(2026, 1, 5)
_REMOTE = frozenset({Modality.PHONE, Modality.VIDEO})
_F, _M = Gender.FEMALE, Gender.MALE
_PROFESSIONAL, _EXPERT, _WORKING = Level.PROFESSIONAL, Level.EXPERT, Level.WORKING


@dataclass(frozen=True, slots=True)
class _Partner:
    name: str
    country: str
    time_zone: str


HOME = _Partner("", "PA", "America/Panama")
"""Where those of the own organisation are who can also come."""
PARTNERS = (
    _Partner("", "CO", "America/Bogota"),
    _Partner("Demo: Voices of the Horn", "KE", "Africa/Nairobi"),
    _Partner("Demo: Sprachbrücke", "DE", "Europe/Berlin"),
)
"""The first is the demonstration's own organisation; the others follow in the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class _Person:
    """One interpreter; ``home``: in the country of the demonstration's site."""

    partner: int
    mail: str
    name: str
    gender: Gender
    pairs: tuple[tuple[str, str, Level], ...]
    credentials: tuple[Credential, ...] = ()
    cost: int = 0
    always_on_call: bool = False
    home: bool = False


PEOPLE = (
    _Person(
        0,
        "interpreter",
        "Ismael Interpreter",
        _M,
        (("am", "es", _EXPERT), ("ar", "es", _EXPERT), ("fr", "es", _PROFESSIONAL), ("en", "es", _EXPERT)),
        (Credential.COMMUNITY, Credential.CONFIDENTIALITY),
        1200,
        always_on_call=True,
        home=True,
    ),
    _Person(0, "marie", "Marie Kreyol", _F, (("ht", "es", _EXPERT), ("ht", "fr", _EXPERT)), (), 900, home=True),
    _Person(0, "lucia", "Lucía Puente", _F, (("pt", "es", _EXPERT), ("fr", "es", _EXPERT)), (Credential.LEGAL,), 1500),
    _Person(0, "wei", "Wei Chen", _M, (("zh-Hans", "es", _PROFESSIONAL), ("zh-Hans", "en", _EXPERT)), (), 1800),
    _Person(
        1,
        "hanna",
        "Hanna Tesfaye",
        _F,
        (("am", "en", _EXPERT), ("am", "es", _PROFESSIONAL), ("ti", "en", _EXPERT)),
        (Credential.GENERAL, Credential.TRAUMA),
        700,
        always_on_call=True,
    ),
    _Person(
        1,
        "abdi",
        "Abdi Warsame",
        _M,
        (("so", "en", _EXPERT), ("so", "ar", _PROFESSIONAL)),
        (),
        600,
        always_on_call=True,
    ),
    _Person(1, "zawadi", "Zawadi Mwangi", _F, (("sw", "en", _EXPERT), ("sw", "fr", _WORKING)), (), 500),
    _Person(1, "selam", "Selam Haile", _F, (("ti", "ar", _PROFESSIONAL),), (Credential.CHILD_PROTECTION,)),
    _Person(2, "farid", "Farid Noori", _M, (("prs", "en", _EXPERT), ("fa", "en", _EXPERT)), (Credential.SWORN,), 4200),
    _Person(2, "nasrin", "Nasrin Karimi", _F, (("fa", "es", _PROFESSIONAL), ("prs", "es", _WORKING)), (), 3800, True),
    _Person(
        2, "imran", "Imran Rahman", _M, (("bn", "en", _EXPERT), ("hi", "en", _EXPERT), ("ur", "en", _EXPERT)), (), 3500
    ),
    _Person(
        2,
        "leila",
        "Leila Haddad",
        _F,
        (("ar", "es", _EXPERT), ("ar", "fr", _EXPERT), ("ar", "en", _EXPERT)),
        (Credential.HEALTHCARE, Credential.CONFIDENTIALITY),
        4500,
        always_on_call=True,
    ),
)
"""Somali is reached only through English or Arabic: nobody works between it and Spanish."""


def seed_demo_interpreters(
    session: Session,
    *,
    accounts: Accounts,
    directory: InterpreterDirectory,
    availability: AvailabilityService,
    policies: Policies,
    organisation_id: str,
    by: Actor,
) -> int:
    """Make the interpreters with their hours, and the order in which partners are asked; return how many were made.

    Nothing happens where the demonstration has interpreters already.
    """
    if session.exec(select(Interpreter.id).where(Interpreter.is_demo)).first() is not None:
        return 0
    owners = (organisation_id, *(_organisation(session, accounts, partner, by) for partner in PARTNERS[1:]))
    for person in PEOPLE:
        owner = owners[person.partner]
        made = directory.add(session, _details(person), by=by, organisation_id=owner, is_demo=True)
        availability.replace(session, made.id, AvailabilityWish(_rules(person)), by=by)
    policies.decide(session, organisation_id, Policy(partners=owners), by=by)
    return len(PEOPLE)


def _organisation(session: Session, accounts: Accounts, partner: _Partner, by: Actor) -> str:
    for known_id, name in accounts.directory.organisation_names(session).items():
        if name == partner.name:
            return known_id
    made = accounts.directory.create_organisation(session, name=partner.name, country=partner.country, by=by)
    return made.id


def _details(person: _Person) -> InterpreterDetails:
    place = HOME if person.home else PARTNERS[person.partner]
    address = f"{person.mail}@demo.example"
    return InterpreterDetails(
        name=person.name,
        country=place.country,
        time_zone=place.time_zone,
        language="es" if person.partner == 0 else "en",
        languages=tuple(WorkingLanguages(*pair) for pair in person.pairs),
        domains=frozenset(Domain),
        modalities=_REMOTE | {Modality.ON_SITE} if person.home else _REMOTE,
        gender=person.gender,
        cost_per_hour=person.cost,
        credentials=tuple(HeldCredential(code) for code in person.credentials),
        contacts=(Contact(ContactKind.MAIL, address),),
        staff_email=SIGNED_IN if address == SIGNED_IN else "",
    )


def _rules(person: _Person) -> tuple[Rule, ...]:
    if person.always_on_call:
        return (Rule("FREQ=DAILY", FROM, 0, DAY_MINUTES, on_call=True),)
    return (
        Rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", FROM, 8 * 60, 10 * 60),
        Rule("FREQ=WEEKLY;BYDAY=SA,SU", FROM, 9 * 60, 8 * 60, on_call=True),
    )
