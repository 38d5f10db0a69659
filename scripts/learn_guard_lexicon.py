"""Learns the small tables of the guard from the phrasebooks, and writes them into the package.

Words are paired as in IBM's first model of translation (Brown et al., 1993), in both directions; a pair is kept where
each direction gives it a fair chance. Run it again when the phrasebooks have grown.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from linkbridge.phrasebook.files import default_directory, load_library
from linkbridge.translation.guard.reading import Reading

TARGET = Path(__file__).resolve().parent.parent / "src/linkbridge/translation/guard/lexicon.json"
ROUNDS = 8
COMMON = 140
MEANINGS = 3
LEAST_CHANCE, LEAST_PRODUCT = 0.08, 0.02
FUNCTION_WORDS = frozenset(
    (  # noqa: SIM905 - easier to read and to change than a list of strings
        "a an and any are as at be been but by can do does each for from had has have he her here his how if in "
        "into is it its itself may me must my no nor not of off on one only or our out own she should so some such "
        "than that the their them then there these they this those to too up us was we were what when where which "
        "while who why will with would you your yourse i also more most other anothe about after before "
    ).split()
)
Pairs = Sequence[tuple[Sequence[str], Sequence[str]]]


def texts() -> dict[str, list[tuple[str, str]]]:
    """Return for each language its translations with their English."""
    library = load_library(default_directory())
    english = {phrase.key: phrase.text for book in library.books for phrase in book.phrases}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for (book_id, tag), translations in library.translations.items():
        for phrase_id, translation in translations.items():
            found[tag].append((english[f"{book_id}.{phrase_id}"], translation.text))
    return found


def sentence_pairs(pairs: list[tuple[str, str]], tag: str) -> Pairs:
    """Return the stems of sentences side by side, split where both sides have as many sentences."""
    found = []
    for english, other in pairs:
        here, there = Reading(english, "en").sentences, Reading(other, tag).sentences
        aligned = zip(here, there, strict=True) if len(here) == len(there) else [(english, other)]
        found += [(sorted(set(Reading(a, "en").stems)), sorted(set(Reading(b, tag).stems))) for a, b in aligned]
    return found


def chances(pairs: Pairs) -> dict[tuple[str, str], float]:
    """Return how likely each word of the left side is to become each word of the right."""
    table: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
    for _ in range(ROUNDS):
        counted: dict[tuple[str, str], float] = defaultdict(float)
        totals: dict[str, float] = defaultdict(float)
        for left, right in pairs:
            candidates = [*left, ""]
            for word in right:
                whole = sum(table[each, word] for each in candidates)
                for each in candidates:
                    part = table[each, word] / whole
                    counted[each, word] += part
                    totals[each] += part
        table = defaultdict(float, {pair: count / totals[pair[0]] for pair, count in counted.items()})
    return table


def meanings(pairs: Pairs) -> dict[str, str]:
    """Return for each stem the English stems that it means, the likeliest first."""
    forth, back = chances(pairs), chances([(right, left) for left, right in pairs])
    seen = Counter(word for left, _ in pairs for word in left), Counter(word for _, right in pairs for word in right)
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for (english, other), chance in forth.items():
        reverse = back.get((other, english), 0.0)
        enough = min(chance, reverse) > LEAST_CHANCE and chance * reverse > LEAST_PRODUCT
        if english and other and enough and english not in FUNCTION_WORDS and min(seen[0][english], seen[1][other]) > 1:
            found[other].append((-chance * reverse, english))
    return {stem: " ".join(each for _, each in sorted(found[stem])[:MEANINGS]) for stem in sorted(found)}


def common(written: list[str], tag: str) -> str:
    """Return the commonest words."""
    counted = Counter(word.rstrip("'’") for text in written for word in Reading(text, tag).words)
    return " ".join(sorted(word for word, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:COMMON]))


def main() -> None:
    """Write the tables."""
    found = texts()
    english = sorted({text for pairs in found.values() for text, _ in pairs})
    tables: dict[str, object] = {"en": {"length": 1.0, "common": common(english, "en"), "meanings": {}}}
    for tag, pairs in sorted(found.items()):
        logs = [math.log(len(other) / len(text)) for text, other in pairs if len(text) > 20]
        tables[tag] = {
            "length": round(math.exp(sum(logs) / len(logs)), 3),
            "common": common([other for _, other in pairs], tag),
            "meanings": meanings(sentence_pairs(pairs, tag)),
        }
    TARGET.write_text(json.dumps(tables, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
