"""Numbers must arrive: as digits of any script, with other separators, as words, or as another way to say the time."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from linkbridge.kernel.text_checks import numbers as plain_numbers
from linkbridge.translation.guard.number_words import EXACT, HINTS, JOINS, PREFIX_MATCHED, SCALES
from linkbridge.translation.guard.reading import Reading
from linkbridge.translation.guard.signals import Signal
from linkbridge.translation.results import Reason

_GROUP = r".,'’٫٬،\u00a0\u202f "
_NUMBER = re.compile(rf"(?<!\d)\d{{1,3}}(?:[{_GROUP}]\d{{3}}(?!\d))+(?:[.,٫]\d+)?|\d+(?:[.,٫]\d+)*")
_NOT_COUNTED = re.compile(
    r"(?<=[km]m)[23]\b|(?<=mi)[23]\b|(?<=ft)[23]\b|(?<=\bm)[23]\b|(?<=км)[23]\b"
    r"|(?<=\d)[ \u00a0]?[:h][ \u00a0]?00\b|\bCO2\b"
)
"""Exponents of units, the minutes of a full hour, and a gas."""
_ETHIOPIC = re.compile("[፩-፼]+")
_ROMAN = re.compile(r"\b(?=[IVXLC])(C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?=(?:e|er|ème|º|ª|st|nd|rd|th)?\b)")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_HAN_NUMBER = re.compile("[零〇一二两三四五六七八九十百千万亿]+")
_HAN_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN_SCALES = {"万": 10_000, "亿": 100_000_000}
_ARABIC_ALWAYS = frozenset({"1", "2"})
"""A noun says by itself that it is one thing or two."""
_PERCENT = re.compile(r"\bpo[ru]r? (?:cent|cento|ciento|cien)\b")
_THOUSAND_MILLION = re.compile(r"[\s\u00a0]*mil\s+millones")
_FRENCH_EIGHTY = re.compile(r"quatre-vingts?")
_WORD_OR_BREAK = re.compile(r"[^\W\d_]+(?:-(?:sept|huit|neuf)\b)?|[^\w\s-]+|\d+")
_HOUR_AFTER = re.compile(
    r"[\s\u00a0]*(?:[:.]\d\d\b|h\b|h\d\d|(?:uhr|часов|часа|heures?|horas?|o'clock)\b|[ap]\.?\s?m\b|(?:da|de la"
    r"|du|à) (?:tarde|noite|soir|noche|mañana)"
    r"|[صم]\b|ص|م\b|مساء|صباح|የ|ከ|बजे|点|时)",
    re.IGNORECASE,
)
_HOUR = re.compile(r"(?<![\d.,:/])([01]?\d|2[0-4])(?=[\s\u00a0]?[:h.][\s\u00a0]?\d\d\b|[\s\u00a0]?h\b)")
_AFTERNOON_HOUR = re.compile(r"(?<![\d.,:/])(0?\d|1[01])(?:[:.]\d\d)?[\s\u00a0]?p\.?[\s\u00a0]?m\b")
_AFTERNOON = re.compile(
    r"p\.?[\s\u00a0]?m\b|tarde|noche|noite|soir|après-midi|nuit|evening|night|afternoon|mediodía|meio-dia|midi\b|noon"
)
_AFTER_NUMBER = re.compile(r"[\s\u00a0]*(?:de\s+|d')?([^\W\d_][^\W\d_\u093c\u0900-\u097f]*[\u0900-\u097f]*)")
_MISSING, _INVENTED, _WORD_CHANGED, _WORD_MISSING, _COUNT_DIFFERS = 0.95, 0.95, 0.7, 0.55, 0.6
_SMALL_ONES_KNOWN, _SMALL = frozenset({"ar", "am", "hi", "ru"}), 10
_EARLIEST_YEAR, _LATEST_YEAR = 1500, 2099
_CERTAIN_FROM = 3
"""Words for smaller numbers are used for other things too."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A number as it is written: every value that it can mean, and those that it can stand for in another language."""

    values: frozenset[str]
    loose: frozenset[str]
    scaled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Words:
    """The numbers written as words: those that are certain, and all that a word may mean."""

    exact: frozenset[str]
    all: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """The numbers of a text."""

    digits: tuple[_Written, ...]
    words: _Words

    def holds(self, number: _Written) -> bool:
        """Whether a number of the other side is among these, in whatever form."""
        if not self.words.all.isdisjoint(number.values | number.loose | number.scaled):
            return True
        return any(
            number.values & (other.values | other.loose | other.scaled)
            or number.scaled & (other.values | other.scaled)
            or number.loose & other.values
            for other in self.digits
        )

    def has(self, value: str) -> bool:
        """Whether this value is among them."""
        return value in self.words.all or any(
            value in number.values | number.loose | number.scaled for number in self.digits
        )


