"""What browsers in a call say to find each other, over our own WebSocket.

The messages go through the database, so that the two sides may be connected to different processes.
"""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from linkbridge.container import Container
from linkbridge.interpreting.calls.values import CallRead, Gate, Peer
from linkbridge.kernel.errors import DomainError

router = APIRouter()
LOOK_SECONDS = 0.25
TOUCH_SECONDS = 5
"""How often a socket notes that its side is there, and looks whether the session is still open."""
LONGEST = 32 * 1024
"""Characters of a message: a session description with video has about 6,000."""
PER_SECOND, BURST = 20, 100
FORBIDDEN, LOST, REPLACED, ENDED, TOO_MUCH = 4403, 4408, 4409, 4410, 4429


@dataclass
class _Allowance:
    """How many messages a socket may still send (token bucket)."""

    left: float = BURST
    at: float = 0.0

    def take(self) -> bool:
        now = time.monotonic()
        self.left = min(BURST, self.left + (now - self.at) * PER_SECOND)
        self.at = now
        self.left -= 1
        return self.left >= 0


@router.websocket("/call/{token}/signal")
async def signal(socket: WebSocket, token: str) -> None:
    """Connect one side of a call for as long as the socket lives."""
    container: Container = socket.app.state.container
    origin = socket.headers.get("origin", "")
    if urlsplit(origin).netloc != socket.headers.get("host"):
        await socket.close(FORBIDDEN)
        return
    try:
        call, me = await asyncio.to_thread(_join, container, token)
    except DomainError:
        await socket.close(FORBIDDEN)
        return
    on_purpose = False
    try:
        await socket.accept()
        await socket.send_json({"type": "welcome", "id": me.id})
        tasks = [
            asyncio.create_task(_listen(socket, container, call, me)),
            asyncio.create_task(_tell(socket, container, token, call, me)),
        ]
        try:
            done, _waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        on_purpose = ended[0] is True
        code = next((task.result() for task in done if not task.exception() and type(task.result()) is int), 1000)
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(code)
    finally:
        await asyncio.shield(asyncio.to_thread(_leave, container, call, me, on_purpose))


async def _listen(socket: WebSocket, container: Container, call: CallRead, me: Peer) -> bool | int:
    """Take messages; return ``True`` when the side says good-bye, or the code with which to close."""
    allowance = _Allowance(at=time.monotonic())
    while True:
        try:
            text = await socket.receive_text()
        except (WebSocketDisconnect, KeyError):
            return False
        if len(text) > LONGEST or not allowance.take():
            return TOO_MUCH
        message = _parse(text)
        if message.get("type") == "leave":
            return True
        recipient, body = message.get("to"), message.get("body")
        if isinstance(recipient, str) and isinstance(body, dict):
            await asyncio.to_thread(_say, container, call, me, recipient, json.dumps(body))


def _parse(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


async def _tell(socket: WebSocket, container: Container, token: str, call: CallRead, me: Peer) -> int:
    """Hand on what waits and who is there; return the code with which to close."""
    known: tuple[Peer, ...] | None = None
    checked = time.monotonic()
    while True:
        peers, messages = await asyncio.to_thread(_look, container, call, me)
        if peers is None:
            return REPLACED if await asyncio.to_thread(_is_taken, container, call) else LOST
        if peers != known:
            await socket.send_json({"type": "peers", "peers": [{"id": one.id, "party": one.party} for one in peers]})
            known = peers
        for sender, body in messages:
            await socket.send_json({"type": "signal", "from": sender, "body": json.loads(body)})
        if time.monotonic() - checked > TOUCH_SECONDS:
            checked = time.monotonic()
            if await asyncio.to_thread(_touch, container, token, me) is not Gate.OPEN:
                return ENDED
        await asyncio.sleep(LOOK_SECONDS)


def _join(container: Container, token: str) -> tuple[CallRead, Peer]:
    with container.sessions.transaction() as session:
        calls = container.interpreting.calls
        return calls.read(session, token), calls.join(session, token)


def _say(container: Container, call: CallRead, me: Peer, recipient: str, body: str) -> None:
    with container.sessions.transaction() as session:
        container.interpreting.calls.say(session, call.link, me.id, recipient, body)


def _look(
    container: Container, call: CallRead, me: Peer
) -> tuple[tuple[Peer, ...] | None, tuple[tuple[str, str], ...]]:
    calls = container.interpreting.calls
    with container.sessions.reading() as session:
        peers = calls.peers(session, call.link, me.id)
        if not calls.has_waiting(session, call.link, me.id):
            return peers, ()
    with container.sessions.transaction() as session:
        messages = calls.fetch(session, call.link, me.id)
        # Looked up after the messages, and told before them: the page knows every sender who is still there.
        return calls.peers(session, call.link, me.id), messages


def _is_taken(container: Container, call: CallRead) -> bool:
    with container.sessions.reading() as session:
        return container.interpreting.calls.is_taken(session, call.link)


def _touch(container: Container, token: str, me: Peer) -> Gate:
    with container.sessions.transaction() as session:
        container.interpreting.calls.touch(session, me.id)
        return container.interpreting.calls.read(session, token).gate


def _leave(container: Container, call: CallRead, me: Peer, on_purpose: bool) -> None:
    with container.sessions.transaction() as session:
        container.interpreting.calls.leave(session, call.link, me.id, on_purpose=on_purpose)
