"""Changes reach every process in the order in which they were made, and sites show what they require."""

import inspect
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from sqlmodel import Session

from linkbridge.accounts.permissions import Actor
from linkbridge.accounts.sites import SitePolicy
from linkbridge.encounters.models import Acknowledgement
from linkbridge.kernel.errors import Conflict
from linkbridge.kernel.ids import new_encounter_code
from linkbridge.kernel.sealing import Unsealer
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.live import LOOK_EVERY, LiveCatalogue
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.phrasebook.revisions import Revision, current_texts, head_version
from linkbridge.phrasebook.schema import Status
from tests.integration.encounters.conftest import Post
from tests.support.accounts import SETUP, counted_queries
from tests.support.workshop import CONSULATE, DEADLINE, ENGLISH, TITLE, Bench

WORDS = "Puede pedirnos que avisemos a su consulado."
STRICT = PublicationPolicy(Status.VERIFIED)
PLACES = [
    Place(book, phrase, tag)
    for tag in ("es", "fr", "pt")
    for book, phrase in (("rights", "title"), ("rights", "consulate"), ("interface", "listen"))
]
LETTERS = "abcdefgh"


def other_process(bench: Bench) -> LiveCatalogue:
    return LiveCatalogue(Catalogue(bench.delivered))


def words(texts: Catalogue, place: Place = CONSULATE) -> str:
    found = texts.phrase(f"{place.book}.{place.phrase}", place.tag)
    assert found is not None
    return found.text


def in_threads(tasks: Sequence[Callable[[], object]]) -> list[object]:
    """Run all tasks at once and return what each returned or raised."""
    gate = threading.Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        gate.wait(timeout=30)
        try:
            return task()
        except Conflict as error:
            return error

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def verify(bench: Bench, readers: Sequence[Actor], *places: Place) -> None:
    for place in places:
        for reader in readers:
            bench.approve(place, reader)


def test_other_process_takes_a_change_up_once_it_is_time_to_look(bench: Bench) -> None:
    other = other_process(bench)
    other.refresh(bench.sessions.reading, bench.world.clock.now())
    before = other.version
    bench.edit(CONSULATE, WORDS, bench.reader("es"))
    assert not other.is_due(bench.world.clock.now())
    assert words(other) == "Puede pedir que avisemos a su consulado."
    bench.world.clock.advance(LOOK_EVERY)
    assert other.is_due(bench.world.clock.now())
    other.refresh(bench.sessions.reading, bench.world.clock.now())
    assert words(other) == WORDS
    assert other.version != before
    assert dict(other.changes) == {CONSULATE: bench.text(CONSULATE)}


def test_own_process_looks_at_once_after_its_own_change(bench: Bench) -> None:
    bench.look()
    assert not bench.texts.is_due(bench.world.clock.now())
    bench.edit(CONSULATE, WORDS, bench.reader("es"))
    bench.look()
    assert words(bench.texts) == WORDS


def test_look_between_a_change_and_its_commit_does_not_hide_it(bench: Bench) -> None:
    reader, base = bench.reader("es"), bench.base(CONSULATE)
    with bench.sessions.transaction() as session:
        bench.workshop.edit(session, CONSULATE, WORDS, base=base, by=reader)
        bench.look()
        assert words(bench.texts) == "Puede pedir que avisemos a su consulado."
    bench.look()
    assert words(bench.texts) == WORDS


def test_change_that_was_rolled_back_is_never_seen(bench: Bench) -> None:
    reader, base = bench.reader("es"), bench.base(CONSULATE)
    with bench.sessions.transaction() as session:
        bench.workshop.edit(session, CONSULATE, WORDS, base=base, by=reader)
        session.rollback()
    bench.look()
    assert words(bench.texts) == "Puede pedir que avisemos a su consulado."
    assert bench.edit(CONSULATE, WORDS, reader).sequence == 1


def test_look_without_a_change_asks_one_thing_and_keeps_the_catalogue(bench: Bench) -> None:
    bench.edit(CONSULATE, WORDS, bench.reader("es"))
    bench.look()
    before = bench.texts.current
    with counted_queries(bench.sessions) as sent:
        bench.texts.refresh(bench.sessions.reading, bench.world.clock.now())
    assert len(sent) == 1
    assert bench.texts.current is before