def numbers(source: Reading, output: Reading) -> Iterator[Signal]:
    """Yield what is wrong with the numbers of ``output``."""
    here, there = _found(source), _found(output)
    if here.digits or there.digits:
        yield from _digit_signals(here, there)
    if source.tag in EXACT and output.tag in EXACT:
        if _is_half_a_day_late(source.small, output.small):
            yield Signal(Reason.NUMBERS, _WORD_CHANGED)
        lost = any(not there.has(value) for value in here.words.exact)
        if lost or any(not here.has(value) for value in there.words.exact):
            yield Signal(Reason.NUMBERS, _WORD_CHANGED)
    elif any(not other.has(value) for value, other in _one_sided(source.tag, output.tag, here, there)):
        yield Signal(Reason.NUMBERS, _WORD_MISSING)


def _one_sided(source: str, output: str, here: _Found, there: _Found) -> Iterator[tuple[str, _Found]]:
    """Yield the small numbers that one side certainly says in a word, where the other's words for them are known."""
    for one, other, tag, other_tag in ((here, there, source, output), (there, here, output, source)):
        if tag in EXACT and other_tag in _SMALL_ONES_KNOWN:
            yield from ((value, other) for value in one.words.exact if int(value) <= _SMALL)


def _digit_signals(here: _Found, there: _Found) -> Iterator[Signal]:
    if _all_digits(here.digits) == _all_digits(there.digits):
        return
    if any(not there.holds(number) for number in here.digits):
        yield Signal(Reason.NUMBERS, _MISSING)
    elif any(not here.holds(number) for number in there.digits):
        yield Signal(Reason.NUMBERS, _INVENTED)
    elif len(here.digits) > len(there.digits) and not there.words.all:
        yield Signal(Reason.NUMBERS, _COUNT_DIFFERS)


def _is_half_a_day_late(here: str, there: str) -> bool:
    """Whether an hour of the morning, or of an unknown half of the day, became one of the afternoon."""
    if _AFTERNOON.search(here):
        return False
    hours = {_bare(hour) for hour in _HOUR.findall(here)}
    return any(
        _bare(hour) in hours and hour not in {"12", "0", "00"} and str(int(hour) + 12) not in hours
        for hour in _AFTERNOON_HOUR.findall(there)
    )


def _found(reading: Reading) -> _Found:
    return _Found(_digits(reading.text), _words(reading.text, reading.tag))


def _all_digits(found: tuple[_Written, ...]) -> list[str]:
    return sorted(min(number.values, key=lambda value: (len(value), value)) for number in found)


def _digits(text: str) -> tuple[_Written, ...]:
    found: list[_Written] = []
    text = _NOT_COUNTED.sub(" ", text)
    for match in _NUMBER.finditer(text):
        written = "".join(str(unicodedata.digit(each)) if each.isdigit() else each for each in match.group())
        after = _AFTER_NUMBER.match(text, match.end())
        scale = SCALES.get(after.group(1).casefold()) if after else None
        scale = 10**9 if _THOUSAND_MILLION.match(text, match.end()) else scale
        hour = _HOUR_AFTER.match(text, match.end()) is not None or re.fullmatch(r"\d{1,2}\.\d\d", written) is not None
        found.extend(_meanings(written, scale, text[match.end() : match.end() + 2], may_be_hour=hour))
    found.extend(_Written(frozenset(plain_numbers(each)), frozenset()) for each in _ETHIOPIC.findall(text))
    return tuple(found)


def _meanings(written: str, scale: int | None, following: str, *, may_be_hour: bool) -> Iterator[_Written]:
    groups = re.split(r"\D", written)
    if len(groups) > 2 and any(len(group) != 3 for group in groups[1:-1]):
        for group in groups:
            yield from _meanings(group, None, "", may_be_hour=False)
        return
    values = {_bare("".join(groups))} if all(len(group) == 3 for group in groups[1:]) else set()
    loose: set[str] = set()
    scaled: set[str] = set()
    if len(groups) > 1:
        whole, part = "".join(groups[:-1]), groups[-1]
        values.add(f"{_bare(whole)}.{part}".rstrip("0").rstrip(".") if part.strip("0") else _bare(whole))
        loose.update(_bare(group) for group in groups)
    if scale:
        scaled = {_bare(f"{float(value) * scale:.0f}") for value in values}
    loose.update(_other_ways(values, following))
    if may_be_hour:
        loose.update(_other_hours(groups[0]))
    yield _Written(frozenset(values), frozenset(loose), frozenset(scaled))


