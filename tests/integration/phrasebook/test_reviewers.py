"""Whose languages are recorded, by whom, and what the audit log keeps of it; on both databases."""

from datetime import timedelta

import pytest

from linkbridge.accounts.permissions import Actor, Role, system_actor
from linkbridge.kernel.errors import InvalidInput, NotAllowed, NotFound
from linkbridge.phrasebook.reviewers import Qualification, require_language
from tests.support.workshop import Bench


def recorded(bench: Bench, staff_id: str) -> dict[str, Qualification]:
    with bench.sessions.reading() as session:
        return {found.tag: found.qualification for found in bench.reviewers.languages(session, staff_id)}


def record(
    bench: Bench, staff_id: str, by: Actor | None = None, *, organisation_id: str | None = None, **languages: str
) -> None:
    record_all(bench, staff_id, languages, by, organisation_id=organisation_id)


def record_all(
    bench: Bench,
    staff_id: str,
    languages: dict[str, str],
    by: Actor | None = None,
    *,
    organisation_id: str | None = None,
) -> None:
    with bench.sessions.transaction() as session:
        bench.reviewers.set_languages(
            session,
            staff_id,
            languages,
            organisation_id=organisation_id or bench.world.host,
            by=by or bench.world.administrator,
        )


def audit_details(bench: Bench) -> list[tuple[str, str, str, object]]:
    with bench.sessions.reading() as session:
        found = bench.world.accounts.audit.newest(session, by=bench.world.administrator)
    return [(e.actor, e.action, e.subject, dict(e.details)) for e in found if e.action == "reviewer.languages"]


def test_languages_are_recorded_changed_and_taken_away(bench: Bench) -> None:
    reader = bench.reader("es", "fr")
    assert recorded(bench, reader.id) == {"es": "native", "fr": "native"}
    record(bench, reader.id, es="lawyer", am="interpreter")
    assert recorded(bench, reader.id) == {"am": "interpreter", "es": "lawyer"}
    record(bench, reader.id)
    assert recorded(bench, reader.id) == {}


def test_time_of_a_language_stays_until_its_qualification_changes(bench: Bench) -> None:
    reader, start = bench.reader("es", "fr"), bench.world.clock.now()
    bench.world.clock.advance(timedelta(hours=1))
    record(bench, reader.id, es="native", fr="teacher")
    with bench.sessions.reading() as session:
        times = {found.tag: found.recorded_at for found in bench.reviewers.languages(session, reader.id)}
    assert times == {"es": start, "fr": start + timedelta(hours=1)}


def test_audit_log_names_languages_and_the_opaque_id_and_nothing_when_nothing_changed(bench: Bench) -> None:
    reader = bench.reader("fr", "es")
    record(bench, reader.id, fr="native", es="native")
    by = bench.world.administrator.reference
    assert audit_details(bench) == [(by, "reviewer.languages", reader.id, {"languages": "es fr"})]


@pytest.mark.parametrize(("tag", "qualification"), [("xx", "native"), ("es", "friend"), ("", "native"), ("es", "")])
def test_unknown_language_or_qualification_is_refused_and_nothing_recorded(
    bench: Bench, tag: str, qualification: str
) -> None:
    reader = bench.reader("fr")
    with pytest.raises(InvalidInput) as refused:
        record_all(bench, reader.id, {"am": "native", tag: qualification})
    assert refused.value.params == {"field": "languages", "problem": "choice"}
    assert recorded(bench, reader.id) == {"fr": "native"}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_those_who_manage_staff_record_languages(bench: Bench, role: Role) -> None:
    reader = bench.reader("fr")
    with pytest.raises(NotAllowed):
        record(bench, reader.id, bench.world.actor(role), es="native")
    assert recorded(bench, reader.id) == {"fr": "native"}


def test_administrator_of_a_partner_records_languages_of_its_own_people_alone(bench: Bench) -> None:
    world = bench.world
    partner = world.actor(Role.ADMINISTRATOR, partner=True)
    own = world.add_staff("own@example.org", Role.REVIEWER, partner=True)
    record(bench, own, partner, organisation_id=world.partner, es="native")
    assert recorded(bench, own) == {"es": "native"}
    other = bench.reader("fr")
    with pytest.raises(NotAllowed):
        record(bench, other.id, partner, organisation_id=world.host, es="native")
    with pytest.raises(NotFound):
        record(bench, other.id, partner, organisation_id=world.partner, es="native")
    assert recorded(bench, other.id) == {"fr": "native"}


def test_unknown_person_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFound):
        record(bench, "0" * 32, es="native")


def test_require_language_lets_through_the_recorded_reviewer_and_the_system_alone(bench: Bench) -> None:
    reader = bench.reader("es")
    with bench.sessions.reading() as session:
        require_language(session, "es", by=reader)
        require_language(session, "fr", by=system_actor("command-line"))
        with pytest.raises(NotAllowed):
            require_language(session, "fr", by=reader)
        with pytest.raises(NotAllowed):
            require_language(session, "es", by=Actor(kind="token", id="a-token", role=Role.REVIEWER, everywhere=True))


def test_reviewer_who_became_something_else_reviews_no_longer(bench: Bench) -> None:
    moved = bench.reader("es", role=Role.OFFICIAL)
    with bench.sessions.reading() as session, pytest.raises(NotAllowed):
        require_language(session, "es", by=moved)