def test_comment_makes_no_new_catalogue(bench: Bench) -> None:
    reader = bench.reader("es")
    bench.edit(CONSULATE, WORDS, reader)
    bench.look()
    before = bench.texts.current
    bench.comment(CONSULATE, reader, "Good.")
    bench.look()
    assert bench.texts.current is before


def test_look_that_fails_is_tried_again(bench: Bench) -> None:
    def broken() -> Session:
        raise OSError("the database is gone")

    now = bench.world.clock.now()
    with pytest.raises(OSError, match="gone"):
        bench.texts.refresh(broken, now)
    assert bench.texts.is_due(now)
    bench.look()
    assert not bench.texts.is_due(now)


def test_clock_set_back_does_not_stop_the_looking(bench: Bench) -> None:
    bench.look()
    assert bench.texts.is_due(bench.world.clock.now() - timedelta(hours=1))


def test_undone_change_leaves_the_delivered_catalogue(bench: Bench) -> None:
    reader, before = bench.reader("es"), bench.texts.version
    change = bench.edit(CONSULATE, WORDS, reader)
    bench.look()
    assert bench.texts.version != before
    bench.undo(CONSULATE, change.sequence, reader)
    bench.look()
    assert bench.texts.version == before
    assert dict(bench.texts.changes) == {}


def test_version_of_the_catalogue_changes_with_every_kind_of_change(bench: Bench) -> None:
    readers = [bench.reader("en", "es") for _ in range(2)]
    versions = [bench.texts.version]

    def note() -> None:
        bench.look()
        versions.append(bench.texts.version)

    bench.edit(CONSULATE, WORDS, readers[0])
    note()
    bench.approve(CONSULATE, readers[0])
    note()
    bench.approve(CONSULATE, readers[1])
    note()
    bench.reject(CONSULATE, readers[1])
    note()
    bench.edit(ENGLISH, "Ask us to call your consulate.", readers[0])
    note()
    assert all(before != after for before, after in pairwise(versions))


def test_live_catalogue_answers_everything_from_the_catalogue_of_the_moment(bench: Bench) -> None:
    """A method that the live catalogue does not pass on would look for what it never made."""
    public = {name for name, _ in inspect.getmembers(Catalogue) if not name.startswith("_")}
    assert public <= set(vars(LiveCatalogue))
    assert (bench.texts.notice_ids, bench.texts.languages) == (("rights",), ("en", "es"))
    assert bench.texts.languages_of("rights") == ("en", "es")
    assert [text.id for text in bench.texts.phrases("es", "rights")] == ["title", "consulate", "deadline"]
    assert bench.texts.title("rights", "es") == bench.texts.phrase("rights.title", "es")
    assert bench.texts.interface("es") == bench.texts.current.interface("es")
    assert bench.texts.instrument("VCCR").year == 1963
    assert bench.texts.coverage() == bench.texts.current.coverage()


def test_racing_changes_of_different_places_are_all_kept_in_one_order(bench: Bench) -> None:
    reader = bench.reader("es", "fr", "pt")
    bases = {place: bench.base(place) for place in PLACES}
    outcomes = in_threads(
        [partial(bench.edit, place, f"Palabras {place.phrase}", reader, base=bases[place]) for place in PLACES]
    )
    revisions = [outcome for outcome in outcomes if isinstance(outcome, Revision)]
    assert sorted(revision.sequence for revision in revisions) == list(range(1, len(PLACES) + 1))
    with bench.sessions.reading() as session:
        assert head_version(session) == len(PLACES)
        assert {place: text.text for place, text in current_texts(session).items()} == {
            place: f"Palabras {place.phrase}" for place in PLACES
        }
        assert bench.world.accounts.audit.verify(session).is_sound
    bench.look()
    assert all(words(bench.texts, place) == f"Palabras {place.phrase}" for place in PLACES)


