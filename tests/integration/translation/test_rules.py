"""What administrators decide about routes: on record, and only what makes sense."""

import pytest
from sqlmodel import select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.models import AuditEntry
from linkbridge.accounts.permissions import Actor, Role, system_actor
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import InvalidInput, NotAllowed, NotFound
from linkbridge.translation.ports import LanguagePair
from linkbridge.translation.routing import RouteRule
from linkbridge.translation.rules import RouteRules

BY = system_actor("test")
HOST = Actor("staff", "1", Role.ADMINISTRATOR, "host", is_host=True)
PARTNER = Actor("staff", "2", Role.ADMINISTRATOR, "partner")


@pytest.fixture
def rules(clock: FrozenClock) -> RouteRules:
    return RouteRules(clock=clock, audit=AuditLog(clock=clock), engines={"argos", "firefox"})


def test_decisions_are_kept_changed_and_forgotten(sessions: SessionFactory, rules: RouteRules) -> None:
    with sessions.transaction() as session:
        rules.decide(session, "es", "am", engine="argos", pivots=["en"], by=HOST)
        rules.decide(session, "en", "so", disabled=True, by=HOST)
        rules.decide(session, "en", "so", pivots=[], by=HOST)
    with sessions.reading() as session:
        assert rules.list(session) == (
            RouteRule(LanguagePair("en", "so"), "", ()),
            RouteRule(LanguagePair("es", "am"), "argos", ("en",)),
        )
        entries = session.exec(select(AuditEntry).order_by(AuditEntry.sequence)).all()  # type: ignore[arg-type]
        assert [(entry.action, entry.subject, entry.actor) for entry in entries] == [
            ("translation-rule.decided", "es-am", "staff:1"),
            ("translation-rule.decided", "en-so", "staff:1"),
            ("translation-rule.decided", "en-so", "staff:1"),
        ]
    with sessions.transaction() as session:
        rules.forget(session, "en", "so", by=HOST)
    with sessions.reading() as session:
        assert [rule.pair.source for rule in rules.list(session)] == ["es"]


def test_what_was_not_decided_cannot_be_forgotten(sessions: SessionFactory, rules: RouteRules) -> None:
    with sessions.transaction() as session, pytest.raises(NotFound):
        rules.forget(session, "en", "so", by=BY)


@pytest.mark.parametrize("actor", [PARTNER, Actor("staff", "3", Role.OFFICIAL, "host", is_host=True)])
def test_only_the_hosts_administrators_decide(sessions: SessionFactory, rules: RouteRules, actor: Actor) -> None:
    with sessions.transaction() as session:
        with pytest.raises(NotAllowed):
            rules.decide(session, "en", "so", disabled=True, by=actor)
        with pytest.raises(NotAllowed):
            rules.forget(session, "en", "so", by=actor)


@pytest.mark.parametrize(
    ("source", "target", "engine", "pivots", "field"),
    [
        ("en", "en", "", None, "target"),
        ("xx-nonsense-tag-x", "en", "", None, "source"),
        ("en", "so", "babelfish", None, "engine"),
        ("en", "so", "", ["es", "fr", "pt"], "pivots"),
        ("en", "so", "", ["so"], "pivots"),
        ("en", "so", "", ["fr", "fr"], "pivots"),
        ("en", "so", "", ["?"], "pivots"),
    ],
)
def test_what_makes_no_sense_is_refused(
    sessions: SessionFactory,
    rules: RouteRules,
    source: str,
    target: str,
    engine: str,
    pivots: list[str] | None,
    field: str,
) -> None:
    with sessions.transaction() as session:
        with pytest.raises(InvalidInput) as caught:
            rules.decide(session, source, target, engine=engine, pivots=pivots, by=BY)
        assert caught.value.params["field"] == field
        assert rules.list(session) == ()
