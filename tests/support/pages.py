"""A browser without a browser: asks the application in this process, keeps cookies, follows redirects."""

import html
import re
from dataclasses import dataclass, field

import httpx
from fastapi import FastAPI

from tests.support.coroutines import run_apart

_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')
_PROBLEM = re.compile(r'class="problem" id="problem-([\w-]+)"')


@dataclass
class Page:
    """An answer as a person sees it."""

    response: httpx.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        return self.response.url.path

    @property
    def text(self) -> str:
        return html.unescape(self.response.text)

    @property
    def token(self) -> str:
        """The form token of the page."""
        found = _TOKEN.search(self.response.text)
        assert found is not None, "the page has no form"
        return found.group(1)

    @property
    def problems(self) -> list[str]:
        """The fields that are marked as wrong."""
        return _PROBLEM.findall(self.response.text)

    def code(self) -> str:
        """The one-time code that the page shows."""
        found = re.search(r'code-words"><bdi>([a-z-]+)</bdi>', self.response.text)
        assert found is not None, "the page shows no code"
        return found.group(1)


@dataclass
class PageClient:
    """One browser. ``peer`` is the address that it seems to come from; ``raises`` lets errors through."""

    app: FastAPI
    peer: str = "192.0.2.1"
    base_url: str = "http://testserver"
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    raises: bool = True

    def get(self, path: str, **headers: str) -> Page:
        return run_apart(self._ask("GET", path, None, headers))

    def post(self, path: str, data: dict[str, str | list[str]], **headers: str) -> Page:
        return run_apart(self._ask("POST", path, data, headers))

    def ask(self, method: str, path: str, content: bytes | None = None, /, **headers: str) -> Page:
        """Send any request, with a body that is no form, and follow no redirect."""
        return run_apart(self._ask(method, path, None, headers, content=content, follow=False))

    def send(self, form_path: str, data: dict[str, str | list[str]], *, to: str = "") -> Page:
        """Open a page and send its form with ``data``."""
        return self.post(to or form_path, {"csrf_token": self.get(form_path).token, **data})

    async def _ask(
        self,
        method: str,
        path: str,
        data: dict[str, str | list[str]] | None,
        headers: dict[str, str],
        *,
        content: bytes | None = None,
        follow: bool = True,
    ) -> Page:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=self.raises, client=(self.peer, 50_000))
        named = {"accept-language": "en", **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with httpx.AsyncClient(
            transport=transport, base_url=self.base_url, cookies=self.cookies, follow_redirects=follow, headers=named
        ) as client:
            response = await client.request(method, path, data=data, content=content)
            self.cookies = client.cookies
        return Page(response)
