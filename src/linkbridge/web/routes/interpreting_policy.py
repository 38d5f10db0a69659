"""How an organisation's requests are dispatched: whom to ask first, how many, for how long, and what counts."""

from dataclasses import asdict, replace

from fastapi import APIRouter, Depends, Response

from linkbridge.accounts.permissions import Permission, require
from linkbridge.accounts.text import Checks
from linkbridge.container import Container
from linkbridge.interpreting.matching.policies import BOUNDS, MOST_WEIGHT
from linkbridge.interpreting.matching.values import Policy, Weights
from linkbridge.kernel.errors import InvalidInput, NotAllowed
from linkbridge.web.auth import CurrentStaff
from linkbridge.web.deps import ContainerDep, ReadSession
from linkbridge.web.forms import FormValues, StaffForm
from linkbridge.web.staff_pages import NO_FORM, StaffPage, StaffPageDep

PATH = "/staff/interpreting/policy"


def broker(actor: CurrentStaff) -> None:
    """Return if the actor brokers interpreters; the service checks again."""
    require(actor, Permission.BROKER_INTERPRETERS)


router = APIRouter(prefix=PATH, include_in_schema=False, dependencies=[Depends(broker)])


@router.get("")
def show(container: ContainerDep, session: ReadSession, page: StaffPageDep, actor: CurrentStaff) -> Response:
    """Show the policy of the actor's organisation."""
    policy = container.interpreting.policies.of(session, _organisation(actor))
    return _show(container, session, page, policy)


@router.post("")
def decide(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, form: StaffForm) -> Response:
    """Keep the policy, or move an organisation in the order."""
    organisation = _organisation(actor)
    with container.sessions.reading() as session:
        before = container.interpreting.policies.of(session, organisation)
    policy = before
    try:
        policy = read_policy(form, before)
        with container.sessions.transaction() as session:
            container.interpreting.policies.decide(session, organisation, policy, by=actor)
    except InvalidInput as error:
        with container.sessions.reading() as session:
            return _show(container, session, page, policy, form=form, error=error)
    return page.go(PATH, done="policy-set")


@router.post("/forget")
def forget(container: ContainerDep, page: StaffPageDep, actor: CurrentStaff, _form: StaffForm) -> Response:
    """Return to the defaults."""
    with container.sessions.transaction() as session:
        container.interpreting.policies.forget(session, _organisation(actor), by=actor)
    return page.go(PATH, done="policy-set")


def read_policy(form: FormValues, before: Policy) -> Policy:
    """Return what the form says. Each button of the order says what it does: ``up:…``, ``remove:…`` or ``add``.

    Raises:
        InvalidForm: a field holds no number.
    """
    checks = Checks()

    def number(name: str) -> int:
        text = form.text(name).strip()
        is_number = text.isascii() and text.isdigit() and len(text) < 6
        checks.expect(is_number, "write a number", field=name, problem="range")
        return int(text) if is_number else 0

    numbers = {name: number(name) for name in BOUNDS}
    weights = Weights(**{name: number(name) for name in asdict(before.weights)})
    checks.done()
    partners = _order(list(before.partners), form)
    return replace(
        before, **numbers, weights=weights, relay_allowed=form.has("relay_allowed"), partners=tuple(partners)
    )


def _order(partners: list[str], form: FormValues) -> list[str]:
    verb, _, key = form.text("order").partition(":")
    if verb == "add" and form.text("partner"):
        return [*partners, form.text("partner")]
    if key not in partners:
        return partners
    place = partners.index(key)
    if verb == "remove":
        return [each for each in partners if each != key]
    if verb == "up" and place > 0:
        partners[place - 1], partners[place] = partners[place], partners[place - 1]
    return partners


def _organisation(actor: CurrentStaff) -> str:
    if actor.organisation_id is None:
        raise NotAllowed("this is decided by the brokers of an organisation", permission="broker-interpreters")
    return actor.organisation_id


def _show(
    container: Container,
    session: ReadSession,
    page: StaffPage,
    policy: Policy,
    *,
    form: FormValues = NO_FORM,
    error: InvalidInput | None = None,
) -> Response:
    names = container.accounts.directory.organisation_names(session)
    context = {
        "policy": policy,
        "weights": asdict(policy.weights),
        "bounds": BOUNDS,
        "most_weight": MOST_WEIGHT,
        "partners": [(key, names.get(key, key)) for key in policy.partners],
        "others": [(key, name) for key, name in names.items() if key not in policy.partners],
        "is_default": policy == Policy(),
    }
    return page.show("interpreting/policy.html", context, form=form, error=error)
