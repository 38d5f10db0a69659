"""How a text becomes verified, what takes that back, and what stays of it; on both databases."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations

import pytest

from linkbridge.accounts.audit import AuditRead
from linkbridge.accounts.permissions import Actor, Role, system_actor
from linkbridge.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.revisions import Action, undoable
from linkbridge.phrasebook.schema import Origin, Review, Status, Translation
from tests.support.workshop import CONSULATE, DEADLINE, ENGLISH, FRENCH, TITLE, Bench

WORDS = "Puede pedirnos que avisemos a su consulado."
TODAY = date(2026, 11, 24)


def audit_entries(bench: Bench) -> list[AuditRead]:
    with bench.sessions.reading() as session:
        found = bench.world.accounts.audit.newest(session, by=bench.world.administrator)
    return [entry for entry in found if entry.action.startswith("text.")]


def refused(bench: Bench, place: Place, text: str, by: Actor, *, same: bool = False) -> object:
    """Return the problem for which an edit is refused, having seen that nothing was written."""
    before = bench.base(place), bench.history(place), len(audit_entries(bench))
    with pytest.raises(InvalidInput) as error:
        bench.edit(place, text, by, same=same)
    assert (bench.base(place), bench.history(place), len(audit_entries(bench))) == before
    assert error.value.params["field"] == "text"
    return error.value.params["problem"]


def test_draft_becomes_reviewed_by_one_reader_and_verified_by_a_second(bench: Bench) -> None:
    first, second = bench.reader("es"), bench.reader("es")
    assert bench.status(TITLE) is Status.DRAFT
    bench.approve(TITLE, first)
    assert bench.status(TITLE) is Status.REVIEWED
    bench.world.clock.advance(timedelta(days=1))
    bench.approve(TITLE, second)
    text = bench.text(TITLE)
    assert bench.status(TITLE) is Status.VERIFIED
    assert text.reviewers == (Review(first.id, TODAY), Review(second.id, date(2026, 11, 25)))
    assert (text.text, text.origin, text.date) == ("Sus derechos", Origin.MACHINE, date(2026, 11, 25))


def test_same_reader_cannot_approve_twice(bench: Bench) -> None:
    reader = bench.reader("es")
    bench.approve(TITLE, reader)
    with pytest.raises(Conflict, match="second, different reader"):
        bench.approve(TITLE, reader)
    assert bench.status(TITLE) is Status.REVIEWED
    assert len(bench.history(TITLE)) == 1


def test_third_reader_takes_the_place_of_the_oldest_approval(bench: Bench) -> None:
    readers = [bench.reader("es") for _ in range(3)]
    for reader in readers:
        bench.approve(TITLE, reader)
    assert [review.reviewer for review in bench.text(TITLE).reviewers] == [readers[1].id, readers[2].id]
    assert bench.status(TITLE) is Status.VERIFIED


def test_approval_that_a_draft_still_names_does_not_count_for_the_next_one(bench: Bench) -> None:
    left = Translation("Sus derechos", "Your rights", TODAY, Status.DRAFT, reviewers=(Review("7f3a", TODAY),))
    bench.save(TITLE, left, system_actor("command-line"))
    reader = bench.reader("es")
    bench.approve(TITLE, reader)
    assert bench.status(TITLE) is Status.REVIEWED
    assert bench.text(TITLE).reviewers == (Review(reader.id, TODAY),)


def test_each_change_needs_a_reviewer_of_the_language(bench: Bench) -> None:
    others = [bench.reader("fr"), bench.reader()]
    others += [bench.reader("es", role=role) for role in Role if role is not Role.REVIEWER]
    others.append(Actor(kind="token", id="a-token", role=Role.REVIEWER, everywhere=True))
    others.append(Actor(kind="device", id="a-device"))
    change = bench.edit(TITLE, "Derechos que tiene", bench.reader("es")).sequence
    attempts: list[Callable[[Actor], object]] = [
        lambda by: bench.edit(TITLE, "Lo que puede pedir", by),
        lambda by: bench.approve(TITLE, by),
        lambda by: bench.reject(TITLE, by),
        lambda by: bench.comment(TITLE, by, "Good."),
        lambda by: bench.undo(TITLE, change, by),
        lambda by: bench.save(TITLE, bench.text(TITLE), by),
    ]
    for actor in others:
        for attempt in attempts:
            with pytest.raises(NotAllowed):
                attempt(actor)
    assert len(bench.history(TITLE)) == 1


def test_edit_is_a_draft_by_a_person_and_takes_approvals_back(bench: Bench) -> None:
    assert bench.status(CONSULATE) is Status.VERIFIED
    revision = bench.edit(CONSULATE, f"  {WORDS} ", bench.reader("es"), remark="Shorter.")
    text = bench.text(CONSULATE)
    assert (text.text, text.status, text.origin, text.reviewers) == (WORDS, Status.DRAFT, Origin.HUMAN, ())
    assert (text.source, text.date) == ("You can ask us to tell your consulate.", TODAY)
    assert (revision.action, revision.remark, revision.text) == (Action.EDIT, "Shorter.", text)


def test_edit_keeps_comments_but_for_those_on_the_old_wording(bench: Bench) -> None:
    comments = ("Consulado is used everywhere.", "back-translation: Your rights", "doubt: sus", "Doubt: derechos")
    bench.save(TITLE, Translation("Sus derechos", "Your rights", TODAY, comments=comments), system_actor("test"))
    revision = bench.edit(TITLE, "Derechos que tiene", bench.reader("es"))
    assert bench.text(TITLE).comments == ("Consulado is used everywhere.",)
    bench.undo(TITLE, revision.sequence, bench.reader("es"))
    assert bench.text(TITLE).comments == comments


@pytest.mark.parametrize(
    ("place", "text", "problem"),
    [
        (DEADLINE, "Tiene 3 días.", "missing_placeholder"),
        (DEADLINE, "Tiene 3 días, hasta el {date} o el {day}.", "unknown_placeholder"),
        (DEADLINE, "Tiene 5 días, hasta el {date}.", "numbers_differ"),
        (CONSULATE, "Вы можете попросить нас сообщить консульству.", "wrong_script"),
        (CONSULATE, "Puede pedir \u202eque avisemos.", "bidi_control"),
        (CONSULATE, "Puede pedir\x00 que avisemos.", "forbidden_character"),
        (CONSULATE, "Puede pedir {que avisemos.", "stray_brace"),
        (CONSULATE, "You can ask us to tell your consulate.", "untranslated"),
        (CONSULATE, "   ", "empty"),
        (CONSULATE, "a" * 2_001, "long"),
        (ENGLISH, "You can ask {who} to tell your consulate.", "unknown_placeholder"),
        (ENGLISH, "Вы можете попросить нас.", "wrong_script"),
    ],
)
def test_edit_with_a_fault_is_refused_with_its_code_and_nothing_is_written(
    bench: Bench, place: Place, text: str, problem: str
) -> None:
    assert refused(bench, place, text, bench.reader("es", "en")) == problem


def test_copy_of_the_english_is_taken_when_it_is_meant(bench: Bench) -> None:
    reader = bench.reader("es")
    english = "You can ask us to tell your consulate."
    bench.edit(CONSULATE, english, reader, same=True)
    assert bench.text(CONSULATE).same_as_source
    bench.approve(CONSULATE, reader)
    assert bench.status(CONSULATE) is Status.REVIEWED


def test_rejected_copy_of_the_english_does_not_become_one_that_is_meant(bench: Bench) -> None:
    reader = bench.reader("es")
    untranslated = Translation("Sus derechos", "Sus derechos", TODAY)
    bench.save(TITLE, untranslated, system_actor("test"))
    assert not bench.text(TITLE).same_as_source
    bench.reject(TITLE, reader)
    assert not bench.text(TITLE).same_as_source


def test_change_of_what_somebody_else_changed_meanwhile_is_a_conflict(bench: Bench) -> None:
    first, second = bench.reader("es"), bench.reader("es")
    seen = bench.base(CONSULATE)
    bench.edit(CONSULATE, WORDS, first, base=seen)
    with pytest.raises(Conflict):
        bench.edit(CONSULATE, "Podemos avisar a su consulado.", second, base=seen)
    with pytest.raises(Conflict):
        bench.approve(CONSULATE, second, base=seen)
    with pytest.raises(Conflict), bench.sessions.transaction() as session:
        bench.workshop.reject(session, CONSULATE, base=seen, by=second, remark="No.")
    assert [revision.action for revision in bench.history(CONSULATE)] == [Action.EDIT]


def test_approval_after_the_english_changed_meanwhile_is_a_conflict(bench: Bench) -> None:
    reader = bench.reader("es", "en")
    seen, seen_nothing = bench.base(CONSULATE), bench.base(FRENCH)
    bench.edit(ENGLISH, "You can ask us to tell nobody.", reader)
    with pytest.raises(Conflict):
        bench.approve(CONSULATE, reader, base=seen)
    with pytest.raises(Conflict):
        bench.edit(FRENCH, "Vous pouvez le demander.", bench.reader("fr"), base=seen_nothing)
    assert bench.status(CONSULATE) is Status.OUTDATED


def test_reject_makes_a_draft_and_needs_a_reason(bench: Bench) -> None:
    reader = bench.reader("es")
    with pytest.raises(InvalidInput) as error:
        bench.reject(CONSULATE, reader, "  ")
    assert error.value.params == {"field": "remark", "problem": "empty"}
    assert bench.history(CONSULATE) == ()
    before = bench.text(CONSULATE)
    bench.reject(CONSULATE, reader, "Too formal.")
    text = bench.text(CONSULATE)
    assert (text.text, text.status, text.reviewers) == (before.text, Status.DRAFT, ())
    assert bench.history(CONSULATE)[0].remark == "Too formal."


def test_reject_of_a_text_that_does_not_exist_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFound):
        bench.reject(FRENCH, bench.reader("fr"))


def test_comment_stands_in_the_history_and_changes_nothing(bench: Bench) -> None:
    reader = bench.reader("es", "fr")
    before, library = bench.base(CONSULATE), bench.library
    bench.comment(CONSULATE, reader, "  In Chile we say it differently. ")
    bench.comment(FRENCH, reader, "Nobody has translated this.")
    assert (bench.base(CONSULATE), bench.library) == (before, library)
    (comment,) = bench.history(CONSULATE)
    assert (comment.action, comment.remark) == (Action.COMMENT, "In Chile we say it differently.")
    assert undoable(bench.history(CONSULATE)) == frozenset()
    with pytest.raises(NotFound):
        bench.undo(CONSULATE, comment.sequence, reader)
    bench.approve(CONSULATE, reader, base=before)


@pytest.mark.parametrize(
    ("remark", "problem"), [(" ", "empty"), ("a" * 1_001, "long"), ("a\x00b", "forbidden_character")]
)
def test_comment_of_no_use_is_refused(bench: Bench, remark: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as error:
        bench.comment(CONSULATE, bench.reader("es"), remark)
    assert error.value.params == {"field": "remark", "problem": problem}
    assert bench.history(CONSULATE) == ()


def test_unknown_places_are_not_found(bench: Bench) -> None:
    system = system_actor("test")
    for place in (
        Place("nothing", "consulate", "es"),
        Place("rights", "nothing", "es"),
        Place("rights", "title", "xx"),
    ):
        with pytest.raises(NotFound):
            bench.comment(place, system, "Where is it?")


def test_approval_of_a_text_that_does_not_exist_is_refused(bench: Bench) -> None:
    with pytest.raises(InvalidInput) as error:
        bench.approve(FRENCH, bench.reader("fr"))
    assert error.value.params == {"field": "text", "problem": "empty"}


@pytest.mark.parametrize("action", ["edit", "approve", "reject"])
def test_undo_brings_back_the_delivered_text_whole_and_can_be_undone(bench: Bench, action: str) -> None:
    reader = bench.reader("es")
    bench.world.clock.advance(timedelta(days=30))
    place = TITLE if action == "approve" else CONSULATE
    delivered = bench.text(place)
    if action == "edit":
        change = bench.edit(place, WORDS, reader)
    else:
        change = bench.approve(place, reader) if action == "approve" else bench.reject(place, reader)
    changed = bench.text(place)
    assert changed != delivered
    undone = bench.undo(place, change.sequence, reader)
    assert (undone.action, undone.undoes, bench.text(place)) == (Action.UNDO, change.sequence, delivered)
    assert bench.library == bench.delivered
    bench.undo(place, undone.sequence, reader)
    assert bench.text(place) == changed
    assert [revision.action for revision in bench.history(place)][:2] == [Action.UNDO, Action.UNDO]


def test_unsure_text_is_unsure_again_after_an_undo(bench: Bench) -> None:
    """A tool carried it over from another text: what it claims of readers must not count."""
    unsure = Translation(
        "Sus derechos", "Your rights", TODAY, Status.REVIEWED, reviewers=(Review("7f3a", TODAY),), unsure=True
    )
    bench.save(TITLE, unsure, system_actor("test"))
    assert bench.status(TITLE) is Status.OUTDATED
    reader = bench.reader("es")
    change = bench.approve(TITLE, reader)
    assert bench.text(TITLE).reviewers == (Review(reader.id, TODAY),)
    bench.undo(TITLE, change.sequence, reader)
    assert (bench.text(TITLE), bench.status(TITLE)) == (unsure, Status.OUTDATED)


def test_changes_are_undone_one_by_one_back_to_the_file(bench: Bench) -> None:
    reader = bench.reader("es")
    delivered = bench.text(CONSULATE)
    edit = bench.edit(CONSULATE, WORDS, reader)
    approval = bench.approve(CONSULATE, reader)
    bench.comment(CONSULATE, reader, "Nearly there.")
    assert undoable(bench.history(CONSULATE)) == {approval.sequence}
    first = bench.undo(CONSULATE, approval.sequence, reader)
    assert bench.text(CONSULATE) == edit.text
    assert undoable(bench.history(CONSULATE)) == {first.sequence, edit.sequence}
    second = bench.undo(CONSULATE, edit.sequence, reader)
    assert bench.text(CONSULATE) == delivered
    assert undoable(bench.history(CONSULATE)) == {second.sequence}
    bench.undo(CONSULATE, second.sequence, reader)
    assert bench.text(CONSULATE) == edit.text
    assert edit.sequence in undoable(bench.history(CONSULATE))


def test_undo_of_what_is_not_the_newest_is_a_conflict(bench: Bench) -> None:
    reader = bench.reader("es")
    edit = bench.edit(CONSULATE, WORDS, reader)
    approval = bench.approve(CONSULATE, reader)
    with pytest.raises(Conflict):
        bench.undo(CONSULATE, edit.sequence, reader)
    bench.undo(CONSULATE, approval.sequence, reader)
    with pytest.raises(Conflict):
        bench.undo(CONSULATE, approval.sequence, reader)
    assert bench.text(CONSULATE) == edit.text


def test_undo_of_another_places_change_is_not_found(bench: Bench) -> None:
    reader = bench.reader("es")
    change = bench.edit(CONSULATE, WORDS, reader)
    for sequence in (change.sequence + 1, 0):
        with pytest.raises(NotFound):
            bench.undo(CONSULATE, sequence, reader)
    with pytest.raises(NotFound):
        bench.undo(TITLE, change.sequence, reader)


def test_first_translation_into_a_language_can_be_undone(bench: Bench) -> None:
    reader = bench.reader("fr")
    change = bench.edit(FRENCH, "Vous pouvez demander que le consulat soit informé.", reader)
    assert bench.status(FRENCH) is Status.DRAFT
    undone = bench.undo(FRENCH, change.sequence, reader)
    assert bench.library == bench.delivered
    with pytest.raises(InvalidInput):
        bench.approve(FRENCH, reader)
    bench.undo(FRENCH, undone.sequence, reader)
    assert bench.text(FRENCH) == change.text


def test_text_given_back_to_its_file_follows_the_file_from_then_on(bench: Bench) -> None:
    reader = bench.reader("es", "en")
    for place, words in ((CONSULATE, WORDS), (ENGLISH, "Ask us to tell your consulate.")):
        bench.undo(place, bench.edit(place, words, reader).sequence, reader)
    path = bench.folder / "rights" / "es.po"
    path.write_text(path.read_text().replace("Puede pedir que avisemos a su", "Puede pedir que llamemos a su"))
    assert Bench(bench.world, bench.folder).text(CONSULATE).text == "Puede pedir que llamemos a su consulado."


def test_change_of_the_english_makes_every_translation_outdated_and_has_a_status_of_its_own(bench: Bench) -> None:
    readers = [bench.reader("en", "es", "fr") for _ in range(2)]
    french = "Vous pouvez demander que le consulat soit informé."
    bench.edit(FRENCH, french, readers[0])
    bench.edit(ENGLISH, "You can ask us to call your consulate.", readers[0])
    assert bench.status(CONSULATE) is bench.status(FRENCH) is Status.OUTDATED
    assert bench.status(ENGLISH) is Status.DRAFT
    assert bench.text(ENGLISH).origin is Origin.HUMAN
    for reader in readers:
        bench.approve(ENGLISH, reader)
    assert bench.status(ENGLISH) is Status.VERIFIED
    assert bench.status(Place("rights", "title", "en")) is Status.DRAFT
    assert bench.status(CONSULATE) is bench.status(FRENCH) is Status.OUTDATED


def test_approval_of_an_outdated_text_binds_it_to_the_new_english_with_this_reader_alone(bench: Bench) -> None:
    reader = bench.reader("en", "es")
    assert len(bench.text(CONSULATE).reviewers) == 2
    bench.edit(ENGLISH, "You can ask us to call your consulate.", reader)
    bench.approve(CONSULATE, reader)
    text = bench.text(CONSULATE)
    assert (text.source, text.reviewers) == ("You can ask us to call your consulate.", (Review(reader.id, TODAY),))
    assert bench.status(CONSULATE) is Status.REVIEWED


def test_outdated_text_with_other_numbers_than_the_new_english_cannot_be_approved(bench: Bench) -> None:
    reader = bench.reader("en", "es")
    english = Place("rights", "deadline", "en")
    bench.edit(english, "You have 5 days, until {date}.", reader)
    with pytest.raises(InvalidInput) as error:
        bench.approve(DEADLINE, reader)
    assert error.value.params == {"field": "text", "problem": "numbers_differ"}
    assert bench.status(DEADLINE) is Status.OUTDATED
    bench.edit(DEADLINE, "Tiene 5 días, hasta el {date}.", reader)
    bench.approve(DEADLINE, reader)
    assert bench.status(DEADLINE) is Status.REVIEWED


def test_undone_change_of_the_english_gives_translations_their_status_back(bench: Bench) -> None:
    reader = bench.reader("en")
    change = bench.edit(ENGLISH, "You can ask us to call your consulate.", reader)
    assert bench.status(CONSULATE) is Status.OUTDATED
    bench.undo(ENGLISH, change.sequence, reader)
    assert bench.status(CONSULATE) is Status.VERIFIED
    assert bench.library == bench.delivered


def test_import_keeps_all_of_a_text_and_refuses_faults(bench: Bench) -> None:
    system = system_actor("command-line")
    reviewers = (Review("7f3a", date(2025, 1, 2)), Review("9c01", date(2025, 1, 3)))
    given = Translation(
        "Tiene 3 días, hasta el {date}.",
        "You have 3 days, until {date}.",
        date(2025, 1, 4),
        Status.VERIFIED,
        Origin.HUMAN,
        reviewers,
        ("A comment.",),
    )
    revision = bench.save(DEADLINE, given, system)
    assert (revision.action, bench.text(DEADLINE), bench.status(DEADLINE)) == (Action.IMPORT, given, Status.VERIFIED)
    for text, problem in (("", "empty"), ("Tiene 3 días.", "missing_placeholder")):
        with pytest.raises(InvalidInput) as error:
            bench.save(DEADLINE, Translation(text, given.source, TODAY), system)
        assert error.value.params["problem"] == problem
    assert bench.text(DEADLINE) == given


def test_every_change_is_audited_with_opaque_details_alone(bench: Bench) -> None:
    reader = bench.reader("es")
    bench.edit(CONSULATE, WORDS, reader, remark="My words.")
    bench.approve(CONSULATE, reader)
    bench.reject(CONSULATE, reader, "My reason.")
    bench.comment(CONSULATE, reader, "My comment.")
    bench.undo(CONSULATE, 3, reader)
    entries = audit_entries(bench)[::-1]
    assert [(entry.action, entry.subject, entry.actor) for entry in entries] == [
        (f"text.{action}", str(sequence), reader.reference)
        for sequence, action in enumerate(("edit", "approve", "reject", "comment", "undo"), start=1)
    ]
    assert [dict(entry.details) for entry in entries] == [
        {"text": "rights.consulate.es", "status": status}
        for status in ("draft", "reviewed", "draft", "draft", "reviewed")
    ]
    with bench.sessions.reading() as session:
        assert bench.world.accounts.audit.verify(session).is_sound


def test_all_orders_of_undoing_and_redoing_end_where_the_history_says(bench: Bench) -> None:
    """Whatever is offered can be undone, and leaves the text that stood before that change."""
    reader = bench.reader("es")
    for order in permutations((0, 1, 0, 1), 3):
        bench.edit(TITLE, f"Derechos suyos {'a' * len(bench.history(TITLE))}", reader)
        for choice in order:
            offered = sorted(undoable(bench.history(TITLE)))
            sequence = offered[min(choice, len(offered) - 1)]
            older = [one for one in bench.history(TITLE) if one.sequence < sequence]
            expected = older[0].text.text if older else "Sus derechos"
            bench.undo(TITLE, sequence, reader)
            assert bench.text(TITLE).text == expected
