"""What stands around a text when a model of CTranslate2 reads it, and before its answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """Pieces before and after the source's own, and those that the answer begins with (``prefix``)."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
