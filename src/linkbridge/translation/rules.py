"""What administrators decide about the routes of translation, with an entry in the audit log for each decision."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, select

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.errors import InvalidInput, NotFound
from linkbridge.kernel.tags import read_tag
from linkbridge.translation.models import TranslationRule
from linkbridge.translation.ports import LanguagePair
from linkbridge.translation.routing import MOST_STEPS, RouteRule

LOOK_EVERY = timedelta(seconds=2)
"""How old the decisions that a process goes by may be after another process changed one."""


class RouteRules:
    """The decisions about all pairs of languages."""

    def __init__(self, *, clock: Clock, audit: AuditLog, engines: Collection[str]) -> None:
        self._clock = clock
        self._audit = audit
        self._engines = frozenset(engines)

    def list(self, session: Session) -> tuple[RouteRule, ...]:
        """Return all decisions, sorted by their pair, in one query."""
        rows = session.exec(select(TranslationRule)).all()
        return tuple(sorted((_read(row) for row in rows), key=lambda rule: rule.pair))

    def decide(
        self,
        session: Session,
        source: str,
        target: str,
        *,
        engine: str = "",
        pivots: Sequence[str] | None = None,
        disabled: bool = False,
        by: Actor,
    ) -> RouteRule:
        """Decide for a pair: an engine to prefer, languages to go through, or that no machine translates it.

        Raises:
            NotAllowed: the actor is no administrator of the host.
            InvalidInput: a language or the engine is unknown, or the way makes no sense.
        """
        require(by, Permission.MANAGE_TRANSLATION)
        pair = LanguagePair(read_tag(source, field="source"), read_tag(target, field="target"))
        through = None if pivots is None else tuple(read_tag(tag, field="pivots") for tag in pivots)
        self._check(pair, engine, through)
        row = session.get(TranslationRule, (pair.source, pair.target)) or TranslationRule(
            source_tag=pair.source, target_tag=pair.target, engine="", changed_by="", changed_at=self._clock.now()
        )
        row.engine = engine
        row.pivots = None if through is None else list(through)
        row.disabled = disabled
        row.changed_by = by.reference
        row.changed_at = self._clock.now()
        session.add(row)
        session.flush()
        details: dict[str, str | int] = {"engine": engine or "any", "disabled": int(disabled)}
        details["pivots"] = "any" if through is None else " ".join(through) or "none"
        self._audit.record(
            session, actor=by.reference, action="translation-rule.decided", subject=str(pair), details=details
        )
        return _read(row)

    def forget(self, session: Session, source: str, target: str, *, by: Actor) -> None:
        """Let the costs decide again.

        Raises:
            NotAllowed: the actor is no administrator of the host.
            NotFound: nothing was decided for this pair.
        """
        require(by, Permission.MANAGE_TRANSLATION)
        row = session.get(TranslationRule, (source, target))
        if row is None:
            raise NotFound("nothing was decided for this pair")
        session.delete(row)
        session.flush()
        subject = str(LanguagePair(source, target))
        self._audit.record(session, actor=by.reference, action="translation-rule.forgotten", subject=subject)

    def _check(self, pair: LanguagePair, engine: str, through: tuple[str, ...] | None) -> None:
        if pair.source == pair.target:
            raise InvalidInput("choose two different languages", field="target", problem="choice")
        if engine and engine not in self._engines:
            raise InvalidInput("there is no such engine", field="engine", problem="choice")
        way = (pair.source, *(through or ()), pair.target)
        if len(way) - 1 > MOST_STEPS or len(set(way)) < len(way):
            raise InvalidInput("go through at most two other languages, each once", field="pivots", problem="choice")


def _read(row: TranslationRule) -> RouteRule:
    pivots = None if row.pivots is None else tuple(row.pivots)
    return RouteRule(LanguagePair(row.source_tag, row.target_tag), row.engine, pivots, row.disabled)


class LiveRules:
    """The decisions as this process sees them: at most two seconds old, without a query for each text."""

    def __init__(self, rules: RouteRules, sessions: SessionFactory, clock: Clock) -> None:
        self._rules = rules
        self._sessions = sessions
        self._clock = clock
        self._known: tuple[RouteRule, ...] = ()
        self._looked_at: datetime | None = None

    def current(self) -> tuple[RouteRule, ...]:
        """Return all decisions."""
        now = self._clock.now()
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            self._looked_at = now
            with self._sessions.reading() as session:
                self._known = self._rules.list(session)
        return self._known

    def look_again(self) -> None:
        """Look at the next call: a decision was made here."""
        self._looked_at = None
