"""Another server that speaks LibreTranslate's API: a LibreTranslate, or a LinkBridge node that shares its work.

Text leaves this machine, so nothing of this happens unless an administrator names the server. Redirects are refused:
they could lead the text elsewhere.
"""

import http.client
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeGuard

import structlog

from linkbridge.kernel.tags import normal_tag
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.pieces import plain
from linkbridge.translation.ports import EngineOptions, Lane, LanguagePair, LoadedModel, Model, Places

_LANGUAGES_SECONDS = 3.0
_REMEMBERED_SECONDS = 60.0
_MAX_ANSWER_BYTES = 16_000_000
_log = structlog.get_logger("linkbridge.translation")


class LibreTranslate:
    """The engine of other servers. What languages one has is asked at most once a minute."""

    name = "libretranslate"
    lane = Lane.THREAD
    batch_size = 32

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Model | None]] = {}

    def find(self, places: Places) -> tuple[Model, ...]:
        """Return a model for each server that answers. One that does not is left out and logged by its name."""
        with self._lock:
            found = [self._remembered(address) for address in dict.fromkeys(places.servers)]
        return tuple(sorted((model for model in found if model is not None), key=lambda model: model.id))

    def load(self, model: Model, options: EngineOptions) -> LoadedModel:
        """Return the server's client. Whether it works shows when it is asked."""
        key = options.server_keys.get(model.location, "")
        return _Loaded(model, key, options.timeout_seconds)

    def _remembered(self, address: str) -> Model | None:
        until, model = self._known.get(address, (float("-inf"), None))
        if self._now() < until:
            return model
        try:
            model = _read_server(address)
        except _ServerFailed as error:
            _log.warning("server cannot be used", engine=self.name, server=_host(address), reason=str(error))
            model = None
        self._known[address] = (self._now() + _REMEMBERED_SECONDS, model)
        return model


class _Loaded:
    """A server's client."""

    def __init__(self, model: Model, key: str, seconds: float) -> None:
        self._model, self._key, self._seconds = model, key, seconds

    def translate(
        self, sentences: Sequence[str], pair: LanguagePair, *, alternatives: int = 0
    ) -> list[tuple[str, ...]]:
        """Return for each sentence its translation and alternatives, as the server gives them."""
        texts = [plain(sentence) for sentence in sentences]
        asked = [text for text in texts if text]
        if not asked:
            return [("",)] * len(texts)
        question: dict[str, object] = {
            "q": asked,
            "source": self._model.code(pair.source),
            "target": self._model.code(pair.target),
            "format": "text",
            "alternatives": alternatives,
        }
        if self._key:
            question["api_key"] = self._key
        try:
            answer = _fetch(self._model.location + "/translate", self._seconds, question)
            answers = iter(_answers(answer, len(asked), alternatives))
        except _ServerFailed as error:
            raise EngineFailed(str(error), engine=LibreTranslate.name, model=self._model.id) from None
        return [next(answers) if text else ("",) for text in texts]

    def close(self) -> None:
        """Do nothing: no connection is kept."""


class _ServerFailed(Exception):
    """A server does not answer as it should; the message is fixed and holds nothing of what was sent or received."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Lets a redirect stand as the answer that it is, which is no success."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow nothing."""


def _fetch(address: str, seconds: float, question: Mapping[str, object] | None = None) -> object:
    """Return the JSON that a server answers.

    Raises:
        _ServerFailed: it does not.
    """
    if not address.startswith(("http://", "https://")):
        raise _ServerFailed("the address is no http or https")
    data = None if question is None else json.dumps(question).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "LinkBridge"}
    try:
        request = urllib.request.Request(address, data=data, headers=headers)  # noqa: S310 - the scheme was checked
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=seconds) as response:
            body = response.read(_MAX_ANSWER_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise _ServerFailed(f"the server answers {error.code}") from None
    except (OSError, ValueError, http.client.HTTPException):
        raise _ServerFailed("the server cannot be reached") from None
    if len(body) > _MAX_ANSWER_BYTES:
        raise _ServerFailed("the server answers too much")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise _ServerFailed("the server answers no JSON") from None


def _answers(answer: object, count: int, alternatives: int) -> list[tuple[str, ...]]:
    """Return what a server answered to ``count`` texts.

    Raises:
        _ServerFailed: it is something else.
    """
    best = answer.get("translatedText") if isinstance(answer, dict) else None
    others = answer.get("alternatives") if isinstance(answer, dict) else None
    if not _are_texts(best) or len(best) != count:
        raise _ServerFailed("the server answers something else")
    if not alternatives or not isinstance(others, list) or len(others) != count or not all(map(_are_texts, others)):
        others = [[]] * count
    return [(one, *more[:alternatives]) for one, more in zip(best, others, strict=True)]


def _are_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _read_server(address: str) -> Model | None:
    """Ask a server for its languages.

    Raises:
        _ServerFailed: it does not tell them.
    """
    location = address.rstrip("/")
    answer = _fetch(location + "/languages", _LANGUAGES_SECONDS)
    if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
        raise _ServerFailed("the server answers something else")
    codes: dict[str, str] = {}
    pairs: set[LanguagePair] = set()
    for item in answer:
        targets = item.get("targets", [])
        if not _are_texts([item.get("code")]) or not _are_texts(targets):
            raise _ServerFailed("the server answers something else")
        for code in (item["code"], *targets):
            tag = normal_tag(code)
            if tag is not None:
                codes.setdefault(tag, code)
        pairs.update(_pairs_from(item["code"], targets))
    if not pairs:
        return None
    return Model(
        id=f"{LibreTranslate.name}-{_host(location)}",
        engine=LibreTranslate.name,
        version="remote",
        location=location,
        pairs=tuple(sorted(pairs)),
        codes=MappingProxyType({tag: code for tag, code in codes.items() if tag != code}),
    )


def _pairs_from(code: str, targets: Sequence[str]) -> list[LanguagePair]:
    source, tags = normal_tag(code), {normal_tag(target) for target in targets}
    return [LanguagePair(source, tag) for tag in tags if source and tag and tag != source]


def _host(address: str) -> str:
    """Return the part of an address that names the server in logs and ids, without user or password."""
    named = address.partition("://")[2].rpartition("@")[2] or "nameless"
    return re.sub(r"[^A-Za-z0-9._-]+", "-", named).strip("-")


ENGINE = LibreTranslate()
