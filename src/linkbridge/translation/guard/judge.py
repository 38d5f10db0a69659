"""Holds a translation against its source. Pure: no engine, no database, no clock."""

from collections.abc import Callable, Iterable, Iterator

from linkbridge.kernel.tags import described_tag
from linkbridge.translation.guard.content import content
from linkbridge.translation.guard.copying import copying
from linkbridge.translation.guard.length import length, sentences
from linkbridge.translation.guard.negation import negation
from linkbridge.translation.guard.numbers import numbers
from linkbridge.translation.guard.person import person
from linkbridge.translation.guard.reading import Reading
from linkbridge.translation.guard.repetition import repetition
from linkbridge.translation.guard.script import script
from linkbridge.translation.guard.signals import REFUSED_AT, SUSPECT_AT, Signal
from linkbridge.translation.guard.tokens import tokens
from linkbridge.translation.results import Finding, Quality, Reason

CHECKS: tuple[Callable[[Reading, Reading], Iterator[Signal]], ...] = (
    tokens,
    numbers,
    negation,
    person,
    repetition,
    script,
    copying,
    length,
    sentences,
    content,
)


def signals(source: str, output: str, source_tag: str, target_tag: str) -> tuple[Signal, ...]:
    """Return the strongest signal of each reason, the strongest first. Weak ones are among them."""
    if not any(map(str.isalnum, output)):
        missing = any(map(str.isalnum, source))
        return (Signal(Reason.EMPTY, 1.0),) if missing else ()
    here, there = Reading(source, described_tag(source_tag)), Reading(output, described_tag(target_tag))
    strongest: dict[Reason, float] = {}
    for check_one in CHECKS:
        for signal in check_one(here, there):
            strongest[signal.reason] = max(signal.score, strongest.get(signal.reason, 0.0))
    return tuple(
        Signal(reason, score) for reason, score in sorted(strongest.items(), key=lambda item: (-item[1], item[0].value))
    )


def check(
    source: str, output: str, source_tag: str, target_tag: str, *, threshold: float = SUSPECT_AT
) -> tuple[Finding, ...]:
    """Return what speaks against ``output`` as a translation of ``source``, the worst first; nothing means "not seen".

    Both are plain text: a sentence, or several, after protected parts were put back. ``threshold`` (0 to 1) is the
    score from which a signal counts; lower finds more faults and blames more good translations.
    """
    return tuple(
        Finding(signal.reason, Quality.REFUSED if signal.score >= max(REFUSED_AT, threshold) else Quality.SUSPECT)
        for signal in signals(source, output, source_tag, target_tag)
        if signal.score >= threshold
    )


def verdict(findings: Iterable[Finding]) -> tuple[Quality, tuple[Reason, ...]]:
    """Return the worst quality of all findings, and their reasons, each once, in their order."""
    found = tuple(findings)
    worst = max((finding.quality for finding in found), key=lambda quality: quality.rank, default=Quality.OK)
    return worst, tuple(dict.fromkeys(finding.reason for finding in found))
