"""The project's documents, as far as tests read them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[(?:[^\]\[]|!\[[^\]]*\])*\]\(([^)\s]+)\)|<(https?://[^>]+)>")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One Markdown page."""

    path: Path

    @property
    def name(self) -> str:
        """Its path in the checkout."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """The text without its blocks of code."""
        return _BLOCK.sub("", self.text)

    def blocks(self, kind: str) -> list[str]:
        """The blocks of code of one kind, such as ``sh``."""
        return [body for found, body in _BLOCK.findall(self.text) if found == kind]

    @property
    def links(self) -> list[str]:
        """Where its links and images lead, as written."""
        return [inline or plain for inline, plain in _LINK.findall(self.prose)]

    @property
    def anchors(self) -> set[str]:
        """The names that its headings can be linked by."""
        plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(self.prose))
        return {name.replace(" ", "-") for name in plain}

    @property
    def code(self) -> set[str]:
        """Everything in backticks, each word or phrase once."""
        return set(re.findall(r"`([^`\n]+)`", self.prose))

    def rows(self) -> list[list[str]]:
        """The cells of all its tables, row by row."""
        lines = [line for line in self.prose.splitlines() if line.startswith("| ")]
        return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def page(name: str) -> Page:
    """Return the page at this path of the checkout."""
    return Page(ROOT / name)


def pages() -> list[Page]:
    """Return every page that people read: those at the top and those of ``docs``."""
    return [Page(path) for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))]
