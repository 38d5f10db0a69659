"""The directory's pages: added, changed, put on lists, asked no more."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.interpreting.directory.values import Contact, HeldCredential
from linkbridge.interpreting.values import ContactKind, Credential, Level, WorkingLanguages
from linkbridge.kernel.clock import FrozenClock
from tests.integration.web.conftest import sign_in
from tests.support.accounts import SETUP, World
from tests.support.interpreting_pages import add_interpreter, ask, offers_of
from tests.support.pages import Page, PageClient

# The services behind these pages are tested on both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM: dict[str, str | list[str]] = {
    "name": "Abeba Asmara",
    "country": "ET",
    "time_zone": "Africa/Addis_Ababa",
    "language": "en",
    "cost": "25.50",
    "gender": "female",
    "source_0": "am",
    "target_0": "es",
    "level_0": "expert",
    "source_2": "ti",
    "target_2": "es",
    "level_2": "working",
    "one_way_2": "on",
    "domains": ["screening", "medical"],
    "modalities": ["video"],
    "credentials": ["iso-20228", "sworn"],
    "expires_iso-20228": "2027-06-30",
    "contact_kind_0": "mail",
    "contact_0": "abeba@demo.example",
    "contact_kind_1": "push",
}


@pytest.fixture
def broker(world: World, app: FastAPI) -> PageClient:
    return sign_in(world, app, Role.COORDINATOR, partner=True)


def test_directory_is_empty_at_first(broker: PageClient) -> None:
    assert "There is no interpreter yet." in broker.get("/staff/interpreters").text


def test_form_adds_an_interpreter_and_shows_it_again(container: Container, world: World, broker: PageClient) -> None:
    page = broker.send("/staff/interpreters/new", FORM)
    assert (page.status, "Abeba Asmara" in page.text) == (200, True)
    with container.sessions.reading() as session:
        (made,) = container.interpreting.directory.list(session, by=world.actor(Role.COORDINATOR, partner=True))
    assert made.languages == (
        WorkingLanguages("am", "es", Level.EXPERT),
        WorkingLanguages("ti", "es", Level.WORKING, both_ways=False),
    )
    assert made.cost_per_hour == 2_550
    assert {held.code for held in made.credentials} == {Credential.LEGAL, Credential.SWORN}
    assert HeldCredential(Credential.SWORN) in made.credentials
    assert made.contacts == (Contact(ContactKind.MAIL, "abeba@demo.example"), Contact(ContactKind.PUSH))
    assert "Abeba Asmara" in broker.get("/staff/interpreters?language=am").text
    assert "No interpreter fits this filter." in broker.get("/staff/interpreters?language=bn").text
    form = broker.get(f"/staff/interpreters/{made.id}/edit").text
    assert 'value="25.50"' in form
    page = broker.send(f"/staff/interpreters/{made.id}/edit", {**FORM, "name": "Abeba Nueva", "cost": "0"})
    assert "Abeba Nueva" in page.text


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"name": "", "country": ""}, ["name", "country"]),
        ({"cost": "much"}, ["cost"]),
        ({"source_0": "es"}, ["languages"]),
        ({"expires_iso-20228": "30/06/2027"}, ["credentials"]),
        ({"contact_0": "nobody"}, ["contacts"]),
        ({"staff_email": "nobody@demo.example"}, ["staff_email"]),
    ],
)
def test_form_says_what_is_wrong(broker: PageClient, changes: dict[str, str], problems: list[str]) -> None:
    page = broker.send("/staff/interpreters/new", {**FORM, **changes})
    assert (page.status, page.problems) == (400, problems)


def test_account_stays_linked_when_the_form_is_saved_again(
    container: Container, world: World, broker: PageClient
) -> None:
    world.add_staff("abeba@demo.example", Role.INTERPRETER, partner=True)
    made = add_interpreter(container, world, staff_email="abeba@demo.example")
    assert 'value="abeba@demo.example"' in broker.get(f"/staff/interpreters/{made.id}/edit").text


def test_lists_of_both_sides(container: Container, world: World, app: FastAPI, broker: PageClient) -> None:
    made = add_interpreter(container, world)
    path = f"/staff/interpreters/{made.id}"
    page = broker.send(path, {"kind": "conflict", "code": "nationality:ER"}, to=f"{path}/blocks")
    assert "nationality:ER" in page.text
    page = broker.send(path, {"kind": "conflict", "code": "Eritrea"}, to=f"{path}/blocks")
    assert (page.status, page.problems) == (400, ["code"])
    host = sign_in(world, app, Role.COORDINATOR)
    page = host.send(path, {"kind": "unwanted", "place": f"site:{world.site}"}, to=f"{path}/blocks")
    assert ("Paso" in page.text, "nationality:ER" in page.text) == (True, False)
    with container.sessions.reading() as session:
        (own,) = container.interpreting.blocks.of(session, made.id, by=world.actor(Role.COORDINATOR))
    host.send(path, {"remove": own.id}, to=f"{path}/blocks")
    with container.sessions.reading() as session:
        assert container.interpreting.blocks.of(session, made.id, by=world.actor(Role.COORDINATOR)) == ()


def test_interpreter_with_bookings_ahead_is_kept_active(
    container: Container, world: World, broker: PageClient, clock: FrozenClock
) -> None:
    made = add_interpreter(container, world)
    path = f"/staff/interpreters/{made.id}"
    request = ask(container, world, starts_at=clock.now() + timedelta(days=2))
    (offer,) = offers_of(container, world, request)
    with container.sessions.transaction() as session:
        container.interpreting.dispatch.accept_offer(session, offer.id, by=world.actor(Role.COORDINATOR))
    page = broker.send(path, {"active": "no"}, to=f"{path}/active")
    assert "This interpreter has bookings ahead" in page.text
    with container.sessions.transaction() as session:
        container.interpreting.requests.cancel(session, request.id, by=world.actor(Role.COORDINATOR))
    assert "Ask again" in broker.send(path, {"active": "no"}, to=f"{path}/active").text
    assert "Ask no more" in broker.send(path, {"active": "yes"}, to=f"{path}/active").text


def test_other_organisation_sees_neither_contacts_nor_cost(container: Container, world: World, app: FastAPI) -> None:
    made = add_interpreter(container, world, cost_per_hour=4_321)
    host = sign_in(world, app, Role.COORDINATOR)
    text = host.get(f"/staff/interpreters/{made.id}").text
    assert ("Ines Interprete" in text, "ines@demo.example" in text, "43.21" in text) == (True, False, False)
    assert host.get(f"/staff/interpreters/{made.id}/edit").status == 404


def test_table_is_checked_imported_and_downloaded(world: World, broker: PageClient) -> None:
    head = "name,country,time_zone,language,languages,domains,modalities"
    good = f"{head}\r\nAbeba,ET,Africa/Addis_Ababa,en,am<>es:expert,screening,video\r\n"
    page = send_file(broker, good, "check")
    assert "1 would be added" in page.text
    assert "There is no interpreter yet." in broker.get("/staff/interpreters").text
    page = send_file(broker, good.replace("ET", "Atlantis"), "apply")
    assert "1 mistake: nothing was written." in page.text
    assert send_file(broker, good, "apply").path == "/staff/interpreters"
    table = broker.get("/staff/interpreters/table.csv")
    assert table.response.headers["content-type"] == "text/csv; charset=utf-8"
    assert "Abeba,,ET,Africa/Addis_Ababa" in table.text
    assert send_file(broker, "a,b\r\n", "check").problems == ["file"]
    assert world.partner


def send_file(client: PageClient, text: str, action: str) -> Page:
    path = "/staff/interpreters/table"
    parts = (("csrf_token", client.get(path).token), ("action", action))
    fields = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts
    )
    file = f'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n{text}\r\n--x--\r\n'
    page = client.ask("POST", path, (fields + file).encode(), content_type="multipart/form-data; boundary=x")
    return client.get(page.response.headers["location"]) if page.status == 303 else page


def test_interpreter_changes_how_it_is_reached(container: Container, world: World, app: FastAPI) -> None:
    client = sign_in(world, app, Role.INTERPRETER, partner=True)
    assert client.get("/staff/contacts").status == 404
    add_interpreter(container, world, staff_email="interpreter-partner@example.org")
    form: dict[str, str | list[str]] = {
        "language": "pt",
        "contact_kind_0": "telegram",
        "contact_0": "12345",
        "contact_kind_1": "push",
    }
    assert "12345" in client.send("/staff/contacts", form).text
    page = client.send("/staff/contacts", {**form, "contact_0": "@me"})
    assert (page.status, page.problems) == (400, ["contacts"])


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.INTERPRETER, Role.REVIEWER, Role.ANALYST])
def test_directory_is_for_brokers(world: World, app: FastAPI, role: Role) -> None:
    client = sign_in(world, app, role)
    assert [client.get(path).status for path in ("/staff/interpreters", "/staff/interpreters/new")] == [403, 403]


def test_interpreter_is_erased_after_a_question_and_never_while_booked(
    container: Container, world: World, broker: PageClient, app: FastAPI, clock: FrozenClock
) -> None:
    person = add_interpreter(container, world)
    path = f"/staff/interpreters/{person.id}/erase"
    host = sign_in(world, app, Role.COORDINATOR)
    assert host.get(path).status == 404
    assert f'href="{path}"' not in host.get(f"/staff/interpreters/{person.id}").text
    assert f'href="{path}"' in broker.get(f"/staff/interpreters/{person.id}").text
    request = ask(container, world, starts_at=clock.now() + timedelta(minutes=5), duration_minutes=5)
    [offer] = offers_of(container, world, request)
    with container.sessions.transaction() as session:
        container.interpreting.dispatch.accept_offer(session, offer.id, by=SETUP)
    assert "Erase Ines Interprete?" in broker.get(path).text
    assert "This interpreter has bookings ahead: give them to others first." in broker.send(path, {}).text
    clock.advance(timedelta(minutes=11))
    assert "The interpreter is erased." in broker.send(path, {}).text
    assert broker.get(f"/staff/interpreters/{person.id}").status == 404
    assert broker.get(f"/staff/interpreters/{person.id}/hours").status == 404
    page = host.get(f"/staff/interpreting/{request.id}").text
    assert "<strong>erased</strong> · Partner" in page
    assert "Ines" not in page
    assert "Ines" not in host.get("/staff/interpreting").text
