"""A real SMTP server on loopback that takes mail, or behaves as badly as it is told to."""

import asyncio
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from tests.support.server import free_port


@dataclass
class MailServer:
    """What it received, and what it answers: ``replies`` by command, or ``hang_up`` in the middle of the mail."""

    port: int = field(default_factory=free_port)
    replies: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False
    received: list[EmailMessage] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)
    sign_ins: list[tuple[str, str]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if "RCPT" not in self.replies:
            envelope.rcpt_tos.append(address)
        return self.replies.get("RCPT", "250 OK")

    async def handle_DATA(self, server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        if self.hang_up:
            server.transport.abort()
            await asyncio.sleep(0)
        if "DATA" in self.replies:
            return self.replies["DATA"]
        assert isinstance(envelope.content, bytes)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        self.over_tls.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"

    def sign_in(self, _server: Any, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        self.sign_ins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"p@ss word", handled=False)


@contextmanager
def mail_server(*, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """Yield a running server: plain, with STARTTLS, or with TLS from the start."""
    server = MailServer()
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        ssl_context=tls,
        tls_context=starttls,
        authenticator=server.sign_in,
        auth_require_tls=tls is None,
    )
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd tells of every connection
    controller.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_let_go(), controller.loop).result()
        controller.stop()


async def _let_go() -> None:
    """Let connections end before the loop does, which would leave their sockets to be found by some later test."""
    others = asyncio.all_tasks() - {cast("asyncio.Task[None]", asyncio.current_task())}
    if others:
        _ended, hanging = await asyncio.wait(others, timeout=5)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
    for _ in range(3):  # a transport that was told to close does so in one of the loop's next turns
        await asyncio.sleep(0)
