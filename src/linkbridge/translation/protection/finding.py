"""Finds what must arrive unchanged. Pure; its time grows with the length of the text alone."""

import re
from collections.abc import Iterator

from linkbridge.translation.results import ProtectedSpan

COPIED = frozenset({"date", "time", "document", "case"})
"""Kinds that engines nearly always copy by themselves. A sentence reads best with them in it as they are."""
EDGES = frozenset({"emoji"})
"""Kinds that are no word of the sentence: at its start or end they stay outside."""
SINGLE = range(0x100000, 0x10FFFE)
"""Private characters that stand for elements of markup whose words must not be translated."""

_W = "A-Za-z0-9_À-ʯͰ-ԯ"  # of scripts that put spaces around everything; letters of others may touch what is found
_BEFORE, _AFTER = rf"(?<![{_W}@#$%&/+.-])", rf"(?![{_W}/-]|\.\d)"
_SYMBOL = (
    "\u203c\u2049\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
)
_EMOJI = (
    "[\U0001f1e6-\U0001f1ff]{2}"  # flags
    "|[0-9#*]\ufe0f?\u20e3"  # keys
    "|[\u00a9\u00ae\u2122]\ufe0f"
    f"|[{_SYMBOL}](?:[\ufe0e\ufe0f]|[\U0001f3fb-\U0001f3ff]|[\U000e0020-\U000e007f]|\u200d[{_SYMBOL}])*"
    "|[\U0001f3fb-\U0001f3ff\U0001f1e6-\U0001f1ff]"
)
_LOCAL, _HOST = rf"[{_W}%+-](?:[{_W}.+%'-]{{0,63}})", rf"[{_W}-]{{1,63}}(?:\.[{_W}-]{{1,63}}){{1,6}}"
_TO_SPACE = r"[^\s\u2e80-\u9fff<>\"“”«»،؛。，、；！？（）【】《》「」۔።]"
_DOMAINS = "com|org|net|int|gov|edu|info|io|eu|un|app|help|link|news|ngo"
_FILES = (
    "pdf|docx?|xlsx?|pptx?|od[tsp]|txt|rtf|csv|json|xml|html?|jpe?g|png|gif|heic|svg|webp|zip|7z"
    "|mp[34]|m4a|ogg|opus|wav"
)
_PATTERNS = {
    "tag": "[\U00100000-\U0010fffd]",
    "placeholder": (
        r"\{\{[^{}\n]{0,60}\}\}|\{%[^{}%\n]{0,80}%\}|\$\{[^{}\n]{0,60}\}|\{[\w.:!\[\]-]{0,60}\}|\[\[[^\[\]\n]{0,60}\]\]"
        r"|%\([^()\s]{1,60}\)[#0+-]?\d{0,3}(?:\.\d{1,2})?[sdifrx]|(?<![\d%٪])(?<!\d )%(?:\d\$)?[sdi](?![A-Za-z0-9%])"
        rf"|(?<![{_W}$])\$[A-Z][A-Z0-9_]{{0,40}}(?![{_W}])|</?[A-Za-z][\w:-]{{0,40}}(?:\s[^<>]{{0,1000}})?/?>"
    ),
    "email": rf"(?<![{_W}.+'%-]){_LOCAL}@{_HOST}",
    "url": (
        rf"(?<![{_W}@])(?i:https?|ftp)://{_TO_SPACE}+|(?<![{_W}@.-])(?i:www)\.{_TO_SPACE}+"
        rf"|(?<![{_W}@./-])(?:[A-Za-z0-9][A-Za-z0-9-]{{0,62}}\.){{1,5}}"
        rf"(?:(?:{_DOMAINS})(?:\.[a-z]{{2}})?(?![{_W}-])(?::\d{{2,5}})?(?:/{_TO_SPACE}*)?|[a-z]{{2}}/{_TO_SPACE}*)"
    ),
    "file": rf"(?<![{_W}/.-])[{_W}][{_W}-]{{0,80}}(?:\.[{_W}-]{{1,40}}){{0,3}}\.(?i:{_FILES})(?![{_W}-])",
    "handle": rf"(?<![{_W}@#&/.])[@#](?=\w*[^\W\d])\w[\w.-]{{0,60}}(?<![.-])",
    "date": (
        rf"{_BEFORE}(?:\d{{4}}(?P<_1>[-/.])\d{{1,2}}(?P=_1)\d{{1,2}}"
        rf"|\d{{1,2}}(?P<_2>[-/.])\d{{1,2}}(?P=_2)(?:\d{{4}}|\d{{2}})){_AFTER}"
    ),
    "time": rf"{_BEFORE}(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![{_W}:]|\s?[ap]\.?m)",
    "case": (
        rf"{_BEFORE}(?:A#? ?\d{{2,3}}-\d{{3}}-\d{{3}}|\d{{3}}\.\d{{3}}\.\d{{3}}-\d{{2}}"
        rf"|\d{{2,8}}(?:[./-]\d{{1,8}}){{2,7}}){_AFTER}"
    ),
    "phone": (
        rf"(?<![{_W}.,+-])(?:\+\d{{1,3}}[ .-]?)?(?:\(\d{{1,5}}\)[ .-]?)?"
        rf"\d{{2,5}}(?:[ .-]\d{{2,5}}){{1,5}}(?![{_W}-]|[.,]\d)"
        rf"|(?<![{_W}+])\+\d{{7,15}}(?![{_W}])"
    ),
    "document": (
        rf"{_BEFORE}(?:[A-Z]{{1,3}} \d{{6,9}}|[A-Za-z]{{1,3}}\d{{6,9}}[A-Za-z]?"
        r"|(?=[\d./-]{0,24}[A-Z])(?=(?:[A-Z./-]{0,14}\d){3})[A-Z\d]+(?:[./-][A-Z\d]+){0,6}"
        rf"|\d{{7,24}}(?:-[\dXK])?(?!\s?%)){_AFTER}"
    ),
    "emoji": rf"(?:{_EMOJI})+",
}
_ANY = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
_HINT = re.compile(
    f"[0-9٠-٩۰-۹@/{{%$<#\\[\u00a9\u00ae\u2122\U0001f1e6-\U0001f3ff\U00100000-\U0010fffd{_SYMBOL}]|\\w\\.\\w"
)
_GROUPED = re.compile(r"\d{1,3}([ .])\d{3}(?:\1\d{3})*")
_YEARS = re.compile(r"(?:1[89]|20)\d\d[ -](?:1[89]|20)\d\d")
_CLOSERS = {")": "(", "]": "["}


