"""What the commands of ``linkbridge models`` do."""

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import typer

from linkbridge.cli.environment import load_settings
from linkbridge.cli.models_view import (
    directions,
    downloads_shown,
    installed_as_json,
    offer_as_json,
    offer_line,
    readable,
    show_table,
)
from linkbridge.kernel.clock import SystemClock
from linkbridge.kernel.errors import Conflict, InvalidInput, NotFound
from linkbridge.kernel.tags import read_tag
from linkbridge.settings import Settings
from linkbridge.translation.engines import ENGINES
from linkbridge.translation.packages.assembling import Assembler
from linkbridge.translation.packages.bundling import Bundler
from linkbridge.translation.packages.choosing import Way, best_offers, choose, read_pair
from linkbridge.translation.packages.disk import sha256_of
from linkbridge.translation.packages.downloading import Downloader
from linkbridge.translation.packages.http import Web, is_address
from linkbridge.translation.packages.installing import Installer, Verified
from linkbridge.translation.packages.sources import load_catalogue
from linkbridge.translation.packages.store import ModelStore
from linkbridge.translation.packages.values import INSTALLABLE, Installed, Offer, Watch
from linkbridge.translation.ports import LanguagePair


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every command works with."""

    settings: Settings
    store: ModelStore
    web: Web

    def installer(self, watch: Watch) -> Installer:
        assembler = Assembler(self.store, Downloader(self.store.downloads, self.web, watch), SystemClock())
        return Installer(self.store, assembler)

    def offers(self, source: str | None, engine: str | None) -> list[Offer]:
        """Return what can be had, and say which index could not be read."""
        places = [source] if source else [self.settings.firefox_index, self.settings.argos_index]
        catalogue = load_catalogue(places, self.web)
        for failure in catalogue.failures:
            typer.echo(f"linkbridge: {failure.message}", err=True)
        return [offer for offer in catalogue.offers if engine in {None, offer.engine}]


def _desk(engine: str | None = None) -> _Desk:
    if engine is not None and engine not in INSTALLABLE:
        raise InvalidInput(f"models are installed for {', '.join(INSTALLABLE)}", field="engine")
    settings = load_settings()
    return _Desk(settings, ModelStore(settings.resolved_models_dir, ENGINES), Web())


def show(languages: Sequence[str], engine: str | None, source: str | None, *, available: bool, as_json: bool) -> None:
    """Print the models that are installed, and with ``available`` what could be."""
    desk = _desk(engine)
    tags = {read_tag(language, field="language") for language in languages}
    installed = [
        have
        for have in desk.store.installed()
        if engine in {None, have.model.engine} and _speaks(have.model.pairs, tags)
    ]
    offers = best_offers(desk.offers(source, engine)) if available else []
    offers = [offer for offer in offers if _speaks(offer.pairs, tags)]
    if as_json:
        rows = [installed_as_json(have) for have in installed] + [offer_as_json(offer) for offer in offers]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    show_table(installed, offers)


def _speaks(pairs: Sequence[LanguagePair], tags: set[str]) -> bool:
    return not tags or any(tags & {pair.source, pair.target} for pair in pairs)


def install_all(
    what: Sequence[str], engine: str | None, source: str | None, *, name: str, yes: bool, again: bool
) -> None:
    """Install each thing named, one after the other; what went well before an error stays."""
    desk = _desk(engine)
    brought = [one for one in what if _is_place(one)]
    pairs = [read_pair(one) for one in what if one not in brought]
    ways = _ways(desk, pairs, engine, source, again=again) if pairs else []
    _confirm(desk, _offers_of(ways), [one for one in brought if is_address(one)], yes=yes)
    for offer in _offers_of(ways):
        with downloads_shown() as watch:
            have = desk.installer(watch).install_offer(offer)
        _say_installed([have])
    for place in brought:
        with downloads_shown() as watch:
            installed = _install_brought(desk.installer(watch), place, name)
        _say_installed(installed)


def _install_brought(installer: Installer, place: str, name: str) -> list[Installed]:
    if is_address(place):
        return installer.install_address(place, name)
    path = Path(place).expanduser().absolute()
    if path.is_file():
        typer.echo(f"{path.name}: {readable(path.stat().st_size)}, SHA-256 {sha256_of(path)}")
    return installer.install_path(path, name)


def _is_place(word: str) -> bool:
    """Tell files, folders and addresses from directions. A file called ``es-en`` must be written ``./es-en``."""
    if is_address(word) or "/" in word or Path(word).suffix:
        return True
    return _pair_or_none(word) is None and Path(word).exists()


def _ways(
    desk: _Desk, pairs: Sequence[LanguagePair], engine: str | None, source: str | None, *, again: bool
) -> list[Way]:
    installed = desk.store.installed()
    offers = desk.offers(source, engine)
    ways = [choose(pair, offers, installed, again=again) for pair in pairs]
    for way in ways:
        if way.pivot:
            typer.echo(f"{way.pair}: no package of its own; it goes through {way.pivot}:")
        for step in way.steps:
            if step.present is not None:
                here = "comes with LinkBridge" if step.present.model.bundled else "is installed already"
                typer.echo(f"  {step.pair}: {step.present.model.id} {here}")
    return ways


def _offers_of(ways: Sequence[Way]) -> list[Offer]:
    return list(dict.fromkeys(step.offer for way in ways for step in way.steps if step.offer is not None))


def _confirm(desk: _Desk, offers: Sequence[Offer], addresses: Sequence[str], *, yes: bool) -> None:
    """Show what would be fetched, with its size and licence, and ask."""
    remote = [offer for offer in offers if _is_remote(offer)]
    for offer in offers:
        typer.echo(offer_line(offer, _size(desk, offer)))
    for address in addresses:
        typer.echo(f"  {address}: {readable(desk.web.size_of(address))}, no checksum published; licence: not known yet")
    if yes or not (remote or addresses):
        return
    if not _may_ask():
        raise Conflict("nothing was fetched; add --yes to fetch this without being asked")
    if not typer.confirm("Fetch this?", default=True):
        raise typer.Abort


def _may_ask() -> bool:
    """Tell whether somebody is there to answer."""
    return sys.stdin.isatty()


def _is_remote(offer: Offer) -> bool:
    return any(is_address(place) for file in offer.files for place in file.addresses[:1])


def _size(desk: _Desk, offer: Offer) -> int | None:
    """Return a package's size. Where its index is silent, its server is asked."""
    if offer.size is not None or len(offer.files) > 1:
        return offer.size
    place = offer.files[0].addresses[0]
    if is_address(place):
        return desk.web.size_of(place)
    return Path(place).stat().st_size if Path(place).is_file() else None


