"""The paper that a person may take along: both languages, marks, the encounter's code, and what it is not."""

import io
from typing import Annotated, Literal

import segno
from pydantic import BaseModel, ConfigDict, Field

from linkbridge.container import Container
from linkbridge.kernel.ids import parse_encounter_code
from linkbridge.kernel.pdf import render_fitting
from linkbridge.web.assets import pictogram_file, pictogram_url
from linkbridge.web.tablet_pages import TabletSite
from linkbridge.web.templating import render_text
from linkbridge.web.views import Views

_ANSWERS = {"understood": "understand", "not-understood": "not-understand", "wants-interpreter": "want-interpreter"}
_TEXT_POINTS = (12.0, 11.0, 10.0, 9.2, 8.4)
"""Sizes of the person's text to try, in points, until the receipt fits on one page."""


class ReceiptForm(BaseModel):
    """What the tablet sends for a receipt. Nothing of it is stored."""

    model_config = ConfigDict(extra="forbid")
    csrf_token: str = ""
    code: Annotated[str, Field(max_length=24)]
    notice: Annotated[str, Field(max_length=64)]
    language: Annotated[str, Field(max_length=16)]
    form: Literal["full", "neutral"]
    answer: Literal["", "understood", "not-understood", "wants-interpreter"] = ""
    training: Literal["", "yes"] = ""


def make_receipt(container: Container, site: TabletSite, ui: str, form: ReceiptForm) -> bytes:
    """Return the receipt as a tagged PDF.

    Raises:
        InvalidInput: the code is no encounter code.
        NotFound: the notice may not be shown in this language here.
        Unavailable: this server cannot make PDF files.
    """
    views = Views(container.catalogue, container.speech)
    view = views.notice(form.notice, form.language, ui, site.policy)
    texts = container.catalogue.interface(form.language)
    is_public = container.public_policy.allows(view.notice)
    address = f"{container.web.base_url}/n/{form.notice}/{form.language}"
    context = {
        "view": view,
        "tag": form.language,
        "texts": texts,
        "own": container.catalogue.interface(ui),
        "code": parse_encounter_code(form.code),
        "neutral": form.form == "neutral",
        "answer": _ANSWERS.get(form.answer),
        "training": form.training == "yes",
        "site": site,
        "qr": _qr_code(address) if is_public else "",
    }
    return render_fitting(
        (render_text(container, ui, "tablet/receipt.html", {**context, "points": points}) for points in _TEXT_POINTS),
        most_pages=1,
        base_url=container.web.base_url,
        fetch=_pictogram_bytes,
    )


def _qr_code(address: str) -> str:
    target = io.BytesIO()
    segno.make(address, error="m", micro=False).save(target, kind="svg", xmldecl=False, svgns=True, border=2, scale=4)
    return target.getvalue().decode()


def _pictogram_bytes(url: str) -> bytes | None:
    """Serve the receipt's pictograms from the installed package; anything else does not exist."""
    prefix = pictogram_url("0000").rsplit("/", 1)[0] + "/"
    _, found, name = url.partition(prefix)
    return pictogram_file(name.removesuffix(".svg")).body if found else None
