"""Installs, removes and verifies packages of models."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from linkbridge.kernel.errors import Conflict, DomainError, NotFound
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.folders import folders_in
from linkbridge.translation.packages.assembling import Assembler, Ready
from linkbridge.translation.packages.http import check_address, shown
from linkbridge.translation.packages.layouts import Layout, recognise
from linkbridge.translation.packages.records import read_record, verify_files
from linkbridge.translation.packages.store import Change, ModelStore
from linkbridge.translation.packages.values import DamagedFile, Installed, Offer, OfferedFile
from linkbridge.translation.ports import LanguagePair


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of hashing a package anew. ``recorded`` is false where it has no record to compare with."""

    name: str
    damaged: tuple[DamagedFile, ...] = ()
    recorded: bool = True
    problem: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether every file is as it was installed, and the engine can use them."""
        return not self.damaged and not self.problem


@dataclass(frozen=True, slots=True)
class Installer:
    """Changes the folder of models."""

    store: ModelStore
    assembler: Assembler

    def install_offer(self, offer: Offer) -> Installed:
        """Fetch and install a package.

        Raises as ``Assembler.from_offer``, and ``Conflict`` as ``ModelStore.changing``.
        """
        with self.store.changing() as change, self._forgetting(offer.files):
            ready = self.assembler.from_offer(change, offer)
            [have] = self._put(change, [ready])
        return have

    def install_address(self, address: str, name: str = "") -> list[Installed]:
        """Fetch and install the package or bundle at an address, about which no index says anything.

        Raises as ``install_offer``, and ``InvalidInput`` if the address is none.
        """
        check_address(address)
        file_name = urlsplit(address).path.rpartition("/")[2] or "package"
        file = OfferedFile(file_name, (address,))
        with self.store.changing() as change, self._forgetting((file,)):
            path = self.assembler.downloader.fetch(file)
            ready = self.assembler.from_path(change, path, name or file_name.partition(".")[0], shown(address))
            return self._put(change, ready)

    def install_path(self, path: Path, name: str = "") -> list[Installed]:
        """Install the package in a file or folder, or all packages of a bundle: all of them, or none.

        Raises as ``Assembler.from_path``, and ``Conflict`` as ``ModelStore.changing``.
        """
        with self.store.changing() as change:
            ready = self.assembler.from_path(change, path, name)
            return self._put(change, ready)

    def find(self, named: str, pair: LanguagePair | None) -> Installed:
        """Return the installed model that an id or a direction names.

        Raises:
            NotFound: there is none.
            Conflict: a direction names several.
        """
        installed = self.store.installed()
        found = [have for have in installed if named == have.model.id]
        if not found and pair is not None:
            found = [have for have in installed if have.model.pairs == (pair,)]
            found = [have for have in found if not have.model.bundled] or found
        if not found:
            raise NotFound(f"no model is installed that is called {named!a}; linkbridge models list shows them")
        if len(found) > 1:
            ids = ", ".join(have.model.id for have in found)
            raise Conflict(f"several models are installed for {named}: {ids}; name one of these")
        return found[0]

    def remove(self, models: Collection[Installed]) -> None:
        """Remove installed models.

        Raises:
            Conflict: one of them comes with LinkBridge, or another command changes the folder. Nothing was removed.
            NotFound: one of them is gone already. Nothing was removed.
        """
        for have in models:
            if have.model.bundled:
                raise Conflict(
                    f"{have.model.id} comes with LinkBridge and is part of the program; it cannot be removed"
                )
        with self.store.changing() as change:
            folders = [Path(have.model.location) for have in models]
            for folder in folders:
                if not folder.exists():
                    raise NotFound(f"{folder} is gone already; nothing was removed")
            change.take(folders)

    def remove_folder(self, folder: Path) -> None:
        """Remove the folder of a package that no engine can read. Raises ``Conflict`` as ``remove``."""
        with self.store.changing() as change:
            change.take([folder])

    def verify(self, names: Collection[str] = ()) -> list[Verified]:
        """Hash installed packages anew: those whose id or folder is named, or all. Sorted by engine and folder."""
        models = {Path(have.model.location): have for have in self.store.installed()}
        return [
            _verify(folder, models.get(folder))
            for folder in self.store.folders()
            if not names or folder.name in names or (folder in models and models[folder].model.id in names)
        ]

    @contextmanager
    def _forgetting(self, files: Sequence[OfferedFile]) -> Iterator[None]:
        """Delete downloads once they are installed, or found to be no good; keep them when the line broke."""
        try:
            yield
        except BrokenPackage:
            self._forget(files)
            raise
        self._forget(files)

    def _forget(self, files: Sequence[OfferedFile]) -> None:
        for file in files:
            self.assembler.downloader.forget(file)

    def _put(self, change: Change, ready: Sequence[Ready]) -> list[Installed]:
        replaced = [folder for one in ready for folder in self._rivals(one)]
        places = change.put([one.folder for one in ready], replaced)
        return [
            Installed(replace(one.model, location=str(place)), one.record)
            for one, place in zip(ready, places, strict=True)
        ]

    def _rivals(self, ready: Ready) -> list[Path]:
        """Return folders of other names that hold the same model: whichever is newer would win over the new one."""
        layout = Layout(ready.record.engine, ready.folder.name)
        folders = folders_in(self.store.models / layout.engine)
        return [folder for folder in folders if folder.name != layout.folder and _layout(folder) == layout]


def _layout(folder: Path) -> Layout | None:
    try:
        return recognise(folder)
    except DomainError:
        return None


def _verify(folder: Path, model: Installed | None) -> Verified:
    name = f"{folder.parent.name}/{folder.name}"
    try:
        record = read_record(folder)
    except DomainError as error:
        return Verified(name, problem=error.message)
    problem = "" if model else "its engine cannot use it, or a newer one of the same direction is used instead"
    if record is None:
        return Verified(name, recorded=False, problem=problem)
    return Verified(name, tuple(verify_files(folder, record.files)), problem=problem)
