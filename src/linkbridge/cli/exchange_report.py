"""What an import says of itself: counts, and each text that changes beside the one that it would replace."""

from collections.abc import Iterable, Iterator

from linkbridge.kernel.text_checks import BIDI_CONTROLS, forbidden_characters
from linkbridge.phrasebook.exchange.handed_voices import PlannedVoice, voice_counts
from linkbridge.phrasebook.exchange.memory import MemoryReport
from linkbridge.phrasebook.exchange.plan import Plan, PlannedText, Verdict
from linkbridge.phrasebook.exchange.units import Skipped
from linkbridge.phrasebook.schema import Translation


def plan_lines(plan: Plan, skipped: Iterable[Skipped] = ()) -> Iterator[str]:
    """Yield the lines that describe a plan; what stays the same is only counted."""
    for text in plan.texts:
        if text.verdict is not Verdict.SAME:
            yield from _text_lines(text)
    left_out = list(skipped)
    for entry in left_out:
        yield f"skipped: {plain(entry.where)}: {plain(entry.reason)}"
    counts = ", ".join(f"{count} {verdict}" for verdict, count in plan.counts.items())
    yield f"{counts}, {len(left_out)} skipped"


def _text_lines(text: PlannedText) -> Iterator[str]:
    yield f"{text.verdict}: {text.place.key}" + (f": {plain(text.reason)}" if text.reason else "")
    if text.ours is not None:
        yield f"    ours    {_described(text.ours)}"
    yield f"    theirs  {_described(text.theirs)}"
    yield from (f"    {plain(note)}" for note in text.notes)


def _described(text: Translation) -> str:
    return f"[{text.status}] {plain(text.text)}"


def voice_lines(voices: Iterable[PlannedVoice]) -> Iterator[str]:
    """Yield the lines that describe what becomes of a bundle's voices; what stays the same is only counted."""
    planned = list(voices)
    for voice in planned:
        if voice.verdict is not Verdict.SAME:
            yield f"voice {voice.verdict}: {voice.place.key}" + (f": {plain(voice.reason)}" if voice.reason else "")
    yield "voices: " + ", ".join(f"{count} {verdict}" for verdict, count in voice_counts(planned).items())


def memory_lines(report: MemoryReport) -> Iterator[str]:
    """Yield the lines that describe what became of a TMX file."""
    for reason, count in report.skipped.items():
        yield f"skipped {count}: {reason} (first: {plain(report.examples[reason])})"
    skipped = sum(report.skipped.values())
    yield (f"{report.entries} entries: {report.added} added, {report.already_there} already there, {skipped} skipped")


def plain(text: str) -> str:
    """Return ``text`` as a terminal can show it: what controls one is written as its number."""
    hidden = {*forbidden_characters(text), *BIDI_CONTROLS}
    return "".join(f"<U+{ord(letter):04X}>" if letter in hidden else letter for letter in text)
