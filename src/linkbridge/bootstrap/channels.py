"""Wires the channels over which people are told: mail, Telegram and web push."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.outgoing import is_loopback
from linkbridge.notifications.mail import make_mail_channel
from linkbridge.notifications.ports import MAIL, PUSH, TELEGRAM, Channel
from linkbridge.notifications.push import PushChannel, PushKey
from linkbridge.notifications.subscriptions import PushSubscriptions
from linkbridge.notifications.telegram import make_telegram_channel
from linkbridge.settings import Settings


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels by name, and what the pages need to subscribe a browser."""

    by_name: Mapping[str, Channel]
    subscriptions: PushSubscriptions
    push_key: str


def build_channels(settings: Settings, *, clock: Clock, sessions: SessionFactory, cipher: FieldCipher) -> Channels:
    """Return the channels that ``settings`` want.

    Raises:
        InvalidInput: an address among them cannot be used.
        Unavailable: the key of web push can be read by others, or not by us.
    """
    smtp_url = settings.smtp_url.get_secret_value() if settings.smtp_url else ""
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    allow_local = is_loopback(urlsplit(settings.resolved_base_url).hostname or "")
    subscriptions = PushSubscriptions(clock=clock, cipher=cipher, allow_local=allow_local)
    key = PushKey.load(settings.data_dir / "keys")
    return Channels(
        by_name={
            MAIL: make_mail_channel(smtp_url, settings.mail_from, clock=clock),
            TELEGRAM: make_telegram_channel(token, settings.telegram_url),
            PUSH: PushChannel(
                clock=clock,
                sessions=sessions,
                subscriptions=subscriptions,
                key=key,
                contact=push_contact(settings),
                allow_local=allow_local,
            ),
        },
        subscriptions=subscriptions,
        push_key=key.public_key,
    )


def push_contact(settings: Settings) -> str:
    """Return whom the makers of push services are told to write to (RFC 8292, section 2.1); empty if nobody."""
    sender = parseaddr(settings.mail_from)[1]
    base = urlsplit(settings.resolved_base_url)
    if "@" in sender:
        return f"mailto:{sender}"
    if base.scheme == "https":
        return f"https://{base.hostname}"
    return "mailto:postmaster@localhost" if is_loopback(base.hostname or "") else ""
