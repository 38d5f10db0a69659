"""Which texts a site may show, and which count as having told a person something."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from linkbridge.kernel.errors import NotFound
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.schema import NoticeText, Status


@dataclass(frozen=True, slots=True)
class MissingNotice:
    """A notice that may not be shown in a language. ``status`` is ``None`` when it does not exist there at all."""

    notice_id: str
    tag: str
    status: Status | None
    required: Status


@dataclass(frozen=True, slots=True)
class PublicationPolicy:
    """What a site requires of a notice before showing it.

    ``notice_overrides`` sets another requirement for single notices, and holds even where ``show_drafts``
    is on: an administrator's recorded decision to show what nobody qualified has read, marked as such.
    """

    required: Status = Status.REVIEWED
    notice_overrides: Mapping[str, Status] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    show_drafts: bool = False

    def required_for(self, notice_id: str) -> Status:
        """Return the status that a notice needs, unless drafts are shown."""
        return self.notice_overrides.get(notice_id, self.required)

    def allows(self, notice: NoticeText) -> bool:
        """Whether the site may show the notice. That phrases are missing does not hide the others."""
        if self.show_drafts and notice.id not in self.notice_overrides:
            return True
        return notice.status.rank >= self.required_for(notice.id).rank

    def counts_as_told(self, notice: NoticeText) -> bool:
        """Whether showing the notice counts as having told the person.

        A draft or outdated text never does, whatever a site shows; neither does a notice with phrases
        missing, nor one below what the site requires.
        """
        needed = max(Status.REVIEWED.rank, self.required_for(notice.id).rank)
        return notice.status.rank >= needed and not notice.missing

    def missing(self, catalogue: Catalogue) -> list[MissingNotice]:
        """Return every notice that may not be shown in one of the catalogue's languages, and why."""
        found = []
        for notice_id in catalogue.notice_ids:
            for tag in catalogue.languages:
                try:
                    notice = catalogue.notice(notice_id, tag)
                except NotFound:
                    found.append(MissingNotice(notice_id, tag, None, self.required_for(notice_id)))
                    continue
                if not self.allows(notice):
                    found.append(MissingNotice(notice_id, tag, notice.status, self.required_for(notice_id)))
        return found
