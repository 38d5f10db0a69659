"""A translation is written in the script of its language; only what was so in the source may be in another."""

from collections import Counter
from collections.abc import Iterator

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.kernel.text_checks import dominant_script, written_in
from linkbridge.translation.guard.reading import Reading
from linkbridge.translation.guard.signals import Signal
from linkbridge.translation.results import Reason

_UNKNOWN_SIGNS = frozenset("\ufffd\u2047")
_UNKNOWN_WORDS = ("<unk>", "⁇", "[unk]")
_WRONG, _MIXED, _UNKNOWN = 0.95, 0.7, 0.8
_NAMES_SHARE = 0.34
_FEWEST_WORDS = 2


def script(source: Reading, output: Reading) -> Iterator[Signal]:
    """Yield a signal where words of the output are in the script of another language."""
    if any(sign in output.text and sign not in source.text for sign in (*_UNKNOWN_SIGNS, *_UNKNOWN_WORDS)):
        yield Signal(Reason.SCRIPT, _UNKNOWN)
    language = LANGUAGES.get(output.tag)
    if language is None or not output.words:
        return
    wanted = written_in(language.script)
    words = _plain_words(output)
    scripts = Counter(dominant_script(word) or wanted for word in words)
    foreign = sum(count for code, count in scripts.items() if code != wanted)
    if not foreign:
        return
    if foreign == len(words) or dominant_script(output.text) != wanted:
        yield from _all_foreign(source, wanted, words)
        return
    kept = {word.casefold() for word in source.text.split()}
    unasked = sum(
        1 for word in words if (dominant_script(word) or wanted) != wanted and not _is_name(word, kept, wanted)
    )
    if unasked >= _FEWEST_WORDS or unasked / len(words) > _NAMES_SHARE:
        yield Signal(Reason.SCRIPT, _MIXED)
    elif unasked:
        yield Signal(Reason.SCRIPT, _MIXED / 2 if wanted != "Latn" else _MIXED)


def _plain_words(output: Reading) -> list[str]:
    words = (word.strip(".,;:!?()[]«»\"'“”…") for word in output.text.split())
    return [
        word
        for word in words
        if word and "@" not in word and "{" not in word and "://" not in word and any(map(str.isalpha, word))
    ]


def _is_name(word: str, kept: set[str], wanted: str) -> bool:
    """Whether a Latin word in a text of another script may stay: a name, an abbreviation, as the source has it."""
    return wanted != "Latn" and dominant_script(word) == "Latn" and (word[:1].isupper() or word.casefold() not in kept)


def _all_foreign(source: Reading, wanted: str, words: list[str]) -> Iterator[Signal]:
    only_names = len(words) <= 3 and all(
        dominant_script(word) == "Latn" and word[:1].isupper() and word in source.text for word in words
    )
    if wanted != "Latn" and only_names:
        return
    yield Signal(Reason.SCRIPT, _WRONG)
