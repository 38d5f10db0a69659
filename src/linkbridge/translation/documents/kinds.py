"""What a document is, by what it holds first and by its name second."""

import io
import re
import zipfile
from pathlib import PurePath

from linkbridge.kernel.errors import InvalidInput
from linkbridge.translation.documents.decoding import decode
from linkbridge.translation.documents.values import DocumentKind
from linkbridge.translation.documents.zips import DAMAGES

ACCEPTED = ", ".join(f".{kind}" for kind in DocumentKind)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENDINGS = {
    "": None,
    "txt": DocumentKind.TXT,
    "text": DocumentKind.TXT,
    "html": DocumentKind.HTML,
    "htm": DocumentKind.HTML,
    "xhtml": DocumentKind.HTML,
    "srt": DocumentKind.SRT,
    "po": DocumentKind.PO,
    "pot": DocumentKind.PO,
}
_HTML = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+)?+(?>(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_CUE = re.compile(r"^\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}\s*-->\s*\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}", re.MULTILINE)
_MESSAGE = re.compile(r'^msgid\s+".*"\s*$(?:\n".*"\s*$)*\nmsg(?:str|id_plural)\b', re.MULTILINE)
_SNIFFED = 65_536


def find_kind(content: bytes, name: str) -> DocumentKind:
    """Return what a document is.

    Raises:
        InvalidInput: it is none of the accepted formats, is encrypted, or is not what its name says.
    """
    if not content.strip():
        raise InvalidInput("the document is empty", field="document", problem="empty")
    if content.startswith(b"PK"):
        return _find_packed(content)
    if b"%PDF-" in content[:1024]:
        return DocumentKind.PDF
    if content.startswith(_OLE):
        raise InvalidInput(
            "the document is encrypted, or of a format before .docx", field="document", problem="encrypted"
        )
    ending = PurePath(name).suffix.lower().lstrip(".")
    if ending not in _ENDINGS:
        raise InvalidInput(
            f"this is not a format that can be translated; accepted are {ACCEPTED}",
            field="document",
            problem="unsupported",
        )
    return _find_text(decode(content).text[:_SNIFFED].replace("\r\n", "\n"), _ENDINGS[ending])


def _find_packed(content: bytes) -> DocumentKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
                return DocumentKind.DOCX
            if "content.xml" in names and "mimetype" in names:
                with packed.open("mimetype") as file:
                    kind = file.read(200).decode("ascii", "replace").strip()
                if kind in {DocumentKind.ODT.media_type, f"{DocumentKind.ODT.media_type}-template"}:
                    return DocumentKind.ODT
    except DAMAGES as error:
        raise InvalidInput("the document is damaged", field="document") from error
    raise InvalidInput(
        f"this is not a format that can be translated; accepted are {ACCEPTED}", field="document", problem="unsupported"
    )


def _find_text(text: str, named: DocumentKind | None) -> DocumentKind:
    if named is DocumentKind.TXT:
        return DocumentKind.TXT
    holds = {
        DocumentKind.HTML: bool(_HTML.match(text)),
        DocumentKind.SRT: bool(_CUE.search(text)),
        DocumentKind.PO: bool(_MESSAGE.search(text)),
    }
    if named is None:
        return next((kind for kind, found in holds.items() if found), DocumentKind.TXT)
    if named is not DocumentKind.HTML and not holds[named]:
        raise InvalidInput(f"the document is not what its name says: no .{named} was found in it", field="document")
    return named
