"""Reads the forms for a request and for how it went: their shapes alone, the services say what is wrong."""

from datetime import datetime

from sqlmodel import Session

from linkbridge.accounts.permissions import Actor
from linkbridge.interpreting.dispatch.assignments import Assignments
from linkbridge.interpreting.dispatch.values import RequestWish
from linkbridge.interpreting.values import Outcome, Party
from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import LANGUAGES, language_name_in
from linkbridge.web.forms import FormValues

NOW, LATER = "now", "later"


def read_wish(form: FormValues) -> RequestWish:
    """Return what the form asks for.

    Raises:
        InvalidInput: the time or a number has no such shape.
    """
    return RequestWish(
        person_language=form.text("person_language"),
        official_language=form.text("official_language"),
        domain=form.text("domain"),
        modality=form.text("modality"),
        site_id=form.text("site_id"),
        duration_minutes=small_number(form, "duration_minutes"),
        starts_at=_start(form),
        time_zone=form.text("time_zone"),
        gender_preference=form.text("gender_preference"),
        credential=form.text("credential"),
        interpreters=small_number(form, "interpreters"),
        confidentiality="strict" if form.has("strict") else "standard",
        avoid=tuple(form.text("avoid").replace(",", " ").split()),
        note=form.text("note"),
        place=form.text("place"),
    )


def _start(form: FormValues) -> datetime | None:
    if form.text("when") != LATER:
        return None
    day, time = form.text("day").strip(), form.text("time").strip()
    try:
        return datetime.fromisoformat(f"{day}T{time}")
    except ValueError:
        problem = "empty" if not day or not time else "moment"
        raise InvalidInput("choose a day and a time", field="day" if not day else "time", problem=problem) from None


def known_languages(ui: str) -> list[tuple[str, str]]:
    """Return the languages to choose from, by their names in the official's language."""
    return sorted(((tag, language_name_in(tag, ui)) for tag in LANGUAGES), key=lambda pair: pair[1].casefold())


def say_outcome(services: Assignments, session: Session, assignment_id: str, form: FormValues, *, by: Actor) -> None:
    """Record how an assignment went as the form says, and rate it if stars were chosen.

    Raises:
        InvalidInput: the form names no outcome.
        NotFound: there is no such assignment for the actor.
        Conflict: it is too early for it, or another outcome was recorded.
    """
    word, by_whom = form.text("outcome"), form.text("no_show_by")
    if word not in set(Outcome):
        raise InvalidInput("choose one of the list", field="outcome", problem="choice")
    outcome = Outcome(word)
    party = Party(by_whom) if outcome is Outcome.NO_SHOW and by_whom in set(Party) else None
    services.record_outcome(session, assignment_id, outcome, by=by, no_show_by=party)
    if form.text("stars"):
        services.rate(session, assignment_id, small_number(form, "stars"), by=by)


def small_number(form: FormValues, name: str) -> int:
    """Return a field's number of up to four digits.

    Raises:
        InvalidInput: it holds none.
    """
    text = form.text(name).strip()
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise InvalidInput("write a number", field=name, problem="range")
    return int(text)
