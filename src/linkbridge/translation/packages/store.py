"""The folder of installed models: one at a time changes it, and each change happens whole or not at all.

Beside the engines' folders it holds ``.lock``, ``.generation`` (new after every change, so that servers notice),
``.staging`` (what is being put together; whatever a killed command left there is swept by the next) and ``.downloads``.
"""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from linkbridge.kernel.errors import Conflict, DomainError
from linkbridge.translation.folders import folders_in
from linkbridge.translation.packages.disk import replace_file, settle_folder, settle_tree, writing
from linkbridge.translation.packages.records import read_record
from linkbridge.translation.packages.values import INSTALLABLE, Installed, Record
from linkbridge.translation.ports import Engine, Model, Places

GENERATION_NAME = ".generation"
_OLD, _GONE = "old", "gone"
_KEEP_PARTS_SECONDS = 30 * 86_400


class ModelStore:
    """The installed models of one folder."""

    def __init__(self, models: Path, engines: Mapping[str, Engine]) -> None:
        self._models = models
        self._engines = {name: engines[name] for name in INSTALLABLE if name in engines}

    @property
    def models(self) -> Path:
        """The folder itself."""
        return self._models

    @property
    def downloads(self) -> Path:
        """Where parts of downloads wait for another try."""
        return self._models / ".downloads"

    def installed(self) -> list[Installed]:
        """Return the models that work, those that come with LinkBridge among them, sorted by id."""
        found = [
            Installed(model, None if model.bundled else _record_of(Path(model.location)))
            for engine in self._engines.values()
            for model in engine.find(Places(self._models))
        ]
        return sorted(found, key=lambda installed: installed.model.id)

    def folders(self) -> list[Path]:
        """Return the folders of installed packages, whether their engines can read them or not."""
        return [folder for name in self._engines for folder in folders_in(self._models / name)]

    def read(self, root: Path, engine: str, folder: str) -> Model | None:
        """Return what an engine makes of ``<root>/<engine>/<folder>``, or ``None``. Asking the engine is the check."""
        place = root / engine / folder
        models = self._engines[engine].find(Places(root))
        return next((model for model in models if Path(model.location) == place), None)

    @contextmanager
    def changing(self) -> Iterator["Change"]:
        """Yield what changes the folder, once nobody else does; sweep what a killed command left.

        Raises:
            Conflict: another command changes it.
            StorageFull: the disk is full.
            Unavailable: the folder cannot be written.
        """
        with writing():
            self._models.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._models / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _lock(descriptor)
            with writing():
                self._sweep()
                staging = self._models / ".staging" / secrets.token_hex(8)
                staging.mkdir(parents=True)
            try:
                yield Change(self._models, staging)
            finally:
                self._clear(staging)
        finally:
            os.close(descriptor)

    def _sweep(self) -> None:
        """Clear up what a killed command left, and parts of downloads that nobody asked for again."""
        left = list((self._models / ".staging").glob("*"))
        for staging in left:
            self._clear(staging)
        if left:
            mark_changed(self._models)
        for draft in self._models.glob(f"{GENERATION_NAME}-*"):
            draft.unlink()
        for part in self.downloads.glob("*"):
            if time.time() - part.stat().st_mtime > _KEEP_PARTS_SECONDS:
                part.unlink()

    def _clear(self, staging: Path) -> None:
        """Bring back what was moved away and not replaced, and delete the rest."""
        for old in staging.glob(f"{_OLD}/*/*"):
            target = self._models / old.relative_to(staging / _OLD)
            if not target.exists():
                old.rename(target)
        shutil.rmtree(staging, ignore_errors=True)


class Change:
    """One command's way to change the folder of models. It holds the lock."""

    def __init__(self, models: Path, staging: Path) -> None:
        self._models, self._staging = models, staging

    def room(self, name: str) -> Path:
        """Return a new folder for work, on the same disk as the models."""
        path = self._staging / name
        path.mkdir(parents=True)
        return path

    def put(self, staged: Sequence[Path], replaced: Sequence[Path] = ()) -> list[Path]:
        """Put folders ``…/<engine>/<folder>`` in their places, which are returned, and take away what they replace.

        Everything is on the disk before the first is renamed. A folder that gives way is kept until its successor
        stands there; a command killed in between has it brought back by the next.
        """
        with writing():
            for folder in staged:
                settle_tree(folder)
            targets = [self._models / folder.parent.name / folder.name for folder in staged]
            for folder, target in zip(staged, targets, strict=True):
                target.parent.mkdir(exist_ok=True)
                if target.exists():
                    self._move(target, _OLD)
                folder.rename(target)
                settle_folder(target.parent)
            for folder in replaced:
                if folder.exists():
                    self._move(folder, _GONE)
            mark_changed(self._models)
        return targets

    def take(self, folders: Sequence[Path]) -> None:
        """Take folders away: each is gone at once, and deleted then."""
        with writing():
            for folder in folders:
                self._move(folder, _GONE)
            mark_changed(self._models)

    def _move(self, folder: Path, where: str) -> None:
        away = self._staging / where / folder.parent.name / folder.name
        away.parent.mkdir(parents=True, exist_ok=True)
        if away.exists():
            shutil.rmtree(away)
        folder.rename(away)
        settle_folder(folder.parent)


def mark_changed(models: Path) -> None:
    """Tell running servers that the models are others now."""
    token = secrets.token_hex(16)
    draft = models / f"{GENERATION_NAME}-{token}"
    replace_file(models / GENERATION_NAME, token.encode(), draft)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict("another command installs or removes models now; run this one again when it is done") from None


def _record_of(folder: Path) -> Record | None:
    try:
        return read_record(folder)
    except DomainError:
        return None
