"""Who speaks must stay: "I" that becomes "we" harms a claim for asylum."""

import re
from collections.abc import Iterator
from types import MappingProxyType

from linkbridge.translation.guard.reading import Reading
from linkbridge.translation.guard.signals import Signal
from linkbridge.translation.results import Reason

_I = MappingProxyType(
    {
        "en": re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|myself)\b"),
        "es": re.compile(r"\b(?:yo|me|mi|mis|mí|mío|mía|conmigo|soy|estoy|tengo|quiero|puedo|fui|he|vivo|soy)\b"),
        "pt": re.compile(r"\b(?:eu|me|mim|meu|minha|meus|minhas|comigo|sou|estou|tenho|quero|posso|fui)\b"),
        "fr": re.compile(r"\b(?:je|j'|me|m'|moi|mon|ma|mes|mien|mienne)(?:\b|(?<='))"),
    }
)
_WE = MappingProxyType(
    {
        "en": re.compile(r"\b(?:we|we're|we've|we'll|us|our|ours|ourselves|let's)\b"),
        "es": re.compile(r"\b(?:nosotros|nosotras|nuestr[oa]s?|nos)\b|\b\w{2,}[áaeéií]mos\b"),
        "pt": re.compile(r"\b(?:nós|noss[oa]s?|nos|conosco|a gente)\b|\b\w{2,}[aeiáêí]mos\b|\b\w+-nos\b"),
        "fr": re.compile(r"\b(?:nous|notre|nos|on)\b"),
    }
)
_CLEAR_WE = MappingProxyType(
    {
        "en": re.compile(r"\b(?:we|we're|we've|we'll|us|our|ours|ourselves)\b"),
        "es": re.compile(
            r"\b(?:nosotros|nosotras|nuestr[oa]s?|somos|estamos|tenemos|queremos|podemos|fuimos|vamos|vivimos|hemos)\b"
        ),
        "pt": re.compile(r"\b(?:nós|noss[oa]s?|somos|estamos|temos|queremos|podemos|fomos|vamos|vivemos)\b"),
        "fr": re.compile(r"\b(?:nous|notre)\b"),
    }
)
_CLEAR_I = MappingProxyType(
    {
        "en": _I["en"],
        "es": re.compile(r"\b(?:yo|mi|mis|mí|conmigo|soy|estoy|tengo|quiero|puedo)\b"),
        "pt": re.compile(r"\b(?:eu|meu|minha|meus|minhas|comigo|sou|estou|tenho|quero|posso)\b"),
        "fr": _I["fr"],
    }
)
_CHANGED, _ADDED = 0.8, 0.55


def person(source: Reading, output: Reading) -> Iterator[Signal]:
    """Yield a signal where one who speaks for themselves became a group, or a group one person."""
    if source.tag not in _I or output.tag not in _I:
        return
    here, there = source.small, output.small
    if _CLEAR_I[source.tag].search(here) and not _WE[source.tag].search(here):
        if _CLEAR_WE[output.tag].search(there):
            yield Signal(Reason.PERSON, _ADDED if _I[output.tag].search(there) else _CHANGED)
    elif (
        _CLEAR_WE[source.tag].search(here)
        and not _I[source.tag].search(here)
        and _CLEAR_I[output.tag].search(there)
        and not _WE[output.tag].search(there)
    ):
        yield Signal(Reason.PERSON, _CHANGED)
