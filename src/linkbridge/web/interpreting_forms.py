"""Reads the form for a request into a wish. What is wrong with it, the service says; here only shapes are read."""

from datetime import datetime

from linkbridge.interpreting.dispatch.values import RequestWish
from linkbridge.kernel.errors import InvalidInput
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
        duration_minutes=_number(form, "duration_minutes"),
        starts_at=_start(form),
        time_zone=form.text("time_zone"),
        gender_preference=form.text("gender_preference"),
        credential=form.text("credential"),
        interpreters=_number(form, "interpreters"),
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


def _number(form: FormValues, name: str) -> int:
    text = form.text(name).strip()
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise InvalidInput("write a number", field=name, problem="range")
    return int(text)
