"""The API's texts: each phrase and notice is written as JSON once a process, and pages are joined from the pieces.

A catalogue never changes, so nothing here goes stale; when a text changes there is a new catalogue, and with it a new
``ApiTexts``. A cursor names the catalogue's version: a list that is read on after the texts changed says so instead of
leaving something out.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from linkbridge.container import Container
from linkbridge.kernel.errors import Expired, InvalidInput, NotFound
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.schema import LegalBasis, NoticeText, PhraseText, Status, digest
from linkbridge.phrasebook.speech import language_name
from linkbridge.web import api_schemas as wire
from linkbridge.web.assets import StaticFile, make_file, pictogram_url
from linkbridge.web.pagecache import PageCache
from linkbridge.web.views import Views

JSON = "application/json"
_KEPT_ANSWERS = 200
"""Callers choose how answers are cut, so few are kept: the largest has some 200 KB."""


@dataclass(frozen=True, slots=True)
class PhraseFilter:
    """Which phrases are wanted; ``None`` and the empty text leave a criterion out."""

    language: str | None = None
    book: str | None = None
    status: Status | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One item as JSON, with what filters look at."""

    language: str
    book: str
    status: Status
    words: str
    json: bytes


class ApiTexts:
    """Writes catalogue and policy as the API sends them."""

    def __init__(self, container: Container, views: Views) -> None:
        self._catalogue = container.catalogue.current
        self._policy = container.public_policy
        self._views = views
        self._cache = PageCache(_KEPT_ANSWERS)

    def languages(self) -> StaticFile:
        """Return all languages of any book."""
        key = ("languages", self._views.voices_version)
        return self._kept(key, lambda: _list_json(_json(self._language(tag)) for tag in self._tags))

    def coverage(self) -> StaticFile:
        """Return how much of each book exists in each language."""

        def build() -> bytes:
            rows = [
                wire.CoverageRowRead(
                    book=row.book,
                    language=row.tag,
                    total=row.total,
                    missing=row.missing,
                    by_status=dict(row.counts),
                )
                for row in self._catalogue.coverage()
            ]
            return _list_json(map(_json, rows))

        return self._kept("coverage", build)

    def phrases(self, wanted: PhraseFilter, *, limit: int, cursor: str | None) -> StaticFile:
        """Return a page of phrases in the order of the books, language by language.

        Raises:
            NotFound: the language or the book is unknown.
            InvalidInput: the cursor is none that was sent.
            Expired: the texts changed since the cursor was sent.
        """
        self._check(wanted)

        def build() -> bytes:
            words = _folded(wanted.q)
            found = [piece.json for piece in self._phrase_pieces if _fits(piece, wanted, words)]
            return self._page(found, limit, cursor)

        if wanted.q:
            # There are too many searches to keep their answers.
            return make_file(build(), JSON)
        return self._kept(("phrases", wanted, limit, cursor), build)

    def notices(self, language: str | None, *, limit: int, cursor: str | None) -> StaticFile:
        """Return a page of the notices that anyone may read; see ``phrases`` for errors."""
        self._check(PhraseFilter(language))

        def build() -> bytes:
            found = [
                _json(self._summary(notice))
                for tag in self._tags
                if language in {None, tag}
                for notice in self._public_notices(tag)
            ]
            return self._page(found, limit, cursor)

        return self._kept(("notices", language, limit, cursor), build)

    def notice(self, notice_id: str, tag: str) -> StaticFile:
        """Return a whole notice.

        Raises:
            NotFound: there is no such notice in this language, or it may not be shown to the public.
        """

        def build() -> bytes:
            notice = self._catalogue.notice(notice_id, tag)
            if not self._policy.allows(notice):
                raise NotFound("this notice may not be shown to the public here", notice=notice_id, language=tag)
            return _json(
                wire.NoticeRead(
                    **self._summary(notice).model_dump(),
                    title_phrase=self._phrase(notice.title),
                    phrases=[self._phrase(phrase) for phrase in notice.phrases],
                )
            )

        return self._kept(("notice", notice_id, tag), build)

    @cached_property
    def _tags(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.tag for row in self._catalogue.coverage()))

    @cached_property
    def _books(self) -> frozenset[str]:
        return frozenset(row.book for row in self._catalogue.coverage())

    @cached_property
    def _phrase_pieces(self) -> tuple[_Piece, ...]:
        return tuple(
            _Piece(
                language=tag,
                book=_book_of(phrase),
                status=phrase.status,
                words=f"{_folded(phrase.text)}\n{_folded(phrase.source_text)}\n{phrase.key}",
                json=_json(self._phrase(phrase)),
            )
            for tag in self._tags
            for phrase in self._catalogue.phrases(tag)
        )

    def _kept(self, key: object, build: Callable[[], bytes]) -> StaticFile:
        return self._cache.get((self._catalogue.version, key), build, JSON)

    def _check(self, wanted: PhraseFilter) -> None:
        if wanted.language is not None and wanted.language not in LANGUAGES:
            raise NotFound("this language is unknown", language=wanted.language)
        if wanted.book is not None and wanted.book not in self._books:
            raise NotFound("there is no such book", book=wanted.book)

    def _page(self, items: Sequence[bytes], limit: int, cursor: str | None) -> bytes:
        start = self._start(cursor)
        end = start + limit
        following = f"{end}.{self._catalogue.version}" if end < len(items) else None
        return _list_json(items[start:end], following)

    def _start(self, cursor: str | None) -> int:
        if cursor is None:
            return 0
        place, _, version = cursor.partition(".")
        if not (place.isascii() and place.isdigit() and len(place) < 10):
            raise InvalidInput("this is no cursor of this list", field="cursor")
        if version != self._catalogue.version:
            raise Expired("the texts have changed since this list was begun; begin again without a cursor")
        return int(place)

    def _public_notices(self, tag: str) -> Iterable[NoticeText]:
        for notice_id in self._catalogue.notice_ids:
            if tag in self._catalogue.languages_of(notice_id):
                notice = self._catalogue.notice(notice_id, tag)
                if self._policy.allows(notice):
                    yield notice

    def _language(self, tag: str) -> wire.LanguageRead:
        language = LANGUAGES[tag]
        return wire.LanguageRead(
            tag=tag,
            autonym=language.autonym,
            english_name=language.english_name,
            direction=language.direction,
            script=language.script,
            is_complete=tag in self._catalogue.languages,
            has_voice=self._views.voice(language_name(tag)) is not None,
            notices=[notice.id for notice in self._public_notices(tag)],
        )

    def _summary(self, notice: NoticeText) -> wire.NoticeSummaryRead:
        return wire.NoticeSummaryRead(
            id=notice.id,
            language=notice.tag,
            title=notice.title.text,
            status=notice.status,
            origin=notice.origin,
            mark=self._mark(notice),
            date=notice.date,
            version=notice.version,
            pictogram=notice.pictogram,
            pictogram_url=pictogram_url(notice.pictogram) if notice.pictogram else None,
            missing=list(notice.missing),
            page=f"/n/{notice.id}/{notice.tag}",
        )

    def _phrase(self, phrase: PhraseText) -> wire.PhraseRead:
        voice = self._views.voice(phrase)
        return wire.PhraseRead(
            key=phrase.key,
            book=_book_of(phrase),
            id=phrase.id,
            kind=phrase.kind,
            language=phrase.tag,
            direction=phrase.direction,
            script=phrase.script,
            text=phrase.text,
            source_text=phrase.source_text,
            status=phrase.status,
            origin=phrase.origin,
            mark=self._mark(phrase),
            date=phrase.date,
            version=_version(phrase),
            pictogram=phrase.pictogram,
            pictogram_url=pictogram_url(phrase.pictogram) if phrase.pictogram else None,
            legal_basis=[self._basis(basis) for basis in phrase.legal_basis],
            voice=wire.VoiceRead.model_validate(voice) if voice else None,
        )

    def _mark(self, text: PhraseText | NoticeText) -> wire.MarkRead:
        mark = self._views.mark(text.status, text.origin, text.tag)
        return wire.MarkRead(sign=mark.sign, words=mark.words, language=mark.tag)

    def _basis(self, basis: LegalBasis) -> wire.LegalBasisRead:
        return wire.LegalBasisRead(
            instrument=wire.InstrumentRead.model_validate(self._catalogue.instrument(basis.instrument)),
            article=basis.article,
            label=self._catalogue.legal_label(basis),
        )


def _version(phrase: PhraseText) -> str:
    basis = "; ".join(f"{named.instrument} {named.article}" for named in phrase.legal_basis)
    seen = (phrase.key, phrase.tag, phrase.kind, phrase.text, phrase.status, phrase.origin, phrase.date)
    return digest([*seen, phrase.pictogram, basis, phrase.source_text])


def _book_of(phrase: PhraseText) -> str:
    return phrase.key.removesuffix(f".{phrase.id}")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _fits(piece: _Piece, wanted: PhraseFilter, words: str) -> bool:
    return (
        wanted.language in {None, piece.language}
        and wanted.book in {None, piece.book}
        and wanted.status in {None, piece.status}
        and words in piece.words
    )


def _json(model: BaseModel) -> bytes:
    return model.model_dump_json().encode()


def _list_json(items: Iterable[bytes], following: str | None = None) -> bytes:
    ending = b'],"next":null}' if following is None else b'],"next":"' + following.encode() + b'"}'
    return b'{"items":[' + b",".join(items) + ending
