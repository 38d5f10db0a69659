"""Says which language a text may be written in. It can err, above all on few words: people can always correct it.

Three things are asked: the script, the letters that only one language of a script has, and two models made for this.
Languages written in another script than their own, such as Arabic in Latin letters, are not recognised by any of them.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.translation.cleaning import clean
from linkbridge.translation.protection import find_spans

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LONGEST = 2000
"""Characters that are looked at."""
LEAST_CONFIDENCE = 1.0
"""Guesses below are not given."""

_SCRIPTS = {
    "Latn": r"A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff\ua780-\ua7ff",
    "Arab": r"\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "Cyrl": r"\u0400-\u052f",
    "Deva": r"\u0900-\u0963\u0971-\u097f",
    "Beng": r"\u0980-\u09e3\u09f0\u09f1",
    "Guru": r"\u0a00-\u0a65\u0a70-\u0a76",
    "Gujr": r"\u0a80-\u0ae5",
    "Taml": r"\u0b80-\u0be5",
    "Sinh": r"\u0d80-\u0de5",
    "Ethi": r"\u1200-\u135f\u1380-\u138f\u2d80-\u2dde",
    "Hani": r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
}
_LETTERS = {script: re.compile(f"[{letters}]") for script, letters in _SCRIPTS.items()}
_HANS = {"Hans": "Hani", "Hant": "Hani"}
_KANA = re.compile(r"[\u3041-\u30ff]")
_ONLY_IN = {
    "ckb": "ەێۆڵڕڤ",
    "ur": "ٹڈڑےںھ",
    "ps": "ښځړڼېۍډټڅږګ",
    "ar": "ةأإىؤكيۀ",
    "ti": "ቐቑቒቓቔቕቖኣሓ",
}
"""Letters that no other of our languages in the script has, or hardly ever."""
_NEVER_IN = {"ar": "پچژگیکەێ"}
"""Letters that others of our languages in the script have."""
_WEIGHT, _MOST_LETTERS = 8.0, 4
_CONTRADICTED = {"wo": re.compile("[ɓɗƴƙêîûşç]", re.IGNORECASE), "am": re.compile(f"[{_ONLY_IN['ti']}]")}
"""Letters that show that the second model errs: it takes Fulah, Hausa and Kurmanji for Wolof at times."""
_ASKED = frozenset({"am", "ti", "wo"})
_TIGRINYA = 0.2
"""How likely Tigrinya is before a letter is read. The first model does not know it and takes it for Amharic."""
_CODES = {
    "arz": "ar", "ary": "ar", "fuv": "ff", "sdh": "ckb", "zh": "zh-Hans", "wuu": "zh-Hans", "yue": "zh-Hans",
    "pcm": "en", "gcf": "ht", "gcr": "ht", "uzs": "uz",
}  # fmt: skip
"""What the model calls our languages, and languages so near to them that it takes one for the other."""
_OTHER_CODES = "af bg cs da de el fi hu id it kk lg mg mk mr ms pl ro rw sn sr st sv tg tk tl ug uk xh zu ig"
_OTHERS = frozenset(_OTHER_CODES.split())
"""Languages that are not ours, known so that a text in one of them is not surely taken for ours."""
_TWINS = {"fa": ("fa", "prs")}
"""Languages that no program can tell apart in writing."""
_TRUST_AROUND = 0.8
_HALF = 8
"""So many letters are needed to trust the model half."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A language that a text may be written in, and how sure that is, from 0 to 100."""

    tag: str
    confidence: float


def identify(text: str, allowed: Collection[str] | None = None) -> tuple[Guess, ...]:
    """Return the languages that a text may be written in, likeliest first; none if it has no words that we know.

    Only languages of LinkBridge are given, and only ``allowed`` ones if given. Persian and Dari are written alike: both
    are given, equally sure.
    """
    return _guesses(_scores(text), allowed)


def identify_sentences(sentences: Sequence[str], allowed: Collection[str] | None = None) -> list[tuple[Guess, ...]]:
    """Return for each sentence of one text what ``identify`` would, but with trust in the text around it.

    A short sentence says little by itself: it is likelier in a language of its neighbours.
    """
    scores = [_scores(sentence) for sentence in sentences]
    around: dict[str, float] = {}
    for sentence, mine in zip(sentences, scores, strict=True):
        for tag, score in mine.items():
            around[tag] = around.get(tag, 0.0) + score * len(sentence)
    return [_guesses(_backed(mine, around), allowed) for mine in scores]


def _backed(mine: Mapping[str, float], around: Mapping[str, float]) -> dict[str, float]:
    """Share what a sentence itself leaves open among the languages of the text around it, in the same script."""
    if not mine:
        return {}
    script = LANGUAGES[next(iter(mine))].script
    near = {tag: score for tag, score in around.items() if LANGUAGES[tag].script == script}
    rest, whole = _TRUST_AROUND * (1 - sum(mine.values())), sum(near.values())
    return {tag: mine.get(tag, 0.0) + rest * score / whole for tag, score in near.items()}


