"""The directory as a table: out and in again, all or nothing, with what is wrong by row and column."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from linkbridge.accounts.permissions import Role
from linkbridge.interpreting.directory.csv_files import COLUMNS, MOST_BYTES, RowProblem, read_interpreters
from linkbridge.interpreting.directory.exchange import ImportReport, InterpreterExchange
from linkbridge.interpreting.directory.values import Contact, HeldCredential, InterpreterRead
from linkbridge.interpreting.models import Interpreter
from linkbridge.interpreting.values import ContactKind, Credential, Level, WorkingLanguages
from linkbridge.kernel.errors import InvalidInput, NotAllowed, TooLarge
from tests.support.brokering import Brokering

HEAD = "name,country,time_zone,language,languages,domains,modalities"
GOOD = "Abeba,ET,Africa/Addis_Ababa,en,am<>es:expert; ti>es,screening; medical,video"


def exchange(brokering: Brokering) -> InterpreterExchange:
    return InterpreterExchange(brokering.directory, brokering.world.accounts.roster)


def load(brokering: Brokering, *lines: str, dry_run: bool = False) -> ImportReport:
    with brokering.world.sessions.transaction() as session:
        return exchange(brokering).load(
            session,
            "\r\n".join(lines).encode(),
            by=brokering.partner,
            organisation_id=brokering.world.partner,
            dry_run=dry_run,
        )


def everybody(brokering: Brokering) -> tuple[InterpreterRead, ...]:
    with brokering.world.sessions.reading() as session:
        return brokering.directory.list(session, by=brokering.partner)


def test_what_is_written_is_read_again_unchanged(brokering: Brokering) -> None:
    brokering.world.add_staff("ines@demo.example", Role.INTERPRETER, partner=True)
    brokering.add(
        name="=SUM(1)",
        cost_per_hour=1_250,
        staff_email="ines@demo.example",
        credentials=(HeldCredential(Credential.LEGAL, date(2027, 6, 30)), HeldCredential(Credential.SWORN)),
        contacts=(Contact(ContactKind.TELEGRAM, "12345"), Contact(ContactKind.PUSH)),
        languages=(
            WorkingLanguages("am", "es", Level.EXPERT),
            WorkingLanguages("ti", "es", Level.WORKING, both_ways=False),
        ),
    )
    before = everybody(brokering)
    with brokering.world.sessions.reading() as session:
        text = exchange(brokering).save(session, by=brokering.partner, organisation_id=brokering.world.partner)
    head, row = text.splitlines()
    assert head == ",".join(COLUMNS)
    assert "'=SUM(1)" in row
    assert load(brokering, head, row) == ImportReport(0, 1, ())
    assert everybody(brokering) == before


def test_new_rows_are_added_and_a_dry_run_writes_nothing(brokering: Brokering) -> None:
    assert load(brokering, HEAD, GOOD, GOOD.replace("Abeba", "Bereket"), dry_run=True) == ImportReport(2, 0, ())
    assert everybody(brokering) == ()
    assert load(
        brokering, HEAD.replace(",", ";"), GOOD.replace(";", "|").replace(",", ";").replace("|", ","), dry_run=True
    ).problems
    assert load(brokering, "\ufeff" + HEAD, GOOD, "") == ImportReport(1, 0, ())
    (made,) = everybody(brokering)
    assert (made.name, made.organisation_id) == ("Abeba", brokering.world.partner)
    assert made.languages == (
        WorkingLanguages("am", "es", Level.EXPERT),
        WorkingLanguages("ti", "es", Level.WORKING, both_ways=False),
    )


def test_one_mistake_and_nothing_is_written(brokering: Brokering) -> None:
    made = brokering.add()
    report = load(
        brokering,
        f"id,{HEAD},contacts,credentials,cost_per_hour",
        f",{GOOD},mail:a@demo.example,,",
        f",{GOOD.replace('Africa/Addis_Ababa', 'Mars')},nobody,sworn:tomorrow,much",
        f",{GOOD.replace('am<>es:expert', 'am-es')},mail:nobody,,",
        f"{made.id},{GOOD.replace('Abeba', 'Changed')},,,",
        f"{made.id},{GOOD},,,",
        f"{'0' * 32},{GOOD.replace('screening', 'cooking')},,,",
        f"{'0' * 32},{GOOD},,,",
        f",{GOOD.replace('Africa/Addis_Ababa', 'Mars')},,,",
    )
    assert [(problem.row, problem.column) for problem in report.problems] == [
        (3, "contacts"),
        (3, "cost_per_hour"),
        (3, "credentials"),
        (4, "languages"),
        (6, "id"),
        (7, "domains"),
        (8, "id"),
        (9, "time_zone"),
    ]
    assert [each.name for each in everybody(brokering)] == ["Ines Interprete"]


def test_row_of_another_organisation_is_not_changed(brokering: Brokering) -> None:
    other = brokering.add(partner=False)
    report = load(brokering, f"id,{HEAD}", f"{other.id},{GOOD}")
    assert report.problems == (RowProblem(2, "id", "there is no such interpreter in this organisation"),)
    with brokering.world.sessions.reading() as session:
        assert len(session.exec(select(Interpreter.id)).all()) == 1


def test_table_is_for_brokers_of_the_organisation(brokering: Brokering) -> None:
    with brokering.world.sessions.transaction() as session:
        for by in (brokering.coordinator, brokering.world.actor(Role.OFFICIAL, partner=True)):
            with pytest.raises(NotAllowed):
                exchange(brokering).load(session, b"", by=by, organisation_id=brokering.world.partner)
            with pytest.raises(NotAllowed):
                exchange(brokering).save(session, by=by, organisation_id=brokering.world.partner)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "lacks the column"),
        (b"\xff\xfe\x00", "not in UTF-8"),
        (f"{HEAD},shoe_size\r\n".encode(), "not known: shoe_size"),
        (f"{HEAD},name\r\n".encode(), "twice"),
        (b'name,"country\r\n', "comma-separated"),
        (f"{HEAD}\r\n".encode() + b"x\r\n" * 5_001, "more than 5000 rows"),
    ],
)
def test_file_that_cannot_be_used_is_refused_whole(data: bytes, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_interpreters(data)


def test_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(TooLarge):
        read_interpreters(b"x" * (MOST_BYTES + 1))


def test_details_keep_their_shape(brokering: Brokering) -> None:
    rows, problems = read_interpreters(f"{HEAD}\r\n{GOOD}\r\n".encode())
    assert problems == ()
    assert replace(rows[0].details, name="x").cost_per_hour == 0
    assert brokering.world.partner
