"""What the API sends: the wire schemas of `/api/v1`, as its OpenAPI document describes them."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from linkbridge.accounts.permissions import Permission, Role
from linkbridge.phrasebook.schema import Origin, PhraseKind, Status

Tag = Annotated[str, Field(description="BCP 47 language tag.", examples=["am"])]
Version = Annotated[
    str, Field(description="Changes whenever anything that a reader sees does.", examples=["3f1c9a0b7d24"])
]
Next = Annotated[
    str | None,
    Field(description="Send it as `cursor` for the next page, with the same filters. `null` on the last page."),
]


class Wire(BaseModel):
    """The base of everything sent: frozen, and read from the domain's own frozen values."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class ErrorDetail(Wire):
    """What went wrong. `code` never changes its meaning; `params` fills in the particulars."""

    code: str = Field(examples=["not_found"])
    message: str = Field(examples=["there is no such notice in this language"])
    params: dict[str, str | int] = Field(examples=[{"notice": "detention-rights", "language": "fi"}])


class ErrorRead(Wire):
    """The one shape of all errors."""

    error: ErrorDetail


class MarkRead(Wire):
    """The mark that must be shown with a text: its sign, and words in the reader's language."""

    sign: str = Field(description="✓ reviewed or verified, ○ draft or outdated.", examples=["○"])
    words: str = Field(examples=["Written by a machine. No speaker of this language has checked it."])
    language: Tag


class InstrumentRead(Wire):
    """A legal instrument and where its authentic text is published."""

    id: str = Field(examples=["VCCR"])
    name: str = Field(examples=["Vienna Convention on Consular Relations"])
    year: int = Field(examples=[1963])
    source: str


class LegalBasisRead(Wire):
    """The article on which a phrase rests."""

    instrument: InstrumentRead
    article: str = Field(examples=["36(1)(b)"])
    label: str = Field(examples=["VCCR 36(1)(b)"])


class VoiceRead(Wire):
    """Where a phrase can be heard on this server; the address names its own content."""

    url: str
    kind: Literal["recorded", "synthetic"]


class PhraseRead(Wire):
    """A phrase in one language, with what a reader must be told about it."""

    key: str = Field(
        description="`book.id`, the phrase's name in every language.", examples=["detention-rights.lawyer"]
    )
    book: str
    id: str
    kind: PhraseKind
    language: Tag
    direction: Literal["ltr", "rtl"]
    script: str = Field(description="ISO 15924 code.", examples=["Ethi"])
    text: str
    source_text: str = Field(description="The English of today.")
    status: Status
    origin: Origin = Field(description="Who wrote the text.")
    mark: MarkRead
    date: date
    version: Version
    pictogram: str | None = Field(description="Hexadecimal code points of an OpenMoji pictogram.", examples=["1F3DB"])
    pictogram_url: str | None
    legal_basis: list[LegalBasisRead]
    voice: VoiceRead | None


class PhraseList(Wire):
    """One page of phrases."""

    items: list[PhraseRead]
    next: Next


class NoticeSummaryRead(Wire):
    """A notice in one language, without its phrases."""

    id: str = Field(examples=["detention-rights"])
    language: Tag
    title: str
    status: Status = Field(description="That of its weakest phrase.")
    origin: Origin = Field(description="`machine` if a machine wrote any of its phrases.")
    mark: MarkRead
    date: date
    version: Version
    pictogram: str | None
    pictogram_url: str | None
    missing: list[str] = Field(description="Ids of phrases that this language lacks.")
    page: str = Field(description="Address of the notice's public page.", examples=["/n/detention-rights/am"])


class NoticeList(Wire):
    """One page of notices."""

    items: list[NoticeSummaryRead]
    next: Next


class NoticeRead(NoticeSummaryRead):
    """A whole notice in one language."""

    title_phrase: PhraseRead
    phrases: list[PhraseRead]


class LanguageRead(Wire):
    """A language that LinkBridge has texts in."""

    tag: Tag
    autonym: str = Field(description="Its name in itself.", examples=["አማርኛ"])
    english_name: str = Field(examples=["Amharic"])
    direction: Literal["ltr", "rtl"]
    script: str
    is_complete: bool = Field(description="Whether the person's own screens exist in it, so that a tablet offers it.")
    has_voice: bool = Field(description="Whether this server can speak its name.")
    notices: list[str] = Field(description="Ids of the notices that anyone may read in it here.")


class LanguageList(Wire):
    """All languages, most speakers first."""

    items: list[LanguageRead]
    next: Next


class CoverageRowRead(Wire):
    """How much of a book exists in a language."""

    book: str
    language: Tag
    total: int = Field(description="Phrases of the book.")
    missing: int
    by_status: dict[Status, int]


class CoverageList(Wire):
    """One row for each book and language."""

    items: list[CoverageRowRead]
    next: Next


class AcknowledgementRead(Wire):
    """An answer that a person gave. It is no signature and waives nothing."""

    id: str
    notice: str = Field(description="Empty when the person asked for an interpreter before choosing a notice.")
    notice_version: str
    notice_status: str
    language: str
    answer: Literal["understood", "not-understood", "wants-interpreter"]
    counts_as_told: bool = Field(description="Never true for a draft.")
    phrases_shown: list[str]
    phrases_played: list[str]
    given_at: datetime


class EncounterRead(Wire):
    """An anonymous meeting. Nothing in it says who the person was."""

    code: str = Field(examples=["lusab-babad-gutih"])
    site_id: str
    language: str | None
    official_language: str
    is_training: bool
    started_at: datetime
    finished_at: datetime | None
    acknowledgements: list[AcknowledgementRead]


class EncounterList(Wire):
    """One page of encounters, newest first."""

    items: list[EncounterRead]
    next: Next


class MeRead(Wire):
    """Who the token stands for, and what it may do."""

    kind: Literal["staff", "device", "token", "system"]
    id: str
    role: Role | None
    organisation_id: str | None
    everywhere: bool = Field(description="Whether it reaches every site of this installation.")
    site_ids: list[str]
    permissions: list[Permission]
