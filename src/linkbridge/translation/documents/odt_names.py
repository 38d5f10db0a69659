"""The names of OpenDocument (ISO/IEC 26300)."""

_BASE = "urn:oasis:names:tc:opendocument:xmlns:"
NS = {
    **{part: f"{_BASE}{part}:1.0" for part in ("office", "style", "text", "table")},
    "draw": f"{_BASE}drawing:1.0",
    "fo": f"{_BASE}xsl-fo-compatible:1.0",
    "svg": f"{_BASE}svg-compatible:1.0",
}


def name(space: str, local: str) -> str:
    """Return a name of OpenDocument as lxml writes it."""
    return f"{{{NS[space]}}}{local}"
