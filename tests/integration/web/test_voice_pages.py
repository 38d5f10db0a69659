"""The pages of recorded voices, and how a recording reaches the tablet: its page, its address, its manifest."""

import hashlib
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.phrasebook.models import ReviewerLanguage
from linkbridge.phrasebook.overlay import Place
from linkbridge.phrasebook.schema import text_hash
from linkbridge.web import offline
from linkbridge.web.app import LARGER_BODIES
from tests.integration.web.conftest import sign_in
from tests.support.accounts import SETUP, World, counted_queries
from tests.support.pages import Page, PageClient
from tests.support.sounds import WEBM, encoded, speech
from tests.support.tablet import TabletClient

LAWYER = Place("detention-rights", "lawyer", "ti")
PAGE = "/staff/voices/ti/detention-rights/lawyer"
NOTICE = "/tablet/es/ti/detention-rights"
READING = encoded(speech(1.0))


@pytest.fixture
def reviewer(world: World, app: FastAPI) -> PageClient:
    client = sign_in(world, app, Role.REVIEWER)
    with world.sessions.transaction() as session:
        staff = world.accounts.roster.list(session, organisation_id=world.host, by=world.administrator)
        row = ReviewerLanguage(
            staff_id=staff[0].id, tag="ti", qualification="native", recorded_by="x", recorded_at=world.clock.now()
        )
        session.add(row)
    return client


def send(client: PageClient, body: bytes, *, accept: str = "text/html", path: str = PAGE, **fields: str) -> Page:
    """Send the form with a file, as a browser does."""
    page = client.get(path)
    words = page.response.text.partition('name="words" value="')[2][:12]
    data = {"csrf_token": page.token, "words": words, "agreed": "yes", **fields}
    request = httpx.Request("POST", "http://x/", data=data, files={"sound": ("reading.wav", body, "audio/wav")})
    return client.ask(
        "POST",
        path,
        request.read(),
        content_type=request.headers["content-type"],
        accept=accept,
        origin=client.base_url,
    )


def only_voice(container: Container) -> str:
    with container.sessions.reading() as session:
        (reading,) = container.voices.coverage.of_phrase(session, LAWYER, by=SETUP)
        return reading.id


def test_reading_is_saved_listed_heard_and_removed(reviewer: PageClient, container: Container) -> None:
    assert "no voice" in reviewer.get("/staff/voices?tag=ti&book=detention-rights").text
    saved = send(reviewer, READING)
    assert (saved.status, saved.response.headers["location"]) == (303, f"{PAGE}?done=voice-saved")
    assert "read by a person" in reviewer.get("/staff/voices?tag=ti&book=detention-rights&kind=recorded").text
    voice_id = only_voice(container)
    page = reviewer.get(PAGE)
    assert f'src="/staff/voices/sound/{voice_id}"' in page.text
    heard = reviewer.get(f"/staff/voices/sound/{voice_id}").response
    assert (heard.headers["content-type"], heard.headers["cache-control"]) == ("audio/ogg", "no-store")
    removed = reviewer.post(f"{PAGE}/remove", {"csrf_token": page.token, "voice": voice_id})
    assert removed.path == PAGE
    assert reviewer.get(f"/staff/voices/sound/{voice_id}").status == 404


@pytest.mark.parametrize("role", list(Role))
def test_pages_are_for_reviewers_and_administrators_of_the_host(world: World, app: FastAPI, role: Role) -> None:
    client = sign_in(world, app, role)
    sees = role in {Role.REVIEWER, Role.ADMINISTRATOR}
    for path in ("/staff/voices", "/staff/voices?tag=ti", PAGE):
        page = client.get(path)
        assert page.status == (200 if sees else 403), path
        # A reviewer who is not noted for this language listens, and gets no form to record with.
        assert "data-voice-form" not in page.text
    assert ('href="/staff/voices"' in client.get("/staff").text) is sees
    if sees:
        token = client.get(PAGE).token
        words = text_hash(app.state.container.voices.coverage.phrase(LAWYER).text)
        request = httpx.Request(
            "POST",
            "http://x/",
            data={"csrf_token": token, "words": words, "agreed": "yes"},
            files={"sound": ("x", READING)},
        )
        answer = client.ask("POST", PAGE, request.read(), content_type=request.headers["content-type"])
        assert answer.status == 403


def test_page_of_what_is_not_spoken_is_not_there(reviewer: PageClient) -> None:
    for path in ("ti/interface/search", "xx/detention-rights/lawyer", "ti/no-such-book/lawyer"):
        assert reviewer.get(f"/staff/voices/{path}").status == 404


@pytest.mark.parametrize(
    ("body", "fields", "marked"),
    [
        (b"", {}, "sound"),
        (b"words, not sound", {}, "sound"),
        (WEBM, {}, "sound"),
        (encoded(speech(61.0, rate=8_000), rate=8_000), {}, "sound"),
    ],
)
def test_file_that_cannot_be_used_is_said_beside_its_field(
    reviewer: PageClient, body: bytes, fields: dict[str, str], marked: str
) -> None:
    page = send(reviewer, body, **fields)
    assert (page.status, page.problems) == (400, [marked])
    told = send(reviewer, body, accept="application/json", **fields)
    assert told.status == 400
    assert told.response.json()["error"]["params"]["field"] == marked


