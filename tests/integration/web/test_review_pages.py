"""The pages of the review: what waits, one text, each action, and who may record who reviews what."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.accounts.sites import SitePolicy
from linkbridge.container import Container
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.schema import Origin, Status
from linkbridge.phrasebook.workshop import text_at
from tests.integration.web.conftest import enrol, set_policy, sign_in
from tests.support.accounts import PASSWORD, SETUP, World
from tests.support.pages import Page, PageClient
from tests.support.texts import delivered_catalogue

PATH = "/staff/review/es/interpreters/what-is"
PLACE = Place("interpreters", "what-is", "es")
UNCHANGED = next(p.text for p in delivered_catalogue().phrases("es", "interpreters") if p.id == "what-is")
OpenReviewer = Callable[..., PageClient]


@pytest.fixture
def reviewer(world: World, container: Container, app: FastAPI) -> OpenReviewer:
    """Signs a new reviewer of these languages in."""

    def open_one(name: str, *tags: str) -> PageClient:
        email = f"{name}@example.org"
        staff_id = world.add_staff(email, Role.REVIEWER)
        with container.sessions.transaction() as session:
            container.reviewers.set_languages(
                session, staff_id, dict.fromkeys(tags, "native"), organisation_id=world.host, by=SETUP
            )
        client = PageClient(app)
        assert client.send("/staff/sign-in", {"email": email, "password": PASSWORD}).path == "/staff"
        return client

    return open_one


def act(client: PageClient, action: str, path: str = PATH, **fields: str | list[str]) -> Page:
    """Press a button of the form on a text's page, as its script-less form would send it."""
    page = client.get(path)
    base = page.response.text.partition('name="base" value="')[2].partition('"')[0]
    return client.post(path, {"csrf_token": page.token, "base": base, "action": action, **fields})


def text_of(container: Container, place: Place = PLACE) -> tuple[str, Status, Origin, int]:
    with container.sessions.reading() as session:
        found = text_at(container.workshop.library(session), place)
    assert found is not None
    return found.text, found.status, found.origin, len(found.reviewers)


def test_draft_becomes_verified_by_two_readers_and_leads_on(reviewer: OpenReviewer, container: Container) -> None:
    first, second = reviewer("first", "es"), reviewer("second", "es")
    page = act(first, "approve")
    assert (page.status, page.path) == (200, "/staff/review/es/interpreters/right")
    assert "Approved." in page.text
    assert text_of(container)[1:] == (Status.REVIEWED, Origin.MACHINE, 1)
    assert "approved by you" in first.get(PATH).text
    assert act(first, "approve").status == 409
    act(second, "approve")
    assert text_of(container)[1:] == (Status.VERIFIED, Origin.MACHINE, 2)


def test_new_wording_is_shown_with_what_changed_and_can_be_undone(reviewer: OpenReviewer, container: Container) -> None:
    client = reviewer("first", "es")
    before = text_of(container)
    page = act(client, "edit", text=f"{before[0]} Gracias.", remark="more polite")
    assert (page.status, page.path) == (200, PATH)
    assert text_of(container) == (f"{before[0]} Gracias.", Status.DRAFT, Origin.HUMAN, 0)
    assert "<ins>Gracias.</ins>" in page.response.text or "Gracias." in page.text
    assert "more polite" in page.text
    sequence = page.response.text.partition('name="sequence" value="')[2].partition('"')[0]
    page = act(client, "undo", sequence=sequence)
    assert page.status == 200
    assert text_of(container) == before


def test_doubts_are_shown_after_an_edit(reviewer: OpenReviewer) -> None:
    page = act(reviewer("first", "es"), "edit", text="Su intérprete")
    assert page.status == 200
    assert "It is much shorter or longer than in other languages." in page.text
    assert "The same text stands for another English one." in page.text


@pytest.mark.parametrize(
    ("action", "fields", "problem"),
    [
        ("edit", {"text": ""}, "text"),
        ("edit", {"text": "Переводчик"}, "text"),
        ("edit", {"text": "x" * 2_001}, "text"),
        ("edit", {"text": "Un {phone} m\u00e1s"}, "text"),
        ("edit", {"text": UNCHANGED}, "text"),
        ("reject", {}, "remark"),
        ("comment", {"remark": "  "}, "remark"),
        ("comment", {"remark": "x" * 1_001}, "remark"),
    ],
)
def test_wrong_form_says_what_is_wrong_and_keeps_what_was_typed(
    reviewer: OpenReviewer, container: Container, action: str, fields: dict[str, str], problem: str
) -> None:
    before = text_of(container)
    page = act(reviewer("first", "es"), action, **fields)
    assert (page.status, page.problems) == (400, [problem])
    assert text_of(container) == before
    if fields.get("text"):
        assert str(fields["text"]) in page.text


