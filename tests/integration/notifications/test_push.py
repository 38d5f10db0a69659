"""Web push handed to a service on loopback, decrypted as a browser does, and checked as a push service does."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.crypto import FieldCipher
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.encoding import from_b64url
from linkbridge.kernel.errors import InvalidInput, Unavailable
from linkbridge.notifications.models import PushSubscription
from linkbridge.notifications.ports import Delivery, DeliveryError
from linkbridge.notifications.push import PushChannel, PushKey
from linkbridge.notifications.subscriptions import MOST_BROWSERS, PushSubscriptions, Subscription
from tests.support.accounts import World
from tests.support.post_server import Posted, PostServer, post_server
from tests.support.push_browser import PushBrowser

CONTENT = {
    "subject": "¿Puede interpretar? amárico – español",
    "text": "detención, por vídeo\n",
    "address": "https://linkbridge.example/answer/abc",
    "urgency": "high",
    "ttl": "120",
    "topic": "0123456789abcdef0123456789abcdef",
}
SQLITE_ALONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def cipher(sessions: SessionFactory, clock: FrozenClock) -> FieldCipher:
    return World(sessions, clock).cipher


@pytest.fixture
def subscriptions(clock: FrozenClock, cipher: FieldCipher) -> PushSubscriptions:
    return PushSubscriptions(clock=clock, cipher=cipher, allow_local=True)


@pytest.fixture
def key(tmp_path: Path) -> PushKey:
    return PushKey.load(tmp_path / "keys")


@pytest.fixture
def service() -> Iterator[PostServer]:
    with post_server() as running:
        yield running


def channel(
    sessions: SessionFactory,
    subscriptions: PushSubscriptions,
    clock: FrozenClock,
    key: PushKey,
    *,
    allow_local: bool = True,
) -> PushChannel:
    return PushChannel(
        clock=clock,
        sessions=sessions,
        subscriptions=subscriptions,
        key=key,
        contact="mailto:linkbridge@demo.example",
        allow_local=allow_local,
    )


def subscribe(sessions: SessionFactory, subscriptions: PushSubscriptions, subscription: Subscription) -> str:
    with sessions.transaction() as session:
        return subscriptions.add(session, "owner", subscription)


def failure(sender: PushChannel, recipient: str) -> tuple[str, bool]:
    with pytest.raises(DeliveryError) as raised:
        sender.send(Delivery("key", recipient, CONTENT))
    return raised.value.code, raised.value.is_permanent


def verified_claims(posted: Posted, public_key: str) -> dict[str, object]:
    """Return what the server signed, after checking the signature with the key that the browser subscribed with."""
    scheme, _, rest = posted.headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, parts["k"].rstrip("=")) == ("vapid", public_key)
    signed, _, signature = parts["t"].rpartition(".")
    raw = from_b64url(signature)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_b64url(public_key))
    whole = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    point.verify(whole, signed.encode(), ec.ECDSA(hashes.SHA256()))
    header, claims = (json.loads(from_b64url(part)) for part in signed.split("."))
    assert header == {"typ": "JWT", "alg": "ES256"}
    assert isinstance(claims, dict)
    return claims


def test_browser_reads_what_was_sent_and_the_service_knows_who_sent_it(
    sessions: SessionFactory, subscriptions: PushSubscriptions, clock: FrozenClock, key: PushKey, service: PostServer
) -> None:
    browser = PushBrowser()
    recipient = subscribe(sessions, subscriptions, browser.subscription(f"{service.origin}/send/1?a=b"))
    channel(sessions, subscriptions, clock, key).send(Delivery("key", recipient, CONTENT))
    (posted,) = service.received
    assert posted.path == "/send/1?a=b"
    assert browser.read(posted.body) == {
        "title": CONTENT["subject"],
        "body": "detención, por vídeo",
        "address": CONTENT["address"],
        "tag": CONTENT["topic"],
    }
    assert [posted.headers[name] for name in ("ttl", "urgency", "topic", "content-encoding")] == [
        "120",
        "high",
        CONTENT["topic"],
        "aes128gcm",
    ]
    assert verified_claims(posted, key.public_key) == {
        "aud": service.origin,
        "exp": int(clock.now().timestamp()) + 12 * 3600,
        "sub": "mailto:linkbridge@demo.example",
    }
    readable = posted.body + json.dumps(posted.headers).encode()
    assert not [word for word in ("interpretar", "detenci", "linkbridge.example") if word.encode() in readable]


@SQLITE_ALONE
def test_long_text_is_cut_to_what_services_take(
    sessions: SessionFactory, subscriptions: PushSubscriptions, clock: FrozenClock, key: PushKey, service: PostServer
) -> None:
    browser = PushBrowser()
    recipient = subscribe(sessions, subscriptions, browser.subscription(f"{service.origin}/1"))
    long = {"subject": "አ" * 3_000, "text": "አ" * 3_000, "address": "https://linkbridge.example/" + "x" * 400}
    channel(sessions, subscriptions, clock, key).send(Delivery("key", recipient, long))
    (posted,) = service.received
    assert len(posted.body) <= 4096
    message = browser.read(posted.body)
    assert message["body"] == "አ" * 832 + "…"
    assert (posted.headers["ttl"], posted.headers["urgency"]) == ("86400", "normal")
    assert "topic" not in posted.headers


@pytest.mark.parametrize("status", [404, 410])
def test_browser_that_is_gone_is_forgotten(
    sessions: SessionFactory,
    subscriptions: PushSubscriptions,
    clock: FrozenClock,
    key: PushKey,
    service: PostServer,
    status: int,
) -> None:
    recipient = subscribe(sessions, subscriptions, PushBrowser().subscription(f"{service.origin}/1"))
    service.status = status
    sender = channel(sessions, subscriptions, clock, key)
    assert failure(sender, recipient) == ("push-gone", True)
    with sessions.reading() as session:
        assert subscriptions.browsers(session, "owner") == ()
    assert failure(sender, recipient) == ("push-gone", True)
    assert len(service.received) == 1


@SQLITE_ALONE
@pytest.mark.parametrize(
    ("status", "is_permanent"),
    [(400, True), (413, True), (403, False), (429, False), (500, False), (503, False), (302, False)],
)
def test_other_refusals_are_final_or_not_and_the_browser_stays(
    sessions: SessionFactory,
    subscriptions: PushSubscriptions,
    clock: FrozenClock,
    key: PushKey,
    service: PostServer,
    status: int,
    is_permanent: bool,
) -> None:
    recipient = subscribe(sessions, subscriptions, PushBrowser().subscription(f"{service.origin}/1"))
    service.status = status
    assert failure(channel(sessions, subscriptions, clock, key), recipient) == (f"push-{status}", is_permanent)
    with sessions.reading() as session:
        assert [browser.id for browser in subscriptions.browsers(session, "owner")] == [recipient]


@SQLITE_ALONE
def test_service_that_is_away_is_tried_again(
    sessions: SessionFactory, subscriptions: PushSubscriptions, clock: FrozenClock, key: PushKey
) -> None:
    with post_server() as service:
        recipient = subscribe(sessions, subscriptions, PushBrowser().subscription(f"{service.origin}/1"))
    assert failure(channel(sessions, subscriptions, clock, key), recipient) == ("push-connection", False)


@SQLITE_ALONE
@pytest.mark.parametrize(
    "address", ["10.0.0.7", "192.168.1.1", "169.254.169.254", "127.0.0.1", "::1", "::ffff:10.0.0.1"]
)
def test_name_that_leads_into_our_network_is_not_followed(
    sessions: SessionFactory,
    subscriptions: PushSubscriptions,
    clock: FrozenClock,
    key: PushKey,
    service: PostServer,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    endpoint = f"https://push.example:{service.port}/1"
    recipient = subscribe(sessions, subscriptions, PushBrowser().subscription(endpoint))
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, service.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: found)
    sender = channel(sessions, subscriptions, clock, key, allow_local=False)
    assert failure(sender, recipient) == ("push-private", True)
    assert service.received == []


GOOD = PushBrowser().subscription("https://push.example/1")


@SQLITE_ALONE
@pytest.mark.parametrize(
    "bad",
    [
        Subscription("http://push.example/1", GOOD.p256dh, GOOD.auth),
        Subscription("https://127.0.0.1/1", GOOD.p256dh, GOOD.auth),
        Subscription("http://localhost:6379/", GOOD.p256dh, GOOD.auth),
        Subscription("https://user@push.example/1", GOOD.p256dh, GOOD.auth),
        Subscription("https://push.example/1\r\nX: y", GOOD.p256dh, GOOD.auth),
        Subscription("https://push.example:port/1", GOOD.p256dh, GOOD.auth),
        Subscription("https://push.example/" + "x" * 1_000, GOOD.p256dh, GOOD.auth),
        Subscription("", GOOD.p256dh, GOOD.auth),
        Subscription(GOOD.endpoint, "", GOOD.auth),
        Subscription(GOOD.endpoint, "BA" + "A" * 85, GOOD.auth),
        Subscription(GOOD.endpoint, GOOD.p256dh, "AAAA"),
        Subscription(GOOD.endpoint, GOOD.p256dh, "é"),
    ],
)
def test_what_is_no_subscription_is_refused(
    sessions: SessionFactory, clock: FrozenClock, cipher: FieldCipher, bad: Subscription
) -> None:
    strict = PushSubscriptions(clock=clock, cipher=cipher)
    with sessions.transaction() as session:
        with pytest.raises(InvalidInput) as raised:
            strict.add(session, "owner", bad)
        assert raised.value.params["problem"] == "subscription"
        assert strict.browsers(session, "owner") == ()
        assert strict.add(session, "owner", GOOD)


def test_browser_belongs_to_who_subscribed_last_and_the_oldest_make_room(
    sessions: SessionFactory, subscriptions: PushSubscriptions, clock: FrozenClock
) -> None:
    with sessions.transaction() as session:
        made = []
        for number in range(MOST_BROWSERS + 2):
            clock.advance(timedelta(minutes=1))
            made.append(
                subscriptions.add(session, "owner", PushBrowser().subscription(f"https://push.example/{number}"))
            )
        assert [browser.id for browser in subscriptions.browsers(session, "owner")] == made[:1:-1]
        last = PushBrowser().subscription(f"https://push.example/{MOST_BROWSERS + 1}")
        moved = subscriptions.add(session, "another", last)
        assert [browser.id for browser in subscriptions.browsers(session, "another")] == [moved]
        assert made[-1] not in {browser.id for browser in subscriptions.browsers(session, "owner")}
        assert subscriptions.find(session, moved) == last
        assert subscriptions.forget(session, "owner") == MOST_BROWSERS - 1
        row = session.get_one(PushSubscription, moved)
        assert "push.example" not in row.model_dump_json()


def test_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first = PushKey.load(tmp_path)
    assert PushKey.load(tmp_path).public_key == first.public_key
    assert len(from_b64url(first.public_key)) == 65
    (tmp_path / "push").chmod(0o644)
    with pytest.raises(Unavailable, match="can be read by others"):
        PushKey.load(tmp_path)
    (tmp_path / "push").chmod(0o600)
    (tmp_path / "push").write_bytes(b"nonsense")
    with pytest.raises(Unavailable, match="holds no private key"):
        PushKey.load(tmp_path)
