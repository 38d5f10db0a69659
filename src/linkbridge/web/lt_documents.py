"""Documents of programs: translated, kept for half an hour, and fetched by whoever knows the address."""

import string
from dataclasses import dataclass, field
from urllib.parse import quote

from fastapi import HTTPException

from linkbridge.container import Container
from linkbridge.kernel.errors import InvalidInput, NotFound
from linkbridge.translation.documents.values import DocumentKind
from linkbridge.translation.errors import NoRoute
from linkbridge.translation.ports import Patience
from linkbridge.web.lt_access import admit, document_cost
from linkbridge.web.lt_calls import LtCall, Upload
from linkbridge.web.lt_files import KeptFiles
from linkbridge.web.lt_translation import is_auto, language, no_route

_PLAIN_LETTERS = frozenset(string.ascii_letters + string.digits + " !#$&()+,-.=@[]^_{}~")
"""What a header may hold between quotation marks, and every system in the name of a file."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A translated document as it is sent."""

    content: bytes = field(repr=False)
    media_type: str
    disposition: str


def formats() -> list[str]:
    """Return the endings of the documents that are translated."""
    return [f".{kind}" for kind in DocumentKind]


def translate_file(container: Container, call: LtCall) -> str:
    """Translate a document and keep the result; return its name in an address.

    Raises:
        HTTPException: something lacks, is too large, or is no document that can be translated.
    """
    file = call.required("file") if "file" in call.values else None
    if not isinstance(file, Upload):
        raise HTTPException(400, "Invalid request: missing file parameter")
    source, target = call.text("source"), call.text("target")
    if not file.name or not file.content:
        raise HTTPException(400, "Invalid request: empty file")
    if len(file.content) > container.lt.document_bytes:
        raise HTTPException(413, f"Invalid request: the file is larger than {container.lt.document_bytes} bytes")
    caller = admit(container, call, cost=document_cost(len(file.content)))
    source_tag, target_tag = None if is_auto(source) else language(source), language(target)
    patience = Patience(client=caller.name, seconds=container.lt.seconds, is_cancelled=call.has_gone)
    try:
        done = container.documents.translate(
            file.name, file.content, source=source_tag, target=target_tag, patience=patience
        )
    except NoRoute as error:
        raise no_route(container, error, source, target) from None
    except InvalidInput as error:
        raise HTTPException(400, f"Invalid request: {error.message}") from None
    token = KeptFiles(container.lt.folder, container.clock).keep(done.name, done.content)
    return f"{token}.{done.kind}"


def fetch(container: Container, filename: str) -> Fetched:
    """Return a document that was kept.

    Raises:
        HTTPException: there is none.
    """
    token, _, ending = filename.rpartition(".")
    try:
        name, content = KeptFiles(container.lt.folder, container.clock).get(token)
        kind = DocumentKind(ending)
    except (NotFound, ValueError):
        raise HTTPException(404, "File not found") from None
    shown = "".join(letter for letter in name if letter in _PLAIN_LETTERS).strip() or f"document.{kind}"
    disposition = f"attachment; filename=\"{shown}\"; filename*=UTF-8''{quote(name)}"
    return Fetched(content, kind.media_type, disposition)
