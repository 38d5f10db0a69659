"""The two-way conversation on the tablet: what its page offers, and how a translation is labelled there.

Nothing that is said passes through here into a database, a log or a file.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

from langcodes import Language

from linkbridge.container import Container
from linkbridge.kernel.errors import DomainError, NotFound
from linkbridge.kernel.languages import LANGUAGES, language_name_in
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.phrasebook.schema import Origin, PhraseText, Status
from linkbridge.phrasebook.speech import Utterance
from linkbridge.translation.ports import Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import Quality, Route, TextSource, Translation
from linkbridge.web.translation_metrics import count_results
from linkbridge.web.views import Views

ANSWERS = ("answer-yes", "answer-no", "answer-do-not-know", "answer-do-not-want-to-say")
SURE = 60.0
"""How sure, of 100, the guess must be that a text is in another language than was chosen."""
_ANSWERS_BOOK = "protection-needs"
_WARM_UP = "please-wait"
_STATUSES = {
    "verified": (Status.VERIFIED, Origin.HUMAN),
    "reviewed": (Status.REVIEWED, Origin.HUMAN),
    "draft": (Status.DRAFT, Origin.MACHINE),
    "draft-human": (Status.DRAFT, Origin.HUMAN),
    "outdated": (Status.OUTDATED, Origin.HUMAN),
    "outdated-machine": (Status.OUTDATED, Origin.MACHINE),
}
_MARKS = MappingProxyType(
    {
        TextSource.COPIED: "",
        TextSource.VERIFIED: "verified",
        TextSource.REVIEWED: "reviewed",
        TextSource.REVIEWED_MEMORY: "reviewed",
        TextSource.DRAFT: "draft",
        TextSource.MEMORY: "machine",
        TextSource.MACHINE: "machine",
    }
)


@dataclass(frozen=True, slots=True)
class BothWays:
    """The words of a mark for each side: ``style`` names it for style sheets."""

    sign: str
    style: str
    official: str
    person: str
    person_tag: str


@dataclass(frozen=True, slots=True)
class Sayable:
    """A phrase that can be said without any machine: to the person, or as their answer."""

    key: str
    official: str
    person: str
    mark: str
    audio: str
    pictogram: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A translation as the tablet gets it. ``reasons`` are codes, for which the page has the words.

    ``mark`` names one of the page's marks; it is empty where nothing needed translation. ``route`` tells of languages
    in between or standing in, in the official's language, and is empty where the way was direct. ``looks_like`` names
    another language where a text that could not be translated well seems to be written in that one.
    """

    text: str
    mark: str
    quality: str
    reasons: tuple[str, ...]
    route: str
    looks_like: str = ""


