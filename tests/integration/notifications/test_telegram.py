"""Telegram: a bot that talks to a Bot API on loopback, whose answers the library reads itself."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from linkbridge.kernel.errors import InvalidInput
from linkbridge.notifications.ports import Channel, Delivery, DeliveryError, NullChannel
from linkbridge.notifications.telegram import make_telegram_channel
from tests.support.post_server import PostServer, post_server

TOKEN = "123456:a-token-in-tests-only"
DELIVERY = Delivery(
    "k", "987654321", {"subject": "¿Puede interpretar?", "text": "Conteste:\nhttps://l.example/answer/a\n"}
)
SENT = {"message_id": 5, "date": 1764000000, "chat": {"id": 987654321, "type": "private"}, "text": "…"}


@pytest.fixture
def api() -> Iterator[PostServer]:
    with post_server() as running:
        answer(running, 200, {"ok": True, "result": SENT})
        yield running


def answer(api: PostServer, status: int, body: dict[str, Any]) -> None:
    """Let the API answer as the reference says: ``ok`` with a result, or an error with its code and parameters."""
    api.status, api.answer = status, json.dumps(body).encode()


def channel(api: PostServer) -> Channel:
    return make_telegram_channel(TOKEN, f"{api.origin}/bot")


def test_message_arrives_as_plain_text_without_a_preview(api: PostServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        channel(api).send(DELIVERY)
    (posted,) = api.received
    assert posted.path == f"/bot{TOKEN}/sendMessage"
    sent = {name: values[0] for name, values in parse_qs(posted.body.decode()).items()}
    assert json.loads(sent.pop("link_preview_options")) == {"is_disabled": True}
    assert sent == {
        "chat_id": "987654321",
        "text": f"{DELIVERY.content['subject']}\n\n{DELIVERY.content['text']}",
        "protect_content": "true",
    }
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("status", "description", "parameters", "expected"),
    [
        (403, "Forbidden: bot was blocked by the user", None, ("telegram-blocked", True)),
        (400, "Bad Request: chat not found", None, ("telegram-refused", True)),
        (400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -100}, ("telegram-refused", True)),
        (401, "Unauthorized", None, ("telegram-token", False)),
        (404, "Not Found", None, ("telegram-token", False)),
        (429, "Too Many Requests: retry after 7", {"retry_after": 7}, ("telegram-busy", False)),
        (502, "Bad Gateway", None, ("telegram-connection", False)),
    ],
)
def test_refusal_is_final_or_not_by_what_it_means(
    api: PostServer, status: int, description: str, parameters: dict[str, int] | None, expected: tuple[str, bool]
) -> None:
    body = {"ok": False, "error_code": status, "description": description}
    answer(api, status, {**body, "parameters": parameters} if parameters else body)
    with pytest.raises(DeliveryError) as raised:
        channel(api).send(DELIVERY)
    assert (raised.value.code, raised.value.is_permanent) == expected


def test_answer_that_is_none_and_an_api_that_is_away_are_tried_again(api: PostServer) -> None:
    api.answer = b"<html>a proxy</html>"
    with pytest.raises(DeliveryError) as raised:
        channel(api).send(DELIVERY)
    assert (raised.value.code, raised.value.is_permanent) == ("telegram-connection", False)
    with post_server() as gone:
        sender = channel(gone)
    with pytest.raises(DeliveryError) as raised:
        sender.send(DELIVERY)
    assert (raised.value.code, raised.value.is_permanent) == ("telegram-connection", False)


def test_without_a_token_nothing_is_sent() -> None:
    assert isinstance(make_telegram_channel(""), NullChannel)


@pytest.mark.parametrize("url", ["http://telegram.example/bot", "api.telegram.org/bot", "ftp://127.0.0.1:1/bot"])
def test_address_that_would_carry_the_token_in_the_clear_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="begins with https"):
        make_telegram_channel(TOKEN, url)