def find_spans(text: str) -> tuple[ProtectedSpan, ...]:
    """Return what must not change in a text, in its order. Plain numbers, years and amounts are left to the engine."""
    return tuple(_find(text)) if _HINT.search(text) else ()


def _find(text: str) -> Iterator[ProtectedSpan]:
    place = 0
    while found := _ANY.search(text, place):
        kind, words = found.lastgroup or "", found[0]
        if kind == "url":
            words = _without_punctuation(words)
        place = found.start() + len(words)
        if kind != "phone" or _is_phone(words):
            yield ProtectedSpan(kind, words, found.start(), place)


def _without_punctuation(url: str) -> str:
    """Return an address without the punctuation of the sentence that follows it."""
    while url[-1] in ".,;:!?'*_~)]…" and (url[-1] not in _CLOSERS or url.count(url[-1]) > url.count(_CLOSERS[url[-1]])):
        url = url[:-1]
    return url


def _is_phone(digits: str) -> bool:
    """Whether groups of digits are a telephone number, not large numbers or two years."""
    count = sum(map(str.isdigit, digits))
    if "+" in digits or "(" in digits:
        return 7 <= count <= 15
    if _GROUPED.fullmatch(digits):
        return count == 9 and " " in digits and not digits.endswith("000")
    if "-" not in digits and "." not in digits and digits[0] != "0":
        return 9 <= count <= 15
    return 7 <= count <= 15 and not _YEARS.fullmatch(digits)
