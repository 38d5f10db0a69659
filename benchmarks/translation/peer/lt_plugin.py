"""A pytest plugin: the fixture ``client`` of LibreTranslate's own tests, asking a server at ``LT_URL``.

Runs in LibreTranslate's environment; its tests stay in its wheel and are run as they are.
"""

import os

import pytest
import requests

SECONDS = 60


class Answer:
    """An answer in the shape that Flask's test client gives."""

    def __init__(self, response: requests.Response) -> None:
        self.status_code = response.status_code
        self.data = response.content
        self._response = response

    @property
    def json(self) -> object:
        """The body as JSON."""
        return self._response.json()


class Client:
    """Asks the server as Flask's test client would ask the application."""

    def get(self, path: str) -> Answer:
        """Send GET."""
        return Answer(requests.get(os.environ["LT_URL"] + path, timeout=SECONDS))

    def post(
        self, path: str, data: dict[str, str] | None = None, json: dict[str, str | list[str]] | None = None
    ) -> Answer:
        """Send POST with a form or with JSON."""
        return Answer(requests.post(os.environ["LT_URL"] + path, data=data, json=json, timeout=SECONDS))


@pytest.fixture
def client() -> Client:
    """Return the client in place of that of ``libretranslate/tests/test_api/conftest.py``."""
    return Client()
