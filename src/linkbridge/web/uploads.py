"""Forms with a file: the same checks as of any form of staff, and the file's bytes."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from linkbridge.kernel.errors import InvalidInput
from linkbridge.web.auth import SESSION_COOKIE, CsrfSignerDep, cookie_name
from linkbridge.web.csrf import require_same_origin
from linkbridge.web.deps import ContainerDep
from linkbridge.web.forms import FormValues

_MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """What such a form sent: its fields, and its one file, empty when none was chosen."""

    form: FormValues
    file: bytes = field(repr=False)


async def staff_upload(request: Request, container: ContainerDep, signer: CsrfSignerDep) -> Upload:
    """Return the form with a file that a signed-in staff member sent.

    Raises:
        ForgedRequest: it was not one of our pages that sent it, or not to this session.
        InvalidInput: it is no such form.
    """
    require_same_origin(request)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise InvalidInput("this is not a form of these pages")
    fields: dict[str, list[str]] = {}
    file = b""
    try:
        async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    file = await value.read()
                else:
                    fields.setdefault(name, []).append(value)
    except HTTPException as error:
        raise InvalidInput("this is not a form of these pages") from error
    sent = FormValues(fields)
    signer.check(request.cookies.get(cookie_name(container, SESSION_COOKIE)), sent.text("csrf_token"))
    return Upload(sent, file)


StaffUpload = Annotated[Upload, Depends(staff_upload)]
