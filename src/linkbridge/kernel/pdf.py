"""PDF files from HTML (WeasyPrint): tagged for screen readers, and without any network."""

import contextlib
import io
import mimetypes
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from linkbridge.kernel.errors import Unavailable

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

Fetch = Callable[[str], bytes | None]
"""Returns the content at an absolute URL, or ``None`` when the page may not have it."""

VARIANT = "pdf/ua-1"
_rendering = threading.Lock()


@dataclass(frozen=True, slots=True)
class PdfSupport:
    """Whether this machine can make PDF files."""

    @property
    def problem(self) -> str | None:
        """Why it cannot, and what to install, or ``None``."""
        return pdf_available()

    @property
    def is_available(self) -> bool:
        """Whether it can."""
        return self.problem is None


@cache
def pdf_available() -> str | None:
    """Return why PDF files cannot be made on this machine, or ``None`` when they can."""
    try:
        # On failure WeasyPrint prints advice to standard output, where a command's result belongs.
        with contextlib.redirect_stdout(io.StringIO()):
            import weasyprint  # noqa: F401, PLC0415 - takes a second and needs system libraries
    except OSError:
        return "Pango is missing: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    return None


def render_pdf(html: str, *, base_url: str, fetch: Fetch) -> bytes:
    """Return ``html`` as a tagged PDF/UA-1 file (ISO 14289-1) with the fonts it uses inside.

    Title, language and other metadata come from ``<title>``, ``<html lang>`` and ``<meta>``. Whatever URL the
    HTML names, relative ones completed with ``base_url``, is asked of ``fetch`` alone: nothing is read from the
    network or the disk, and what ``fetch`` does not have is left out.

    Raises:
        Unavailable: a system library is missing (component ``pango``).
        ValueError: the HTML lacks the title or the language that PDF/UA requires.
    """
    return render_fitting([html], most_pages=None, base_url=base_url, fetch=fetch)


def render_fitting(candidates: Iterable[str], *, most_pages: int | None, base_url: str, fetch: Fetch) -> bytes:
    """Return the first of some HTML texts that fits on ``most_pages``, or else the last one, as ``render_pdf`` does.

    Raises:
        Unavailable: a system library is missing (component ``pango``).
        ValueError: there is no candidate, or one lacks the title or the language that PDF/UA requires.
    """
    problem = pdf_available()
    if problem is not None:
        raise Unavailable(problem, component="pango")
    from weasyprint import HTML  # noqa: PLC0415 - see pdf_available

    document = None
    # One at a time: layout is pure computation, so two together would be no faster and need twice the memory.
    with _rendering:
        for html in candidates:
            document = HTML(string=html, base_url=base_url, url_fetcher=_fetcher(fetch)).render(pdf_variant=VARIANT)
            if not document.metadata.title or not document.metadata.lang:
                raise ValueError("a PDF for screen readers needs <title> and <html lang>")
            if most_pages is None or len(document.pages) <= most_pages:
                break
        if document is None:
            raise ValueError("there is nothing to render")
        body: bytes = document.write_pdf(pdf_variant=VARIANT)
    return body


def _fetcher(fetch: Fetch) -> "URLFetcher":
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 - see pdf_available

    class Closed(URLFetcher):  # type: ignore[misc] # the library carries no types
        """Knows what ``fetch`` knows and nothing else."""

        def fetch(self, url: str, headers: object = None) -> "URLFetcherResponse":  # noqa: ARG002 - the library's signature
            body = fetch(url)
            if body is None:
                raise ValueError("this document may not have that address")
            kind = mimetypes.guess_type(url.partition("?")[0])[0] or "application/octet-stream"
            return URLFetcherResponse(url, body, {"Content-Type": kind})

    return Closed()
