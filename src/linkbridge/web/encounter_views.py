"""What pages of staff show of encounters: times in the site's zone, titles and languages in the official's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_gmt

from linkbridge.accounts.sites import SiteRead
from linkbridge.encounters.records import AcknowledgementRead, EncounterRead
from linkbridge.encounters.transcripts import TranscriptRead
from linkbridge.kernel.languages import LANGUAGES, babel_locale
from linkbridge.phrasebook.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer. ``title`` is empty where the person asked for an interpreter before choosing a notice."""

    title: str
    answer: str
    status: str
    version: str
    counts_as_told: bool
    language: str
    at: str
    shown: int
    heard: int


@dataclass(frozen=True, slots=True)
class EncounterView:
    """One encounter."""

    code: str
    site: str
    language: str
    official_language: str
    is_training: bool
    is_demo: bool
    started: str
    finished: str
    answers: tuple[AnswerView, ...]

    @property
    def is_practice(self) -> bool:
        """Whether it stays out of all figures."""
        return self.is_training or self.is_demo


@dataclass(frozen=True, slots=True)
class TurnView:
    """One thing that was said: ``tag`` is the language of its words, ``other_tag`` that of the translation."""

    side: str
    original: str
    tag: str
    translation: str
    other_tag: str
    mark: str
    is_suspect: bool


@dataclass(frozen=True, slots=True)
class ConversationView:
    """What both agreed to keep."""

    agreed: str
    turns: tuple[TurnView, ...]


@dataclass(frozen=True, slots=True)
class EncounterViews:
    """Builds the views in one official's language."""

    catalogue: Catalogue
    sites: Mapping[str, SiteRead]
    ui: str

    def all(self, encounters: Iterable[EncounterRead]) -> tuple[EncounterView, ...]:
        """Return the views of several encounters, in their order."""
        return tuple(self.one(encounter) for encounter in encounters)

    def one(self, encounter: EncounterRead) -> EncounterView:
        """Return the view of an encounter at one of ``sites``."""
        site = self.sites[encounter.site_id]
        zone = ZoneInfo(site.time_zone)
        return EncounterView(
            code=encounter.code,
            site=site.name,
            language=self.language_name(encounter.language),
            official_language=self.language_name(encounter.official_language),
            is_training=encounter.is_training,
            is_demo=site.is_demo,
            started=self._moment(encounter.started_at, zone),
            finished=self._moment(encounter.finished_at, zone) if encounter.finished_at else "",
            answers=tuple(self._answer(answer, zone) for answer in encounter.acknowledgements),
        )

    def conversation(self, encounter: EncounterRead, said: TranscriptRead) -> ConversationView:
        """Return the view of what was said in an encounter at one of ``sites``."""
        zone = ZoneInfo(self.sites[encounter.site_id].time_zone)
        tags = {"official": encounter.official_language, "person": encounter.language or ""}
        turns = (
            TurnView(
                side=turn.side,
                original=turn.original,
                tag=tags[turn.side],
                translation=turn.translation,
                other_tag=tags["person" if turn.side == "official" else "official"],
                mark=turn.mark,
                is_suspect=turn.quality == "suspect",
            )
            for turn in said.turns
        )
        return ConversationView(self._moment(said.agreed_at, zone), tuple(turns))

    def language_name(self, tag: str | None) -> str:
        """Return the name of a language in the official's language; empty where none was chosen."""
        if not tag:
            return ""
        known = LANGUAGES.get(tag)
        base = tag.split("-", maxsplit=1)[0]
        return str(babel_locale(self.ui).languages.get(base) or (known.english_name if known else tag))

    def notice_title(self, notice_id: str) -> str:
        """Return the title of a notice or another book in the official's language, else in English, else its id."""
        for tag in (self.ui, "en"):
            title = self.catalogue.title(notice_id, tag)
            if title is not None:
                return title.text
        return notice_id

    def _answer(self, answer: AcknowledgementRead, zone: ZoneInfo) -> AnswerView:
        return AnswerView(
            title=self.notice_title(answer.notice) if answer.notice else "",
            answer=answer.answer,
            status=answer.notice_status,
            version=answer.notice_version,
            counts_as_told=answer.counts_as_told,
            language=self.language_name(answer.language),
            at=self._moment(answer.given_at, zone),
            shown=len(answer.phrases_shown),
            heard=len(answer.phrases_played),
        )

    def _moment(self, moment: datetime, zone: ZoneInfo) -> str:
        local = moment.astimezone(zone)
        locale = babel_locale(self.ui)
        day, hour = format_date(local, "medium", locale=locale), format_time(local, "short", locale=locale)
        return f"{day}, {hour} {get_timezone_gmt(local, 'long', locale=locale)}"
