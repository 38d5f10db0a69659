import json
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import Request, Response
from structlog.testing import capture_logs

from linkbridge.accounts.sites import SitePolicy
from linkbridge.container import Container
from linkbridge.kernel.clock import FrozenClock
from linkbridge.phrasebook.speech import Speech
from linkbridge.settings import Settings
from linkbridge.translation.errors import NoRoute, TranslationBusy
from linkbridge.translation.ports import LanguagePair, Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import Leg, Quality, Reason, Route, StandIn, TextSource, Translation
from linkbridge.translation.service import Translator
from linkbridge.web.routes import conversation
from tests.integration.web.conftest import set_policy
from tests.support.accounts import World
from tests.support.coroutines import run_apart
from tests.support.pages import Page
from tests.support.tablet import JSON, TabletClient

PAGE = "/tablet/en/pt/conversation"
SECRET = "Zacatecoluca sends 40 unmistakable umbrellas"
_DATA = re.compile(r'<script type="application/json" data-conversation>(.*?)</script>', re.DOTALL)


@pytest.fixture(params=["sqlite"])
def database_url(database_url: str) -> str:  # nothing here depends on the kind of database
    return database_url


class Asked:
    """Stands in for the translator, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[TranslationRequest, Patience]] = []
        self.answer: Translation | Exception = translated("Olá")

    def translate(self, request: TranslationRequest, patience: Patience) -> Translation:
        self.requests.append((request, patience))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def translated(
    text: str, source: TextSource = TextSource.MACHINE, quality: Quality = Quality.OK, **more: Any
) -> Translation:
    return Translation(text, LanguagePair("en", "pt"), source, quality, **more)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr(Translator, "translate", lambda _self, *parts: asked.translate(*parts))
    return asked


def _data(page: Page) -> dict[str, Any]:
    found = _DATA.search(page.response.text)
    assert found is not None
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def _post(tablet: TabletClient, what: str, body: dict[str, Any], **headers: str) -> Page:
    own = {"content_type": JSON, "accept": JSON, "x_csrf_token": tablet.csrf, "origin": tablet.base_url}
    return tablet.ask("POST", f"/tablet/en/{what}", json.dumps(body).encode(), **{**own, **headers})


def _say(tablet: TabletClient, text: str = "Hello", *, to: str = "person", **more: Any) -> Page:
    return _post(tablet, "translate", {"text": text, "language": "pt", "to": to, **more})


def test_page_holds_phrases_answers_and_the_words_of_every_label(tablet: TabletClient, container: Container) -> None:
    page = tablet.get(PAGE)
    assert (page.status, page.response.headers["cache-control"]) == (200, "private, no-cache")
    data = _data(page)
    phrases = {phrase["key"]: phrase for phrase in data["phrases"]}
    assert len(phrases) == sum(
        len(container.catalogue.notice(one, "pt").phrases) for one in container.catalogue.notice_ids
    )
    lawyer = phrases["detention-rights.lawyer"]
    assert lawyer["official"] == container.catalogue.phrase("detention-rights.lawyer", "en").text  # type: ignore[union-attr]
    assert lawyer["person"] == container.catalogue.phrase("detention-rights.lawyer", "pt").text  # type: ignore[union-attr]
    assert lawyer["mark"] == "draft"
    assert [answer["official"] for answer in data["answers"]] == ["Yes", "No", "I do not know", "I do not want to say"]
    assert set(data["reasons"]) == {reason.value for reason in Reason}
    assert {phrase["mark"] for phrase in data["phrases"]} <= set(data["marks"])
    signs = {name: mark["sign"] for name, mark in data["marks"].items()}
    assert (signs["verified"], signs["draft"], signs["machine"], signs["refused"]) == ("✓", "○", "⚠", "⛔")
    assert data["marks"]["machine"]["person"] == "Traduzido por uma máquina. Pode estar errado."


def test_site_that_shows_no_drafts_offers_none_and_still_closed_answers(
    tablet: TabletClient, container: Container, world: World, clock: FrozenClock
) -> None:
    set_policy(container, world.site, SitePolicy(show_drafts=False))
    clock.advance(timedelta(seconds=2))
    data = _data(tablet.get("/tablet/es/am/conversation"))
    assert (data["phrases"], len(data["answers"])) == ([], 4)


def test_page_is_linked_and_not_there_for_who_speaks_the_officials_language(tablet: TabletClient) -> None:
    for path in ("/tablet/en/pt", "/tablet/en/pt/detention-rights"):
        assert f'href="{PAGE}"' in tablet.get(path).text
    assert "/tablet/en/en/conversation" not in tablet.get("/tablet/en/en").text
    assert tablet.get("/tablet/en/en/conversation").status == 404
    assert tablet.get("/tablet/en/xx/conversation").status == 404


def test_directions_are_those_of_the_installed_models_and_wake_them(
    tablet: TabletClient, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Translator, "can_translate", lambda _self, source, target: (source, target) == ("pt", "en"))
    asked.answer = NoRoute("no way", source="en", target="pt")
    answer = tablet.get("/tablet/en/pt/conversation.json")
    assert answer.response.json() == {"to_person": False, "to_official": True}
    found = [(request.text, request.target, request.use_phrases) for request, _ in asked.requests]
    assert found == [("Please wait.", "pt", False), ("Aguarde, por favor.", "en", False)]


def test_language_without_pages_of_its_own_is_asked_for_in_vain_and_breaks_nothing(
    tablet: TabletClient, asked: Asked
) -> None:
    answer = tablet.get("/tablet/en/xx/conversation.json")
    assert (answer.status, answer.response.json()) == (200, {"to_person": False, "to_official": False})
    assert [request.target for request, _ in asked.requests] == ["xx"]


@pytest.mark.parametrize(
    ("text", "looks_like"),
    [("أريد أن أتكلم مع محام من فضلك", "Arabic"), ("Quero falar com um advogado, por favor.", ""), ("12", "")],
)
def test_text_in_another_language_than_chosen_is_recognised(
    tablet: TabletClient, asked: Asked, text: str, looks_like: str
) -> None:
    asked.answer = translated("", quality=Quality.REFUSED, reasons=(Reason.EMPTY,))
    assert _say(tablet, text, to="official").response.json()["looks_like"] == looks_like


def test_each_side_is_translated_into_the_others_language(tablet: TabletClient, asked: Asked) -> None:
    assert _say(tablet, "Hello").response.json() == {
        "text": "Olá",
        "mark": "machine",
        "quality": "ok",
        "reasons": [],
        "route": "",
        "looks_like": "",
    }
    _say(tablet, "Olá", to="official")
    _say(tablet, "Olá", to="official", check=True)
    found = [(request.text, request.source, request.target, request.use_phrases) for request, _ in asked.requests]
    assert found == [("Hello", "en", "pt", True), ("Olá", "pt", "en", True), ("Olá", "pt", "en", False)]
    assert {len(patience.client) for _, patience in asked.requests} == {32}


@pytest.mark.parametrize(
    ("source", "mark"),
    [
        (TextSource.VERIFIED, "verified"),
        (TextSource.REVIEWED, "reviewed"),
        (TextSource.REVIEWED_MEMORY, "reviewed"),
        (TextSource.DRAFT, "draft"),
        (TextSource.MEMORY, "machine"),
        (TextSource.MACHINE, "machine"),
        (TextSource.COPIED, ""),
    ],
)
def test_mark_says_where_the_words_come_from(tablet: TabletClient, asked: Asked, source: TextSource, mark: str) -> None:
    asked.answer = translated("Olá", source)
    assert _say(tablet).response.json()["mark"] == mark


def test_suspect_text_says_why_and_refused_text_is_not_sent(tablet: TabletClient, asked: Asked) -> None:
    asked.answer = translated("Olá", quality=Quality.SUSPECT, reasons=(Reason.NUMBERS, Reason.NEGATION))
    found = _say(tablet).response.json()
    assert (found["text"], found["quality"], found["reasons"]) == ("Olá", "suspect", ["numbers", "negation"])
    asked.answer = translated("nonsense", quality=Quality.REFUSED, reasons=(Reason.REPETITION,))
    found = _say(tablet).response.json()
    assert (found["text"], found["mark"], found["reasons"]) == ("", "refused", ["repetition"])


def test_way_through_other_languages_is_told_in_the_officials_words(tablet: TabletClient, asked: Asked) -> None:
    first, second = LanguagePair("en", "fa"), LanguagePair("fa", "pt")
    legs = (Leg(first, "argos", "a", "1"), Leg(second, "argos", "b", "1"))
    asked.answer = translated("Olá", route=Route(LanguagePair("en", "pt"), legs, (StandIn("pt", "es"),)))
    assert _say(tablet).response.json()["route"] == "English → Persian → Portuguese (Spanish)"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NoRoute("no way", source="en", target="pt"), 404, "no_route"),
        (TranslationBusy("wait", retry_after=3), 503, "translation_busy"),
    ],
)
def test_what_goes_wrong_has_a_code_for_which_the_page_has_words(
    tablet: TabletClient, asked: Asked, error: Exception, status: int, code: str
) -> None:
    asked.answer = error
    answer = _say(tablet)
    assert (answer.status, answer.response.json()["error"]["code"]) == (status, code)
    data = _data(tablet.get(PAGE))
    assert code in {**data["reasons"], **data["problems"]}


def test_only_this_tablets_own_page_may_ask(tablet: TabletClient, asked: Asked) -> None:
    body = {"text": SECRET, "language": "pt", "to": "person"}
    for what in ("translate", "speak"):
        wanted = body if what == "translate" else {"text": SECRET, "language": "pt"}
        assert _post(tablet, what, wanted, x_csrf_token="0" * 64).status == 403
        assert _post(tablet, what, wanted, origin="https://elsewhere.example").status == 403
        stranger = TabletClient(tablet.app)
        assert _post(stranger, what, wanted, x_csrf_token=tablet.csrf).status == 401
    assert asked.requests == []


@pytest.mark.parametrize(
    "changes", [{"text": ""}, {"text": SECRET * 60}, {"to": "me"}, {"more": 1}, {"text": "\ud800"}]
)
def test_what_cannot_be_is_refused_without_repeating_it(
    tablet: TabletClient, asked: Asked, changes: dict[str, Any]
) -> None:
    answer = _post(tablet, "translate", {"text": SECRET, "language": "pt", "to": "person", **changes})
    assert (answer.status, answer.response.json()["error"]["code"]) == (422, "malformed")
    assert "Zacatecoluca" not in answer.response.text
    assert asked.requests == []


def _rows(container: Container) -> dict[str, int | None]:
    with container.sessions.reading() as session:
        connection = session.connection()
        names = sa.inspect(connection).get_table_names()
        counts = (sa.select(sa.func.count()).select_from(sa.table(name)) for name in names)
        return dict(zip(names, map(connection.scalar, counts), strict=True))


def test_nothing_of_what_is_said_stays_on_the_server(
    tablet: TabletClient, asked: Asked, container: Container, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Speech, "_speak", lambda _self, _words: bytes(22_050))
    before = _rows(container)
    tablet.raises = False
    with capture_logs() as logs:
        asked.answer = translated(SECRET)
        assert _say(tablet, SECRET).status == 200
        spoken = _post(tablet, "speak", {"text": SECRET, "language": "pt"})
        assert (spoken.status, spoken.response.headers["cache-control"]) == (200, "no-store")
        assert spoken.response.headers["content-type"] == "audio/mpeg"
        asked.answer = ValueError(SECRET)
        assert _say(tablet, SECRET).status == 500
    assert _rows(container) == before
    assert all("exc_info" in entry or "Zacatecoluca" not in str(entry) for entry in logs)
    files = [path for path in settings.data_dir.parent.rglob("*") if path.is_file()]
    assert [path for path in files if b"Zacatecoluca" in path.read_bytes() or path.suffix == ".mp3"] == []


def test_language_that_no_voice_speaks_is_said_to_be_silent(tablet: TabletClient) -> None:
    answer = _post(tablet, "speak", {"text": "ሰላም", "language": "ti"})
    assert (answer.status, answer.response.json()["error"]["code"]) == (404, "not_found")


class Gone:
    """A request whose caller has left."""

    async def is_disconnected(self) -> bool:
        return True


def test_work_that_nobody_waits_for_is_told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "_LOOK_SECONDS", 0.01)
    told: list[bool] = []

    def work(is_cancelled: Any) -> Response:
        while not is_cancelled():
            pass
        told.append(is_cancelled())
        return Response()

    request: Any = Gone()
    assert isinstance(request, Request) is False
    run_apart(conversation._while_awaited(request, work))
    assert told == [True]
