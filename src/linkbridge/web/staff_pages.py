"""What all pages of staff share: who is signed in, what they may do, the form token, and dates in their language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any

from babel.dates import format_date, format_datetime
from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from linkbridge.accounts.permissions import Actor, Permission, allows
from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.languages import babel_locale
from linkbridge.web.auth import CurrentSession
from linkbridge.web.deps import ContainerDep
from linkbridge.web.forms import FormValues, anonymous_token, problems_of, staff_csrf_token
from linkbridge.web.templating import official_language, render

NO_FORM = FormValues({})


@dataclass(frozen=True, slots=True)
class StaffPage:
    """Fills templates for the staff member who is signed in."""

    request: Request
    actor: Actor

    def show(
        self,
        template: str,
        context: Mapping[str, Any],
        *,
        form: FormValues = NO_FORM,
        error: InvalidInput | None = None,
    ) -> Response:
        """Return the page; with ``error``, its form is shown again with what was wrong, as status 400."""
        return render(
            self.request,
            template,
            {
                "actor": self.actor,
                "can": partial(_can, self.actor),
                "csrf_token": staff_csrf_token(self.request, self.request.app.state.container),
                "done": self.request.query_params.get("done", ""),
                **page_helpers(self.request),
                **form_context(form, error),
                **context,
            },
            400 if error else 200,
        )

    @staticmethod
    def go(path: str, *, done: str = "") -> Response:
        """Lead to another page after a change, where ``done`` names the confirmation to show."""
        return RedirectResponse(f"{path}?done={done}" if done else path, 303, headers={"Cache-Control": "no-store"})


def staff_page(request: Request, found: CurrentSession) -> StaffPage:
    """Return the page builder of the staff member who is signed in."""
    return StaffPage(request, found.actor)


StaffPageDep = Annotated[StaffPage, Depends(staff_page)]


def show_anonymous(
    request: Request,
    container: ContainerDep,
    template: str,
    context: Mapping[str, Any],
    *,
    form: FormValues = NO_FORM,
    error: InvalidInput | None = None,
    status: int = 200,
) -> Response:
    """Return a page with a form for somebody who is not signed in."""
    token = anonymous_token(request, container)
    page = render(
        request,
        template,
        {"csrf_token": token.token, **page_helpers(request), **form_context(form, error), **context},
        400 if error else status,
    )
    token.keep(page, container)
    return page


def form_context(form: FormValues, error: InvalidInput | None) -> dict[str, Any]:
    """Return what a form shows again after an error."""
    return {
        "values": form.shown(),
        "problems": problems_of(error) if error else {},
        "params": error.params if error else {},
    }


def page_helpers(request: Request, language: str = "") -> dict[str, Callable[..., str]]:
    """Return what writes dates in ``language``, else in the official's. Times are in UTC, which the text says."""
    locale = babel_locale(language or official_language(request))

    def moment(value: datetime) -> str:
        return f"{format_datetime(value.astimezone(UTC), 'medium', locale=locale)} UTC"

    def day(value: date) -> str:
        return format_date(value, "medium", locale=locale)

    def country(code: str | None) -> str:
        return str(locale.territories.get(code or "", code or ""))

    return {"moment": moment, "day": day, "country_name": country}


def _can(actor: Actor, permission: str) -> bool:
    return allows(actor, Permission(permission))
