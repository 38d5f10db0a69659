from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from linkbridge.accounts.permissions import Role
from linkbridge.encounters.models import Consent, Transcript
from linkbridge.encounters.transcripts import TranscriptRead, find_transcript
from linkbridge.kernel.errors import NotAllowed, NotFound
from tests.integration.encounters.conftest import Post

CODE = "lusab-babad-gutih"
SAID = "Dormi na rua com os meus dois filhos."


def _turn(post: Post, **changes: Any) -> dict[str, Any]:
    return {
        "side": "person",
        "original": SAID,
        "translation": "I slept on the street with my two children.",
        "mark": "machine",
        "quality": "suspect",
        "reasons": ["numbers", "engine_failed"],
        "phrase": "",
        "at": post.clock.now().isoformat(),
        **changes,
    }


def _event(post: Post, *turns: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "kind": "transcript",
        "encounter": post.tablet.head(CODE),
        "at": post.clock.now().isoformat(),
        "phrase_key": "interface.keep-conversation",
        "turns": list(turns) or [_turn(post)],
        **changes,
    }


def _refusal(post: Post, **changes: Any) -> dict[str, Any]:
    return post.tablet.consent(
        CODE, purpose="keep-conversation", given=False, phrase_key="interface.keep-conversation", **changes
    )


def _kept(post: Post) -> TranscriptRead | None:
    with post.sessions.reading() as session:
        return find_transcript(session, CODE, post.world.cipher, by=post.world.actor(Role.OFFICIAL))


def _originals(post: Post) -> list[str]:
    kept = _kept(post)
    return [turn.original for turn in kept.turns] if kept else []


def test_what_both_agreed_to_keep_is_read_again_with_its_labels(post: Post) -> None:
    sealed = post.tablet.seal(_event(post))
    assert [post.send(sealed)[0].outcome, post.send(sealed)[0].outcome] == ["stored", "duplicate"]
    kept = _kept(post)
    assert kept is not None
    (turn,) = kept.turns
    assert (turn.side, turn.original, turn.quality, turn.reasons) == (
        "person",
        SAID,
        "suspect",
        ["numbers", "engine_failed"],
    )
    assert kept.agreed_at == post.clock.now()
    with post.sessions.reading() as session:
        (consent,) = session.exec(select(Consent)).all()
        assert (consent.purpose, consent.given, consent.language) == ("keep-conversation", True, "am")


def test_words_are_not_readable_in_the_database(post: Post) -> None:
    post.send(post.tablet.seal(_event(post)))
    with post.sessions.reading() as session:
        (row,) = session.connection().execute(sa.select(Transcript.__table__)).all()
    assert "Dormi" not in str(row)
    assert "street" not in str(row)


def test_newer_conversation_takes_the_place_of_the_older_in_any_order(post: Post) -> None:
    older = post.tablet.seal(_event(post))
    post.clock.advance(timedelta(minutes=1))
    newer = post.tablet.seal(_event(post, _turn(post), _turn(post, original="Sim")))
    post.send(newer, older)
    assert _originals(post) == [SAID, "Sim"]
    post.clock.advance(timedelta(minutes=1))
    post.send(post.tablet.seal(_event(post, _turn(post, original="Não"))))
    assert _originals(post) == ["Não"]


def test_later_no_takes_back_an_earlier_yes_in_any_order(post: Post) -> None:
    yes = post.tablet.seal(_event(post))
    post.clock.advance(timedelta(minutes=1))
    no = post.tablet.seal(_refusal(post))
    post.send(yes)
    assert _originals(post) == [SAID]
    post.send(no)
    assert _originals(post) == []
    with post.sessions.transaction() as session:
        session.execute(sa.delete(Consent))
    post.send(no, yes)
    assert _originals(post) == []


def test_yes_after_a_no_is_kept(post: Post) -> None:
    post.send(post.tablet.seal(_refusal(post)))
    post.clock.advance(timedelta(minutes=1))
    post.send(post.tablet.seal(_event(post)))
    assert _originals(post) == [SAID]


@pytest.mark.parametrize(
    "changes",
    [
        {"turns": []},
        {"turns": [{"side": "person"}]},
        {"phrase_key": ""},
        {"more": 1},
    ],
)
def test_event_that_is_none_is_refused(post: Post, changes: dict[str, Any]) -> None:
    (outcome,) = post.send(post.tablet.seal({**_event(post), **changes}))
    assert (outcome.outcome, outcome.code) == ("refused", "invalid_input")
    assert post.send(post.tablet.seal(_event(post, _turn(post, original="x" * 2_001))))[0].outcome == "refused"


def test_conversation_goes_with_its_encounter(post: Post) -> None:
    post.send(post.tablet.seal(_event(post)))
    with post.sessions.transaction() as session:
        post.encounters.erase(session, CODE, by=post.world.actor(Role.ADMINISTRATOR))
    with post.sessions.reading() as session:
        assert session.exec(select(Transcript)).all() == []


def test_only_those_who_may_see_the_encounter_may_read_it(post: Post) -> None:
    post.send(post.tablet.seal(_event(post)))
    cipher = post.world.cipher
    with post.sessions.reading() as session:
        with pytest.raises(NotFound):
            find_transcript(session, CODE, cipher, by=post.world.actor(Role.OFFICIAL, partner=True))
        with pytest.raises(NotAllowed):
            find_transcript(session, CODE, cipher, by=post.world.actor(Role.REVIEWER))
