"""What one caller may ask for at the doors of programs."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """The limits of LibreTranslate's API and of documents. Sizes are in characters and bytes.

    ``is_open`` lets programs in that have no key. A text waits at most ``seconds`` for its translation.
    ``folder`` keeps translated documents until they are fetched.
    """

    is_open: bool
    characters: int
    characters_with_key: int
    per_minute: int
    per_minute_with_key: int
    document_bytes: int
    seconds: float
    folder: Path
