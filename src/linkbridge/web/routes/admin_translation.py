"""Translation as administrators see it: the models, the ways between languages, their rules, and a sentence to try."""

import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Response

from linkbridge.accounts.permissions import Permission, require
from linkbridge.container import Container
from linkbridge.kernel.errors import DomainError, InvalidInput
from linkbridge.kernel.tags import read_tag
from linkbridge.translation.ports import LanguagePair, Model, Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.routing import Router, RouteRule, is_same_language
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.forms import FormValues, StaffForm
from linkbridge.web.lt_health import problem_of
from linkbridge.web.staff_pages import NO_FORM, StaffPage, StaffPageDep
from linkbridge.web.templating import official_language
from linkbridge.web.translation_views import TranslationViews

PREFIX = "/staff/translation"
MOST_CHARACTERS = 2_000
PATIENCE_SECONDS = 20.0
ANY_WAY, DIRECT, THROUGH, NO_MACHINE = "any", "direct", "through", "none"
"""What the form offers for a pair."""


def translation_manager(actor: CurrentStaff) -> None:
    """Return if the actor may decide about translation; the service checks again."""
    require(actor, Permission.MANAGE_TRANSLATION)


router = APIRouter(prefix=PREFIX, include_in_schema=False, dependencies=[Depends(translation_manager)])


@router.get("")
def overview(container: ContainerDep, session: ReadSession, page: StaffPageDep) -> Response:
    """Show what is installed, whether it works now, and all rules."""
    views = _views(container, page)
    models = container.models.models()
    problem = problem_of(container) if models else None
    state = container.runner.state()
    rules = container.route_rules.list(session)
    return page.show(
        "staff/translation.html",
        {
            "models": views.models(models, state.models),
            "waiting": state.waiting,
            "problem": problem,
            "rules": [views.rule(rule) for rule in rules],
            "choices": _choices(views, Router(models), rules),
        },
    )


@router.get("/ways")
def ways(
    container: ContainerDep, session: ReadSession, page: StaffPageDep, source: str = "", target: str = ""
) -> Response:
    """Show every way from one language to another, and the rule of this pair."""
    return _show_ways(container, page, container.route_rules.list(session), source, target)


@router.post("/ways")
def decide(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm) -> Response:
    """Decide for a pair."""
    source, target = form.text("source"), form.text("target")
    try:
        pair, pivots = _read_pair(source, target), _pivots(form)
        with container.sessions.transaction() as session:
            container.route_rules.decide(
                session,
                pair.source,
                pair.target,
                engine=form.text("engine"),
                pivots=pivots,
                disabled=form.text("way") == NO_MACHINE,
                by=actor,
            )
    except InvalidInput as error:
        with container.sessions.reading() as session:
            rules = container.route_rules.list(session)
        return _show_ways(container, page, rules, source, target, form=form, error=_at_its_field(error))
    container.live_rules.look_again()
    return page.go(_address_of(source, target, done="route-rule-set"))


@router.post("/ways/forget")
def forget(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm) -> Response:
    """Let the costs decide about a pair again."""
    source, target = form.text("source"), form.text("target")
    with container.sessions.transaction() as session:
        container.route_rules.forget(session, source, target, by=actor)
    container.live_rules.look_again()
    return page.go(_address_of(source, target, done="route-rule-forgotten"))


@router.get("/try")
def try_form(container: ContainerDep, page: StaffPageDep, source: str = "", target: str = "") -> Response:
    """Show the form for a text to try."""
    return _show_try(container, page, {"tried": None, "failed": ""}, given=(source, target))


@router.post("/try")
def try_text(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm) -> Response:
    """Translate a text and show it with its label. Nothing of it is kept."""
    text, source, target = form.text("text"), form.text("source"), form.text("target")
    started = time.perf_counter()
    try:
        _check_text(text)
        request = TranslationRequest(text, read_tag(source, field="source") if source else None, target)
        patience = Patience(client=actor.reference, seconds=PATIENCE_SECONDS)
        translation = container.translator.translate(request, patience)
    except InvalidInput as error:
        return _show_try(container, page, {"tried": None, "failed": ""}, form=form, error=error)
    except DomainError as error:
        return _show_try(container, page, {"tried": None, "failed": error.code}, form=form)
    took = round((time.perf_counter() - started) * 1000)
    tried = _views(container, page).tried(text, translation, container.machine.router(), took)
    return _show_try(container, page, {"tried": tried, "failed": ""}, form=form)


