"""Voices that one installation hands to another: the recordings of the database into a bundle, and a bundle's into it.

A voice is taken from a trusted key alone, for words that are here, and encoded anew like any that is uploaded. Of whose
voice it is a bundle says nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session

from linkbridge.accounts.permissions import Actor, Permission, require
from linkbridge.kernel.errors import InvalidInput, TooLarge, Unavailable
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.exchange.bundle import Bundle, VoiceFile
from linkbridge.phrasebook.exchange.plan import Plan, Trust, Verdict
from linkbridge.phrasebook.exchange.trust import fingerprint
from linkbridge.phrasebook.overlay import Place, with_changes
from linkbridge.phrasebook.revisions import next_version
from linkbridge.phrasebook.schema import Library
from linkbridge.phrasebook.sound import Recording, prepare_recording
from linkbridge.phrasebook.voice_coverage import readable_words
from linkbridge.phrasebook.voice_shelf import VoiceShelf, sender_reference

Sounds = Mapping[str, Recording | str]
"""Recordings as they are to be stored, by the ``PlannedVoice.id``; or why one cannot be used."""


@dataclass(frozen=True, slots=True)
class PlannedVoice:
    """One voice of a bundle and what becomes of it.

    ``place`` has the words that it says. ``id`` is that of the recording it becomes: the same sound of the same words
    has it in every bundle, so that what was removed here is known when it comes again.
    """

    file: VoiceFile
    place: Place
    id: str
    verdict: Verdict
    reason: str = ""


class HandedVoices:
    """Takes voices into the database. ``folder`` has the delivered phrasebooks, whose own voices need no copy."""

    def __init__(self, shelf: VoiceShelf, folder: Path) -> None:
        self._shelf = shelf
        self._folder = folder

    def plan(self, session: Session, bundle: Bundle, library: Library, *, trust: Trust) -> tuple[PlannedVoice, ...]:
        """Return what becomes of each voice, once the texts are those of ``library``. No sound is decoded yet."""
        if not bundle.voices or not trust.everyone:
            return tuple(_planned(voice, Verdict.REFUSED, trust.why_not) for voice in bundle.voices)
        places = _places(library, {voice.tag for voice in bundle.voices})
        sender = fingerprint(bundle.public_key)
        planned: list[PlannedVoice] = []
        seen: set[tuple[str, str]] = set()
        for voice in bundle.voices:
            words = voice.tag, voice.text_hash
            if words in seen:
                planned.append(_planned(voice, Verdict.REFUSED, "the bundle has another voice of these words"))
                continue
            seen.add(words)
            found = places.get(words, ())
            if not found:
                planned.append(_planned(voice, Verdict.REFUSED, "the words that it says are not here"))
                continue
            place = _place(voice) if _place(voice) in found else found[0]
            verdict, reason = self._verdict(session, voice, sender)
            planned.append(replace(_planned(voice, verdict, reason), place=place))
        return tuple(planned)

    def apply(
        self, session: Session, voices: Iterable[PlannedVoice], sounds: Sounds, *, bundle: Bundle, by: Actor
    ) -> int:
        """Keep the voices that have a sound, and return how many those were. The caller holds ``lock_texts``.

        Raises:
            NotAllowed: the actor does not review phrases.
        """
        require(by, Permission.REVIEW_PHRASES)
        kept = 0
        for voice in voices:
            recording = sounds.get(voice.id)
            if isinstance(recording, Recording):
                next_version(session)
                self._shelf.keep(
                    session,
                    voice.place,
                    recording,
                    words=voice.file.text_hash,
                    by=by,
                    sender=fingerprint(bundle.public_key),
                    voice_id=voice.id,
                )
                kept += 1
        return kept

    def _verdict(self, session: Session, voice: VoiceFile, sender: str) -> tuple[Verdict, str]:
        delivered = self._folder / voice.path
        if delivered.is_file() and delivered.read_bytes() == voice.body:
            return Verdict.SAME, ""
        ours = self._shelf.find(session, voice.tag, voice.text_hash)
        if ours is not None and (ours.id == _id_of(voice) or ours.body == voice.body):
            return Verdict.SAME, ""
        if self._shelf.was_removed(session, _id_of(voice)):
            return Verdict.REFUSED, "it was removed or replaced here"
        if ours is None:
            return Verdict.NEW, ""
        if ours.recorded_by == sender_reference(sender):
            return Verdict.CHANGED, ""
        return Verdict.CONFLICT, "these words have another recording here"


def library_after(library: Library, plan: Plan, *, take_theirs: bool) -> Library:
    """Return the texts as an import of ``plan`` leaves them."""
    return with_changes(library, {text.place: text.theirs for text in plan.to_save(take_theirs=take_theirs)})


def voices_to_take(planned: Iterable[PlannedVoice], *, take_theirs: bool) -> tuple[PlannedVoice, ...]:
    """Return the voices to be kept; ``take_theirs`` decides all conflicts for the bundle, and deletes ours."""
    wanted = {Verdict.NEW, Verdict.CHANGED} | ({Verdict.CONFLICT} if take_theirs else set())
    return tuple(voice for voice in planned if voice.verdict in wanted)


def voice_counts(planned: Iterable[PlannedVoice]) -> Mapping[Verdict, int]:
    """Return how many voices have each verdict."""
    counted = Counter(voice.verdict for voice in planned)
    return {verdict: counted[verdict] for verdict in Verdict}


def prepare_sounds(
    voices: Iterable[PlannedVoice], prepare: Callable[[bytes], Recording] = prepare_recording
) -> dict[str, Recording | str]:
    """Return each voice as it is to be stored, or why it cannot be used. Some tenths of a second each: hold no lock."""
    sounds: dict[str, Recording | str] = {}
    for voice in voices:
        try:
            sounds[voice.id] = prepare(voice.file.body)
        except (InvalidInput, TooLarge, Unavailable) as error:
            sounds[voice.id] = error.message
    return sounds


def judged(planned: Iterable[PlannedVoice], sounds: Sounds, *, take_theirs: bool) -> tuple[PlannedVoice, ...]:
    """Return the plan in which the voices to be taken that have no sound are refused, with the reason."""
    late = "the texts or voices here were changed meanwhile; import it once more"

    def judge(voice: PlannedVoice) -> PlannedVoice:
        sound = sounds.get(voice.id, late)
        is_usable = isinstance(sound, Recording) or not voices_to_take([voice], take_theirs=take_theirs)
        return voice if is_usable else replace(voice, verdict=Verdict.REFUSED, reason=str(sound))

    return tuple(judge(voice) for voice in planned)


def voices_in_database(
    session: Session, shelf: VoiceShelf, library: Library, *, books: frozenset[str], tags: frozenset[str]
) -> tuple[VoiceFile, ...]:
    """Return the recordings that say what texts of these books and languages say now, for a bundle; each once."""
    spoken = shelf.spoken(session)
    found: list[VoiceFile] = []
    for (tag, words), everywhere in sorted(_places(library, tags).items()):
        places = [place for place in everywhere if place.book in books]
        row = shelf.find(session, tag, words) if places and (tag, words) in spoken else None
        if row is not None:
            where = Place(row.book, row.phrase, tag)
            place = where if where in places else places[0]
            found.append(VoiceFile(place.book, tag, place.phrase, words, "ogg", row.body))
    return tuple(found)


def with_own_voices(delivered: Iterable[VoiceFile], own: tuple[VoiceFile, ...]) -> tuple[VoiceFile, ...]:
    """Return the voices of a folder and of the database together: where both say the same words, the database's."""
    spoken = {(voice.tag, voice.text_hash) for voice in own}
    return (*(voice for voice in delivered if (voice.tag, voice.text_hash) not in spoken), *own)


def _places(library: Library, tags: Iterable[str]) -> Mapping[tuple[str, str], tuple[Place, ...]]:
    """Return where the words stand that can be read aloud, by language and ``text_hash``."""
    texts = Catalogue(library)
    found: dict[tuple[str, str], tuple[Place, ...]] = {}
    for tag in tags:
        words = readable_words(texts, tag) if tag in LANGUAGES else {}
        for place, text_hash in words.items():
            found[tag, text_hash] = (*found.get((tag, text_hash), ()), place)
    return found


def _planned(voice: VoiceFile, verdict: Verdict, reason: str = "") -> PlannedVoice:
    return PlannedVoice(voice, _place(voice), _id_of(voice), verdict, reason)


def _place(voice: VoiceFile) -> Place:
    return Place(voice.book, voice.phrase, voice.tag)


def _id_of(voice: VoiceFile) -> str:
    made_of = f"{voice.tag}\0{voice.text_hash}\0".encode() + voice.body
    return hashlib.sha256(made_of).hexdigest()[:32]
