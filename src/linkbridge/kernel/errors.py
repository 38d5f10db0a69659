"""Errors that the domains raise. They know nothing of HTTP: each door maps them once.

``code`` is stable and documented in ``docs/errors.md``; ``params`` fill the translated message and
never hold a person's words.
"""

from typing import ClassVar


class DomainError(Exception):
    """Base of every error that a user can cause or must be told of."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **params: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


class InvalidInput(DomainError):
    """What was sent cannot be used as it is; ``field`` in ``params`` names the culprit when there is one."""

    code = "invalid_input"


class NotFound(DomainError):
    """The thing named does not exist, or the actor may not know that it does."""

    code = "not_found"


class Conflict(DomainError):
    """The state of the thing does not allow this now."""

    code = "conflict"


class NotSignedIn(DomainError):
    """No actor could be established."""

    code = "not_signed_in"


class WrongCredentials(DomainError):
    """The sign-in was refused; the message never says which part was wrong."""

    code = "wrong_credentials"


class NotAllowed(DomainError):
    """The actor is known but lacks the permission."""

    code = "not_allowed"


class ForgedRequest(DomainError):
    """A state change came without a valid CSRF token or from another origin."""

    code = "forged_request"


class TooManyAttempts(DomainError):
    """A rate limit was hit; ``retry_after`` in ``params`` is in seconds."""

    code = "too_many_attempts"


class Expired(DomainError):
    """A one-time link, code or session is past its time or was already used."""

    code = "expired"


class TooLarge(DomainError):
    """The body is over the limit; ``limit`` in ``params`` is in bytes."""

    code = "too_large"


class StorageFull(DomainError):
    """The disk or database can take no more; nothing was written."""

    code = "storage_full"


class Unavailable(DomainError):
    """A component that this needs is missing or down; ``component`` in ``params`` names it."""

    code = "unavailable"
