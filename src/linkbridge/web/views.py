"""What the person's and the official's pages show, as frozen values that templates can only read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from linkbridge.kernel.errors import NotFound
from linkbridge.kernel.languages import LANGUAGES, Language, language_name_in
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.interface import InterfaceTexts, mark_phrase
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.phrasebook.schema import NoticeText, Origin, PhraseText, Status
from linkbridge.phrasebook.speech import Speakable, Speech, language_name

_SIGNS = {Status.VERIFIED: "✓", Status.REVIEWED: "✓", Status.DRAFT: "○", Status.OUTDATED: "○"}


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of a text's status: a sign, a name for styles, and the words in the reader's language."""

    status: str
    sign: str
    words: str
    tag: str


@dataclass(frozen=True, slots=True)
class Voice:
    """Where a phrase can be heard, and whether a person or a computer speaks."""

    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class PhraseView:
    """One phrase in the person's language with the official's text beside it."""

    person: PhraseText
    official: PhraseText | None
    legal: tuple[str, ...]
    voice: Voice | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A whole notice for both sides of the desk."""

    notice: NoticeText
    official_title: str
    official_tag: str
    phrases: tuple[PhraseView, ...]
    title_voice: Voice | None
    mark: Mark
    official_mark: str
    has_voice: bool
    """Whether all of it can be heard."""
    voice_kind: str
    """``recorded``, ``synthetic``, ``mixed``, or empty where nothing can be heard."""
    instruments: tuple[str, ...]
    date: date


@dataclass(frozen=True, slots=True)
class NoticeTile:
    """A notice to choose."""

    id: str
    title: PhraseText
    official_title: str
    pictogram: str | None
    mark: Mark
    voice: Voice | None


@dataclass(frozen=True, slots=True)
class LanguageTile:
    """A language to choose, by its own name."""

    language: Language
    official_name: str
    voice: Voice | None
    notices: int


class Views:
    """Builds the views from catalogue and voices."""

    def __init__(self, catalogue: Catalogue, speech: Speech) -> None:
        self._catalogue = catalogue
        self._speech = speech

    def notice(self, notice_id: str, tag: str, ui: str, policy: PublicationPolicy) -> NoticeView:
        """Return a notice for person and official.

        Raises:
            NotFound: there is no such notice in this language, or it may not be shown here.
        """
        notice = self._catalogue.notice(notice_id, tag)
        if not policy.allows(notice):
            raise NotFound("this notice may not be shown in this language here", notice=notice_id, language=tag)
        official_title = self._official(notice.title, ui)
        title_voice = self.voice(notice.title)
        phrases = tuple(
            PhraseView(
                person=phrase,
                official=self._official(phrase, ui) if ui != tag else None,
                legal=tuple(self._catalogue.legal_label(basis) for basis in phrase.legal_basis),
                voice=self.voice(phrase),
            )
            for phrase in notice.phrases
        )
        voices = [phrase.voice for phrase in phrases]
        return NoticeView(
            notice=notice,
            official_title=official_title.text,
            official_tag=official_title.tag,
            phrases=phrases,
            title_voice=title_voice,
            mark=self.mark(notice.status, notice.origin, tag),
            official_mark=self.mark(notice.status, notice.origin, ui).words,
            has_voice=all(voice is not None for voice in voices),
            voice_kind=_kind_of(voices),
            instruments=self._instruments(notice),
            date=notice.date,
        )

    def notices(self, tag: str, ui: str, policy: PublicationPolicy) -> tuple[NoticeTile, ...]:
        """Return the notices that may be shown in a language, in their order."""
        tiles = []
        for notice_id in self._catalogue.notice_ids:
            try:
                notice = self._catalogue.notice(notice_id, tag)
            except NotFound:
                continue
            if not policy.allows(notice):
                continue
            tiles.append(
                NoticeTile(
                    id=notice.id,
                    title=notice.title,
                    official_title=self._official(notice.title, ui).text,
                    pictogram=notice.pictogram,
                    mark=self.mark(notice.status, notice.origin, tag),
                    voice=self.voice(notice.title),
                )
            )
        return tuple(tiles)

    def languages(self, ui: str, policy: PublicationPolicy) -> tuple[LanguageTile, ...]:
        """Return the languages of the person's screens, those with most speakers first."""
        return tuple(
            LanguageTile(
                language=LANGUAGES[tag],
                official_name=language_name_in(tag, ui),
                voice=self.voice(language_name(tag)),
                notices=len(self.notices(tag, ui, policy)),
            )
            for tag in self._catalogue.languages
        )

    def texts(self, tag: str) -> InterfaceTexts:
        """Return the words of the person's screens.

        Raises:
            NotFound: the screens do not exist in this language.
        """
        if tag not in self._catalogue.languages:
            raise NotFound("the person's pages do not exist in this language", language=tag)
        return self._catalogue.interface(tag)

    @property
    def voices_version(self) -> str:
        """What changes whenever a recording does."""
        return self._speech.fingerprint(None)

    def voice(self, phrase: Speakable) -> Voice | None:
        """Return where a phrase can be heard, or ``None`` where nobody can speak it."""
        audio = self._speech.find(phrase)
        if audio is None:
            return None
        if audio.path is None:
            return Voice(f"/audio/recorded/{audio.etag}", audio.kind)
        return Voice(f"/audio/{phrase.tag}/{phrase.key}/{audio.etag}", audio.kind)

    def mark(self, status: Status, origin: Origin, tag: str) -> Mark:
        """Return the mark of a status in words of the reader's language."""
        texts = self._catalogue.interface(tag)
        return Mark(status.value, _SIGNS[status], texts.mark(status, origin), texts.tag_of(mark_phrase(status, origin)))

    def _official(self, phrase: PhraseText, ui: str) -> PhraseText:
        """Return the phrase in the official's language, or in English where that is missing."""
        return self._catalogue.phrase(phrase.key, ui) or self._catalogue.phrase(phrase.key, "en") or phrase

    def _instruments(self, notice: NoticeText) -> tuple[str, ...]:
        named = dict.fromkeys(basis.instrument for phrase in notice.phrases for basis in phrase.legal_basis)
        found = [self._catalogue.instrument(instrument_id) for instrument_id in named]
        return tuple(
            f"{instrument.id}: {instrument.name} ({instrument.year}). {instrument.source}." for instrument in found
        )


def _kind_of(voices: Iterable[Voice | None]) -> str:
    kinds = {voice.kind for voice in voices if voice is not None}
    return "mixed" if len(kinds) > 1 else next(iter(kinds), "")
