"""Holds a translation to the glossary: the right word for each term, and never a word that says something else. Pure.

The machine's word gives way where it is one that the glossary warns of; where the term is simply not there, the
translation says so, and is suspect where that matters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from linkbridge.kernel.tags import described_tag
from linkbridge.phrasebook.glossary import Domain, Glossary, TermPair
from linkbridge.phrasebook.wording import fold, has_spaces, needle
from linkbridge.translation.results import Finding, Quality, Reason, UsedTerm

_EVERYWHERE = (Domain.DOCUMENTS, Domain.EVERYDAY)
"""Domains whose words hold in any text. Those of others ("official", "court") mean other things elsewhere, so they
replace the machine's only where their domain was named.
"""


@dataclass(frozen=True, slots=True)
class Worded:
    """A translation with the glossary's words in it, the terms that its source holds, and what is wrong."""

    text: str
    terms: tuple[UsedTerm, ...]
    findings: tuple[Finding, ...]


class Terms:
    """The glossary as translation uses it."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary

    def apply(self, source: str, output: str, source_tag: str, target_tag: str, domain: Domain | None = None) -> Worded:
        """Return ``output`` with the words that the glossary has for the terms of ``source``."""
        here, there = described_tag(source_tag), described_tag(target_tag)
        pairs = self._glossary.pairs_in(source, here, there)
        wanted = [pair for pair in pairs if domain is None or pair.term.domain in {domain, Domain.EVERYDAY}]
        if not wanted:
            return Worded(output, (), ())
        text, used = output, []
        for pair in wanted:
            text, term = _hold(text, pair, wanted, there, may_replace=pair.term.domain in {domain, *_EVERYWHERE})
            used.append(term)
        missing = any(_matters(pair, domain) and not term.found for pair, term in zip(wanted, used, strict=True))
        findings = (Finding(Reason.TERMINOLOGY, Quality.SUSPECT),) if missing else ()
        return Worded(text, tuple(used), findings)


def _matters(pair: TermPair, domain: Domain | None) -> bool:
    """Whether the absence of the term's word is worth a warning.

    Everyday words have many translations, and a warning at each would be read by nobody: it is given for terms of the
    domain that was named, and for those of several words, which mean one thing, such as "non-refoulement".
    """
    return pair.term.domain is domain or not pair.term.term.isalpha()


def _hold(
    text: str, pair: TermPair, wanted: Sequence[TermPair], tag: str, *, may_replace: bool
) -> tuple[str, UsedTerm]:
    folded = fold(text, tag)
    target = pair.target
    if any(needle(form, tag) in folded for form in (target.preferred, *target.forms)):
        return text, UsedTerm(pair.term.id, pair.source, target.preferred, found=True)
    right_elsewhere = {
        needle(form, tag).strip()
        for other in wanted
        if other is not pair
        for form in (other.target.preferred, *other.target.forms)
    }
    for wrong in target.avoid if may_replace else ():
        bare = wrong.strip("*")
        if any(bare.casefold() in right for right in right_elsewhere):
            continue
        changed = _replace(text, wrong, target.preferred, tag)
        if changed is not None:
            return changed[0], UsedTerm(pair.term.id, pair.source, target.preferred, found=True, replaced=changed[1])
    return text, UsedTerm(pair.term.id, pair.source, target.preferred, found=False)


def _replace(text: str, pattern: str, preferred: str, tag: str) -> tuple[str, str] | None:
    """Put ``preferred`` in the place of a word that ``pattern`` means, if exactly one place holds it."""
    bare = re.escape(pattern.strip("*"))
    start = "" if pattern.startswith("*") or not has_spaces(tag) else r"(?<!\w)"
    # A word with an open end may be any of its forms; only the whole word can give way to another.
    end = r"\w*" if pattern.endswith("*") else ("" if not has_spaces(tag) else r"(?!\w)")
    found = list(re.finditer(start + bare + end, text, re.IGNORECASE))
    if len(found) != 1:
        return None
    word = found[0][0]
    new = preferred[:1].upper() + preferred[1:] if word[:1].isupper() else preferred
    return text[: found[0].start()] + new + text[found[0].end() :], word
