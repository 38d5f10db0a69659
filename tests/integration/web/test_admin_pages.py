import json
import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlmodel import select

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.kernel.i18n import load_translations
from linkbridge.kernel.jobs import NullJobQueue
from linkbridge.notifications.models import OutboxMessage
from linkbridge.notifications.outbox import Outbox
from linkbridge.notifications.ports import MAIL, Delivery
from linkbridge.web.app import create_app
from tests.integration.web.conftest import sign_in
from tests.support.accounts import PASSWORD, World, counted_queries
from tests.support.pages import PageClient

SITE: dict[str, str | list[str]] = {
    "name": "Paso Norte",
    "kind": "border",
    "country": "PA",
    "time_zone": "America/Panama",
    "official_language": "es",
    "interpreter_phone": "",
}


def test_site_is_added_changed_closed_and_opened(administrator: PageClient) -> None:
    bad = administrator.send("/staff/sites/new", {**SITE, "name": "", "time_zone": "Mars"})
    assert (bad.status, bad.problems) == (400, ["name", "time_zone"])
    assert 'href="#field-name"' in bad.text
    made = administrator.send("/staff/sites/new", SITE)
    assert made.status == 200
    assert "The site is added." in made.text
    site = made.path.removesuffix("/policy")
    assert "Paso Sur" in administrator.send(site, {**SITE, "name": "Paso Sur"}).text
    assert "Its tablets have stopped working." in administrator.send(f"{site}/close", {}).text
    page = administrator.send("/staff/sites", {}, to=f"{site}/open")
    assert "The site is open again." in page.text


def test_policy_lists_what_is_missing_and_who_decided(world: World, administrator: PageClient) -> None:
    path = f"/staff/sites/{world.site}/policy"
    before = administrator.get(path).text
    assert "draft" in before
    assert before.count("<details") >= 4
    after = administrator.send(path, {"required_status": "verified", "show_drafts": "yes"}).text
    assert "The decision is recorded." in after
    assert "by Nadia Name." in after
    assert "Nothing: every notice may be shown" in after
    mixed = administrator.send(
        path, {"required_status": "reviewed", "show_drafts": "yes", "rule-first-contact": "verified"}
    ).text
    assert mixed.count("<details") == 1
    bad = administrator.send(path, {"required_status": "none"})
    assert (bad.status, bad.problems) == (400, ["required_status"])


def test_tablet_is_enrolled_by_its_code_and_taken_back(
    world: World, app: FastAPI, administrator: PageClient, container: Container
) -> None:
    assert administrator.send("/staff/devices/enrol", {"label": ""}).problems == ["site_id", "label"]
    shown = administrator.send("/staff/devices/enrol", {"site_id": world.site, "label": "Desk 1"})
    assert "<svg" in shown.text
    assert "style=" not in shown.text
    code = shown.code()
    tablet = PageClient(app, peer="198.51.100.9")
    assert tablet.get("/tablet").path == "/tablet"
    enrolled = tablet.send("/enrol", {"code": code.upper().replace("-", " ")})
    assert (enrolled.status, enrolled.path) == (200, "/tablet/es/")
    secret = next(cookie for cookie in tablet.cookies.jar if cookie.name == "lb_device")
    assert secret.has_nonstandard_attr("HttpOnly")
    assert secret.get_nonstandard_attr("SameSite") == "strict"
    assert secret.value is not None
    assert secret.value not in enrolled.text
    second = PageClient(app, peer="198.51.100.10").send("/enrol", {"code": code})
    assert second.status == 410
    device = re.search(r"/staff/devices/([0-9a-f]{32})", administrator.get("/staff/devices").text)
    assert device is not None
    path = f"/staff/devices/{device.group(1)}"
    assert "Desk 2" in administrator.send(path, {"label": "Desk 2"}).text
    assert administrator.send(path, {"label": ""}).problems == ["label"]
    assert "The tablet has stopped working." in administrator.send(f"{path}/revoke", {}).text
    with container.sessions.reading() as session:
        assert container.audit.verify(session).is_sound
    assert administrator.get(f"{path}/revoke").status == 200
    again = administrator.send(f"{path}/revoke", {})
    assert again.status == 409


def test_guessing_codes_is_slowed_down_for_the_guesser_alone(world: World, app: FastAPI) -> None:
    guesser = PageClient(app, peer="198.51.100.1")
    for _ in range(10):
        assert guesser.send("/enrol", {"code": "lusab-babad-gutih-tugad"}).status == 410
    assert guesser.send("/enrol", {"code": "lusab-babad-gutih-tugad"}).status == 429
    with world.sessions.transaction() as session:
        code = world.accounts.devices.create_enrolment(
            session, site_id=world.site, label="x", by=world.administrator
        ).code
    assert guesser.send("/enrol", {"code": code}).status == 429
    assert PageClient(app, peer="198.51.100.2").send("/enrol", {"code": code}).path == "/tablet/es/"


def test_forged_device_cookie_is_no_tablet(app: FastAPI) -> None:
    tablet = PageClient(app)
    tablet.cookies.set("lb_device", "forged")
    assert "not enrolled" in tablet.get("/tablet").text


