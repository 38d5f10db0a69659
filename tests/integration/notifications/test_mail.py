"""Mail handed to a real SMTP server on loopback: as it arrives, over TLS, and when it does not."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.errors import InvalidInput
from linkbridge.notifications.mail import SmtpChannel, make_mail_channel, parse_smtp_url
from linkbridge.notifications.ports import Channel, Delivery, DeliveryError, NullChannel
from tests.support.mail_server import MailServer, mail_server
from tests.support.server import free_port
from tests.support.tls import make_ca

SENDER = "LinkBridge <noreply@example.org>"
CLOCK = FrozenClock(datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
TEXT = "Hola María,\n.\n..two dots at the start of a line\nhttps://example.org/staff/join#lusab-babad\nቋንቋ\n"
DELIVERY = Delivery("invite:1", "maria@example.org", {"subject": "Invitación ✓", "text": TEXT})


def channel(server: MailServer, user: str = "", scheme: str = "smtp") -> Channel:
    host = "localhost" if user or scheme == "smtps" else "127.0.0.1"
    return make_mail_channel(f"{scheme}://{user}{host}:{server.port}", SENDER, clock=CLOCK)


def failure(sender: Channel, delivery: Delivery = DELIVERY) -> tuple[str, bool]:
    with pytest.raises(DeliveryError) as raised:
        sender.send(delivery)
    return raised.value.code, raised.value.is_permanent


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def test_mail_arrives_as_it_was_written(server: MailServer) -> None:
    channel(server).send(DELIVERY)
    (mail,) = server.received
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, "maria@example.org", "Invitación ✓")
    assert mail["Date"] == "Tue, 24 Nov 2026 12:00:00 +0000"
    assert mail["Message-ID"] == "<invite.1@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == TEXT


def test_every_attempt_carries_the_same_id(server: MailServer) -> None:
    for _ in range(2):
        channel(server).send(DELIVERY)
    assert [mail["Message-ID"] for mail in server.received] == ["<invite.1@example.org>"] * 2


@pytest.mark.parametrize(
    ("command", "reply", "expected"),
    [
        ("RCPT", "550 5.1.1 no such maria@example.org", ("smtp-550", True)),
        ("RCPT", "450 4.2.1 try later", ("smtp-450", False)),
        ("DATA", "554 5.7.1 spam", ("smtp-554", True)),
        ("DATA", "452 4.3.1 no room", ("smtp-452", False)),
    ],
)
def test_refusal_is_final_or_not_by_its_code(
    server: MailServer, command: str, reply: str, expected: tuple[str, bool]
) -> None:
    server.replies[command] = reply
    assert failure(channel(server)) == expected
    assert server.received == []


def test_server_that_hangs_up_is_tried_again(server: MailServer) -> None:
    server.hang_up = True
    assert failure(channel(server)) == ("mail-connection", False)
    server.hang_up = False
    channel(server).send(DELIVERY)
    assert len(server.received) == 1


def test_server_that_is_away_is_tried_again() -> None:
    sender = make_mail_channel(f"smtp://127.0.0.1:{free_port()}", SENDER, clock=CLOCK)
    assert failure(sender) == ("mail-connection", False)


@pytest.mark.parametrize("address", ["maria\nBcc: x@example.org", "maria@example.org\r\nX: y"])
def test_address_that_would_add_a_header_never_leaves(server: MailServer, address: str) -> None:
    assert failure(channel(server), Delivery("k", address, DELIVERY.content)) == ("mail-address", True)
    assert server.received == []


def test_subject_that_would_add_a_header_never_leaves(server: MailServer) -> None:
    delivery = Delivery("k", "maria@example.org", {"subject": "a\nBcc: x@example.org", "text": "t"})
    assert failure(channel(server), delivery) == ("mail-address", True)


class TestTls:
    @pytest.fixture
    def context(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
        """A server's certificate, by an authority that is trusted as the system's are."""
        authority, certificate, key = make_ca(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context

    def test_starttls_with_a_password(self, context: ssl.SSLContext) -> None:
        with mail_server(starttls=context) as server:
            channel(server, user="maria:p%40ss%20word@").send(DELIVERY)
        assert server.over_tls == [True]
        assert server.sign_ins == [("maria", "p@ss word")]

    def test_tls_from_the_start_with_a_password(self, context: ssl.SSLContext) -> None:
        with mail_server(tls=context) as server:
            channel(server, user="maria:p%40ss%20word@", scheme="smtps").send(DELIVERY)
        assert server.over_tls == [True]
        assert server.sign_ins == [("maria", "p@ss word")]

    def test_wrong_password_is_ours_to_mend_and_the_mail_waits(self, context: ssl.SSLContext) -> None:
        with mail_server(starttls=context) as server:
            assert failure(channel(server, user="maria:wrong@")) == ("smtp-535", False)
        assert server.received == []

    def test_unknown_authority_is_not_trusted(self, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SSL_CERT_FILE")
        with mail_server(starttls=context) as server:
            assert failure(channel(server, user="maria:p%40ss%20word@")) == ("mail-tls", False)
        assert (server.received, server.sign_ins) == ([], [])

    def test_certificate_of_another_name_is_not_trusted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        authority, certificate, key = make_ca(tmp_path, ["mail.example.org"])
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        with mail_server(starttls=context) as server:
            assert failure(channel(server)) == ("mail-tls", False)
        assert server.received == []


def test_password_never_travels_without_tls(server: MailServer) -> None:
    assert failure(channel(server, user="maria:secret@")) == ("mail-no-tls", False)
    assert (server.received, server.sign_ins) == ([], [])


@pytest.mark.parametrize(
    "url",
    [
        "http://host",
        "smtp://",
        "host:25",
        "smtp://host:99999",
        "smtp://host/path",
        "smtp://u:hidden@host:port",
        "smtp:",
    ],
)
def test_address_of_a_server_that_cannot_be_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_smtp_url(url)
    assert "hidden" not in raised.value.message


def test_ports_follow_the_scheme() -> None:
    assert (parse_smtp_url("smtp://h").port, parse_smtp_url("smtps://h").port) == (587, 465)
    assert "hidden" not in repr(parse_smtp_url("smtp://u:hidden@h"))


def test_without_an_address_nothing_is_sent() -> None:
    off = make_mail_channel("", "", clock=CLOCK)
    assert isinstance(off, NullChannel)
    assert failure(off) == ("channel-off", False)
    assert not off.is_configured


@pytest.mark.parametrize("sender", ["", "nobody", "LinkBridge <>"])
def test_mail_needs_a_sender(sender: str) -> None:
    with pytest.raises(InvalidInput, match="mail needs a sender address"):
        make_mail_channel("smtp://localhost", sender, clock=CLOCK)
    assert SmtpChannel.is_configured