def _guesses(scores: Mapping[str, float], allowed: Collection[str] | None) -> tuple[Guess, ...]:
    shared: dict[str, float] = {}
    for tag, score in scores.items():
        twins = [twin for twin in _TWINS.get(tag, (tag,)) if allowed is None or twin in allowed]
        shared |= {twin: score / len(twins) for twin in twins}
    guesses = [Guess(tag, round(100 * score, 1)) for tag, score in shared.items() if 100 * score >= LEAST_CONFIDENCE]
    return tuple(sorted(guesses, key=lambda guess: -guess.confidence))


def _scores(text: str) -> dict[str, float]:
    """Return how likely each language is, from 0 to 1; together at most 1."""
    words = _words(text)
    counts = {script: len(letters.findall(words)) for script, letters in _LETTERS.items()}
    script = max(counts, key=lambda name: counts[name])
    letters = counts[script]
    if not letters or 2 * letters < sum(map(str.isalpha, words)) or (script == "Hani" and _KANA.search(words)):
        return {}
    tags = [tag for tag, language in LANGUAGES.items() if _HANS.get(language.script, language.script) == script]
    twins = {twin for first, others in _TWINS.items() for twin in others if twin != first}
    tags = [tag for tag in tags if tag not in twins]
    if len(tags) == 1 and script not in {"Cyrl", "Beng"}:
        return {tags[0]: 0.99}
    scores = _weighed(words, _model_scores(words, script, tags))
    trust = letters / (letters + _HALF)
    return {tag: score * trust for tag, score in scores.items()}


def _words(text: str) -> str:
    """Return the part of a text that is written in a language: no addresses, numbers or emoji."""
    cleaned = clean(text[:LONGEST]).text
    for span in reversed(find_spans(cleaned)):
        cleaned = f"{cleaned[: span.start]} {cleaned[span.end :]}"
    return " ".join(cleaned.split())


def _model_scores(words: str, script: str, tags: Sequence[str]) -> dict[str, float]:
    """Ask the models. What they give to languages of other scripts is nobody's."""
    scores: Counter[str] = Counter()
    everything = 0.0
    for code, score in _identifier().rank(words):
        tag = ("ckb" if script == "Arab" else "kmr") if code == "ku" else _CODES.get(code, code)
        if tag in tags or tag in _OTHERS:
            everything += score
        if tag in tags:
            scores[tag] += score
    found = {tag: score / everything for tag, score in scores.items()} if everything else {}
    if "ti" in tags:
        found = {tag: score * (1 - _TIGRINYA) for tag, score in found.items()} | {"ti": _TIGRINYA}
    second = _second_opinion(words)
    if second in tags and not (second in _CONTRADICTED and _CONTRADICTED[second].search(words)):
        found = {tag: score * 0.1 for tag, score in found.items()}
        found[second] = 0.9
    return found


def _weighed(words: str, scores: Mapping[str, float]) -> dict[str, float]:
    """Weigh scores by the letters that tell a language."""
    weighed = dict(scores)
    counts = Counter(words)
    for letters_of, weight in ((_ONLY_IN, _WEIGHT), (_NEVER_IN, 1 / _WEIGHT)):
        for tag, letters in letters_of.items():
            if tag in weighed:
                weighed[tag] *= weight ** min(sum(counts[letter] for letter in letters), _MOST_LETTERS)
    known, whole = sum(scores.values()), sum(weighed.values())
    return {tag: known * score / whole for tag, score in weighed.items()} if whole else {}


def _second_opinion(words: str) -> str:
    """Return what only this model can tell: ``ti``, ``wo``, or that a text is Amharic after all; or nothing."""
    import pycld2  # noqa: PLC0415 - loaded with the first text

    try:
        _, _, details = pycld2.detect(words, isPlainText=True, bestEffort=True)
    except (pycld2.error, ValueError):
        return ""
    return str(details[0][1]) if details[0][1] in _ASKED else ""


_loading = Lock()


def _identifier() -> "LanguageIdentifier":
    with _loading:
        return _load()


@cache
def _load() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - it takes a second and 60 MB

    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    whole.set_languages({*LANGUAGES, *_OTHERS, *_CODES, "ku"} & set(whole.labels))
    # A second object without what the first one keeps of all other languages: it takes 25 MB less.
    return LanguageIdentifier(
        whole.nb_ptc,
        whole.nb_pc,
        whole.nb_classes,
        whole.tk_nextmove,
        whole.tk_output,
        norm_probs=True,
        tk_row=whole.tk_row,
    )
