"""A small library and made-up units for tests of exchange."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.signing import Signer
from linkbridge.phrasebook.exchange.units import TextUnit, check_writable
from linkbridge.phrasebook.schema import (
    Book,
    BookKind,
    Library,
    Origin,
    Phrase,
    PhraseKind,
    Review,
    Status,
    Translation,
    text_hash,
)

DAY = date(2026, 11, 24)
TODAY = date(2026, 12, 24)
LAWYER = "You can ask for a lawyer."
CALL = "Call {phone}."
BOOK = Book(
    "rights",
    BookKind.NOTICE,
    (
        Phrase("rights", "title", PhraseKind.TITLE, "Your rights", context="On a button."),
        Phrase("rights", "lawyer", PhraseKind.STATEMENT, LAWYER),
        Phrase("rights", "call", PhraseKind.STATEMENT, CALL),
    ),
    DAY,
)
READERS = (Review("7f3a", date(2026, 12, 1)), Review("9c01", date(2026, 12, 2)))
OURS = Translation("Puede pedir un abogado.", LAWYER, DAY)
SIGNER = Signer(Ed25519PrivateKey.generate())


def library(tag: str = "es", **translations: Translation) -> Library:
    """The book with these translations into one language."""
    return Library(books=(BOOK,), translations=MappingProxyType({("rights", tag): MappingProxyType(translations)}))


def unit(text: str, *, phrase: str = "lawyer", source: str = LAWYER, tag: str = "es", **more: object) -> TextUnit:
    """A draft of a phrase of the book."""
    return replace(TextUnit("rights", phrase, tag, source, text, date=DAY), **more)  # type: ignore[arg-type] # the tests name its fields


def sent(found: Translation, *, text: str, base: str | None = None) -> TextUnit:
    """What comes back when ``found`` was sent out and somebody wrote ``text``."""
    made = TextUnit(
        "rights", "lawyer", "es", found.source, text, found.status, found.origin, found.date, found.reviewers
    )
    return replace(made, comments=found.comments, base=text_hash(found.text) if base is None else base)


def is_writable(made: TextUnit) -> bool:
    """Whether a phrasebook may hold the unit at all."""
    try:
        check_writable(made)
    except InvalidInput:
        return False
    return True


_DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 12, 31))
_REVIEWS = st.builds(Review, st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True), _DAYS)
_LETTERS = st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"])
_PIECES = st.text(_LETTERS, min_size=1) | st.sampled_from(
    ["{phone}", "{date}", "\n", "\t", '"', "\\", "<b>", "&amp;", "]]>", "=1+1", "'", "@", ";", ",", "\u200c", "{", "}"]
)
_TEXTS = st.lists(_PIECES, min_size=1, max_size=6).map("".join).filter(str.strip)
_COMMENTS = st.lists(st.text(_LETTERS, min_size=1, max_size=40).map(str.strip), max_size=3).map(tuple)

UNITS = st.builds(
    TextUnit,
    book=st.just("rights"),
    phrase=st.just("lawyer"),
    tag=st.sampled_from(["es", "ar", "zh-Hans"]),
    source=_TEXTS,
    text=_TEXTS,
    status=st.sampled_from(Status),
    origin=st.sampled_from(Origin),
    date=_DAYS,
    reviewers=st.lists(_REVIEWS, max_size=3).map(tuple),
    comments=_COMMENTS,
    unsure=st.booleans(),
    same_as_source=st.booleans(),
    base=st.sampled_from(["", "0123456789ab"]),
).filter(is_writable)
"""Whatever a phrasebook may hold."""
