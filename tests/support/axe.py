"""Looks at a page with axe-core for whatever breaks WCAG 2.2 AA."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_AXE = Axe()


def violations(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """Return one line for each element that breaks a rule: the rule, where, and why."""
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": list(TAGS)},
        "resultTypes": ["violations"],
        "rules": {rule: {"enabled": False} for rule in without},
    }
    found = _AXE.run(page, options=options).response["violations"]
    return [
        f"{page.url} {violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]
