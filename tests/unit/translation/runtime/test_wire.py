import socket
import struct
from collections.abc import Iterator
from types import MappingProxyType

import pytest

from linkbridge.translation.ports import EngineOptions, LanguagePair, Model
from linkbridge.translation.runtime.wire import Channel, model_message, options_message, read_model, read_options


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def test_message_arrives_as_it_was_sent(ends: tuple[socket.socket, socket.socket]) -> None:
    message = {"sentences": ["\ud800", "مرحبا", '"\n\x00'], "number": 1.5}
    Channel(ends[0]).send(message)
    assert Channel(ends[1]).receive(1.0) == message


def test_waiting_for_a_message_ends_in_time_even_when_a_part_of_it_came(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    channel = Channel(ends[1])
    with pytest.raises(TimeoutError):
        channel.receive(0.01)
    ends[0].send(struct.pack("!Q", 100) + b"{")
    with pytest.raises(TimeoutError):
        channel.receive(0.01)
    with pytest.raises(TimeoutError):
        channel.receive(0.0)


def test_sending_to_one_who_does_not_read_ends_in_time(ends: tuple[socket.socket, socket.socket]) -> None:
    with pytest.raises(TimeoutError):
        Channel(ends[0]).send({"text": "x" * 10_000_000}, 0.01)


def test_other_side_that_goes_is_noticed(ends: tuple[socket.socket, socket.socket]) -> None:
    Channel(ends[0]).close()
    with pytest.raises(ConnectionError):
        Channel(ends[1]).receive(1.0)


@pytest.mark.parametrize(
    "sent",
    [
        struct.pack("!Q", 1 << 40),
        struct.pack("!Q", 2) + b"[]",
        struct.pack("!Q", 2) + b"{x",
        struct.pack("!Q", 1) + b"\xff",
    ],
    ids=["too long", "no object", "no JSON", "no text"],
)
def test_what_is_no_message_is_refused(ends: tuple[socket.socket, socket.socket], sent: bytes) -> None:
    ends[0].send(sent)
    with pytest.raises(ConnectionError):
        Channel(ends[1]).receive(1.0)


def test_model_and_options_survive_the_way() -> None:
    model = Model(
        "m",
        "argos",
        "1.9",
        "/models/m",
        (LanguagePair("en", "es-419"),),
        "MIT",
        5,
        True,
        MappingProxyType({"ps": "pus"}),
    )
    assert read_model(model_message(model)) == model
    assert read_options(options_message(EngineOptions(2, 3, 4.0))) == EngineOptions(2, 3, 4.0)


def test_keys_of_servers_are_not_sent() -> None:
    assert "secret" not in str(options_message(EngineOptions(server_keys={"https://example.org": "secret"})))
