"""Interpreters are kept, changed and told of to whom they concern, on both databases."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from linkbridge.accounts.models import AuditEntry
from linkbridge.accounts.permissions import Role
from linkbridge.accounts.text import InvalidForm
from linkbridge.interpreting.directory.values import Contact, HeldCredential
from linkbridge.interpreting.models import Interpreter, InterpreterContact
from linkbridge.interpreting.values import (
    BlockKind,
    ContactKind,
    Credential,
    Domain,
    Gender,
    Level,
    Modality,
    WorkingLanguages,
)
from linkbridge.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.support.accounts import counted_queries
from tests.support.brokering import DETAILS, Brokering

MAIL = Contact(ContactKind.MAIL, "ines@demo.example")


def test_interpreter_is_kept_whole_and_encrypted(brokering: Brokering) -> None:
    made = brokering.add(
        gender=Gender.FEMALE,
        cost_per_hour=2_500,
        credentials=(HeldCredential(Credential.LEGAL, date(2027, 1, 31)), HeldCredential(Credential.SWORN)),
        contacts=(
            Contact(ContactKind.TELEGRAM, " 123456 "),
            replace(MAIL, address="INES@demo.example"),
            Contact(ContactKind.PUSH),
        ),
        languages=(WorkingLanguages("zh_CN", "pt-br", Level.EXPERT, both_ways=False),),
        domains=frozenset({Domain.MEDICAL, Domain.DETENTION}),
    )
    assert (made.name, made.gender, made.cost_per_hour, made.is_active) == (
        "Ines Interprete",
        Gender.FEMALE,
        2_500,
        True,
    )
    assert made.languages == (WorkingLanguages("zh-Hans", "pt-BR", Level.EXPERT, both_ways=False),)
    assert made.domains == (Domain.DETENTION, Domain.MEDICAL)
    assert made.credentials == (HeldCredential(Credential.LEGAL, date(2027, 1, 31)), HeldCredential(Credential.SWORN))
    assert made.contacts == (Contact(ContactKind.TELEGRAM, "123456"), MAIL, Contact(ContactKind.PUSH))
    with brokering.world.sessions.reading() as session:
        row = session.get_one(Interpreter, made.id)
        addresses = session.exec(select(InterpreterContact.address_encrypted)).all()
        entry = session.exec(select(AuditEntry).order_by(col(AuditEntry.sequence).desc())).first()
        assert entry is not None
        assert (entry.action, entry.subject) == ("interpreter.added", made.id)
        assert "Ines" not in row.name_encrypted
    assert not [address for address in addresses if address and "ines" in address]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"name": " "}, {("name", "empty")}),
        (
            {"country": "XX", "time_zone": "Panama", "language": "am"},
            {(f, "choice") for f in ("country", "time_zone", "language")},
        ),
        ({"domains": frozenset(), "modalities": frozenset()}, {("domains", "empty"), ("modalities", "empty")}),
        ({"cost_per_hour": -1}, {("cost_per_hour", "range")}),
        ({"languages": ()}, {("languages", "empty")}),
        ({"languages": (WorkingLanguages("elvish", "es", Level.WORKING),)}, {("languages", "choice")}),
        ({"languages": (WorkingLanguages("es", "es", Level.WORKING),)}, {("languages", "same-language")}),
        (
            {"languages": (WorkingLanguages("am", "es", Level.WORKING), WorkingLanguages("es", "am", Level.EXPERT))},
            {("languages", "taken")},
        ),
        ({"contacts": (Contact(ContactKind.MAIL, "nobody"),)}, {("contacts", "email")}),
        ({"contacts": (Contact(ContactKind.TELEGRAM, "@name"),)}, {("contacts", "telegram")}),
        ({"contacts": (MAIL, MAIL)}, {("contacts", "taken")}),
        ({"credentials": (HeldCredential(Credential.SWORN),) * 2}, {("credentials", "taken")}),
        ({"staff_email": "nobody@demo.example"}, {("staff_email", "choice")}),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(
    brokering: Brokering, changes: dict[str, Any], problems: set[tuple[str, str]]
) -> None:
    with pytest.raises(InvalidForm) as caught:
        brokering.add(**changes)
    assert {(one.params["field"], one.params["problem"]) for one in caught.value.problems} == problems
    with brokering.world.sessions.reading() as session:
        assert session.exec(select(Interpreter.id)).all() == []


def test_change_replaces_what_was(brokering: Brokering) -> None:
    made = brokering.add(credentials=(HeldCredential(Credential.SWORN),))
    changed = replace(DETAILS, name="Ines Nueva", languages=(WorkingLanguages("ti", "es", Level.WORKING),), contacts=())
    with brokering.world.sessions.transaction() as session:
        found = brokering.directory.update(session, made.id, changed, by=brokering.partner)
    assert (found.name, found.languages, found.contacts, found.credentials) == (
        "Ines Nueva",
        (WorkingLanguages("ti", "es", Level.WORKING),),
        (),
        (),
    )


def test_account_is_linked_once_and_finds_its_interpreter(brokering: Brokering) -> None:
    world = brokering.world
    staff_id = world.add_staff("ines@demo.example", Role.INTERPRETER, partner=True)
    made = brokering.add(staff_email="Ines@demo.example")
    actor = replace(world.actor(Role.INTERPRETER, partner=True), id=staff_id)
    with world.sessions.transaction() as session:
        assert brokering.directory.own(session, by=actor).id == made.id
        brokering.directory.set_contacts(session, made.id, (Contact(ContactKind.PUSH),), "pt", by=actor)
        own = brokering.directory.own(session, by=actor)
    assert (own.contacts, own.language, own.staff_id) == ((Contact(ContactKind.PUSH),), "pt", staff_id)
    with pytest.raises(InvalidForm) as caught:
        brokering.add(staff_email="ines@demo.example")
    assert caught.value.params["problem"] == "taken"
    with world.sessions.reading() as session, pytest.raises(NotFound):
        brokering.directory.own(session, by=world.actor(Role.INTERPRETER, partner=True))


def test_account_of_another_role_or_organisation_is_not_linked(brokering: Brokering) -> None:
    brokering.world.add_staff("official@demo.example", Role.OFFICIAL, partner=True)
    brokering.world.add_staff("host@demo.example", Role.INTERPRETER)
    for email in ("official@demo.example", "host@demo.example"):
        with pytest.raises(InvalidForm):
            brokering.add(staff_email=email)


def test_another_organisation_sees_neither_contacts_nor_cost_nor_who_left(brokering: Brokering) -> None:
    made = brokering.add(cost_per_hour=4_000)
    gone = brokering.add(name="Gone")
    with brokering.world.sessions.transaction() as session:
        brokering.directory.deactivate(session, gone.id, by=brokering.partner)
        (theirs,) = brokering.directory.list(session, by=brokering.coordinator)
        own = brokering.directory.list(session, by=brokering.partner)
        with pytest.raises(NotFound):
            brokering.directory.get(session, gone.id, by=brokering.coordinator)
    assert (theirs.id, theirs.name, theirs.contacts, theirs.cost_per_hour, theirs.is_own) == (
        made.id,
        "Ines Interprete",
        (),
        None,
        False,
    )
    assert {each.id: (each.contacts, each.cost_per_hour) for each in own} == {
        made.id: ((MAIL,), 4_000),
        gone.id: ((MAIL,), 0),
    }


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.INTERPRETER, Role.REVIEWER, Role.ANALYST])
def test_whoever_does_not_broker_sees_and_changes_nobody(brokering: Brokering, role: Role) -> None:
    made = brokering.add()
    by = brokering.world.actor(role, partner=True)
    with brokering.world.sessions.transaction() as session:
        with pytest.raises(NotAllowed):
            brokering.directory.list(session, by=by)
        with pytest.raises(NotAllowed):
            brokering.directory.add(session, DETAILS, by=by)
        with pytest.raises(NotFound):
            brokering.directory.get(session, made.id, by=by)
        with pytest.raises(NotFound):
            brokering.directory.update(session, made.id, DETAILS, by=by)


def test_broker_changes_nobody_of_another_organisation(brokering: Brokering) -> None:
    made = brokering.add()
    with brokering.world.sessions.transaction() as session:
        with pytest.raises(NotFound):
            brokering.directory.update(session, made.id, DETAILS, by=brokering.coordinator)
        with pytest.raises(NotFound):
            brokering.directory.deactivate(session, made.id, by=brokering.coordinator)
        with pytest.raises(NotAllowed):
            brokering.directory.add(session, DETAILS, by=brokering.coordinator, organisation_id=brokering.world.partner)


def test_deactivated_interpreter_comes_back(brokering: Brokering) -> None:
    made = brokering.add()
    with brokering.world.sessions.transaction() as session:
        directory, by = brokering.directory, brokering.partner
        directory.deactivate(session, made.id, by=by)
        assert not directory.any_active(session)
        with pytest.raises(Conflict):
            directory.deactivate(session, made.id, by=by)
        directory.reactivate(session, made.id, by=by)
        with pytest.raises(Conflict):
            directory.reactivate(session, made.id, by=by)
        assert directory.any_active(session)


def test_list_is_filtered_and_paged(brokering: Brokering) -> None:
    first = brokering.add(languages=(WorkingLanguages("am", "es", Level.EXPERT),))
    second = brokering.add(languages=(WorkingLanguages("ti", "es", Level.EXPERT),))
    host = brokering.add(partner=False, languages=(WorkingLanguages("am", "en", Level.EXPERT),))
    with brokering.world.sessions.reading() as session:
        by = brokering.coordinator

        def found(**only: Any) -> list[str]:
            return [each.id for each in brokering.directory.list(session, by=by, **only)]

        assert found() == sorted([first.id, second.id, host.id])
        assert found(language="am") == sorted([first.id, host.id])
        assert found(organisation_id=brokering.world.partner) == sorted([first.id, second.id])
        assert found(limit=1, after=min(first.id, second.id, host.id)) == [sorted([first.id, second.id, host.id])[1]]


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_as_often_for_one_as_for_three(brokering: Brokering, count: int) -> None:
    for _ in range(count):
        brokering.add()
    sessions = brokering.world.sessions
    with sessions.reading() as session, counted_queries(sessions) as sent:
        brokering.directory.list(session, by=brokering.partner)
        brokering.directory.names(session, ["x"])
    assert len(sent) == 7


def test_both_sides_keep_their_lists(brokering: Brokering) -> None:
    made = brokering.add()
    world = brokering.world
    with world.sessions.transaction() as session:
        blocks = brokering.blocks
        blocks.add(session, made.id, BlockKind.CONFLICT, "nationality:ER", by=brokering.partner)
        blocks.add(session, made.id, BlockKind.DECLINES, f"site:{world.site}", by=brokering.partner)
        unwanted = blocks.add(
            session, made.id, BlockKind.UNWANTED, f"organisation:{world.host}", by=brokering.coordinator
        )
        with pytest.raises(Conflict):
            blocks.add(session, made.id, BlockKind.CONFLICT, "nationality:ER", by=brokering.partner)
        assert {(each.kind, each.code) for each in blocks.of(session, made.id, by=brokering.partner)} == {
            (BlockKind.CONFLICT, "nationality:ER"),
            (BlockKind.DECLINES, f"site:{world.site}"),
            (BlockKind.UNWANTED, f"organisation:{world.host}"),
        }
        assert blocks.of(session, made.id, by=brokering.coordinator) == (unwanted,)
        blocks.remove(session, unwanted.id, by=brokering.coordinator)
        assert blocks.of(session, made.id, by=brokering.coordinator) == ()


def test_the_other_side_sets_only_whom_it_will_not_have(brokering: Brokering) -> None:
    made = brokering.add()
    world = brokering.world
    with world.sessions.transaction() as session:
        for kind, code in (
            (BlockKind.CONFLICT, "group:abc"),
            (BlockKind.UNWANTED, f"organisation:{world.partner}"),
            (BlockKind.UNWANTED, f"site:{world.partner_site}"),
        ):
            with pytest.raises(NotFound):
                brokering.blocks.add(session, made.id, kind, code, by=brokering.coordinator)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (BlockKind.CONFLICT, "nationality:eritrea"),
        (BlockKind.CONFLICT, "a name"),
        (BlockKind.UNWANTED, "organisation:all"),
        (BlockKind.DECLINES, "nationality:ER"),
    ],
)
def test_block_needs_its_form(brokering: Brokering, kind: BlockKind, code: str) -> None:
    made = brokering.add()
    with brokering.world.sessions.transaction() as session, pytest.raises(InvalidInput) as caught:
        brokering.blocks.add(session, made.id, kind, code, by=brokering.partner)
    assert caught.value.params["problem"] == "avoid"


def test_modality_words_are_kept_in_their_order(brokering: Brokering) -> None:
    made = brokering.add(modalities=frozenset({Modality.ON_SITE, Modality.PHONE}))
    assert made.modalities == (Modality.PHONE, Modality.ON_SITE)
