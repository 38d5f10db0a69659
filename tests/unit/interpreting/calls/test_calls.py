"""Links, windows, meetings and relay credentials."""

from datetime import UTC, datetime, timedelta

import pytest

from linkbridge.interpreting.calls.links import CallLinks
from linkbridge.interpreting.calls.relays import ice_configuration, turn_password
from linkbridge.interpreting.calls.values import CallLink, CallSetup, Gate, MeetingKind, choose_meeting, gate_of
from linkbridge.interpreting.values import AssignmentState, Modality, Party, RequestState
from linkbridge.kernel.errors import NotFound

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LINKS = CallLinks(b"a secret for tests")
LINK = CallLink("r" * 32, Party.INTERPRETER, "a" * 32)
RELAY = CallSetup(turn_urls=("turn:127.0.0.1:3478",), turn_secret="key")
BOOKED, HELD = AssignmentState.BOOKED, AssignmentState.HELD


def test_link_says_which_side_of_which_session() -> None:
    assert LINKS.read(LINKS.token(LINK)) == LINK


@pytest.mark.parametrize(
    "token",
    [
        LINKS.token(LINK)[:-1] + "_",
        CallLinks(b"another secret").token(LINK),
        LINKS.token(LINK).replace(".", "x."),
        "",
        "x" * 10_000,
    ],
)
def test_forged_link_is_refused(token: str) -> None:
    with pytest.raises(NotFound):
        LINKS.read(token)


def test_room_is_the_same_for_a_request_and_unlike_without_the_secret() -> None:
    assert LINKS.room("one") == LINKS.room("one")
    assert len({LINKS.room("one"), LINKS.room("two"), CallLinks(b"another").room("one")}) == 3


def test_password_is_hmac_sha1_of_the_username() -> None:
    # RFC 2202, test case 2: key "Jefe", effcdf6ae5eb2fa2d27416d5f184df9c259a7c79.
    assert turn_password("Jefe", "what do ya want for nothing?") == "7/zfauXrL6LSdBbV8YTfnCWafHk="


def test_browser_is_given_the_relay_alone_until_the_end() -> None:
    username = f"{int(NOON.timestamp())}:word"
    assert ice_configuration(RELAY, until=NOON, nonce="word") == {
        "iceServers": [
            {"urls": ["turn:127.0.0.1:3478"], "username": username, "credential": turn_password("key", username)}
        ],
        "iceTransportPolicy": "relay",
    }


@pytest.mark.parametrize(
    ("modality", "place", "setup", "kind"),
    [
        (Modality.ON_SITE, "Calle 1", RELAY, MeetingKind.ADDRESS),
        (Modality.PHONE, "+507 555 0100", RELAY, MeetingKind.PHONE),
        (Modality.PHONE, "", RELAY, MeetingKind.BROWSER),
        (Modality.VIDEO, "", CallSetup(direct=True), MeetingKind.BROWSER),
        (Modality.VIDEO, "", CallSetup(turn_urls=("turn:x",), jitsi_url="https://meet.example"), MeetingKind.JITSI),
        (Modality.VIDEO, "+507 555 0100", CallSetup(), MeetingKind.PHONE),
        (Modality.VIDEO, "", CallSetup(), MeetingKind.NONE),
    ],
)
def test_meeting_follows_modality_and_setup(
    modality: Modality, place: str, setup: CallSetup, kind: MeetingKind
) -> None:
    assert choose_meeting(modality, place, setup) is kind


@pytest.mark.parametrize(
    ("state", "assignment", "minutes", "gate"),
    [
        (RequestState.BOOKED, BOOKED, -16, Gate.EARLY),
        (RequestState.BOOKED, BOOKED, -15, Gate.OPEN),
        (RequestState.IN_SESSION, AssignmentState.IN_SESSION, 119, Gate.OPEN),
        (RequestState.BOOKED, None, 120, Gate.ENDED),
        (RequestState.DONE, None, 0, Gate.ENDED),
        (RequestState.CANCELLED, None, -60, Gate.ENDED),
        (RequestState.BOOKED, AssignmentState.WITHDRAWN, 0, Gate.ENDED),
        (RequestState.BOOKED, HELD, 0, Gate.NOT_BOOKED),
        (RequestState.OFFERED, None, 0, Gate.NOT_BOOKED),
    ],
)
def test_gate_opens_a_quarter_of_an_hour_before_and_closes_an_hour_after(
    state: RequestState, assignment: AssignmentState | None, minutes: int, gate: Gate
) -> None:
    now = NOON + timedelta(minutes=minutes)
    opens_at, closes_at = NOON - timedelta(minutes=15), NOON + timedelta(hours=2)
    assert gate_of(state, assignment, opens_at=opens_at, closes_at=closes_at, now=now) is gate
