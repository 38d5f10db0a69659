"""Two countries' installations, whose commands a test runs as their operators do."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from linkbridge.cli import app, exchange_keys, exchange_texts
from linkbridge.settings import Settings
from tests.unit.phrasebook.conftest import INSTRUMENTS, INTERFACE, INTERFACE_ES, RIGHTS, RIGHTS_ES

FILES = {
    "instruments.yaml": INSTRUMENTS,
    "rights/book.yaml": RIGHTS,
    "rights/es.po": RIGHTS_ES,
    "interface/book.yaml": INTERFACE,
    "interface/es.po": INTERFACE_ES,
}


class Installation:
    """One country's LinkBridge: its data folder and its phrasebooks."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, database_url: str = "") -> None:
        self.folder, self.books, self._monkeypatch = folder, folder / "books", monkeypatch
        self.settings = Settings(data_dir=folder / "data", phrasebooks_dir=self.books, database_url=database_url)
        for file, text in FILES.items():
            path = self.books / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> Result:
        for module in (exchange_texts, exchange_keys):
            self._monkeypatch.setattr(module, "load_settings", lambda: self.settings)
        return CliRunner().invoke(app, ["phrasebook", *arguments])

    def export(self, kind: str, name: str) -> Path:
        path = self.folder / name
        arguments = ["--format", kind, "--output", str(path), "--directory", str(self.books), "--book", "rights"]
        result = self.run("export", *arguments, *(["--sender", "Panama"] if kind == "bundle" else []))
        assert result.exit_code == 0, result.stderr
        return path

    def lines(self, *arguments: str) -> list[str]:
        result = self.run(*arguments)
        assert result.exit_code == 0, result.stderr
        return result.stdout.splitlines()
