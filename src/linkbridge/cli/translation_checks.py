"""What ``linkbridge doctor`` says of translation. It makes nothing: no folder, no database."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from linkbridge.bootstrap.translation import model_places, runner_options
from linkbridge.cli.findings import Finding, Level
from linkbridge.kernel.errors import DomainError
from linkbridge.settings import Settings
from linkbridge.translation.engines import ENGINES
from linkbridge.translation.guard.canaries import CANARIES
from linkbridge.translation.packages.store import ModelStore
from linkbridge.translation.ports import LanguagePair, Model, Patience, Places
from linkbridge.translation.routing import Router
from linkbridge.translation.runtime.runner import ModelRunner

AREA = "Translation"
TEST_SECONDS = 30.0
_MOST_SHOWN = 12
_TEST_TEXT = "911"
"""What a model is given in a language that has no test sentence: it must answer something."""
_SERVER = "libretranslate"


def translation_findings(settings: Settings) -> Iterator[Finding]:
    """Yield what is there, whether a sentence is really translated, and what is damaged or does not answer."""
    places = model_places(settings)
    here = _models(Places(places.models), [name for name in ENGINES if name != _SERVER])
    yield from _directions(here)
    yield from _translates(settings, here)
    yield from _damaged(ModelStore(places.models, ENGINES))
    yield from _servers(places.servers)


def _models(places: Places, engines: Iterable[str]) -> list[Model]:
    return sorted((model for name in engines for model in ENGINES[name].find(places)), key=lambda model: model.id)


def _directions(models: Sequence[Model]) -> Iterator[Finding]:
    pairs = sorted({pair for model in models for pair in model.pairs})
    if not pairs:
        todo = "linkbridge models install es-en en-am …; until then phrases and interpreters are offered."
        yield Finding(AREA, Level.OFF, "no model is installed", todo)
        return
    router = Router(models)
    ways = sum(bool(router.routes(source, target)) for source in router.sources for target in router.targets)
    engines = ", ".join(dict.fromkeys(model.engine for model in models))
    shown = " ".join(map(str, pairs[:_MOST_SHOWN])) + (" …" if len(pairs) > _MOST_SHOWN else "")
    found = f"{len(pairs)} directions ({shown}) by {engines}; {ways} with others in between"
    yield Finding(AREA, Level.OK, found)


def _translates(settings: Settings, models: Sequence[Model]) -> Iterator[Finding]:
    """Really translate, with the models that come with LinkBridge, or else with one of those installed."""
    tested = [model for model in models if model.bundled] or list(models[:1])
    if not tested:
        return
    runner = ModelRunner(runner_options(settings))
    try:
        failed = [model for model in tested if not _answers(runner, model, model.pairs[0])]
    finally:
        runner.close()
    for model in failed:
        todo = "Install LinkBridge again." if model.bundled else f"linkbridge models verify {model.id}"
        yield Finding(AREA, Level.FAIL, f"{model.id} does not translate", todo)
    if working := [model.id for model in tested if model not in failed]:
        yield Finding(AREA, Level.OK, f"a sentence was translated by {', '.join(working)}")


def _answers(runner: ModelRunner, model: Model, pair: LanguagePair) -> bool:
    text = next(iter(CANARIES.get(pair.source, ())), _TEST_TEXT)
    try:
        [answers] = runner.run(model, pair, [text], Patience(client="doctor", seconds=TEST_SECONDS))
    except DomainError:
        return False
    return bool(answers and answers[0].strip())


def _damaged(store: ModelStore) -> Iterator[Finding]:
    usable = {Path(have.model.location) for have in store.installed()}
    for folder in store.folders():
        if folder not in usable:
            name = f"{folder.parent.name}/{folder.name}"
            todo = f"linkbridge models remove {folder.name}, then install it again."
            yield Finding(
                AREA, Level.FAIL, f"{name} cannot be used: it is damaged, or another one took its place", todo
            )


def _servers(addresses: Sequence[str]) -> Iterator[Finding]:
    for address in dict.fromkeys(addresses):
        name = urlsplit(address).hostname or "a server without a name"
        found = _models(Places(Path(), (address,)), [_SERVER])
        if found:
            count = sum(len(model.pairs) for model in found)
            yield Finding(AREA, Level.OK, f"the server {name} offers {count} directions; texts are sent there")
        else:
            todo = "Start it, or mend LINKBRIDGE_TRANSLATION_SERVERS; the models here work without it."
            yield Finding(AREA, Level.FAIL, f"the server {name} does not answer", todo)
