"""What routes depend on: the container, sessions of the database, and the peer's address."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from linkbridge.container import Container


async def get_container(request: Request) -> Container:
    """Return the container that the application was built with."""
    container: Container = request.app.state.container
    return container


ContainerDep = Annotated[Container, Depends(get_container)]


def get_session(request: Request, container: ContainerDep) -> Iterator[Session]:
    """Yield the request's one transaction: that in which its idempotency key was claimed, if it has one."""
    claimed: Session | None = getattr(request.state, "session", None)
    if claimed is not None:
        yield claimed
        return
    with container.sessions.transaction() as session:
        yield session


def get_reading_session(container: ContainerDep) -> Iterator[Session]:
    """Yield a session that only reads."""
    with container.sessions.reading() as session:
        yield session


# Function scope makes the commit happen before the response is sent: a commit that fails must not answer 200.
WriteSession = Annotated[Session, Depends(get_session, scope="function")]
ReadSession = Annotated[Session, Depends(get_reading_session, scope="function")]


async def peer_address(request: Request) -> str:
    """Return the address of the true peer.

    Forwarded headers count only when the server was told to trust its proxy, which uvicorn resolves
    before the request gets here.
    """
    return request.client.host if request.client else "unknown"


Peer = Annotated[str, Depends(peer_address)]
