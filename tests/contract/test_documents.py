"""The documents hang together: links and paths lead somewhere, decision records have no gaps."""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.documents import ROOT, Page, page, pages

RECORDS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
_TOP = {path.name for path in ROOT.iterdir()}
_MADE = {".venv", ".tools", "var", "screenshots"}
"""Folders that `make` and the program make."""


@pytest.mark.parametrize("document", pages(), ids=lambda document: document.name)
def test_links_and_images_lead_somewhere(document: Page) -> None:
    for link in document.links:
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme in {"https", "http"}, link
            continue
        target = document.path if not parts.path else document.path.parent / unquote(parts.path)
        assert target.exists(), f"{document.name} links to {link}, which does not exist"
        if parts.fragment:
            assert parts.fragment in Page(target).anchors, f"{document.name} links to {link}: no such heading"


@pytest.mark.parametrize("document", pages(), ids=lambda document: document.name)
def test_paths_that_are_named_exist(document: Page) -> None:
    for path in filter(_is_path, document.code):
        pattern = re.sub(r"<[^>]+>", "*", path).rstrip("/")
        found = [place for place in (ROOT, ROOT / "src", document.path.parent) if any(place.glob(pattern))]
        assert found, f"{document.name} names {path}, which does not exist"


def _is_path(words: str) -> bool:
    first = words.split("/", maxsplit=1)[0]
    if not re.fullmatch(r"[\w.<>*-]+(?:/[\w.<>*-]+)+/?", words) or first in _MADE:
        return False
    if "voices" in words.split("/"):
        return False  # where recordings will be: none is delivered
    return first in _TOP or first in {"linkbridge", "decisions", "operations"}


def test_readme_shows_pictures_that_say_what_they_show() -> None:
    images = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page("README.md").text)
    assert len(images) >= 3
    assert all(len(words) > 20 for words, _ in images)


def test_every_page_of_the_documentation_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        path = path / "README.md" if path.is_dir() else path
        if path in reached or path.suffix != ".md" or not path.exists():
            continue
        reached.add(path)
        links = (urlsplit(link) for link in Page(path).links)
        waiting += [(path.parent / link.path).resolve() for link in links if not link.scheme and link.path]
    assert {document.path for document in pages()} - reached == set()


def test_decision_records_are_numbered_without_gaps_and_listed() -> None:
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
    listed = [link for link in page("docs/decisions/README.md").links if link[0].isdigit()]
    assert listed == [path.name for path in RECORDS]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_decision_record_says_what_and_why(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert "\n**Decision.** " in text
    assert "\n**Why.** " in text


def test_code_names_no_document_that_is_missing() -> None:
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "scripts").iterdir(), *(ROOT / "templates").rglob("*.html")]
    for source in filter(Path.is_file, sources):
        for name in re.findall(r"\bdocs/[\w/-]+\.md\b", source.read_text(encoding="utf-8")):
            assert (ROOT / name).is_file(), f"{source.relative_to(ROOT)} names {name}"


def test_modules_that_the_architecture_calls_pure_are_held_to_it() -> None:
    [named] = re.findall(r"modules of pure rules\s\(([^)]+)\)", page("docs/architecture.md").text)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [pure] = [contract for contract in contracts if contract["name"] == "5 Pure rules"]
    assert {f"linkbridge.{name}" for name in re.findall(r"`([\w.]+)`", named)} == set(pure["source_modules"])