def test_person_is_invited_changed_locked_out_and_let_in(world: World, app: FastAPI, administrator: PageClient) -> None:
    base = f"/staff/people/{world.host}"
    person: dict[str, str | list[str]] = {
        "email": "nora@example.org",
        "name": "Nora Nueva",
        "role": "official",
        "language": "fr",
        "site_ids": [world.site],
    }
    bad = administrator.send(f"{base}/invite", {**person, "email": "nora", "role": ""})
    assert (bad.status, bad.problems) == (400, ["email", "role"])
    assert 'value="Nora Nueva"' in bad.text
    assert re.search(rf'value="{world.site}" checked', bad.text)
    shown = administrator.send(f"{base}/invite", person)
    assert "http://127.0.0.1:8000/staff/password#" in shown.text
    newcomer = PageClient(app, peer="198.51.100.9")
    assert newcomer.send("/staff/password", {"code": shown.code(), "password": "short"}).problems == ["password"]
    home = newcomer.send("/staff/password", {"code": shown.code(), "password": PASSWORD})
    assert home.path == "/staff"
    assert '<html lang="fr"' in home.text
    listed = administrator.get(base).text
    found = re.search(rf'{base}/([0-9a-f]{{32}})"[^<]*<span class="visually-hidden">Nora Nueva', listed)
    assert found is not None
    path = f"{base}/{found.group(1)}"
    changed = administrator.send(path, {**person, "role": "coordinator"})
    assert "Coordinator" in changed.text
    assert newcomer.get("/staff/devices").status == 200
    assert "can no longer sign in" in administrator.send(f"{path}/deactivate", {}).text
    assert newcomer.get("/staff").path == "/staff/sign-in"
    assert "can sign in again" in administrator.send(base, {}, to=f"{path}/reactivate").text
    assert administrator.send(path, {}, to=f"{path}/link").code() != shown.code()


def test_token_is_shown_once_and_opens_nothing_after_it_was_revoked(administrator: PageClient) -> None:
    bad = administrator.send("/staff/tokens/new", {"label": "x", "role": "analyst", "days": "99999"})
    assert bad.problems == ["days"]
    made = administrator.send("/staff/tokens/new", {"label": "Report", "role": "analyst", "days": "30"})
    secret = re.search(r"lbt_[\w-]{43}", made.text)
    assert secret is not None
    listed = administrator.get("/staff/tokens").text
    assert secret.group() not in listed
    token = re.search(r"/staff/tokens/([0-9a-f]{32})/revoke", listed)
    assert token is not None
    assert "The token has stopped working." in administrator.send(token.group(), {}).text


def test_organisation_is_added_and_its_administrator_invited(administrator: PageClient) -> None:
    assert administrator.send("/staff/organisations/new", {"name": "Host"}).problems == ["name"]
    people = administrator.send("/staff/organisations/new", {"name": "IOM office", "country": "PA"})
    assert "Now invite its first administrator." in people.text
    invited = administrator.send(
        f"{people.path}/invite", {"email": "x@example.org", "name": "X", "role": "administrator", "language": "es"}
    )
    assert invited.code()
    organisation = people.path.rsplit("/", 1)[1]
    page = administrator.send(f"/staff/organisations/{organisation}", {"name": "IOM", "country": ""})
    assert "IOM" in page.text


def test_audit_page_says_when_the_log_was_changed(world: World, administrator: PageClient) -> None:
    assert "✓ Sound:" in administrator.get("/staff/audit?verify=true").text
    with world.sessions.transaction() as session:
        session.connection().execute(sa.text("UPDATE audit_entry SET action = 'x' WHERE sequence = 2"))
    assert "Entry 2 does not fit: the log was changed." in administrator.get("/staff/audit?verify=true").text


def test_retention_is_shown_with_its_settings(administrator: PageClient) -> None:
    page = administrator.get("/staff/retention").text
    assert "LINKBRIDGE_RETAIN_ENCOUNTERS_DAYS" in page
    assert "Encounters with their answers" in page


@pytest.mark.parametrize("count", [1, 3])
def test_pages_with_lists_take_a_fixed_number_of_queries(world: World, administrator: PageClient, count: int) -> None:
    for number in range(count):
        world.add_staff(f"n{number}@example.org")
        with world.sessions.transaction() as session:
            link = world.accounts.devices.create_enrolment(
                session, site_id=world.site, label=f"Desk {number}", by=world.administrator
            )
            world.accounts.devices.enrol(session, link.code)
    expected = {"/staff/devices": 4, f"/staff/people/{world.host}": 6, "/staff/sites": 3}
    found = {}
    for path in expected:
        with counted_queries(world.sessions) as sent:
            administrator.get(path)
        found[path] = len(sent)
    assert found == expected


class Mailbox:
    """A mail channel that is set up and keeps nothing: the outbox holds what would go out."""

    is_configured = True

    def send(self, delivery: Delivery) -> None:  # noqa: ARG002 - the port's signature
        raise AssertionError("nothing is sent before the transaction ends")


def test_invitation_is_mailed_too_where_mail_is_set_up(world: World, container: Container) -> None:
    outbox = Outbox(clock=container.clock, cipher=container.cipher, jobs=NullJobQueue(), channels={MAIL: Mailbox()})
    app = create_app(
        replace(container, outbox=outbox, translations={**container.translations, "fr": load_translations()["fr"]})
    )
    page = sign_in(world, app, Role.ADMINISTRATOR).send(
        f"/staff/people/{world.host}/invite",
        {"email": "nora@example.org", "name": "Nora O'Hara", "role": "official", "language": "fr"},
    )
    assert "It is also on its way to nora@example.org." in page.text
    with world.sessions.reading() as session:
        message = session.exec(select(OutboxMessage)).one()
        recipient = container.cipher.decrypt(message.recipient_encrypted)
        content = json.loads(container.cipher.decrypt(message.content_encrypted))
    assert recipient == "nora@example.org"
    assert content["subject"] == "Votre accès à LinkBridge"
    assert "Bonjour Nora O'Hara," in content["text"]
    assert f"/staff/password#{page.code()}\n" in content["text"]
