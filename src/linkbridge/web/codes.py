"""Uses one-time codes for pages: counts tries of a peer, and undoes what a refused one began."""

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from linkbridge.accounts.throttle import CODE_PEER
from linkbridge.container import Container
from linkbridge.kernel.errors import Conflict, DomainError, Expired, TooManyAttempts

T = TypeVar("T")


class CodeRefused(Exception):
    """A code did not work. ``context`` and ``status`` are for the page that says so, after which the caller commits."""

    def __init__(self, error: DomainError, status: int) -> None:
        super().__init__(error.message)
        self.status = status
        self.context: dict[str, str | int] = {"refused": error.code, "wait": int(error.params.get("retry_after", 0))}


def use_code(container: Container, session: Session, peer: str, use: Callable[[], T]) -> T:
    """Return what ``use`` returns. A try that fails counts against the peer, and nothing else of it remains.

    Raises:
        CodeRefused: the code does not work, is too late, or the peer has tried too often.
        InvalidInput: the code is good but another field is not; the code stays good and the try is not counted.
    """
    throttle = container.accounts.throttle
    wait = throttle.charge(session, CODE_PEER, peer)
    if wait:
        raise CodeRefused(TooManyAttempts("too many tries", retry_after=wait), 429)
    try:
        with session.begin_nested():
            result = use()
    except Expired as error:
        raise CodeRefused(error, 410) from error
    except Conflict as error:
        raise CodeRefused(error, 409) from error
    except DomainError:
        throttle.refund(session, CODE_PEER, peer)
        raise
    throttle.refund(session, CODE_PEER, peer)
    return result
