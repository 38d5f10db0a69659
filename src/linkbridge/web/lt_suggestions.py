"""Suggestions of programs: pairs for the translation memory, from those alone who may review."""

from fastapi import HTTPException

from linkbridge.accounts.permissions import Permission, allows
from linkbridge.container import Container
from linkbridge.phrasebook.exchange.memory import Pair
from linkbridge.web.lt_access import admit, check_length
from linkbridge.web.lt_calls import LtCall
from linkbridge.web.lt_translation import language

COLLECTION = "suggestions"


def suggest(container: Container, call: LtCall) -> None:
    """Add a pair, as not reviewed.

    Raises:
        HTTPException: something lacks, or the caller's key does not review phrases.
    """
    text, suggestion = call.text("q"), call.text("s")
    source, target = language(call.text("source")), language(call.text("target"))
    if not call.key:
        raise HTTPException(403, "Suggestions need an API key of a reviewer on this server.")
    caller = admit(container, call)
    if caller.actor is None or not allows(caller.actor, Permission.REVIEW_PHRASES):
        raise HTTPException(403, "Suggestions need an API key of a reviewer on this server.")
    check_length([text, suggestion], caller)
    with container.sessions.transaction() as session:
        container.memory.add(session, [Pair(source, target, text, suggestion)], collection=COLLECTION, by=caller.actor)
