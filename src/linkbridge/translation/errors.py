"""What can go wrong between a text and its translation. None of them holds a word of the text."""

from linkbridge.kernel.errors import Conflict, DomainError, NotFound, Unavailable


class NoRoute(NotFound):
    """No installed model leads from one language to the other; ``source`` and ``target`` in ``params`` name them."""

    code = "no_route"


class TranslationBusy(Unavailable):
    """Too much text waits already; nothing was queued. ``retry_after`` in ``params`` is in seconds."""

    code = "translation_busy"


class TranslationLate(Unavailable):
    """The text was not translated before its deadline, and is no longer waited for."""

    code = "translation_late"


class EngineFailed(Unavailable):
    """An engine or a model does not work: it could not be loaded, crashed, hung or answered nonsense."""

    code = "engine_failed"


class TranslationCancelled(Conflict):
    """Whoever asked no longer waits."""

    code = "translation_cancelled"


class BrokenPackage(DomainError):
    """A package of models cannot be used: it is damaged, unsafe, or not what its index promised."""

    code = "broken_package"
