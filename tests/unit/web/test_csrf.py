import pytest
from fastapi import Request

from linkbridge.kernel.errors import ForgedRequest
from linkbridge.web.csrf import CsrfSigner, require_same_origin


def _request(**headers: str) -> Request:
    raw = [
        (name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "here:8000", **headers}.items()
    ]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw})


def test_token_belongs_to_one_cookie_and_one_secret() -> None:
    signer = CsrfSigner(b"secret")
    signer.check("cookie", signer.token_for("cookie"))
    for cookie, token in (
        ("cookie", signer.token_for("other")),
        ("cookie", CsrfSigner(b"other").token_for("cookie")),
        ("cookie", ""),
        ("cookie", None),
        ("", signer.token_for("")),
        (None, signer.token_for("cookie")),
    ):
        with pytest.raises(ForgedRequest):
            signer.check(cookie, token)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://here:8000"},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
    ],
)
def test_own_origin_is_accepted(headers: dict[str, str]) -> None:
    require_same_origin(_request(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://here:8001"},
        {"origin": "https://here:8000.evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_other_origin_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ForgedRequest):
        require_same_origin(_request(**headers))
