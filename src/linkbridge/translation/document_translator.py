"""Translates documents with the same translator as texts, and says in each of them what it is."""

from collections.abc import Sequence
from dataclasses import replace

from babel import Locale, UnknownLocaleError

from linkbridge.kernel.languages import Direction, Language, find_language
from linkbridge.kernel.tags import read_tag
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.schema import SOURCE_TAG
from linkbridge.translation.documents.values import Limits, NoticeLine, Progress, TranslatedDocument, TranslatedText
from linkbridge.translation.ports import Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.service import Translator

MARK = "interface.mark-machine"
NOT_OFFICIAL = "Machine translation, not official."


def _silent(_done: int, _total: int) -> None:
    """Tell nobody how far it is."""


class DocumentTranslator:
    """Translates documents of the kinds in ``documents``."""

    def __init__(self, translator: Translator, catalogue: LiveCatalogue, *, limits: Limits) -> None:
        self._translator = translator
        self._catalogue = catalogue
        self._limits = limits

    def translate(
        self,
        name: str,
        content: bytes,
        *,
        source: str | None,
        target: str,
        patience: Patience,
        on_progress: Progress = _silent,
    ) -> TranslatedDocument:
        """Return the document in another language. Without a ``source``, each of its texts is identified by itself.

        ``patience`` is that of each batch of its texts.

        Raises:
            InvalidInput: a language is unknown; or it is no such document, damaged, encrypted, or holds no text.
            TooLarge: it holds more than the limits allow.
            Unavailable: it is a PDF, and this machine cannot make such files.
            NoRoute, TranslationBusy, TranslationLate, TranslationCancelled, EngineFailed: as the translator's.
        """
        # What reads documents is large; a process that translates none does without it.
        from linkbridge.translation.documents.service import translate_document  # noqa: PLC0415

        tag = read_tag(target, field="target")

        def translated(texts: Sequence[str]) -> list[TranslatedText]:
            requests = [TranslationRequest(text, source, tag) for text in texts]
            found = self._translator.translate_many(requests, patience)
            return [TranslatedText(each.text, each.quality) for each in found]

        return translate_document(
            content,
            name=name,
            translate=translated,
            target=language_of(tag),
            notice=self._notice(tag),
            on_progress=on_progress,
            limits=self._limits,
        )

    def _notice(self, tag: str) -> tuple[NoticeLine, ...]:
        """Return what is written into it: in English, and in its own language where the phrasebook has the words."""
        lines = [NoticeLine(NOT_OFFICIAL, language_of(SOURCE_TAG))]
        known = find_language(tag)
        phrase = self._catalogue.phrase(MARK, known.tag) if known is not None else None
        if phrase is not None and known is not None and known.tag != SOURCE_TAG:
            lines.insert(0, NoticeLine(phrase.text, known))
        return tuple(lines)


def language_of(tag: str) -> Language:
    """Return what a document must know of its language, be it one of the phrasebooks' or not."""
    known = find_language(tag)
    if known is not None:
        return replace(known, tag=tag)
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    names = (locale.get_display_name() or tag, locale.get_display_name("en") or tag)
    direction: Direction = "rtl" if locale.text_direction == "rtl" else "ltr"
    return Language(tag, *names, locale.script or "", direction, None, 0, str(locale))
