"""What a program asks of `/lt`: its parameters however they were sent, its key, and whether it still waits."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import UploadFile

from linkbridge.web.deps import Peer

_MOST_FIELDS = 20
_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: its name and its bytes."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LtCall:
    """A request. ``values`` holds its parameters: texts, or anything that JSON can say."""

    values: Mapping[str, Any] = field(repr=False)
    is_json: bool
    peer: str
    key: str = field(repr=False)
    has_gone: Callable[[], bool] = field(repr=False)

    def required(self, name: str) -> Any:  # noqa: ANN401 - whatever the caller sent
        """Return a parameter.

        Raises:
            HTTPException: it is absent or empty.
        """
        value = self.values.get(name)
        if not value:
            raise HTTPException(400, f"Invalid request: missing {name} parameter")
        return value

    def text(self, name: str) -> str:
        """Return a required parameter that must be a text.

        Raises:
            HTTPException: it is absent, empty or no text.
        """
        value = self.required(name)
        if not isinstance(value, str):
            raise HTTPException(400, f"Invalid request: {name} parameter is not a text")
        return value

    def texts(self, name: str) -> tuple[list[str], bool]:
        """Return a required parameter that is a text or a list of them, and whether it is a list.

        Raises:
            HTTPException: it is absent, empty or neither.
        """
        value = self.required(name)
        is_batch = isinstance(value, list)
        found = value if is_batch else [value]
        if not all(isinstance(text, str) for text in found):
            raise HTTPException(400, f"Invalid request: {name} parameter is not a text or a list of texts")
        # Forms send line breaks as CR LF (RFC 2046, 4.1.1), which the caller did not write and should not pay for.
        return (found if self.is_json else [text.replace("\r\n", "\n") for text in found]), is_batch

    def number(self, name: str, *, most: int) -> int:
        """Return a parameter that is a number from 0, which it is if absent.

        Raises:
            HTTPException: it is no number, or too large.
        """
        value = self.values.get(name) or 0
        try:
            number = max(0, int(value))
        except (TypeError, ValueError, OverflowError):
            raise HTTPException(400, f"Invalid request: {name} parameter is not a number") from None
        if number > most:
            raise HTTPException(400, f"Invalid request: {name} parameter must be <= {most}")
        return number


async def lt_call(request: Request, peer: Peer) -> AsyncIterator[LtCall]:
    """Yield the call. While it is answered, a watch is kept on the connection.

    Raises:
        HTTPException: the body is not what its type says.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    values = await _json(request) if is_json else await _form(request)
    gone = threading.Event()
    watch = asyncio.create_task(_watch(request, gone))
    try:
        yield LtCall(values, is_json, peer, _key(request, values), gone.is_set)
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


Call = Annotated[LtCall, Depends(lt_call)]


async def _watch(request: Request, gone: threading.Event) -> None:
    """Note when the caller hangs up: after the body, that is the only message there can be."""
    while not gone.is_set():
        message = await request.receive()
        if message["type"] == "http.disconnect":
            gone.set()


async def _json(request: Request) -> Mapping[str, Any]:
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise HTTPException(400, "Invalid JSON format")
    return found


async def _form(request: Request) -> Mapping[str, Any]:
    """Return what stands in the address and in the form: some clients send all in the address of a POST."""
    values: dict[str, Any] = {}
    async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
        for name, value in [*request.query_params.multi_items(), *form.multi_items()]:
            if isinstance(value, UploadFile):
                values.setdefault(name, Upload(value.filename or "", await value.read()))
            else:
                values.setdefault(name, value)
    return values


def _key(request: Request, values: Mapping[str, Any]) -> str:
    """Return the API key: the parameter that LibreTranslate takes, or a header, which appears in no address."""
    given = values.get("api_key")
    if isinstance(given, str) and given:
        return given
    header = request.headers.get("authorization", "")
    if header.lower().startswith(_BEARER):
        return header[len(_BEARER) :].strip()
    return request.headers.get("x-api-key", "").strip()
