"""The voice of a phrase: a recorded human one if there is one, else espeak-ng on this server, cached.

Recordings that were made here (``voices``) come first, then those delivered with the phrasebooks. One of these is
the file ``<phrasebooks>/<book>/voices/<tag>/<id>.<hash>.<mp3|ogg|opus>``, where the hash is
the first twelve hexadecimal digits of the SHA-256 of the words spoken: when a text changes, its recording
falls silent instead of saying something else than the screen. No text is put on a command line.
"""

import errno
import hashlib
import os
import shutil
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from linkbridge.kernel.errors import NotFound, StorageFull, Unavailable
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.schema import text_hash
from linkbridge.phrasebook.sound import encode_mp3

WORDS_PER_MINUTE = 140
_ENCODING = "mp3-1"
_WAV_HEADER_BYTES = 44
_PROGRAM = "espeak-ng"
_MEDIA_TYPES = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "opus": "audio/ogg"}
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

VoiceKind = Literal["recorded", "synthetic"]


class Speakable(Protocol):
    """Words that can be spoken: a ``PhraseText`` or an ``Utterance``."""

    @property
    def key(self) -> str:
        """Where a recording would be: ``book.id``."""

    @property
    def tag(self) -> str:
        """The language of the words."""

    @property
    def text(self) -> str:
        """The words."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words to speak that are no phrase of a book. ``key`` places a recording, as ``book.id`` does for a phrase."""

    key: str
    tag: str
    text: str


@dataclass(frozen=True, slots=True)
class Audio:
    """A voice that exists for some words.

    A synthetic one is at ``path`` once it was rendered. A recording without a ``path`` is in the database, where
    ``etag`` is its id: it never changes, as a file of that hash never does.
    """

    kind: VoiceKind
    path: Path | None
    media_type: str
    etag: str

    @property
    def is_made(self) -> bool:
        """Whether it can be heard without being made first."""
        return self.path is None or self.path.exists()


class Recordings(Protocol):
    """The recordings that were made here, as this process last saw them. Looking them up touches no database."""

    def find(self, tag: str, words: str) -> Audio | None:
        """Return the recording of words, given by their ``text_hash``, in a language."""

    def counts(self) -> Mapping[str, int]:
        """Return how many recordings each language has."""

    def fingerprint(self, tag: str | None) -> str:
        """Return what changes whenever a recording in a language does; of any language if ``None``."""

    def read(self, voice_id: str) -> bytes:
        """Return the sound of a recording, from the database.

        Raises:
            NotFound: it was removed.
        """


class NoRecordings:
    """No recordings: for commands that have no database."""

    def find(self, tag: str, words: str) -> Audio | None:  # noqa: ARG002 - the protocol's names
        """Return ``None``."""
        return None

    def counts(self) -> Mapping[str, int]:
        """Return nothing."""
        return {}

    def fingerprint(self, tag: str | None) -> str:  # noqa: ARG002 - the protocol's name
        """Return the empty text."""
        return ""

    def read(self, voice_id: str) -> bytes:
        """Raise ``NotFound``."""
        raise NotFound("there is no such recording", voice=voice_id)


@dataclass(frozen=True, slots=True)
class VoiceStatus:
    """What voices a language has: how many recordings there are, and whether this server can speak it."""

    tag: str
    recordings: int
    synthetic: bool


def language_name(tag: str) -> Utterance:
    """Return the words that speak a language's own name.

    Raises:
        NotFound: the language is unknown.
    """
    if tag not in LANGUAGES:
        raise NotFound("this language is unknown", language=tag)
    return Utterance("languages.name", tag, LANGUAGES[tag].autonym)


