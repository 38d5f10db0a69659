"""The voice of a phrase: a recorded human one if there is one, else espeak-ng on this server, cached.

A recording is the file ``<phrasebooks>/<book>/voices/<tag>/<id>.<hash>.<mp3|ogg|opus>``, where the hash is
the first twelve hexadecimal digits of the SHA-256 of the words spoken: when a text changes, its recording
falls silent instead of saying something else than the screen. No text is put on a command line.
"""

import errno
import hashlib
import io
import os
import shutil
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from linkbridge.kernel.errors import NotFound, StorageFull, Unavailable
from linkbridge.kernel.languages import LANGUAGES

WORDS_PER_MINUTE = 140
_ENCODING = "mp3-1"
_COMPRESSION = 0.8
_WAV_HEADER_BYTES = 44
_SAMPLE_RATE = 22_050
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
    """A voice that exists for some words. A synthetic one is at ``path`` once it was rendered."""

    kind: VoiceKind
    path: Path
    media_type: str
    etag: str


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
    ``concurrency`` voices are rendered at once, each given ``timeout`` seconds. Recordings and the presence of
    espeak-ng are looked up once, so that a page can ask for many voices without touching the disk.
    """

    def __init__(
        self,
        cache_dir: Path,
        voices_dir: Path,
        *,
        program: str = _PROGRAM,
        concurrency: int = 2,
        timeout: float = 15.0,
    ) -> None:
        self._cache_dir = cache_dir
        self._voices_dir = voices_dir
        self._program = program
        self._timeout = timeout
        self._slots = threading.BoundedSemaphore(concurrency)
        self._recordings = _find_recordings(voices_dir)
        self.is_available = shutil.which(program) is not None
        """Whether espeak-ng was on this machine at the start."""

    def find(self, phrase: Speakable) -> Audio | None:
        """Return the voice of a phrase without making it, or ``None`` when no voice can speak it here."""
        recorded = self._recording(phrase)
        if recorded is not None:
            return recorded
        synthetic = self._synthetic(phrase)
        if synthetic is None or not (self.is_available or synthetic.path.exists()):
            return None
        return synthetic

    def render(self, phrase: Speakable) -> Path:
        """Return the file with the voice of a phrase, making it if need be.

        Raises:
            NotFound: no voice speaks this language.
            Unavailable: espeak-ng or the encoder is missing, failed, or is too busy (``component`` names it).
            StorageFull: the disk has no room; nothing half-written is left.
        """
        audio = self._recording(phrase) or self._synthetic(phrase)
        if audio is None:
            raise NotFound("no voice speaks this language", language=phrase.tag)
        if not audio.path.exists():
            if not self._slots.acquire(timeout=self._timeout):
                raise Unavailable("too many voices are being made at once", component=self._program)
            try:
                if not audio.path.exists():
                    self._store(encode_mp3(self._speak(phrase)), audio.path)
            finally:
                self._slots.release()
        return audio.path

    def voices(self) -> tuple[VoiceStatus, ...]:
        """Return what voices each language has on this machine."""
        installed = self._installed_voices()
        recordings = Counter(tag for _, tag, _ in self._recordings)
        return tuple(
            VoiceStatus(tag, recordings[tag], language.voice is not None and language.voice in installed)
            for tag, language in LANGUAGES.items()
        )

    def _recording(self, phrase: Speakable) -> Audio | None:
        book, _, phrase_id = phrase.key.partition(".")
        spoken = hashlib.sha256(phrase.text.encode()).hexdigest()[:12]
        return self._recordings.get((book, phrase.tag, f"{phrase_id}.{spoken}"))

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


def encode_mp3(samples: bytes) -> bytes:
    """Return 16-bit mono samples (22,050 a second) as MP3 of about 40 kbit/s.

    Raises:
        Unavailable: libsndfile is missing or cannot write MP3.
    """
    try:
        import soundfile  # noqa: PLC0415 - where libsndfile is missing, only the voices are

        target = io.BytesIO()
        with soundfile.SoundFile(
            target,
            "w",
            samplerate=_SAMPLE_RATE,
            channels=1,
            format="MP3",
            subtype="MPEG_LAYER_III",
            compression_level=_COMPRESSION,
            bitrate_mode="CONSTANT",
        ) as file:
            file.buffer_write(samples, dtype="int16")
    except (ImportError, OSError, RuntimeError) as error:
        raise Unavailable("the sound could not be encoded as MP3", component="libsndfile") from error
    return target.getvalue()
