"""Recordings: who may add and remove them, what they are tied to, and how every process comes to know."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from linkbridge.accounts.models import AuditEntry
from linkbridge.accounts.permissions import Actor, Role
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory, create_engine
from linkbridge.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.models import ReviewerLanguage, Voice
from linkbridge.phrasebook.overlay import Place, find_phrase
from linkbridge.phrasebook.revisions import head_version
from linkbridge.phrasebook.schema import text_hash
from linkbridge.phrasebook.speech import Speech, Utterance
from linkbridge.phrasebook.voice_coverage import KINDS, VoiceCoverage
from linkbridge.phrasebook.voice_index import LOOK_EVERY, VoiceIndex
from linkbridge.phrasebook.voices import VoiceEraser, Voices
from linkbridge.phrasebook.workshop import Workshop, state_of
from tests.support.accounts import SETUP, World, counted_queries
from tests.support.sounds import WEBM, encoded, speech
from tests.support.texts import delivered_catalogue

LAWYER = Place("detention-rights", "lawyer", "ti")
READING = encoded(speech(1.0), rate=48_000)


class Studio:
    """The services of one process over the delivered texts."""

    def __init__(self, world: World, sessions: SessionFactory, folder: Path) -> None:
        self.sessions = sessions
        self.index = VoiceIndex(sessions, world.clock)
        self.speech = Speech(folder, folder, recordings=self.index, program="no-such-program")
        self.texts = LiveCatalogue(delivered_catalogue())
        self.coverage = VoiceCoverage(self.texts, self.speech)
        accounts = world.accounts
        self.voices = Voices(
            clock=world.clock,
            audit=accounts.audit,
            erasures=accounts.erasures,
            coverage=self.coverage,
            index=self.index,
        )
        self.workshop = Workshop(clock=world.clock, texts=self.texts, audit=accounts.audit)

    def words(self, place: Place) -> str:
        return text_hash(self.coverage.phrase(place).text)

    def add(self, by: Actor, place: Place = LAWYER, body: bytes = READING) -> str:
        with self.sessions.transaction() as session:
            return self.voices.add(session, place, body, words=self.words(place), agreed=True, by=by)

    def remove(self, voice_id: str, by: Actor) -> None:
        with self.sessions.transaction() as session:
            self.voices.remove(session, voice_id, by=by)

    def kind(self, by: Actor, place: Place = LAWYER) -> str:
        with self.sessions.reading() as session:
            states = self.coverage.of_language(session, place.tag, by=by, book=place.book)
        return next(state.kind for state in states if state.place == place)

    def heard(self, place: Place = LAWYER) -> str | None:
        """Return the id of the recording with which a page of this process would speak."""
        found = self.speech.find(self.coverage.phrase(place))
        return found.etag if found is not None and found.path is None else None


@pytest.fixture
def world(sessions: SessionFactory, clock: FrozenClock) -> World:
    return World(sessions, clock)


@pytest.fixture
def studio(world: World, sessions: SessionFactory, tmp_path: Path) -> Studio:
    return Studio(world, sessions, tmp_path)


@pytest.fixture
def other_process(world: World, database_url: str, tmp_path: Path) -> Iterator[Studio]:
    engine = create_engine(database_url)
    yield Studio(world, SessionFactory(engine), tmp_path)
    engine.dispose()


def staff(world: World, role: Role, *languages: str, partner: bool = False, email: str = "") -> Actor:
    """Return a staff member who exists, recorded as a reviewer of these languages."""
    staff_id = world.add_staff(email or f"{role}-{'-'.join(languages)}-{partner}@example.org", role, partner=partner)
    with world.sessions.transaction() as session:
        for tag in languages:
            row = ReviewerLanguage(
                staff_id=staff_id, tag=tag, qualification="native", recorded_by="x", recorded_at=world.clock.now()
            )
            session.add(row)
    host = world.partner if partner else world.host
    return Actor("staff", staff_id, role, organisation_id=host, is_host=not partner)


@pytest.fixture
def reviewer(world: World) -> Actor:
    return staff(world, Role.REVIEWER, "ti")


def rows(studio: Studio) -> list[Voice]:
    with studio.sessions.reading() as session:
        found = list(session.exec(select(Voice).order_by(col(Voice.recorded_at))).all())
        session.expunge_all()
        return found


def test_reading_is_heard_and_noted(studio: Studio, reviewer: Actor) -> None:
    assert studio.kind(reviewer) == "none"
    voice_id = studio.add(reviewer)
    assert studio.kind(reviewer) == "recorded"
    studio.index.refresh()
    assert studio.heard() == voice_id
    with studio.sessions.reading() as session:
        assert studio.voices.body(session, voice_id).startswith(b"OggS")
        (reading,) = studio.coverage.of_phrase(session, LAWYER, by=reviewer)
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "voice.added")).one()
        assert (entry.actor, entry.subject) == (reviewer.reference, voice_id)
        assert entry.details == {"book": "detention-rights", "phrase": "lawyer", "language": "ti"}
    assert (reading.id, reading.speaks, reading.is_own, reading.is_removable) == (voice_id, True, True, True)


@pytest.mark.parametrize("role", list(Role))
def test_only_a_reviewer_of_the_language_records(studio: Studio, world: World, role: Role) -> None:
    def may(actor: Actor) -> bool:
        try:
            studio.add(actor)
        except NotAllowed:
            return False
        return True

    assert may(staff(world, role)) is False
    assert may(staff(world, role, "am")) is False
    assert may(staff(world, role, "ti")) is (role is Role.REVIEWER)
    assert len(rows(studio)) == (role is Role.REVIEWER)


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_and_who_removes(studio: Studio, world: World, reviewer: Actor, role: Role) -> None:
    voice_id = studio.add(reviewer)

    def outcome(actor: Actor) -> tuple[bool, bool]:
        try:
            studio.kind(actor)
            sees = True
        except NotAllowed:
            sees = False
        try:
            with studio.sessions.transaction() as session:
                attempt = session.begin_nested()
                studio.voices.remove(session, voice_id, by=actor)
                attempt.rollback()
        except NotAllowed:
            return sees, False
        return sees, True

    reads, manages = role is Role.REVIEWER, role is Role.ADMINISTRATOR
    assert outcome(staff(world, role)) == (reads or manages, manages)
    assert outcome(staff(world, role, "ti", email="other@example.org")) == (reads or manages, reads or manages)
    assert outcome(staff(world, role, partner=True)) == (reads, False)


def test_own_recording_can_be_removed_by_who_reviews_no_more(studio: Studio, reviewer: Actor) -> None:
    voice_id = studio.add(reviewer)
    with studio.sessions.transaction() as session:
        session.delete(session.get(ReviewerLanguage, (reviewer.id, "ti")))
    studio.remove(voice_id, reviewer)
    assert studio.kind(reviewer) == "none"


def test_removed_sound_is_gone_at_once_and_stays_gone_after_a_restore(
    studio: Studio, world: World, reviewer: Actor
) -> None:
    voice_id = studio.add(reviewer)
    studio.remove(voice_id, reviewer)
    (row,) = rows(studio)
    assert (row.body, row.removed_at) == (b"", world.clock.now())
    studio.index.refresh()
    assert studio.heard() is None
    with studio.sessions.transaction() as session:
        with pytest.raises(NotFound):
            studio.voices.body(session, voice_id)
        with pytest.raises(NotFound):
            studio.voices.remove(session, voice_id, by=reviewer)
        digests = {entry.subject_digest for entry in world.accounts.erasures.all(session)}
        # As a backup of before would bring it back.
        brought_back = session.get(Voice, voice_id)
        assert brought_back is not None
        brought_back.body, brought_back.removed_at = b"OggS", None
        session.add(brought_back)
        session.flush()
        eraser = VoiceEraser(world.accounts.erasures)
        assert eraser.erase_by_digest(session, set()) == 0
        assert eraser.erase_by_digest(session, digests) == 1
    assert rows(studio) == []


def test_second_reading_of_the_same_words_replaces_the_first(studio: Studio, reviewer: Actor) -> None:
    first, second = studio.add(reviewer), studio.add(reviewer)
    studio.index.refresh()
    assert studio.heard() == second
    kept = {row.id: bool(row.body) for row in rows(studio)}
    assert kept == {first: False, second: True}


def test_changed_text_silences_and_the_old_words_speak_again(studio: Studio, world: World, reviewer: Actor) -> None:
    voice_id = studio.add(reviewer)
    studio.index.refresh()
    before = studio.coverage.phrase(LAWYER).text

    def change(text: str) -> None:
        with studio.sessions.transaction() as session:
            library = studio.workshop.library(session)
            found = find_phrase(library, LAWYER)
            assert found is not None
            base = state_of(library.translations[LAWYER.book, LAWYER.tag][LAWYER.phrase], found[1])
            studio.workshop.edit(session, LAWYER, text, base=base, by=reviewer)
        studio.texts.refresh(studio.sessions.reading, world.clock.now())
        studio.index.refresh()

    change(f"{before} {before}")
    assert (studio.heard(), studio.kind(reviewer)) == (None, "silent")
    with studio.sessions.reading() as session:
        (reading,) = studio.coverage.of_phrase(session, LAWYER, by=reviewer)
    assert (reading.id, reading.speaks) == (voice_id, False)
    change(before)
    assert (studio.heard(), studio.kind(reviewer)) == (voice_id, "recorded")


def test_reading_of_a_text_that_changed_meanwhile_is_refused(studio: Studio, reviewer: Actor) -> None:
    with studio.sessions.transaction() as session, pytest.raises(Conflict):
        studio.voices.add(session, LAWYER, READING, words="0" * 12, agreed=True, by=reviewer)
    assert rows(studio) == []


@pytest.mark.parametrize(
    ("body", "agreed", "problem"),
    [
        (READING, False, "agree"),
        (b"", True, "no-file"),
        (b"This is text, not sound.", True, "not-sound"),
        (WEBM, True, "not-sound"),
        (encoded(speech(61.0, rate=8_000), rate=8_000), True, "sound-long"),
    ],
)
def test_what_cannot_be_used_changes_nothing(
    studio: Studio, reviewer: Actor, body: bytes, agreed: bool, problem: str
) -> None:
    with studio.sessions.transaction() as session:
        before = head_version(session)
        with pytest.raises(InvalidInput) as raised:
            studio.voices.add(session, LAWYER, body, words=studio.words(LAWYER), agreed=agreed, by=reviewer)
    assert raised.value.params["problem"] == problem
    with studio.sessions.reading() as session:
        assert head_version(session) == before
    assert rows(studio) == []


@pytest.mark.parametrize(
    "place",
    [
        Place("detention-rights", "no-such-phrase", "ti"),
        Place("no-such-book", "lawyer", "ti"),
        Place("interface", "search", "ti"),  # is read, never spoken
    ],
)
def test_phrase_that_is_not_spoken_cannot_be_read(studio: Studio, reviewer: Actor, place: Place) -> None:
    with studio.sessions.transaction() as session, pytest.raises(NotFound):
        studio.voices.add(session, place, READING, words="0" * 12, agreed=True, by=reviewer)


def test_own_name_of_a_language_and_the_answers_can_be_read(studio: Studio, reviewer: Actor) -> None:
    for place in (Place("languages", "name", "ti"), Place("interface", "understand", "ti")):
        voice_id = studio.add(reviewer, place)
        studio.index.refresh()
        assert studio.heard(place) == voice_id


def test_same_words_elsewhere_have_the_same_voice(studio: Studio, reviewer: Actor) -> None:
    voice_id = studio.add(reviewer)
    studio.index.refresh()
    text = studio.coverage.phrase(LAWYER).text
    found = studio.speech.find(Utterance("elsewhere.phrase", "ti", f" {text.replace(' ', '  ')} "))
    assert found is not None
    assert found.etag == voice_id
    assert studio.speech.find(Utterance("elsewhere.phrase", "am", text)) is None


def test_other_process_speaks_with_it_two_seconds_later(
    studio: Studio, other_process: Studio, world: World, reviewer: Actor
) -> None:
    other_process.index.refresh()
    before = other_process.index.fingerprint("ti")
    everything = other_process.index.fingerprint(None)
    assert not other_process.index.is_due()
    voice_id = studio.add(reviewer)
    assert other_process.heard() is None
    world.clock.advance(LOOK_EVERY - timedelta(milliseconds=1))
    assert not other_process.index.is_due()
    world.clock.advance(timedelta(milliseconds=1))
    assert other_process.index.is_due()
    other_process.index.refresh()
    assert other_process.heard() == voice_id
    assert other_process.index.fingerprint("ti") != before
    assert other_process.index.fingerprint(None) != everything
    assert other_process.index.fingerprint("am") == ""
    assert other_process.index.counts() == {"ti": 1}
    assert other_process.speech.read(other_process.coverage.phrase(LAWYER)).startswith(b"OggS")
    studio.remove(voice_id, SETUP)
    other_process.index.refresh()
    assert other_process.heard() is None
    assert other_process.index.fingerprint("ti") == before


def test_index_survives_a_database_that_is_away(
    studio: Studio, reviewer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice_id = studio.add(reviewer)
    studio.index.refresh()
    away = SessionFactory(create_engine("sqlite:////no/such/folder/linkbridge.db"))
    monkeypatch.setattr(studio.index, "_sessions", away)
    studio.index.refresh()
    assert studio.heard() == voice_id


def test_list_of_all_languages_takes_one_query_however_many_recordings_there_are(
    studio: Studio, reviewer: Actor
) -> None:
    studio.add(reviewer)
    with studio.sessions.reading() as session, counted_queries(studio.sessions) as sent:
        found = studio.coverage.by_language(session, by=reviewer)
    assert len(sent) == 1
    assert {tag for tag in found if any(state.kind == "recorded" for state in found[tag])} == {"ti"}
    assert {state.kind for states in found.values() for state in states} <= set(KINDS)
    assert sum(state.kind == "recorded" for state in found["ti"]) == 1