class Speech:
    """Finds and makes voices. Safe to use from several threads and, on one cache folder, several processes.

    ``cache_dir`` is made when first needed; ``voices_dir`` is the folder of phrasebooks. At most
    ``concurrency`` voices are rendered at once, each given ``timeout`` seconds. Delivered recordings and the presence
    of espeak-ng are looked up once, so that a page can ask for many voices without touching the disk.
    """

    def __init__(
        self,
        cache_dir: Path,
        voices_dir: Path,
        *,
        recordings: Recordings | None = None,
        program: str = _PROGRAM,
        concurrency: int = 2,
        timeout: float = 15.0,
    ) -> None:
        self._cache_dir = cache_dir
        self._voices_dir = voices_dir
        self._program = program
        self._timeout = timeout
        self._slots = threading.BoundedSemaphore(concurrency)
        self._delivered = _find_recordings(voices_dir)
        self._made_here: Recordings = recordings or NoRecordings()
        self.is_available = shutil.which(program) is not None
        """Whether espeak-ng was on this machine at the start."""

    def find(self, phrase: Speakable) -> Audio | None:
        """Return the voice of a phrase without making it, or ``None`` when no voice can speak it here."""
        return self._made_here.find(phrase.tag, text_hash(phrase.text)) or self.find_delivered(phrase)

    def find_delivered(self, phrase: Speakable) -> Audio | None:
        """Return the voice of a phrase as ``find`` does, without the recordings that were made here."""
        recorded = self._recording(phrase)
        if recorded is not None:
            return recorded
        synthetic = self._synthetic(phrase)
        if synthetic is None or not (self.is_available or synthetic.is_made):
            return None
        return synthetic

    def fingerprint(self, tag: str | None) -> str:
        """Return what changes whenever a page in a language, or of all languages, may have another voice."""
        return self._made_here.fingerprint(tag)

    def read(self, phrase: Speakable) -> bytes:
        """Return the sound that ``find`` names, making it if need be; see ``render`` for errors."""
        found = self.find(phrase)
        if found is not None and found.path is None:
            return self._made_here.read(found.etag)
        return self.render(phrase).read_bytes()

    def render(self, phrase: Speakable) -> Path:
        """Return the file with the voice of a phrase that ``find_delivered`` names, making it if need be.

        Raises:
            NotFound: no voice speaks this language.
            Unavailable: espeak-ng or the encoder is missing, failed, or is too busy (``component`` names it).
            StorageFull: the disk has no room; nothing half-written is left.
        """
        audio = self._recording(phrase) or self._synthetic(phrase)
        if audio is None or audio.path is None:
            raise NotFound("no voice speaks this language", language=phrase.tag)
        if not audio.is_made:
            with self._turn():
                if not audio.is_made:
                    self._store(encode_mp3(self._speak(phrase)), audio.path)
        return audio.path

    def say(self, words: Speakable) -> bytes:
        """Return words as MP3, spoken by this machine in a voice of its own. Nothing of them is kept, or written down.

        Raises:
            NotFound: no voice speaks this language.
            Unavailable: as in ``render``.
        """
        language = LANGUAGES.get(words.tag)
        if language is None or language.voice is None:
            raise NotFound("no voice speaks this language", language=words.tag)
        with self._turn():
            return encode_mp3(self._speak(words))

    def voices(self) -> tuple[VoiceStatus, ...]:
        """Return what voices each language has on this machine."""
        installed = self._installed_voices()
        recordings = Counter(tag for _, tag, _ in self._delivered) + Counter(self._made_here.counts())
        return tuple(
            VoiceStatus(tag, recordings[tag], language.voice is not None and language.voice in installed)
            for tag, language in LANGUAGES.items()
        )

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for one of the few places at which voices are made."""
        if not self._slots.acquire(timeout=self._timeout):
            raise Unavailable("too many voices are being made at once", component=self._program)
        try:
            yield
        finally:
            self._slots.release()

    def _recording(self, phrase: Speakable) -> Audio | None:
        book, _, phrase_id = phrase.key.partition(".")
        spoken = hashlib.sha256(phrase.text.encode()).hexdigest()[:12]
        return self._delivered.get((book, phrase.tag, f"{phrase_id}.{spoken}"))

    def _synthetic(self, phrase: Speakable) -> Audio | None:
        language = LANGUAGES.get(phrase.tag)
        if language is None or language.voice is None:
            return None
        made_of = "\0".join((phrase.text, language.voice, str(WORDS_PER_MINUTE), _ENCODING))
        name = hashlib.sha256(made_of.encode()).hexdigest()
        return Audio("synthetic", self._cache_dir / name[:2] / f"{name}.mp3", _MEDIA_TYPES["mp3"], name)

    def _speak(self, phrase: Speakable) -> bytes:
        """Return the spoken words as 16-bit mono samples."""
        voice = LANGUAGES[phrase.tag].voice or phrase.tag
        wav = self._run(["-v", voice, "-s", str(WORDS_PER_MINUTE), "--stdin", "--stdout"], phrase.text.encode())
        samples = wav[_WAV_HEADER_BYTES:]
        if not wav.startswith(b"RIFF") or not samples:
            raise Unavailable("espeak-ng made no sound", component=self._program)
        return samples[: len(samples) // 2 * 2]

    def _run(self, arguments: Sequence[str], data: bytes = b"") -> bytes:
        program = shutil.which(self._program)
        if program is None:
            raise Unavailable("espeak-ng is not installed", component=self._program)
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and the words go through stdin
                [program, *arguments], input=data, capture_output=True, timeout=self._timeout, check=True
            )
        except subprocess.TimeoutExpired as error:
            raise Unavailable("espeak-ng took too long", component=self._program) from error
        except (subprocess.CalledProcessError, OSError) as error:
            raise Unavailable("espeak-ng failed", component=self._program) from error
        return done.stdout

    def _installed_voices(self) -> frozenset[str]:
        """Return the names under which espeak-ng knows its voices."""
        try:
            listed = self._run(["--voices"]).decode("utf-8", "replace")
        except Unavailable:
            return frozenset()
        languages = [line.split()[1] for line in listed.splitlines()[1:] if len(line.split()) > 1]
        return frozenset({*languages, *(name.split("-")[0] for name in languages)})

    def _store(self, data: bytes, path: Path) -> None:
        """Put ``data`` at ``path`` whole or not at all."""
        temporary: Path | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
                temporary = Path(file.name)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
            if error.errno in _FULL:
                raise StorageFull("the server's disk is full; the voice was not kept") from error
            raise Unavailable("the voice could not be kept", component="audio cache") from error


def _find_recordings(directory: Path) -> dict[tuple[str, str, str], Audio]:
    """Return the recordings in a folder of phrasebooks by book, language, and phrase id with hash."""
    found: dict[tuple[str, str, str], Audio] = {}
    for path in sorted(directory.glob("*/voices/*/*.*")):
        media_type = _MEDIA_TYPES.get(path.suffix.removeprefix("."))
        if media_type and path.is_file():
            book, tag = path.parts[-4], path.parts[-2]
            etag = hashlib.sha256(f"{path.name}{path.stat().st_mtime_ns}".encode()).hexdigest()
            found.setdefault((book, tag, path.stem), Audio("recorded", path, media_type, etag))
    return found