def test_of_racing_changes_of_the_same_text_exactly_one_wins(bench: Bench) -> None:
    reader, base = bench.reader("es"), bench.base(CONSULATE)
    outcomes = in_threads(
        [partial(bench.edit, CONSULATE, f"Puede pedir {letter}", reader, base=base) for letter in LETTERS]
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == len(LETTERS) - 1
    (revision,) = bench.history(CONSULATE)
    assert revision in outcomes


def test_same_reader_in_two_windows_approves_once(bench: Bench) -> None:
    reader, base = bench.reader("es"), bench.base(TITLE)
    outcomes = in_threads([lambda: bench.approve(TITLE, reader, base=base)] * 4)
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3
    assert bench.status(TITLE) is Status.REVIEWED


def test_change_of_the_english_and_an_approval_never_both_win(bench: Bench) -> None:
    """Whichever comes first: an approval given to the old English leaves the text outdated, or is a conflict."""
    reader = bench.reader("en", "es")
    for letter in LETTERS[:4]:
        approver = bench.reader("es")
        english, base = bench.base(ENGLISH), bench.base(CONSULATE)
        in_threads(
            [
                partial(bench.edit, ENGLISH, f"Ask us {letter}.", reader, base=english),
                partial(bench.approve, CONSULATE, approver, base=base),
            ]
        )
        assert bench.status(CONSULATE) is Status.OUTDATED


def test_whoever_sees_a_number_sees_all_changes_up_to_it(bench: Bench) -> None:
    reader = bench.reader("es", "fr", "pt")
    bases = {place: bench.base(place) for place in PLACES}
    done = threading.Event()
    seen: list[tuple[int, int]] = []

    def watch() -> None:
        while not done.is_set():
            with bench.sessions.reading() as session:
                seen.append((head_version(session), len(current_texts(session))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        in_threads([partial(bench.edit, place, "Palabras", reader, base=bases[place]) for place in PLACES])
    finally:
        done.set()
        watcher.join(timeout=30)
    assert all(number <= count for number, count in seen)


def test_notice_of_a_site_that_requires_verified_appears_and_vanishes_with_the_readers(bench: Bench) -> None:
    readers = [bench.reader("en", "es") for _ in range(3)]

    def shown() -> bool:
        bench.look()
        return STRICT.allows(bench.texts.notice("rights", "es"))

    assert not shown()
    verify(bench, readers[:1], TITLE)
    verify(bench, readers[:2], DEADLINE)
    assert not shown()
    last = bench.approve(TITLE, readers[1])
    assert shown()
    assert STRICT.missing(bench.texts)[0].tag == "en"
    change = bench.edit(ENGLISH, "Ask us to call your consulate.", readers[0])
    assert not shown()
    bench.undo(ENGLISH, change.sequence, readers[0])
    assert shown()
    bench.reject(CONSULATE, readers[2])
    assert not shown()
    verify(bench, readers[:2], CONSULATE)
    assert shown()
    bench.undo(TITLE, last.sequence, readers[2])
    assert not shown()


def told(bench: Bench, post: Post) -> bool:
    """Return whether a person who understands the notice as it is shown now counts as told."""
    bench.look()
    notice = bench.texts.notice("rights", "es")
    code = new_encounter_code()
    event = post.tablet.acknowledgement(
        code,
        head={"language": "es"},
        notice="rights",
        version=notice.version,
        status=notice.status.value,
        shown=[phrase.id for phrase in notice.phrases],
    )
    (outcome,) = post.send(post.tablet.seal(event))
    with post.sessions.reading() as session:
        answer = session.get(Acknowledgement, outcome.id)
        assert answer is not None
        return answer.counts_as_told


def test_person_counts_as_told_only_while_readers_stand_behind_the_text(bench: Bench, tmp_path: Path) -> None:
    world = bench.world
    with bench.sessions.transaction() as session:
        policy = SitePolicy("verified", show_drafts=True)
        world.accounts.directory.set_policy(session, world.site, policy, by=SETUP)
    post = Post(world, bench.texts, Unsealer(tmp_path / "keys", world.clock))
    readers = [bench.reader("es") for _ in range(2)]
    assert not told(bench, post)
    verify(bench, readers, TITLE, DEADLINE)
    assert told(bench, post)
    bench.edit(DEADLINE, "Usted tiene 3 días, hasta el {date}.", readers[0])
    assert not told(bench, post)
    verify(bench, readers, DEADLINE)
    assert told(bench, post)
