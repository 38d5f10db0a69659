"""Mail over SMTP."""

import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import InvalidInput
from linkbridge.notifications.apart import run_apart
from linkbridge.notifications.ports import Channel, Delivery, DeliveryError, NullChannel

TIMEOUT_SECONDS = 30
_SUBMISSION_PORT = 587
_TLS_PORT = 465
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_AUTHENTICATION_CODES = {530, 534, 535, 538}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over. TLS from the start, or by STARTTLS, which only loopback may do without."""

    host: str
    port: int
    tls_from_start: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def may_be_plain(self) -> bool:
        """Whether a connection without TLS is accepted: on this machine alone, and never with a password."""
        return self.host in _LOOPBACK and not self.user


def parse_smtp_url(url: str) -> SmtpServer:
    """Read ``smtp://user:password@host:port`` (STARTTLS) or ``smtps://…`` (TLS from the start).

    Raises:
        InvalidInput: the address is not of this form. It is not repeated: it holds a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidInput("the mail server's address cannot be read", field="smtp_url") from error
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise InvalidInput("write the mail server as smtp://user:password@host:port or smtps://…", field="smtp_url")
    return SmtpServer(
        host=parts.hostname,
        port=port or (_TLS_PORT if parts.scheme == "smtps" else _SUBMISSION_PORT),
        tls_from_start=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def make_mail_channel(smtp_url: str, sender: str, *, clock: Clock) -> Channel:
    """Return the channel for these settings; without an address, one that sends nothing.

    Raises:
        InvalidInput: the address or the sender cannot be used.
    """
    if not smtp_url:
        return NullChannel()
    if "@" not in parseaddr(sender)[1]:
        raise InvalidInput("mail needs a sender address", field="mail_from")
    return SmtpChannel(parse_smtp_url(smtp_url), sender, clock=clock)


class SmtpChannel:
    """Hands mail to a server. The content has ``subject`` and ``text``, and perhaps the same as ``html``.

    With ``calendar``, an iCalendar file, and its ``calendar_method``, programs offer to put it into the calendar.
    """

    is_configured = True

    def __init__(self, server: SmtpServer, sender: str, *, clock: Clock, timeout: float = TIMEOUT_SECONDS) -> None:
        self._server = server
        self._sender = sender
        self._clock = clock
        self._timeout = timeout

    def send(self, delivery: Delivery) -> None:
        """Hand one mail over; its Message-ID is made of the delivery's key and is the same at every attempt.

        Raises:
            DeliveryError: the server could not be reached, or refused the mail.
        """
        message = self._compose(delivery)
        try:
            run_apart(self._hand_over(message))
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _by_code(error.recipients[0].code) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _by_code(error.code) from error
        except aiosmtplib.SMTPNotSupported as error:
            raise DeliveryError("mail-not-supported", is_permanent=False) from error
        except (OSError, aiosmtplib.SMTPException) as error:
            if _is_tls(error):
                raise DeliveryError("mail-tls", is_permanent=False) from error
            raise DeliveryError("mail-connection", is_permanent=False) from error

    async def _hand_over(self, message: EmailMessage) -> None:
        server = self._server
        connection = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls_from_start,
            start_tls=False,
            timeout=self._timeout,
            tls_context=ssl.create_default_context(),
        )
        await connection.connect()
        try:
            if not server.tls_from_start:
                await self._secure(connection)
            if server.user:
                await connection.login(server.user, server.password)
            await connection.send_message(message)
        finally:
            await _part(connection)

    async def _secure(self, connection: aiosmtplib.SMTP) -> None:
        """Go on over TLS, or without where that is accepted.

        Raises:
            DeliveryError: the server has no TLS.
        """
        await connection.ehlo()
        if connection.supports_extension("starttls"):
            await connection.starttls()
        elif not self._server.may_be_plain:
            raise DeliveryError("mail-no-tls", is_permanent=False)

    def _compose(self, delivery: Delivery) -> EmailMessage:
        message = EmailMessage()
        domain = parseaddr(self._sender)[1].rpartition("@")[2]
        try:
            message["From"] = self._sender
            message["To"] = delivery.recipient
            message["Subject"] = delivery.content["subject"]
        except ValueError as error:
            raise DeliveryError("mail-address", is_permanent=True) from error
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{delivery.key.replace(':', '.')}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine replies to it
        message.set_content(delivery.content["text"])
        if "html" in delivery.content:
            message.add_alternative(delivery.content["html"], subtype="html")
        if "calendar" in delivery.content:
            _add_calendar(message, delivery.content["calendar"], delivery.content["calendar_method"])
        return message


def _add_calendar(message: EmailMessage, calendar: str, method: str) -> None:
    """Add an iCalendar file as the form of the text that calendars prefer (RFC 6047, section 2.4)."""
    message.add_alternative(calendar, subtype="calendar", params={"method": method}, cte="base64")


async def _part(connection: aiosmtplib.SMTP) -> None:
    """Say goodbye. What goes wrong here changes nothing: the server has already taken the mail or refused it."""
    try:
        if connection.is_connected:
            await connection.quit()
    except (OSError, aiosmtplib.SMTPException):
        connection.close()


def _is_tls(error: BaseException) -> bool:
    """Whether a connection failed because of its certificate or its encryption."""
    while error.__cause__ is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__
    return isinstance(error, ssl.SSLError)


def _by_code(code: int) -> DeliveryError:
    """Sort a reply by its code (RFC 5321, 4.2.1). A refused sign-in is ours to repair, so the mail waits."""
    return DeliveryError(f"smtp-{code}", is_permanent=code >= 500 and code not in _AUTHENTICATION_CODES)
