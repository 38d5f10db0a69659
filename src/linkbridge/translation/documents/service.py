"""The one door of documents: bytes in one language come in, bytes of the same kind in another go out."""

from collections.abc import Callable
from pathlib import PurePath

from linkbridge.kernel.errors import TooLarge
from linkbridge.kernel.languages import Language
from linkbridge.translation.documents.docx import translate_docx
from linkbridge.translation.documents.hypertext import translate_html
from linkbridge.translation.documents.kinds import find_kind
from linkbridge.translation.documents.messages import translate_po
from linkbridge.translation.documents.odt import translate_odt
from linkbridge.translation.documents.pdf import translate_pdf
from linkbridge.translation.documents.plain import translate_text
from linkbridge.translation.documents.subtitles import translate_srt
from linkbridge.translation.documents.texts import Texts
from linkbridge.translation.documents.values import (
    Batch,
    DocumentKind,
    Limits,
    NoticeLine,
    Progress,
    Translate,
    TranslatedDocument,
)

_Translator = Callable[[bytes, Texts, Translate, Progress, Batch], bytes]
_TRANSLATORS: dict[DocumentKind, _Translator] = {
    DocumentKind.TXT: translate_text,
    DocumentKind.HTML: translate_html,
    DocumentKind.DOCX: translate_docx,
    DocumentKind.ODT: translate_odt,
    DocumentKind.PDF: translate_pdf,
    DocumentKind.SRT: translate_srt,
    DocumentKind.PO: translate_po,
}
_LONGEST_STEM = 100


def translate_document(
    content: bytes,
    *,
    name: str,
    translate: Translate,
    target: Language,
    notice: tuple[NoticeLine, ...],
    on_progress: Progress = lambda _done, _total: None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    batch: Batch = Batch(),  # noqa: B008
) -> TranslatedDocument:
    """Return a document of the same kind in another language, with its layout.

    ``translate`` gets every different text of the document once, in batches. Besides paragraphs these are the formatted
    parts of paragraphs by themselves, by which their places in the translation are found. ``notice`` is written at the
    top, and on every page of formats that have pages. A suspect text stands behind ⚠; a refused one stays in its own
    language behind ⛔.

    Whatever ``translate`` and ``on_progress`` raise passes through: so work is cancelled.

    Raises:
        InvalidInput: it is of no accepted format, damaged, encrypted, or holds no text.
        TooLarge: it is larger, or holds more, than ``limits`` allow.
        Unavailable: it is a PDF, and this machine cannot make such files.
    """
    if len(content) > limits.size:
        raise TooLarge("the document is too large", limit=limits.size)
    kind = find_kind(content, name)
    texts = Texts(target, notice, limits)
    translated = _TRANSLATORS[kind](content, texts, translate, on_progress, batch)
    stem = PurePath(name.replace("\\", "/")).stem[:_LONGEST_STEM] or "document"
    return TranslatedDocument(
        f"{stem}.{target.tag}.{kind}", kind, translated, texts.units, texts.suspect, texts.refused
    )
