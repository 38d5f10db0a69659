"""How the operations of `/api/v1` that are sent with an ``Idempotency-Key`` are answered.

An operation that writes runs in one transaction with its key and its answer: after a crash all three are there or none,
so that a repeat has its effect exactly once. One that only computes is simply done again; nothing of a text is kept.
"""

import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials
from fastapi.security.utils import get_authorization_scheme_param

from linkbridge.accounts.idempotency import IdempotencyKeys, KeptAnswer, KeyedRequest
from linkbridge.container import Container
from linkbridge.kernel.errors import NotSignedIn
from linkbridge.web.auth import bearer_actor
from linkbridge.web.deps import get_session

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_BOUNDARY = re.compile(r'boundary="?([^";,]+)', re.IGNORECASE)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


async def describe_key(
    key: Annotated[
        str | None,
        Header(
            alias=HEADER,
            max_length=250,
            description="A text of your choice, such as a UUID. Sent again with the same request within 24 hours, "
            "it is answered as before, without another effect.",
        ),
    ] = None,
) -> None:
    """Describe the header; ``ApiRoute`` heeds it."""


KEYED = [Depends(describe_key)]


class ApiRoute(APIRoute):
    """Heeds ``Idempotency-Key`` on every POST."""

    def get_route_handler(self) -> Handler:
        """Return the handler of one operation."""
        handler = super().get_route_handler()
        if "POST" not in (self.methods or ()):
            return handler
        writes = _uses(self.dependant, get_session)

        async def handle(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None:
                return await handler(request)
            container: Container = request.app.state.container
            keys = IdempotencyKeys(clock=container.clock, cipher=container.cipher)
            keyed = await _named(request, container, keys, key)
            if writes:
                return await _once(request, container, keys, keyed, handler)
            async with contextmanager_in_threadpool(container.sessions.transaction()) as session:
                await run_in_threadpool(keys.claim, session, keyed)
            return await handler(request)

        return handle


def _uses(dependant: Dependant, call: Callable[..., Any]) -> bool:
    return dependant.call is call or any(_uses(each, call) for each in dependant.dependencies)


async def _named(request: Request, container: Container, keys: IdempotencyKeys, key: str) -> KeyedRequest:
    """Return the digests of the request, for whose program the token must work.

    Raises:
        NotSignedIn: there is no token, or it does not work.
    """
    scheme, secret = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() != "bearer" or not secret:
        raise NotSignedIn("send an API token as “Authorization: Bearer …”")
    # Before the transaction begins: noting the token's day of use needs one of its own.
    actor = await run_in_threadpool(
        bearer_actor, container, HTTPAuthorizationCredentials(scheme=scheme, credentials=secret)
    )
    body = await request.body()
    boundary = _BOUNDARY.search(request.headers.get("content-type", ""))
    if boundary is not None:
        # Programs choose another boundary for each try.
        body = body.replace(boundary[1].encode("latin-1"), b"")
    path = f"{request.url.path}?{request.url.query}"
    return await run_in_threadpool(keys.name, actor, key, method=request.method, path=path, body=body)


async def _once(
    request: Request, container: Container, keys: IdempotencyKeys, keyed: KeyedRequest, handler: Handler
) -> Response:
    async with contextmanager_in_threadpool(container.sessions.transaction()) as session:
        known = await run_in_threadpool(keys.claim, session, keyed)
        if known is not None:
            return _replayed(known)
        request.state.session = session
        answer = await handler(request)
        kept = KeptAnswer(
            status=answer.status_code,
            media_type=answer.headers.get("content-type", ""),
            body=bytes(answer.body).decode(),
            location=answer.headers.get("location", ""),
        )
        await run_in_threadpool(keys.keep, session, keyed, kept)
    return answer


def _replayed(known: KeptAnswer) -> Response:
    headers = {"Cache-Control": "no-store", REPLAYED: "true"}
    if known.location:
        headers["Location"] = known.location
    return Response(known.body or None, known.status, headers=headers, media_type=known.media_type or None)