def test_reader_who_did_not_agree_is_not_kept(reviewer: PageClient, container: Container) -> None:
    page = reviewer.get(PAGE)
    words = text_hash(container.voices.coverage.phrase(LAWYER).text)
    data = {"csrf_token": page.token, "words": words}
    request = httpx.Request("POST", "http://x/", data=data, files={"sound": ("reading.wav", READING)})
    answer = reviewer.ask("POST", PAGE, request.read(), content_type=request.headers["content-type"])
    assert (answer.status, answer.problems) == (400, ["agreed"])


def test_text_that_changed_meanwhile_and_forged_forms_are_refused(reviewer: PageClient) -> None:
    assert send(reviewer, READING, words="0" * 12).status == 409
    assert send(reviewer, READING, csrf_token="0" * 64).status == 403
    token = reviewer.get(PAGE).token
    assert reviewer.post(PAGE, {"csrf_token": token, "agreed": "yes"}).status == 400
    broken = reviewer.ask("POST", PAGE, b"--x", content_type="multipart/form-data; boundary=y")
    assert broken.status in {400, 403}


def test_size_is_bounded_before_and_behind_the_door(reviewer: PageClient) -> None:
    assert send(reviewer, bytes(3 * 1024 * 1024 + 1)).status == 413
    assert send(reviewer, bytes(LARGER_BODIES["/staff/voices/"])).status == 413
    # Elsewhere a form is as small as before.
    assert reviewer.ask("POST", "/staff/account/language", bytes(1024 * 1024 + 1)).status == 413


def test_tablet_speaks_with_it_after_two_seconds_at_most(
    reviewer: PageClient, tablet: TabletClient, container: Container, clock: FrozenClock
) -> None:
    texts = container.catalogue.interface("ti")
    assert texts.text("no-voice") in tablet.get(NOTICE).text
    send(reviewer, READING)
    address = f"/audio/recorded/{only_voice(container)}"
    clock.advance(timedelta(seconds=2))
    page = tablet.get(NOTICE)
    assert f'data-audio="{address}" data-voice="recorded"' in page.text
    assert texts.text("human-voice") in page.text
    with counted_queries(container.sessions) as sent:
        assert tablet.get(NOTICE).text == page.text
    assert sent == []
    whole = tablet.get(address).response
    assert whole.content.startswith(b"OggS")
    assert whole.headers["cache-control"] == "private, max-age=3600"
    part = tablet.ask("GET", address, range="bytes=4-9").response
    assert (part.status_code, part.content) == (206, whole.content[4:10])
    assert part.headers["content-range"] == f"bytes 4-9/{len(whole.content)}"
    rest = tablet.ask("GET", address, range="bytes=4-").response
    assert rest.content == whole.content[4:]
    assert tablet.ask("GET", address, range=f"bytes={len(whole.content)}-").status == 416


def test_voices_of_two_kinds_are_told_apart_phrase_by_phrase(
    tablet: TabletClient, container: Container, clock: FrozenClock
) -> None:
    container.speech.is_available = True
    place = Place("detention-rights", "lawyer", "es")
    with container.sessions.transaction() as session:
        words = text_hash(container.voices.coverage.phrase(place).text)
        container.voices.add(session, place, READING, words=words, agreed=True, by=SETUP)
    clock.advance(timedelta(seconds=2))
    texts = container.catalogue.interface("es")
    page = tablet.get("/tablet/es/es/detention-rights").text
    assert page.count(texts.text("human-voice")) == 1
    phrases = len(container.catalogue.notice("detention-rights", "es").phrases)
    assert page.count(texts.text("computer-voice")) == phrases - 1


def test_voice_of_other_words_does_not_answer_for_these(tablet: TabletClient, container: Container) -> None:
    container.speech.is_available = True
    assert tablet.get(f"/audio/es/detention-rights.lawyer/{'0' * 64}").status == 404
    assert tablet.get(f"/audio/recorded/{'0' * 32}").status == 404


def test_manifest_holds_the_recording_until_it_is_removed(
    reviewer: PageClient,
    tablet: TabletClient,
    container: Container,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(offline, "SECONDS_PER_CALL", 600.0)
    container.speech.is_available = False

    def manifest() -> tuple[str, dict[str, dict[str, object]]]:
        found = tablet.get("/tablet/offline/es.json").response.json()
        return found["version"], {entry["url"]: entry for entry in found["entries"]}

    before, entries = manifest()
    assert not any(url.startswith("/audio/") or "/js/voice" in url or "staff-voice" in url for url in entries)
    send(reviewer, READING)
    voice_id = only_voice(container)
    clock.advance(timedelta(seconds=2))
    during, entries = manifest()
    sound = tablet.get(f"/audio/recorded/{voice_id}").response.content
    kept = entries[f"/audio/recorded/{voice_id}"]
    assert (kept["sha256"], kept["bytes"]) == (hashlib.sha256(sound).hexdigest(), len(sound))
    page = tablet.ask("GET", NOTICE, accept_encoding="identity").response.content
    assert entries[NOTICE]["sha256"] == hashlib.sha256(page).hexdigest()
    with container.sessions.transaction() as session:
        container.voices.remove(session, voice_id, by=SETUP)
    clock.advance(timedelta(seconds=2))
    after, entries = manifest()
    assert during != before
    assert after == before
    assert f"/audio/recorded/{voice_id}" not in entries
