"""The pages on which administrators see what translates, decide about ways, and try a sentence."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from sqlmodel import select
from structlog.testing import capture_logs

from linkbridge.accounts.models import AuditEntry
from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.kernel.errors import DomainError
from linkbridge.kernel.i18n import load_translations
from linkbridge.translation.errors import EngineFailed, NoRoute, TranslationBusy, TranslationLate
from linkbridge.translation.known import KnownTexts
from linkbridge.translation.machine import Machine
from linkbridge.translation.packages.shelf import ModelShelf
from linkbridge.translation.ports import LanguagePair, ModelState, Patience, RunnerState
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import (
    Leg,
    ProtectedSpan,
    Quality,
    Reason,
    Route,
    Segment,
    StandIn,
    TextSource,
    Translation,
    UsedTerm,
)
from linkbridge.translation.service import Translator
from linkbridge.translation.terms import Terms
from linkbridge.web.app import create_app
from tests.integration.web.conftest import sign_in
from tests.support.accounts import World, counted_queries
from tests.support.fake_runner import FakeRunner, FakeShelf, model
from tests.support.pages import Page, PageClient

PAGE = "/staff/translation"
WAYS = f"{PAGE}/ways"
TRY = f"{PAGE}/try"
ES_FR = f"{WAYS}?source=es&target=fr"
MODELS = (
    model("apertium", "es-fr", size_bytes=2_411_725),
    model("argos", "en-fr"),
    model("argos", "es-en"),
    model("firefox", "en-pt", size_bytes=22 << 20, bundled=True),
)


@pytest.fixture
def shelf() -> FakeShelf:
    return FakeShelf(MODELS)


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def container(container: Container, shelf: FakeShelf, runner: FakeRunner) -> Container:
    """The services with models that need no engine."""
    machine = Machine(
        models=shelf.models, rules=container.live_rules.current, runner=runner, terms=Terms(container.glossary)
    )
    known = KnownTexts(container.catalogue, container.memory, container.sessions)
    return replace(
        container,
        models=cast("ModelShelf", shelf),
        machine=machine,
        runner=runner,
        translator=Translator(known, machine),
    )


def rows(page: Page) -> list[str]:
    """The ways that the page shows, each as words."""
    body = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]


def decide(client: PageClient, **fields: str) -> Page:
    return client.send(ES_FR, {"source": "es", "target": "fr", "engine": "", **fields}, to=WAYS)


def audited(container: Container) -> list[tuple[str, str]]:
    with container.sessions.reading() as session:
        entries = session.exec(select(AuditEntry)).all()
        return [(entry.action, entry.subject) for entry in entries if entry.action.startswith("translation-rule")]


# --- what is installed


def test_models_are_shown_with_what_they_do_now(administrator: PageClient, runner: FakeRunner) -> None:
    runner.now = RunnerState(3, (ModelState("firefox-en-pt", 47 << 20, 1200, 2),))
    page = administrator.get(PAGE)
    assert page.status == 200
    assert rows(page) == [
        "español → francés apertium-es-fr apertium part of the system 1.9 2,3 MB CC0-1.0 no: loaded when needed",
        "inglés → francés argos-en-fr argos was installed 1.9 – CC0-1.0 no: loaded when needed",
        "español → inglés argos-es-en argos was installed 1.9 – CC0-1.0 no: loaded when needed",
        (
            "inglés → portugués firefox-en-pt firefox comes with LinkBridge 1.9 22 MB CC0-1.0 "
            "47 MB 1200 sentences · ⚠ 2 failures"
        ),
    ]
    assert "✓ Translation works: a test sentence was translated just now. 3 sentences wait." in " ".join(
        page.text.split()
    )


def test_model_of_many_directions_is_shown_by_their_number(administrator: PageClient, shelf: FakeShelf) -> None:
    shelf.found = (model("ctranslate2", "en-es", "en-fr", "en-pt", "es-en", "zh-Hans>en"),)
    assert rows(administrator.get(PAGE))[0].startswith("5 languages · 5 directions ctranslate2-en-es")


def test_page_says_that_the_machine_does_not_work(administrator: PageClient, runner: FakeRunner) -> None:
    runner.error = EngineFailed("it broke")
    page = administrator.get(PAGE)
    assert page.status == 200
    assert "⛔ Translation does not work now" in page.text
    assert "<code>it does not translate: engine_failed</code>" in page.text


def test_page_without_models_says_how_to_install_some(
    administrator: PageClient, shelf: FakeShelf, runner: FakeRunner
) -> None:
    shelf.found = ()
    page = administrator.get(PAGE)
    assert "No model is installed" in page.text
    assert "linkbridge models install" in page.text
    assert "<table" not in page.text
    assert runner.asked == []


# --- ways and rules


def test_ways_are_shown_best_first_with_engines_and_doubts(administrator: PageClient) -> None:
    page = administrator.get(ES_FR)
    assert "<h1>español → francés</h1>" in page.text
    assert rows(page) == [
        "1 español → inglés → francés ✓ used argos argos-es-en 1.9 argos argos-en-fr 1.9",
        "2 español → francés direct ⚠ rough apertium apertium-es-fr 1.9",
    ]
    assert "The first one is used: by what was measured, it loses least." in page.text
    assert "Let LinkBridge decide" not in page.text


def test_stand_in_is_named(administrator: PageClient) -> None:
    [way] = rows(administrator.get(f"{WAYS}?source=en&target=pt-BR"))
    assert "portugués stands in for portugués (Brasil)" in way


def test_rule_changes_the_way_at_once_and_is_on_record(
    administrator: PageClient, container: Container, runner: FakeRunner
) -> None:
    def used() -> list[tuple[str, str]]:
        runner.asked.clear()
        administrator.send(TRY, {"source": "es", "target": "fr", "text": "Buenos días a todos."})
        return list(dict.fromkeys(runner.asked))

    assert used() == [("argos-es-en", "es-en"), ("argos-en-fr", "en-fr")]
    page = decide(administrator, way="direct")
    assert (page.path, page.status) == (WAYS, 200)
    assert "✓ The rule is saved." in page.text
    assert rows(page) == ["1 español → francés ✓ used direct ⚠ rough apertium apertium-es-fr 1.9"]
    assert "The first one is used, by your rule: directly." in page.text
    assert "Without the rule: español → inglés → francés (argos)." in page.text
    assert used() == [("apertium-es-fr", "es-fr")]
    assert rows(administrator.get(PAGE))[0] == "español francés directly Change español → francés"
    page = administrator.send(ES_FR, {"source": "es", "target": "fr"}, to=f"{WAYS}/forget")
    assert "✓ The rule is gone." in page.text
    assert used() == [("argos-es-en", "es-en"), ("argos-en-fr", "en-fr")]
    assert audited(container) == [("translation-rule.decided", "es-fr"), ("translation-rule.forgotten", "es-fr")]


def test_engine_is_preferred_while_the_other_ways_stay(administrator: PageClient) -> None:
    page = decide(administrator, way="any", engine="argos")
    assert [row[:36] for row in rows(page)] == [
        "1 español → inglés → francés ✓ used ",
        "2 español → francés direct ⚠ rough a",
    ]
    assert "by your rule: prefer argos." in page.text
    assert '<option value="argos" selected>' in page.text


def test_engine_without_a_model_on_the_way_is_pointed_out(administrator: PageClient) -> None:
    page = decide(administrator, way="any", engine="firefox")
    assert "⚠ No way uses firefox: this part of the rule changes nothing." in page.text


def test_machine_is_kept_out_of_a_pair(administrator: PageClient) -> None:
    page = decide(administrator, way="none")
    assert "⛔ Your rule keeps the machine out of this pair." in page.text
    assert "Without the rule: español → inglés → francés (argos)." in page.text
    page = administrator.send(TRY, {"source": "es", "target": "fr", "text": "Buenos días a todos."})
    assert "No machine translation between these languages is installed here." in page.text


def test_way_through_named_languages_without_models_is_pointed_out(administrator: PageClient) -> None:
    page = decide(administrator, way="through", first="ar", second="ru")
    assert "No installed model goes the way of your rule (through árabe → ruso)" in " ".join(page.text.split())
    assert '<option value="ru" selected>' in page.text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"way": "through"}, "first"),
        ({"way": "through", "first": "en", "second": "en"}, "first"),
        ({"way": "through", "first": "not a language"}, "first"),
        ({"way": "through", "first": "es"}, "first"),
        ({"way": "sideways"}, "way"),
        ({}, "way"),
        ({"way": "any", "engine": "babelfish"}, "engine"),
        ({"way": "any", "target": "es"}, "target"),
        ({"way": "any", "source": "x"}, "source"),
    ],
)
def test_rule_that_makes_no_sense_is_refused_at_its_field(
    administrator: PageClient, container: Container, fields: dict[str, str], wrong: str
) -> None:
    page = decide(administrator, **fields)
    assert (page.status, page.problems) == (400, [wrong])
    assert audited(container) == []


def test_what_was_chosen_is_shown_again_after_an_error(administrator: PageClient) -> None:
    page = decide(administrator, way="through", engine="argos")
    assert '<input type="radio" name="way" value="through" checked>' in page.text
    assert '<option value="argos" selected>' in page.text


def test_pair_that_is_none_is_refused(administrator: PageClient) -> None:
    for path, wrong in ((f"{WAYS}?source=es&target=x", ["target"]), (f"{WAYS}?source=pt&target=pt-BR", ["target"])):
        page = administrator.get(path)
        assert (page.status, page.problems) == (400, wrong)
        assert "How texts go" not in page.text
    assert administrator.get(WAYS).status == 200


def test_pair_without_a_way_says_how_to_install_one(administrator: PageClient) -> None:
    page = administrator.get(f"{WAYS}?source=es&target=am")
    assert "No installed model leads from one to the other." in page.text
    assert "linkbridge models install es-am" in page.text


def test_rule_that_is_not_there_cannot_be_forgotten(administrator: PageClient) -> None:
    assert administrator.send(ES_FR, {"source": "es", "target": "fr"}, to=f"{WAYS}/forget").status == 404


def test_languages_to_choose_are_ours_and_those_of_models_by_name(administrator: PageClient, shelf: FakeShelf) -> None:
    shelf.found = (*MODELS, model("argos", "en-eo"))
    options = re.findall(r'<option value="([\w-]+)">([^<]+)</option>', administrator.get(PAGE).text)
    found = options[: len(options) // 2]
    assert ("eo", "esperanto") in found
    assert ("am", "amárico") in found
    assert "pt-BR" not in dict(found)
    assert [tag for tag, _ in found[:3]] == ["am", "ar", "bn"]


def test_page_asks_the_database_no_more_often_for_more_rules(administrator: PageClient, container: Container) -> None:
    sent = []
    for target in ("fr", "en"):
        administrator.send(ES_FR, {"source": "es", "target": target, "way": "direct", "engine": ""}, to=WAYS)
        administrator.get(PAGE)
        with counted_queries(container.sessions) as queries:
            administrator.get(PAGE)
        sent.append(len(queries))
    assert sent[0] == sent[1]


# --- a sentence to try


class Answering:
    """A translator with one answer."""

    def __init__(self, answer: Translation | DomainError) -> None:
        self.answer = answer
        self.asked: list[TranslationRequest] = []

    def translate(self, request: TranslationRequest, patience: Patience) -> Translation:
        assert patience.client.startswith("staff:")
        self.asked.append(request)
        if isinstance(self.answer, DomainError):
            raise self.answer
        return self.answer


PAIR = LanguagePair("en", "ar")
ROUTE = Route(
    LanguagePair("en", "prs"),
    (Leg(LanguagePair("en", "ar"), "argos", "argos-en-ar", "1.3"), Leg(LanguagePair("ar", "fa"), "argos", "m2", "7")),
    (StandIn("prs", "fa"),),
)
DOUBTFUL = Translation(
    text="لا توقع <b>. 14:30",
    pair=PAIR,
    source=TextSource.MACHINE,
    quality=Quality.SUSPECT,
    reasons=(Reason.NEGATION, Reason.ROUGH),
    route=ROUTE,
    segments=(
        Segment(0, 11, "لا توقع", "en", TextSource.MACHINE, Quality.OK),
        Segment(12, 22, "", "en", TextSource.MACHINE, Quality.REFUSED, (Reason.NUMBERS,)),
    ),
    protected=(ProtectedSpan("time", "14:30", 12, 17),),
    terms=(
        UsedTerm("sign", "to sign", "يوقع", found=True, replaced="يكتب"),
        UsedTerm("x", "paper", "ورقة", found=False),
    ),
    source_given=False,
    confidence=91.3,
)


@pytest.fixture
def answered(container: Container, world: World) -> Callable[[Translation | DomainError], tuple[PageClient, Answering]]:
    def build(answer: Translation | DomainError) -> tuple[PageClient, Answering]:
        answering = Answering(answer)
        app = create_app(replace(container, translator=cast("Any", answering)))
        return sign_in(world, app, Role.ADMINISTRATOR), answering

    return build


def test_text_is_tried_with_all_that_its_label_says(answered: Any) -> None:
    client, answering = answered(DOUBTFUL)
    page = client.send(TRY, {"source": "", "target": "ar", "text": "Don't sign. 14:30 paper"})
    assert page.status == 200
    assert answering.asked == [TranslationRequest("Don't sign. 14:30 paper", None, "ar")]
    assert '<p class="tried" lang="ar" dir="rtl">لا توقع &lt;b&gt;. 14:30</p>' in page.response.text
    words = " ".join(re.sub("<[^>]+>", " ", page.response.text.partition("tried-title")[2]).split())
    assert 'class="mark suspect" data-sign="⚠"' in page.text
    assert "A “not” may have been lost or added. A rough or roundabout way was used: expect mistakes." in words
    assert "Language found inglés, 91 % sure" in words
    assert (
        "Way inglés → árabe → persa (Afganistán) persa stands in for persa (Afganistán) argos argos-en-ar 1.3" in words
    )
    assert "Kept unchanged 14:30 Terms of the glossary to sign → يوقع instead of يكتب paper → ورقة ⚠ missing" in words
    assert "Don&#39;t sign. لا توقع" in words
    assert "14:30 pape –" in words
    assert 'class="mark refused" data-sign="⛔"' in page.text
    assert "A number is missing or was changed." in words
    assert "Don't sign. 14:30 paper</textarea>" in page.text


def test_text_that_needed_no_translation_has_no_mark(answered: Any) -> None:
    copied = Translation("911", PAIR, TextSource.COPIED, Quality.OK)
    client, _ = answered(copied)
    page = client.send(TRY, {"source": "en", "target": "ar", "text": "911"})
    assert "= nothing to translate" in page.text
    assert "no machine was needed" in page.text
    assert "Sentence by sentence" not in page.text


@pytest.mark.parametrize(
    ("source", "style"),
    [(TextSource.VERIFIED, "verified"), (TextSource.DRAFT, "draft"), (TextSource.MACHINE, "machine")],
)
def test_mark_is_that_of_the_words(answered: Any, source: TextSource, style: str) -> None:
    client, _ = answered(Translation("x", PAIR, source, Quality.OK))
    sign = {"verified": "✓", "draft": "○", "machine": "⚠"}[style]
    page = client.send(TRY, {"source": "en", "target": "ar", "text": "hello"})
    assert f'class="mark {style}" data-sign="{sign}"' in page.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoRoute("none"), "No machine translation between these languages is installed here."),
        (EngineFailed("no"), "The translation program does not work."),
        (TranslationBusy("full", retry_after=2), "The server is busy. Try again in a moment."),
        (TranslationLate("late"), "It took too long. Try again, or write a shorter text."),
    ],
)
def test_failure_is_said_and_the_text_stays(answered: Any, error: DomainError, words: str) -> None:
    client, _ = answered(error)
    page = client.send(TRY, {"source": "en", "target": "ar", "text": "stay here"})
    assert page.status == 200
    assert f"⛔ {words} <code>{error.code}</code>" in page.text
    assert "stay here</textarea>" in page.text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"source": "no language"}, "source"),
        ({"target": ""}, "target"),
        ({"target": "no language"}, "target"),
    ],
)
def test_form_to_try_shows_what_is_wrong(administrator: PageClient, fields: dict[str, str], wrong: str) -> None:
    page = administrator.send(TRY, {"source": "en", "target": "fr", "text": "hello", **fields})
    assert (page.status, page.problems) == (400, [wrong])


def test_nothing_of_the_text_is_logged(
    administrator: PageClient, runner: FakeRunner, caplog: pytest.LogCaptureFixture
) -> None:
    runner.answers["Zanzibar is quiet."] = "Zanzibar é tranquila."
    with capture_logs() as logs, caplog.at_level(logging.DEBUG):
        page = administrator.send(TRY, {"source": "en", "target": "pt", "text": "Zanzibar is quiet."})
    assert "Zanzibar é tranquila." in page.text
    assert "zanzibar" not in f"{logs}{caplog.text}".lower()


def test_pair_of_another_page_is_chosen_already(administrator: PageClient) -> None:
    page = administrator.get(f"{TRY}?source=es&target=fr")
    assert page.text.count('<option value="es" selected>') == 1
    assert page.text.count('<option value="fr" selected>') == 1


# --- who may


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_other_roles_neither_see_nor_decide(world: World, app: FastAPI, container: Container, role: Role) -> None:
    refused(sign_in(world, app, role), container)


def test_administrator_of_a_partner_neither_sees_nor_decides(world: World, app: FastAPI, container: Container) -> None:
    refused(sign_in(world, app, Role.ADMINISTRATOR, partner=True), container)


def refused(client: PageClient, container: Container) -> None:
    assert PAGE not in client.get("/staff").text
    assert [client.get(path).status for path in (PAGE, ES_FR, TRY)] == [403, 403, 403]
    fields: dict[str, str | list[str]] = {"source": "es", "target": "fr", "way": "none", "text": "hola"}
    for path in (WAYS, f"{WAYS}/forget", TRY):
        assert client.send("/staff/account", fields, to=path).status == 403
    assert audited(container) == []


def test_form_of_another_page_is_refused(administrator: PageClient, container: Container) -> None:
    assert decide(administrator, way="none", csrf_token="0" * 64).status == 403
    assert audited(container) == []


def test_home_leads_to_translation(administrator: PageClient) -> None:
    assert administrator.get("/staff").text.count(f'href="{PAGE}"') == 2


def test_pages_speak_the_officials_languages(container: Container, world: World) -> None:
    app = create_app(replace(container, translations=load_translations()))
    client = sign_in(world, app, Role.ADMINISTRATOR)
    assert "Modelos instalados" in client.get(PAGE).text
    assert "Cómo van los textos" in client.get(ES_FR).text