def _other_ways(values: set[str], following: str) -> Iterator[str]:
    for value in values:
        if not value.isdecimal() or len(value) > 4:
            continue
        number = int(value)
        if len(value) == 4 and (_EARLIEST_YEAR <= number <= _LATEST_YEAR or following.startswith("s")):
            yield value[2:]
            yield _bare(value[2:])
        if len(value) == 4 and value.endswith("00"):
            yield str(number // 100)


def _other_hours(hour: str) -> Iterator[str]:
    if 1 <= int(hour) <= 12:
        yield str(int(hour) + 12)
    elif 13 <= int(hour) <= 24:
        yield str(int(hour) - 12)


def _bare(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _words(text: str, tag: str) -> _Words:
    small = unicodedata.normalize("NFC", text).casefold()
    exact, loose = _added_up(small, tag) if tag in EXACT else (set(), set())
    loose |= {str(value) for value in _hints(small, tag)}
    loose |= {str(_roman(match)) for match in _ROMAN.findall(text) if match}
    if tag == "ar":
        loose |= _ARABIC_ALWAYS | {str(int(value) + 10) for value in loose if value.isdecimal() and int(value) < 10}
    if tag.startswith("zh"):
        loose |= {str(_han(run)) for run in _HAN_NUMBER.findall(small)}
    return _Words(
        frozenset(str(value) for value in exact if value >= _CERTAIN_FROM),
        frozenset(loose) | {str(value) for value in exact},
    )


def _hints(small: str, tag: str) -> Iterator[int]:
    table = HINTS.get(tag, {})
    tokens = re.findall(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0dff]|-(?=dia|noite))*", small)
    if tag in PREFIX_MATCHED:
        yield from (value for word, value in table.items() if any(word in token for token in tokens))
        return
    yield from (table[token] for token in tokens if token in table)


def _added_up(small: str, tag: str) -> tuple[set[int], set[str]]:
    """Return the numbers that runs of number words mean, and the values of their words."""
    table, join = EXACT[tag], JOINS[tag]
    small = _PERCENT.sub("%", small)
    if tag == "fr":
        small = _FRENCH_EIGHTY.sub("quatrevingt", small)
    exact: set[int] = set()
    loose: set[str] = set()
    run: list[int] = []
    tokens = _WORD_OR_BREAK.findall(small)
    for at, token in enumerate([*tokens, ""]):
        if token in table and table[token] >= 100 and at and tokens[at - 1].isdigit():
            loose.add(str(table[token]))
        elif token in table:
            run.append(table[token])
        elif not (token == join and run and at + 1 < len(tokens) and tokens[at + 1] in table):
            if run:
                exact |= _values(run)
                loose |= {str(value) for value in run}
            run = []
    return exact, loose


def _values(run: list[int]) -> set[int]:
    """Add up a run of values such as 3, 100, 46; a run that does not fit together is several numbers."""
    found: set[int] = set()
    total = part = 0
    last_scale = 10**12
    for value in run:
        if value >= 10**6 > last_scale and total < 10**6:
            total, part, last_scale = (total + part) * value, 0, value
        elif value >= 1000 and value < last_scale and (part or not total):
            total, part, last_scale = total + max(part, 1) * value, 0, value
        elif value == 100 and part < 100:
            part = max(part, 1) * 100
        elif value < 1000 and _fits(part, value):
            part += value
        else:
            found.add(total + part)
            total, part, last_scale = (value, 0, value) if value >= 1000 else (0, value, 10**12)
    found.add(total + part)
    return found


def _fits(part: int, value: int) -> bool:
    """Whether a number word may follow others that make ``part``: tens after hundreds, units after tens."""
    rest = part % 100
    if not part or (part >= 100 and not rest):
        return value < 100 or not part
    return value < 10 <= rest - rest % 10 == rest >= 20 or (rest in {60, 80} and value < 20)


def _roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def _han(numeral: str) -> int:
    total = section = digit = 0
    for sign in numeral:
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign]
        elif sign in _HAN_UNITS:
            section, digit = section + max(digit, 1) * _HAN_UNITS[sign], 0
        else:
            total, section, digit = total + max(section + digit, 1) * _HAN_SCALES[sign], 0, 0
    return total + section + digit