def test_text_that_somebody_changed_meanwhile_is_not_overwritten(reviewer: OpenReviewer, container: Container) -> None:
    first, second = reviewer("first", "es"), reviewer("second", "es")
    page = first.get(PATH)
    base = page.response.text.partition('name="base" value="')[2].partition('"')[0]
    act(second, "edit", text="Otra frase.")
    answer = first.post(PATH, {"csrf_token": page.token, "base": base, "action": "edit", "text": "Mi frase."})
    assert answer.status == 409
    assert "Nothing was changed" in answer.text
    assert "Mi frase." in answer.text, "what was typed is not lost"
    assert text_of(container)[0] == "Otra frase."


def test_queue_lists_what_waits_for_this_reader_first(reviewer: OpenReviewer) -> None:
    client = reviewer("first", "es", "am")
    act(client, "approve")
    page = client.get("/staff/review?tag=es&book=interpreters")
    assert "13 texts wait for you." in page.text
    links = page.response.text.split('href="/staff/review/es/interpreters/')[1:]
    assert links[-1].startswith("what-is"), "what this reader has approved comes last"
    assert "አማርኛ" not in page.text
    assert 'lang="am"' in client.get("/staff/review?tag=am").response.text


def test_reviewer_of_no_language_is_told_whom_to_ask(reviewer: OpenReviewer) -> None:
    page = reviewer("first").get("/staff/review")
    assert page.status == 200
    assert "No language is recorded for you yet" in page.text


def test_others_cannot_review(world: World, app: FastAPI, reviewer: OpenReviewer) -> None:
    for role in (Role.OFFICIAL, Role.ANALYST, Role.ADMINISTRATOR):
        client = sign_in(world, app, role)
        assert client.get("/staff/review").status == 403
        assert client.get(PATH).status == 403
    stranger = reviewer("first", "am")
    assert stranger.get(PATH).status == 403
    page = stranger.get("/staff/review/am/interpreters/what-is")
    refused = stranger.post(PATH, {"csrf_token": page.token, "base": "", "action": "approve"})
    assert refused.status == 403


def test_unknown_texts_are_not_found(reviewer: OpenReviewer) -> None:
    client = reviewer("first", "es")
    for path in ("/staff/review/es/interpreters/no-such", "/staff/review/es/no-such/what-is"):
        assert client.get(path).status == 404


def test_administrator_records_languages(administrator: PageClient, world: World, container: Container) -> None:
    staff_id = world.add_staff("rev@example.org", Role.REVIEWER)
    path = f"/staff/people/{world.host}/{staff_id}"
    page = administrator.send(path, {"language-am": "native", "language-ti": "translator"}, to=f"{path}/languages")
    assert (page.status, page.path) == (200, path)
    assert "The languages are recorded." in page.text
    with container.sessions.reading() as session:
        found = container.reviewers.languages(session, staff_id)
    assert [(one.tag, one.qualification.value) for one in found] == [("am", "native"), ("ti", "translator")]
    assert administrator.send(path, {"language-am": "wizard"}, to=f"{path}/languages").status == 400


def test_english_edit_drops_the_badge_on_the_tablet_at_once(
    reviewer: OpenReviewer, container: Container, world: World, app: FastAPI
) -> None:
    set_policy(container, world.site, SitePolicy(show_drafts=True))
    tablet = enrol(container, app, world.site)
    path = "/tablet/es/es/interpreters"
    readers = [reviewer(name, "es", "en") for name in ("first", "second")]
    for phrase in [phrase.id for phrase in container.catalogue.phrases("es", "interpreters")]:
        for client in readers:
            act(client, "approve", f"/staff/review/es/interpreters/{phrase}")
    assert 'class="mark verified"' in tablet.get(path).response.text
    page = readers[0].get("/staff/review/en/interpreters/what-is")
    assert "1 translation that a reader approved would lose its approval." in page.text
    act(readers[0], "edit", "/staff/review/en/interpreters/what-is", text="An interpreter repeats all that is said.")
    assert 'class="mark verified"' not in tablet.get(path).response.text
    outdated = readers[0].get(PATH)
    assert "The English has changed since this was translated" in outdated.text
    act(readers[0], "approve")
    assert text_of(container)[1:] == (Status.REVIEWED, Origin.MACHINE, 1)
