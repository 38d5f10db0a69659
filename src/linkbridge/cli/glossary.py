"""``linkbridge phrasebook glossary``: the terms, what they mean, and the words for them in one language."""

import json

from rich import box
from rich.console import Console
from rich.table import Table

from linkbridge.phrasebook.glossary import Domain, Glossary, Term, Word
from linkbridge.phrasebook.schema import SOURCE_TAG


def show_glossary(glossary: Glossary, tag: str, domain: Domain | None, *, as_json: bool) -> None:
    """Print the terms of a field, or all, that a language has words for."""
    found = [(term, word) for term in glossary.in_domain(domain) if (word := glossary.word(term.id, tag)) is not None]
    if as_json:
        print(json.dumps([_as_json(term, word, tag) for term, word in found], indent=2, ensure_ascii=False))
        return
    translated = tag != SOURCE_TAG
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("term", tag, "avoid") if translated else ("term",):
        table.add_column(name)
    table.add_column("domain", no_wrap=True)
    table.add_column("meaning")
    for term, word in found:
        cells = [word.preferred, ", ".join(word.avoid)] if translated else []
        table.add_row(term.term, *cells, term.domain.value, _meaning(term))
    Console().print(table)
    wordlist = glossary.wordlists.get(tag)
    if wordlist is not None:
        print(f"{len(found)} terms; {wordlist.status}, written by a {wordlist.origin}, {wordlist.date.isoformat()}")


def _meaning(term: Term) -> str:
    named = [f"{basis.instrument} {basis.article}" for basis in term.legal_basis]
    sources = "; ".join([*named, *filter(None, [term.source])])
    return f"{term.definition} ({sources})" if sources else term.definition


def _as_json(term: Term, word: Word, tag: str) -> dict[str, object]:
    return {
        "id": term.id,
        "term": term.term,
        "domain": term.domain.value,
        "definition": term.definition,
        "legal_basis": [f"{basis.instrument} {basis.article}" for basis in term.legal_basis],
        "source": term.source,
        "language": tag,
        "preferred": word.preferred,
        "forms": list(word.forms),
        "avoid": list(word.avoid),
    }
