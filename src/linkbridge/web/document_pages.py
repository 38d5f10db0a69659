"""Documents on the tablet: between which languages, the work itself, and its result until it is fetched.

Nothing of a document is stored but its translation, encrypted under a key that only the tablet has, for half an hour.
"""

from dataclasses import dataclass, field
from typing import Any

from linkbridge.container import Container
from linkbridge.kernel.errors import DomainError, InvalidInput, StorageFull
from linkbridge.kernel.languages import OFFICIAL_TAGS, language_name_in
from linkbridge.translation.documents.values import DocumentKind, Progress
from linkbridge.translation.errors import TranslationCancelled
from linkbridge.translation.ports import Patience
from linkbridge.web.lt_files import LIFETIME, KeptFiles

CAN_BE_OPENED = frozenset({DocumentKind.TXT, DocumentKind.HTML, DocumentKind.PDF})
"""What a browser shows by itself."""
LONGEST_NAME = 200
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A document as the tablet sent it. Without a ``source`` its language is found out."""

    name: str
    content: bytes = field(repr=False)
    source: str | None
    target: str


class Documents:
    """What the page of documents shows and asks for."""

    def __init__(self, container: Container) -> None:
        self._container = container

    @property
    def kept(self) -> KeptFiles:
        """Where results wait."""
        return KeptFiles(self._container.lt.folder, self._container.clock)

    def page(self) -> dict[str, Any]:
        """Return what the page holds."""
        most = self._container.lt.document_bytes
        return {
            "endings": [f".{kind}" for kind in DocumentKind],
            "most_bytes": most,
            "most_mb": most // _MEBIBYTE,
            "kept_minutes": int(LIFETIME.total_seconds()) // 60,
        }

    def languages(self, ui: str) -> list[dict[str, Any]]:
        """Return the languages between which the machine translates now, with their names in the official's."""
        translator = self._container.translator
        offers = {offer.tag: set(offer.targets) for offer in translator.languages()}
        if not offers:
            return []
        tags = {*offers, *(tag for targets in offers.values() for tag in targets), *OFFICIAL_TAGS}
        tags.update(self._container.catalogue.languages)
        found = [
            {
                "tag": tag,
                "name": language_name_in(tag, ui),
                "targets": sorted(target for target in tags if target != tag and translator.can_translate(tag, target)),
            }
            for tag in tags
        ]
        used = {target for language in found for target in language["targets"]}
        here = [language for language in found if language["targets"] or language["tag"] in used]
        return sorted(here, key=lambda language: str(language["name"]).casefold())

    def translate(self, sent: SentDocument, patience: Patience, on_progress: Progress) -> dict[str, Any]:
        """Translate a document and keep the result; return what the page says of it.

        Raises:
            StorageFull: the disk does not take the result.
            InvalidInput, TooLarge and all other errors of ``DocumentTranslator.translate``.
        """
        done = self._container.documents.translate(
            sent.name,
            sent.content,
            source=sent.source,
            target=sent.target,
            patience=patience,
            on_progress=on_progress,
        )
        if patience.is_cancelled():
            raise TranslationCancelled("the tablet no longer waits")
        try:
            token = self.kept.keep(done.name, done.content)
        except OSError:
            raise StorageFull("the translated document could not be kept") from None
        return {
            "state": "done",
            "token": token,
            "name": done.name,
            "texts": done.units,
            "suspect": done.suspect,
            "refused": done.refused,
            "opens": done.kind in CAN_BE_OPENED,
        }


def problem_of(error: DomainError) -> str:
    """Return the page's word for what went wrong with a document."""
    if not isinstance(error, InvalidInput) or error.params.get("field") != "document":
        return error.code
    return str(error.params.get("problem", "damaged"))
