"""Translates sentences so that what must not change does not. Pure: the engine is a function that is given.

What an engine copies by itself is left in the sentence, the rest is marked. A sentence whose answer lacks something is
tried again, with other marks. At last the words around each span are translated alone; nothing is lost then.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from linkbridge.translation.protection.finding import COPIED, EDGES, find_spans
from linkbridge.translation.protection.marking import SHAPES, Marked, mark, restore
from linkbridge.translation.results import ProtectedSpan

Translate = Callable[[Sequence[str]], list[tuple[str, ...]]]
"""Gives for each sentence its translation and other ones, best first; an empty tuple where the engine failed."""

FindSpans = Callable[[str], tuple[ProtectedSpan, ...]]
"""Finds in a sentence what must not change. The text of a span is what comes into the translation."""

_WORDS = re.compile(r"[^\W\d_](?:.*[^\W\d_])?", re.DOTALL)
_TRIES = (
    *((SHAPES[0], kept) for kept in (COPIED, frozenset[str]())),
    *((shape, frozenset[str]()) for shape in SHAPES[1:]),
)


@dataclass(frozen=True, slots=True)
class ProtectedOutput:
    """A translated sentence. ``spans`` lie in its source; ``lost`` are the kinds of those that are not in ``text``.

    ``text`` is empty if the engine failed. ``cut`` says that the words around the spans were translated one by one,
    because the engine kept no mark: their order may be wrong.
    """

    text: str
    spans: tuple[ProtectedSpan, ...] = ()
    lost: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class _Task:
    """A sentence: what stands before and after its ``core``, the spans of all, and those in the core."""

    before: str
    core: str
    after: str
    spans: tuple[ProtectedSpan, ...]
    inner: tuple[ProtectedSpan, ...]

    def whole(self, core: str) -> str:
        return f"{self.before}{core}{self.after}" if core else ""


def translate_protected(
    sentences: Sequence[str], translate: Translate, find: FindSpans = find_spans
) -> list[ProtectedOutput]:
    """Return the sentences translated, in their order; ``find`` says what of each must not change.

    All go to the engine in one call; those that have to be tried again, in one more call each time. A sentence without
    words is its own translation, and one without spans is passed as it is.
    """
    tasks = [_prepare(sentence, find(sentence)) for sentence in sentences]
    done = {i: ProtectedOutput(sentences[i], task.spans) for i, task in enumerate(tasks) if not _has_words(task)}
    waiting = [index for index in range(len(tasks)) if index not in done]
    for number, (shape, kept) in enumerate(_TRIES):
        ready = [i for i in waiting if number == 0 or tasks[i].inner]
        if number == 1:
            ready = [i for i in ready if any(span.kind in COPIED for span in tasks[i].inner)]
        if not ready:
            continue
        marked = [mark(tasks[i].core, tasks[i].inner, shape, keep=kept) for i in ready]
        for i, one, answers in zip(ready, marked, translate([one.text for one in marked]), strict=True):
            output = _accept(tasks[i], one, answers)
            if output is not None:
                done[i] = output
        waiting = [index for index in waiting if index not in done]
    if waiting:
        done |= zip(waiting, _translate_around([tasks[i] for i in waiting], translate), strict=True)
    return [done[index] for index in range(len(tasks))]


def _prepare(sentence: str, spans: tuple[ProtectedSpan, ...]) -> _Task:
    """Take off what stands at the edges of a sentence without being one of its words."""
    start, end = 0, len(sentence)
    first, last = 0, len(spans)
    while first < last and spans[first].kind in EDGES and not sentence[start : spans[first].start].strip():
        start, first = spans[first].end, first + 1
    while last > first and spans[last - 1].kind in EDGES and not sentence[spans[last - 1].end : end].strip():
        last -= 1
        end = spans[last].start
    core = sentence[start:end]
    if first or last < len(spans):
        start += len(core) - len(core.lstrip())
        core = core.strip()
    inner = tuple(
        ProtectedSpan(span.kind, span.text, span.start - start, span.end - start) for span in spans[first:last]
    )
    return _Task(sentence[:start], core, sentence[start + len(core) :], spans, inner)


def _has_words(task: _Task) -> bool:
    return any(_WORDS.search(text) for text in _between(task))


def _between(task: _Task) -> Iterator[str]:
    place = 0
    for span in task.inner:
        yield task.core[place : span.start]
        place = span.end
    yield task.core[place:]


def _accept(task: _Task, marked: Marked, answers: tuple[str, ...]) -> ProtectedOutput | None:
    """Return the output if the engine's best answer has everything in it, or if nothing can be missing."""
    restored = [restore(answer, marked) for answer in answers]
    if task.inner and (not restored or not restored[0].text.strip() or restored[0].lost):
        return None
    texts = dict.fromkeys(task.whole(one.text) for one in restored if one.text.strip() and not one.lost)
    best, *others = [*texts] or [""]
    return ProtectedOutput(best, task.spans, alternatives=tuple(others))


def _translate_around(tasks: Sequence[_Task], translate: Translate) -> Iterator[ProtectedOutput]:
    """Translate what stands between the spans of sentences, and put the spans in between."""
    pieces = [[(text, _WORDS.search(text)) for text in _between(task)] for task in tasks]
    answers = iter(translate([words[0] for parts in pieces for _, words in parts if words]))
    for task, parts in zip(tasks, pieces, strict=True):
        made, failed = "", False
        for number, (text, words) in enumerate(parts):
            if words:
                answer = next(answers)
                best = answer[0].strip() if answer else ""
                failed = failed or not best
                made += text[: words.start()] + best + text[words.end() :]
            else:
                made += text
            made += task.inner[number].text if number < len(task.inner) else ""
        yield ProtectedOutput("" if failed else task.whole(made), task.spans, cut=True)
