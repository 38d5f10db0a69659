"""The engines, each in a module of its own. To add one, write its module and name it here.

Such a module offers ``ENGINE``, and imports no vendor's library before it loads a model: looking for models must stay
cheap for a process that never translates.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import Engine

_MODULES = {
    "firefox": "linkbridge.translation.engines.firefox",
    "argos": "linkbridge.translation.engines.argos",
    "ctranslate2": "linkbridge.translation.engines.multilingual",
    "apertium": "linkbridge.translation.engines.apertium",
    "libretranslate": "linkbridge.translation.engines.libretranslate",
    "pseudo": "linkbridge.translation.engines.pseudo",
}


class _Table(Mapping[str, Engine]):
    """The engines by their names, each imported when it is first asked for."""

    def __getitem__(self, name: str) -> Engine:
        if name not in _MODULES:
            raise KeyError(name)
        return _import(_MODULES[name])

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


@cache
def _import(module: str) -> Engine:
    engine: Engine = import_module(module).ENGINE
    return engine


ENGINES: Mapping[str, Engine] = _Table()
"""Every engine by its name."""


def find_engine(name: str) -> Engine:
    """Return an engine by its name.

    Raises:
        EngineFailed: there is none of this name.
    """
    try:
        return ENGINES[name]
    except KeyError:
        raise EngineFailed("there is no such engine", engine=name) from None
