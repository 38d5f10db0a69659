import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from linkbridge.kernel.logging import configure_logging


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    configuration = structlog.get_config()
    yield
    root.handlers, root.level = before, level
    structlog.configure(**configuration)


def test_logs_follow_standard_error_after_it_was_redirected(monkeypatch: pytest.MonkeyPatch) -> None:
    redirected, later = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", redirected)
    configure_logging("info", "json")
    log = structlog.get_logger()
    log.info("first")
    redirected.close()
    monkeypatch.setattr(sys, "stderr", later)
    log.info("second")
    logging.getLogger("library").warning("third")
    assert [json.loads(line)["event"] for line in later.getvalue().splitlines()] == ["second", "third"]


def test_exception_is_logged_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    configure_logging("info", "json")
    try:
        int("I fled from my country")
    except ValueError as error:
        structlog.get_logger().error("crash", exc_info=error)
    entry = json.loads(shown.getvalue())
    assert entry["error_type"] == "ValueError"
    assert entry["error_at"].startswith("test_exception_is_logged_without_its_words:")
    assert "fled" not in shown.getvalue()


def test_level_holds_back_what_is_less_urgent(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    configure_logging("warning", "console")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    assert "quiet" not in shown.getvalue()
    assert "loud" in shown.getvalue()
