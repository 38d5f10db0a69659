"""Translations of programs in gettext's format (polib): what has no translation gets one, marked as a machine's."""

import re
from collections import Counter
from gettext import c2py

import polib
from babel import Locale, UnknownLocaleError
from babel.messages.plurals import get_plural

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import Language, babel_locale
from linkbridge.translation.documents.decoding import decode
from linkbridge.translation.documents.texts import Taken, Texts, has_words
from linkbridge.translation.documents.values import REFUSED_MARK, Batch, Progress, Translate

_PLACEHOLDER = re.compile(
    r"%(?:\(\w+\))?(?:\d+\$)?[-+0#]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlLzjt]*[diouxXeEfFgGcrsa%]"
    r"|\{\{[^{}]{0,100}\}\}|\{%[^%]{0,100}%\}|\$?\{[\w.:!]{0,100}\}|</?[a-zA-Z][^<>]{0,200}>"
)
_FORMS = re.compile(r"nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;]+)")
_MOST_FORMS = 6


def translate_po(content: bytes, texts: Texts, translate: Translate, on_progress: Progress, batch: Batch) -> bytes:
    """Return a catalogue of messages in the target language, in UTF-8.

    Messages that have a translation into that language keep it. What the machine adds is fuzzy, so that no program
    shows it before somebody looked at it; where it is refused, or lost a placeholder, the message stays untranslated.

    Raises:
        InvalidInput: it cannot be read as such a catalogue.
    """
    try:
        catalogue = polib.pofile(decode(content).text.replace("\r\n", "\n").lstrip("\ufeff") + "\n", wrapwidth=78)
    except (OSError, ValueError, IndexError, KeyError, UnicodeError) as error:
        raise InvalidInput("the catalogue of messages cannot be read", field="document") from error
    if _is_other_language(catalogue.metadata.get("Language", ""), texts.target):
        for entry in catalogue:
            entry.msgstr = ""
            entry.msgstr_plural = {}
        catalogue.metadata.pop("Plural-Forms", None)
    singulars = _set_header(catalogue, texts)
    waiting = [entry for entry in catalogue if not entry.obsolete and not _is_done(entry)]
    for entry in waiting:
        texts.want(entry.msgid)
        texts.want(entry.msgid_plural or "")
    texts.translate(translate, on_progress, batch)
    note = "\n".join(line.text for line in texts.notice)
    for entry in waiting:
        _fill(entry, texts, singulars, note)
    return str(catalogue).encode()


def _is_other_language(language: str, target: Language) -> bool:
    return bool(language) and language.replace("_", "-").partition("-")[0].lower() != target.tag.partition("-")[0]


def _is_done(entry: polib.POEntry) -> bool:
    return bool(entry.msgstr or any(entry.msgstr_plural.values()))


def _set_header(catalogue: polib.POFile, texts: Texts) -> list[bool]:
    """Write language, encoding, plural forms and notice; return for each plural form whether it speaks of just one."""
    metadata = catalogue.metadata
    metadata["Language"] = texts.target.tag.replace("-", "_")
    metadata["MIME-Version"] = "1.0"
    metadata["Content-Type"] = "text/plain; charset=UTF-8"
    metadata["Content-Transfer-Encoding"] = "8bit"
    found = _FORMS.search(metadata.get("Plural-Forms", ""))
    if found is None:
        metadata["Plural-Forms"] = str(get_plural(_locale(texts.target))) + ";"
        found = _FORMS.search(metadata["Plural-Forms"])
    notice = "\n".join(line.text for line in texts.notice)
    catalogue.header = f"{notice}\n{catalogue.header}".strip()
    if found is None or not 1 <= int(found[1]) <= _MOST_FORMS:
        raise InvalidInput("the plural forms of the catalogue cannot be read", field="document")
    count = int(found[1])
    try:
        one = c2py(found[2])(1)
    except ValueError as error:
        raise InvalidInput("the plural forms of the catalogue cannot be read", field="document") from error
    return [count > 1 and form == one for form in range(count)]


def _locale(target: Language) -> Locale:
    try:
        return Locale.parse(target.tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return babel_locale(target.tag)


def _fill(entry: polib.POEntry, texts: Texts, singulars: list[bool], note: str) -> None:
    sources = [entry.msgid] if not entry.msgid_plural else [entry.msgid, entry.msgid_plural]
    if not any(has_words(source) for source in sources):
        return
    taken = {source: _held(source, texts) for source in sources}
    marks = [each.mark for each in taken.values() if each.mark]
    if any(each.is_own for each in taken.values()):
        marks = [REFUSED_MARK]
    elif entry.msgid_plural:
        entry.msgstr_plural = {
            form: taken[entry.msgid if is_one else entry.msgid_plural].text for form, is_one in enumerate(singulars)
        }
    else:
        entry.msgstr = taken[entry.msgid].text
    if "fuzzy" not in entry.flags:
        entry.flags.append("fuzzy")
    comment = f"{marks[0]} {note}" if marks else note
    entry.tcomment = f"{entry.tcomment}\n{comment}".strip()


def _held(source: str, texts: Texts) -> Taken:
    """Return a translation that has the placeholders of its source, each as often; else the source, refused."""
    taken = texts.take(source)
    if taken.is_own or Counter(_PLACEHOLDER.findall(source)) == Counter(_PLACEHOLDER.findall(taken.text)):
        return taken
    texts.refuse(taken)
    return Taken(source, REFUSED_MARK, is_own=True)