def _say_installed(installed: Sequence[Installed]) -> None:
    for have in installed:
        model, record = have.model, have.record
        size = readable(record.size if record else model.size_bytes)
        licence = record.licence if record else model.licence
        typer.echo(f"installed {model.id} {model.version}: {directions(model.pairs)}, {size}, licence: {licence}")


def remove_all(what: Sequence[str]) -> None:
    """Remove each model named; nothing, if one of them cannot be."""
    desk = _desk()
    installer = desk.installer(Watch())
    unread = {folder.name: folder for folder in desk.store.folders()}
    found, folders = [], []
    for named in what:
        try:
            found.append(installer.find(named, _pair_or_none(named)))
        except NotFound:
            if named not in unread:
                raise
            folders.append(unread[named])
    if found:
        installer.remove(found)
    for folder in folders:
        installer.remove_folder(folder)
    for name in [*(have.model.id for have in found), *(folder.name for folder in folders)]:
        typer.echo(f"removed {name}")


def _pair_or_none(written: str) -> LanguagePair | None:
    try:
        return read_pair(written)
    except InvalidInput:
        return None


def verify_all(what: Sequence[str], *, as_json: bool) -> None:
    """Hash installed packages anew, and name each file that is damaged or missing."""
    desk = _desk()
    names = {_id_of(desk, named) for named in what}
    found = desk.installer(Watch()).verify(names)
    if names and not found:
        raise NotFound("no package that LinkBridge installed is called so; linkbridge models list shows them")
    if as_json:
        print(json.dumps([_verified_as_json(one) for one in found], indent=2))
    else:
        for one in found:
            _say_verified(one)
    if not all(one.is_sound for one in found):
        raise typer.Exit(1)


def _id_of(desk: _Desk, named: str) -> str:
    pair = _pair_or_none(named)
    return desk.installer(Watch()).find(named, pair).model.id if pair else named


def _verified_as_json(one: Verified) -> dict[str, object]:
    damaged = [{"file": file.path, "damage": file.damage.value} for file in one.damaged]
    return {
        "name": one.name,
        "sound": one.is_sound,
        "recorded": one.recorded,
        "damaged": damaged,
        "problem": one.problem,
    }


def _say_verified(one: Verified) -> None:
    if one.is_sound:
        said = "every file is as it was installed" if one.recorded else "put there by hand: no checksums to compare"
        typer.echo(f"✓ {one.name}: {said}")
        return
    typer.echo(f"✗ {one.name}: {one.problem or 'damaged; install it anew with --again'}")
    for file in one.damaged:
        typer.echo(f"    {file.path}: {file.damage.value}")


def bundle_all(
    what: Sequence[str], output: Path, engine: str | None, source: str | None, *, yes: bool, force: bool
) -> None:
    """Write a bundle of what is installed, and of what must be fetched for it."""
    desk = _desk(engine)
    installed, missing = _split(desk, what, engine)
    ways = _ways(desk, missing, engine, source, again=False) if missing else []
    steps = [step.present for way in ways for step in way.steps if step.present is not None]
    packed = {have.model.id: have for have in (*installed, *steps) if not have.model.bundled}
    _confirm(desk, _offers_of(ways), [], yes=yes)
    with downloads_shown() as watch:
        bundler = Bundler(desk.store, desk.installer(watch).assembler)
        made = bundler.write(list(packed.values()), _offers_of(ways), output.expanduser().absolute(), overwrite=force)
    for package in made.packages:
        typer.echo(f"  {package.place} {package.version}: {directions(package.pairs)}, licence: {package.licence}")
    typer.echo(f"wrote {output}: {readable(made.size)}, SHA-256 {made.sha256}")


def _split(desk: _Desk, what: Sequence[str], engine: str | None) -> tuple[list[Installed], list[LanguagePair]]:
    """Tell apart what is installed and what must be fetched. What comes with LinkBridge is packed nowhere."""
    installed: list[Installed] = []
    missing = []
    models = [have for have in desk.store.installed() if engine in {None, have.model.engine}]
    for named in what:
        found = [have for have in models if have.model.id == named] or _present(read_pair(named), models)
        if not found:
            missing.append(read_pair(named))
        for have in found:
            if have.model.bundled:
                typer.echo(f"  {named}: {have.model.id} comes with LinkBridge, and is not packed")
        installed += found
    return installed, missing


def _present(pair: LanguagePair, models: Sequence[Installed]) -> list[Installed]:
    """Return the installed models that lead from one language to the other, if there are any."""
    own = [have for have in models if not have.model.bundled]
    for some in (own, models):
        with suppress(NotFound):
            return [step.present for step in choose(pair, [], some).steps if step.present is not None]
    return []
