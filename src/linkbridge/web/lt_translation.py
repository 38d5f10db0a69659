"""Translates what a program sent to `/lt`, and answers as LibreTranslate does, with our labels beside it."""

import re
from collections.abc import Sequence
from typing import Any

from babel import Locale, UnknownLocaleError
from fastapi import HTTPException

from linkbridge.container import Container
from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import find_language
from linkbridge.kernel.tags import normal_tag
from linkbridge.translation.errors import NoRoute
from linkbridge.translation.labels import describe
from linkbridge.translation.ports import Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import Translation
from linkbridge.web.lt_access import admit, check_length
from linkbridge.web.lt_calls import LtCall
from linkbridge.web.translation_metrics import count_results

AUTO = "auto"
MOST_ALTERNATIVES = 10
MOST_TEXTS = 1000
_CODE = re.compile(r"[A-Za-z0-9_-]{1,35}")
_UNKNOWN = [{"confidence": 0.0, "language": "en"}]
"""What LibreTranslate says of a text without words."""


def translate(container: Container, call: LtCall) -> dict[str, Any]:
    """Return the answer to `/translate`.

    Raises:
        HTTPException: the request lacks something, is too long, or asks for what there is not.
        DomainError: the translator's, see ``Translator.translate_many``.
    """
    texts, is_batch = call.texts("q")
    source, target = call.text("source"), call.text("target")
    alternatives = call.number("alternatives", most=MOST_ALTERNATIVES)
    if len(texts) > MOST_TEXTS:
        raise HTTPException(400, f"Invalid request: request ({len(texts)}) exceeds text limit ({MOST_TEXTS})")
    caller = admit(container, call, cost=len(texts))
    check_length(texts, caller)
    source_tag = None if is_auto(source) else language(source)
    target_tag = language(target)
    is_html = _is_html(call)
    requests = [
        TranslationRequest(text, source_tag, target_tag, html=is_html, alternatives=alternatives) for text in texts
    ]
    patience = Patience(client=caller.name, seconds=container.lt.seconds, is_cancelled=call.has_gone)
    try:
        found = container.translator.translate_many(requests, patience)
    except NoRoute as error:
        raise no_route(container, error, source, target) from None
    except InvalidInput as error:
        code = target if error.params.get("field") == "target" else source
        raise unsupported(code) from None
    count_results(found)
    return _answer(found, is_batch=is_batch, is_auto=source_tag is None, has_alternatives=alternatives > 0)


def _is_html(call: LtCall) -> bool:
    form = call.values.get("format") or "text"
    if form not in {"text", "html"}:
        raise HTTPException(400, f"{_shown(str(form))} format is not supported")
    return form == "html"


def _answer(found: Sequence[Translation], *, is_batch: bool, is_auto: bool, has_alternatives: bool) -> dict[str, Any]:
    columns: dict[str, list[Any]] = {"translatedText": [each.text for each in found]}
    if is_auto:
        columns["detectedLanguage"] = [_detected(each) for each in found]
    if has_alternatives:
        columns["alternatives"] = [_others(each) for each in found]
    columns["linkbridge"] = [describe(each) for each in found]
    return dict(columns) if is_batch else {name: values[0] for name, values in columns.items()}


def _detected(translation: Translation) -> dict[str, Any]:
    return {"confidence": round(translation.confidence, 1), "language": translation.pair.source}


def _others(translation: Translation) -> list[str]:
    """Return the alternatives, each once, without the translation itself."""
    return [text for text in dict.fromkeys(translation.alternatives) if text and text != translation.text]


def detect(container: Container, call: LtCall) -> list[dict[str, Any]]:
    """Return the languages that a text may be written in, the likeliest first."""
    texts, _is_batch = call.texts("q")
    caller = admit(container, call)
    whole = "\n".join(texts)
    check_length([whole], caller)
    guesses = container.translator.identify(whole)
    return [{"confidence": round(guess.confidence, 1), "language": guess.tag} for guess in guesses] or _UNKNOWN


def languages(container: Container) -> list[dict[str, Any]]:
    """Return every language with its targets, itself among them, English first, then by name."""
    found = {offer.tag: set(offer.targets) for offer in container.translator.languages()}
    for target in {tag for targets in found.values() for tag in targets}:
        found.setdefault(target, set())
    rows = [
        {"code": tag, "name": english_name(tag), "targets": sorted(targets | {tag})} for tag, targets in found.items()
    ]
    return sorted(rows, key=lambda row: (row["code"] != "en", row["name"]))


def is_auto(code: str) -> bool:
    """Whether the language is to be identified."""
    return code.strip().lower() == AUTO


def language(code: str) -> str:
    """Return the tag that a caller's code means.

    Raises:
        HTTPException: it means none.
    """
    tag = normal_tag(code)
    if tag is None:
        raise unsupported(code)
    return tag


def english_name(tag: str) -> str:
    """Return the English name of a language."""
    known = find_language(tag)
    if known is not None and known.tag == tag:
        return known.english_name
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def unsupported(code: str) -> HTTPException:
    """Return the error for a language that there is not."""
    return HTTPException(400, f"{_shown(code)} is not supported")


def no_route(container: Container, error: NoRoute, source: str, target: str) -> HTTPException:
    """Return the error for two languages that nothing connects, in LibreTranslate's words."""
    from_tag, to_tag = str(error.params.get("source", "")), str(error.params.get("target", ""))
    codes = {row["code"] for row in languages(container)}
    if to_tag not in codes:
        return unsupported(target)
    if from_tag not in codes:
        return unsupported(from_tag if is_auto(source) else source)
    names = (f"{english_name(tag)} ({tag})" for tag in (to_tag, from_tag))
    return HTTPException(400, "{} is not available as a target language from {}".format(*names))


def _shown(code: str) -> str:
    """Return a caller's word if it can be a code: no text comes back in an error."""
    return code if _CODE.fullmatch(code) else "this"
