"""How programs read a translation's label: one shape for the API, LibreTranslate's clients and the command. Pure."""

from typing import Any

from linkbridge.translation.results import ProtectedSpan, Route, Segment, Translation, UsedTerm


def describe(translation: Translation) -> dict[str, Any]:
    """Return everything that is known of a translation, without its text, in values that JSON has."""
    return {
        "sourceLanguage": translation.pair.source,
        "targetLanguage": translation.pair.target,
        "sourceGiven": translation.source_given,
        "confidence": round(translation.confidence, 1),
        "source": translation.source.value,
        "quality": translation.quality.value,
        "reasons": [reason.value for reason in translation.reasons],
        "route": _route(translation.route),
        "protected": [_span(span) for span in translation.protected],
        "terms": [_term(term) for term in translation.terms],
        "segments": [_segment(segment) for segment in translation.segments],
    }


def _route(route: Route | None) -> dict[str, Any] | None:
    if route is None:
        return None
    return {
        "languages": [route.legs[0].pair.source, *(leg.pair.target for leg in route.legs)],
        "pivots": list(route.pivots),
        "engines": list(route.engines),
        "models": [{"id": leg.model_id, "version": leg.model_version} for leg in route.legs],
        "standIns": [{"wanted": each.wanted, "used": each.used} for each in route.stand_ins],
    }


def _span(span: ProtectedSpan) -> dict[str, Any]:
    return {"kind": span.kind, "text": span.text, "start": span.start, "end": span.end}


def _term(term: UsedTerm) -> dict[str, Any]:
    return {
        "id": term.term_id,
        "source": term.source,
        "target": term.target,
        "found": term.found,
        "replaced": term.replaced,
    }


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "language": segment.language,
        "source": segment.source.value,
        "quality": segment.quality.value,
        "reasons": [reason.value for reason in segment.reasons],
        "phrase": segment.phrase_key,
    }
