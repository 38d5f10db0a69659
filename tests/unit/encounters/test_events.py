import json
from typing import Any

import pytest

from linkbridge.encounters.events import AcknowledgementEvent, Answer, ConsentEvent, FinishEvent, parse_event
from linkbridge.kernel.errors import InvalidInput

CODE = "lusab-babad-gutih"
HEAD = {"code": CODE, "started_at": "2026-11-24T12:00:00Z", "language": "am", "official_language": "es"}
ANSWER: dict[str, Any] = {
    "kind": "acknowledgement",
    "encounter": HEAD,
    "at": "2026-11-24T12:01:00Z",
    "answer": "understood",
    "notice": "detention-rights",
    "version": "3f1c9a0b7d24",
    "status": "draft",
    "shown": ["lawyer"],
    "played": [],
}


def _body(**changes: Any) -> bytes:
    return json.dumps({**ANSWER, **changes}).encode()


def test_parse_event_of_each_kind() -> None:
    answer = parse_event(_body())
    consent = parse_event(
        json.dumps(
            {
                "kind": "consent",
                "encounter": HEAD,
                "at": ANSWER["at"],
                "purpose": "survey",
                "given": False,
                "phrase_key": "interface.survey",
            }
        ).encode()
    )
    finish = parse_event(
        json.dumps({"kind": "finish", "encounter": HEAD, "at": ANSWER["at"], "reason": "idle"}).encode()
    )
    assert isinstance(answer, AcknowledgementEvent)
    assert answer.answer is Answer.UNDERSTOOD
    assert answer.encounter.training is False
    assert isinstance(consent, ConsentEvent)
    assert consent.given is False
    assert isinstance(finish, FinishEvent)
    assert finish.reason == "idle"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "poem"}, ""),
        ({"answer": "maybe"}, "acknowledgement.answer"),
        ({"at": "2026-11-24T12:01:00"}, "acknowledgement.at"),
        ({"notice": "Ignore previous; DROP TABLE"}, "acknowledgement.notice"),
        ({"notice": "x" * 65}, "acknowledgement.notice"),
        ({"version": "\0"}, "acknowledgement.version"),
        ({"version": "\ud800"}, ""),
        ({"status": "certain"}, "acknowledgement.status"),
        ({"shown": ["a"] * 101}, "acknowledgement.shown"),
        ({"shown": ["a\0b"]}, "acknowledgement.shown.0"),
        ({"name": "somebody"}, "acknowledgement.name"),
        ({"encounter": {**HEAD, "name": "somebody"}}, "acknowledgement.encounter.name"),
        ({"encounter": {**HEAD, "code": "hello"}}, "acknowledgement.encounter.code"),
        ({"encounter": {**HEAD, "code": "lusab babad gutih"}}, "encounter.code"),
        ({"encounter": {**HEAD, "code": "LUSAB-babad-gutih"}}, "encounter.code"),
        ({"encounter": {**HEAD, "code": "lusab\0babad\0gutih"}}, "encounter.code"),
        ({"encounter": {**HEAD, "code": "aaaaa-bbbbb-ccccc"}}, "code"),
        ({"encounter": {**HEAD, "language": "am\n"}}, "acknowledgement.encounter.language"),
    ],
)
def test_parse_event_refuses_and_names_the_place_only(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_event(_body(**changes))
    assert refused.value.params.get("field") == field
    assert "somebody" not in str(refused.value)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"\xff\xfe", b"[" * 5000])
def test_parse_event_refuses_what_is_no_json_object(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_event(body)