def _show_ways(
    container: Container,
    page: StaffPage,
    rules: tuple[RouteRule, ...],
    source: str,
    target: str,
    *,
    form: FormValues = NO_FORM,
    error: InvalidInput | None = None,
) -> Response:
    views = _views(container, page)
    models = container.models.models()
    ruled = Router(models, rules)
    pair: LanguagePair | None = None
    try:
        pair = _read_pair(source, target) if source or target else None
    except InvalidInput as problem:
        error = error or problem
    rule = next((rule for rule in rules if rule.pair == pair), None)
    context: dict[str, Any] = {
        "choices": _choices(views, ruled, rules),
        "engine_choices": [(engine, engine) for engine in _engines(models, rule)],
        "source": source,
        "target": target,
        "pair": None,
        "rule": views.rule(rule) if rule else None,
    }
    if pair is not None:
        found = ruled.routes(pair.source, pair.target)
        free = Router(models).routes(pair.source, pair.target) if rule else found
        context |= {
            "pair": pair,
            "names": (views.name(pair.source), views.name(pair.target)),
            "ways": views.ways(found, ruled),
            "free": views.ways(free[:1], ruled),
            "way": _way_of(rule),
        }
    return page.show("staff/translation_ways.html", context, form=form, error=error)


def _show_try(
    container: Container,
    page: StaffPage,
    context: dict[str, Any],
    *,
    form: FormValues = NO_FORM,
    error: InvalidInput | None = None,
    given: tuple[str, str] = ("", ""),
) -> Response:
    views = _views(container, page)
    choices = _choices(views, container.machine.router())
    chosen = {"choices": choices, "source": given[0], "target": given[1], "most": MOST_CHARACTERS}
    return page.show("staff/translation_try.html", {**chosen, **context}, form=form, error=error)


def _views(container: Container, page: StaffPage) -> TranslationViews:
    ui = official_language(page.request)
    return TranslationViews(ui, container.catalogue.interface(ui))


def _choices(views: TranslationViews, known: Router, rules: tuple[RouteRule, ...] = ()) -> list[tuple[str, str]]:
    ruled = {tag for rule in rules for tag in (rule.pair.source, rule.pair.target, *(rule.pivots or ()))}
    return [(choice.tag, choice.name) for choice in views.choices(known.sources | known.targets | ruled)]


def _read_pair(source: str, target: str) -> LanguagePair:
    """Return the pair that was chosen.

    Raises:
        InvalidInput: one of them is no language, or both are one.
    """
    pair = LanguagePair(read_tag(source, field="source"), read_tag(target, field="target"))
    if is_same_language(pair.source, pair.target):
        raise InvalidInput("choose two different languages", field="target", problem="same-language")
    return pair


def _pivots(form: FormValues) -> tuple[str, ...] | None:
    """Return the languages to go through, or ``None`` where the form leaves the way open.

    Raises:
        InvalidInput: the form says neither, or names no language to go through.
    """
    way = form.text("way")
    if way not in {ANY_WAY, DIRECT, THROUGH, NO_MACHINE}:
        raise InvalidInput("choose how texts go", field="way", problem="choice")
    if way != THROUGH:
        return () if way == DIRECT else None
    through = tuple(tag for tag in (form.text("first"), form.text("second")) if tag)
    if not through:
        raise InvalidInput("choose a language to go through", field="first", problem="choice")
    return through


def _engines(models: Sequence[Model], rule: RouteRule | None) -> list[str]:
    """Return the engines of which models are installed, and the one that the rule names."""
    named = {rule.engine} if rule and rule.engine else set()
    return sorted({model.engine for model in models} | named)


def _at_its_field(error: InvalidInput) -> InvalidInput:
    """Return the error at the field of the form where it is mended: languages to go through have two of them."""
    field = error.params.get("field", "")
    return InvalidInput(error.message, **{**error.params, "field": "first" if field == "pivots" else field})


def _way_of(rule: RouteRule | None) -> str:
    """Return what the form shows as chosen."""
    if rule is None:
        return ANY_WAY
    if rule.disabled:
        return NO_MACHINE
    if rule.pivots is None:
        return ANY_WAY
    return THROUGH if rule.pivots else DIRECT


def _check_text(text: str) -> None:
    if not text.strip():
        raise InvalidInput("write a text", field="text", problem="empty")
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput("the text is too long", field="text", problem="long", most=MOST_CHARACTERS)


def _address_of(source: str, target: str, *, done: str) -> str:
    return f"{PREFIX}/ways?{urlencode({'source': source, 'target': target, 'done': done})}"
