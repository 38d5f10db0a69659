"""Finds what must be installed for a direction: the best package, or two that meet in another language. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkbridge.kernel.errors import InvalidInput, NotFound
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.kernel.tags import normal_tag
from linkbridge.translation.folders import version_order
from linkbridge.translation.packages.values import Installed, Offer
from linkbridge.translation.ports import LanguagePair

_USUAL_PIVOT = "en"
_KNOWN = frozenset(tag.partition("-")[0] for tag in LANGUAGES)


@dataclass(frozen=True, slots=True)
class Step:
    """One direction on the way: what leads there is offered, or there already."""

    pair: LanguagePair
    offer: Offer | None = None
    present: Installed | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How a direction can be had: by one step, or by two through another language."""

    pair: LanguagePair
    steps: tuple[Step, ...]

    @property
    def pivot(self) -> str:
        """The language in between, or nothing."""
        return self.steps[0].pair.target if len(self.steps) > 1 else ""


def read_pair(written: str) -> LanguagePair:
    """Return the direction that somebody wrote, such as ``es-en`` or ``zh-Hans:en``.

    Raises:
        InvalidInput: it is none, or may be two.
    """
    if ":" in written:
        first, _, second = written.partition(":")
        splits = [(first, second)]
    else:
        parts = written.replace("_", "-").split("-")
        splits = [("-".join(parts[:place]), "-".join(parts[place:])) for place in range(1, len(parts))]
    found = {
        LanguagePair(source, target)
        for first, second in splits
        if (source := normal_tag(first)) and (target := normal_tag(second)) and source != target
    }
    if len(found) > 1:  # en-pt-BR is to Brazilian Portuguese, not from the English of Portugal to Breton
        found = {pair for pair in found if {_primary(pair.source), _primary(pair.target)} <= _KNOWN} or found
    if len(found) == 1:
        return found.pop()
    if found:
        raise InvalidInput(
            f"{written!a} may mean several directions; write it with a colon, as zh-Hans:en", field="pair"
        )
    raise InvalidInput(f"{written!a} names no two languages; write a direction as es-en", field="pair")


def _primary(tag: str) -> str:
    return tag.partition("-")[0]


def best_offers(offers: Iterable[Offer]) -> list[Offer]:
    """Return of each engine the best offer in each direction, sorted by direction."""
    best: dict[tuple[tuple[LanguagePair, ...], str], Offer] = {}
    for offer in offers:
        key = offer.pairs, offer.engine
        if key not in best or offer.rank < best[key].rank:
            best[key] = offer
    return sorted(best.values(), key=lambda offer: (offer.pairs, offer.rank))


def choose(pair: LanguagePair, offers: Sequence[Offer], installed: Sequence[Installed], *, again: bool = False) -> Way:
    """Return how a direction can be had. ``again`` takes what is offered even where the same is there.

    Raises:
        NotFound: there is no way, not even through one other language.
    """
    step = _step(pair, offers, installed, again=again)
    if step is not None:
        return Way(pair, (step,))
    for pivot in _pivots(pair, offers, installed):
        first, second = LanguagePair(pair.source, pivot), LanguagePair(pivot, pair.target)
        steps = [_there(leg, installed) or _step(leg, offers, installed) for leg in (first, second)]
        if all(steps):
            return Way(pair, tuple(step for step in steps if step is not None))
    raise NotFound(f"nothing leads from {pair.source} to {pair.target}{_hint(pair, offers)}")


def _step(
    pair: LanguagePair, offers: Sequence[Offer], installed: Sequence[Installed], *, again: bool = False
) -> Step | None:
    offer = min((offer for offer in offers if pair in offer.pairs), key=lambda offer: offer.rank, default=None)
    if offer is None:
        return _there(pair, installed)
    same = next((have for have in installed if _is_same(have, offer, pair)), None)
    return Step(pair, present=same) if same and not again else Step(pair, offer=offer)


def _there(pair: LanguagePair, installed: Sequence[Installed]) -> Step | None:
    have = next((have for have in installed if pair in have.model.pairs), None)
    return Step(pair, present=have) if have else None


def _is_same(have: Installed, offer: Offer, pair: LanguagePair) -> bool:
    """Tell whether this is what is offered, or newer. What comes with LinkBridge counts its versions otherwise."""
    model = have.model
    if model.bundled or model.engine != offer.engine or pair not in model.pairs:
        return False
    return version_order(model.version)[0] >= version_order(offer.version)[0]


def _pivots(pair: LanguagePair, offers: Sequence[Offer], installed: Sequence[Installed]) -> list[str]:
    known = {known for offer in offers for known in offer.pairs}
    known |= {known for have in installed for known in have.model.pairs}
    after = {other.target for other in known if other.source == pair.source}
    before = {other.source for other in known if other.target == pair.target}
    return sorted(after & before, key=lambda tag: (tag != _USUAL_PIVOT, tag))


def _hint(pair: LanguagePair, offers: Sequence[Offer]) -> str:
    known = {known for offer in offers for known in offer.pairs}
    missing = [tag for tag in (pair.source, pair.target) if not any(tag in (one.source, one.target) for one in known)]
    return f"; no package knows {' or '.join(missing)}" if missing else ", and no language lies between them"