class Conversations:
    """Phrases, closed answers and marks for the page, and labelled translations for its scripts."""

    def __init__(self, container: Container, views: Views) -> None:
        self._container = container
        self._views = views

    def page(self, ui: str, tag: str, policy: PublicationPolicy) -> dict[str, Any]:
        """Return what the page of an official and a person holds.

        Raises:
            NotFound: both speak the same language, or the person's pages do not exist in theirs.
        """
        if ui == tag:
            raise NotFound("official and person speak the same language", language=tag)
        texts = self._views.texts(tag)
        return {
            "phrases": [asdict(found) for found in self._phrases(ui, tag, policy)],
            "marks": {name: asdict(mark) for name, mark in self._marks(ui, tag)},
            "answers": [asdict(found) for found in self._answers(ui, tag)],
            "keep_voice": self._views.voice(texts.phrase("keep-conversation")),
            "can_speak": self._container.speech.is_available and LANGUAGES[tag].voice is not None,
        }

    def directions(self, ui: str, tag: str) -> dict[str, bool]:
        """Return whether the machine can translate now: to the person, and back to the official."""
        can = self._container.translator.can_translate
        return {"to_person": can(ui, tag), "to_official": can(tag, ui)}

    def translate(self, text: str, *, source: str, target: str, ui: str, check: bool, patience: Patience) -> Labelled:
        """Return the translation of what was said, labelled. A ``check`` asks the machine alone.

        Raises:
            InvalidInput, NoRoute and all other errors of ``Translator.translate``.
        """
        translator = self._container.translator
        request = TranslationRequest(text=text, source=source, target=target, use_phrases=not check)
        translation = translator.translate(request, patience)
        count_results([translation])
        found = labelled(translation, ui)
        if found.quality == Quality.OK:
            return found
        likely = next(iter(translator.identify(text)), None)
        if likely is None or likely.confidence < SURE or _is_same_language(likely.tag, source):
            return found
        return replace(found, looks_like=language_name_in(likely.tag, ui))

    def warm_up(self, ui: str, tag: str) -> None:
        """Load the models of both directions, so that the first thing that is said need not wait for them."""
        for source, target in ((ui, tag), (tag, ui)):
            with suppress(DomainError):
                words = self._container.catalogue.interface(source).text(_WARM_UP)
                request = TranslationRequest(text=words, source=source, target=target, use_phrases=False)
                self._container.translator.translate(request, Patience(client=_WARM_UP))

    def speak(self, text: str, tag: str) -> bytes:
        """Return words as sound, of which nothing is kept.

        Raises:
            NotFound: no voice speaks this language.
            Unavailable: espeak-ng or the encoder is missing, failed, or is too busy.
        """
        return self._container.speech.say(Utterance("conversation.said", tag, text))

    def _phrases(self, ui: str, tag: str, policy: PublicationPolicy) -> Iterator[Sayable]:
        catalogue = self._container.catalogue
        for tile in self._views.notices(tag, ui, policy):
            for phrase in catalogue.notice(tile.id, tag).phrases:
                official = catalogue.phrase(phrase.key, ui)
                if official is not None:
                    yield self._sayable(phrase, official)

    def _answers(self, ui: str, tag: str) -> Iterator[Sayable]:
        catalogue = self._container.catalogue
        for name in ANSWERS:
            key = f"{_ANSWERS_BOOK}.{name}"
            person, official = catalogue.phrase(key, tag), catalogue.phrase(key, ui)
            if person is not None and official is not None:
                yield self._sayable(person, official)

    def _sayable(self, person: PhraseText, official: PhraseText) -> Sayable:
        voice = self._views.voice(person)
        return Sayable(
            key=person.key,
            official=official.text,
            person=person.text,
            mark=_mark_of_phrase(person),
            audio=voice.url if voice else "",
            pictogram=person.pictogram or "",
        )

    def _marks(self, ui: str, tag: str) -> Iterator[tuple[str, BothWays]]:
        for name, (status, origin) in _STATUSES.items():
            own, theirs = self._views.mark(status, origin, ui), self._views.mark(status, origin, tag)
            yield name, BothWays(own.sign, status.value, own.words, theirs.words, theirs.tag)
        own_texts, texts = self._container.catalogue.interface(ui), self._container.catalogue.interface(tag)
        for name, sign in (("machine", "⚠"), ("suspect", "⚠"), ("refused", "⛔")):
            phrase_id = f"mark-{name}"
            words, theirs_tag = texts.text(phrase_id), texts.tag_of(phrase_id)
            yield name, BothWays(sign, name, own_texts.text(phrase_id), words, theirs_tag)


def labelled(translation: Translation, ui: str) -> Labelled:
    """Return a translation with its mark, and its way in the official's language."""
    refused = translation.quality is Quality.REFUSED
    return Labelled(
        text="" if refused else translation.text,
        mark="refused" if refused else _MARKS[translation.source],
        quality=translation.quality.value,
        reasons=tuple(reason.value for reason in translation.reasons),
        route=_route_words(translation.route, ui) if translation.route else "",
    )


def _route_words(route: Route, ui: str) -> str:
    if not route.pivots and not route.stand_ins:
        return ""
    names = {tag: language_name_in(tag, ui) for tag in (route.pair.source, *route.pivots, route.pair.target)}
    for stand_in in route.stand_ins:
        names[stand_in.wanted] = f"{language_name_in(stand_in.wanted, ui)} ({language_name_in(stand_in.used, ui)})"
    return " → ".join(names.values())


def _is_same_language(one: str, other: str) -> bool:
    return Language.get(one).language == Language.get(other).language


def _mark_of_phrase(phrase: PhraseText) -> str:
    if phrase.status is Status.DRAFT and phrase.origin is Origin.HUMAN:
        return "draft-human"
    if phrase.status is Status.OUTDATED and phrase.origin is Origin.MACHINE:
        return "outdated-machine"
    return phrase.status.value
