"""The web fonts of this deployment, in memory: which style sheets and files a page in a language needs."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from linkbridge.kernel.font_subsets import NAMES_PREFIX, RECIPES, font_key, read_index
from linkbridge.kernel.languages import LANGUAGES

NAMES_SHEET = "names"
FALLBACK = 'system-ui, "Noto Sans", sans-serif'


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font or a style sheet as it is served."""

    body: bytes
    media_type: str
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.body).hexdigest())


class FontLibrary:
    """What ``prepare_fonts`` made. Empty when it made nothing: then pages use the tablet's own fonts."""

    def __init__(self, files: dict[str, bytes]) -> None:
        """Take the fonts by key (``Ethi``, ``names-Ethi``, …)."""
        self._fonts = {key: FontFile(body, "font/woff2") for key, body in files.items()}
        self.fingerprint = hashlib.sha256(
            "".join(f"{key}\0{font.sha256}\n" for key, font in sorted(self._fonts.items())).encode()
        ).hexdigest()[:12]
        self._sheets = {
            tag: FontFile(self.css(tag).encode(), "text/css") for tag in LANGUAGES if font_key(tag) in self._fonts
        }
        names = self._names_css()
        if names:
            self._sheets[NAMES_SHEET] = FontFile(names.encode(), "text/css")

    @classmethod
    def load(cls, folder: Path) -> "FontLibrary":
        """Return the library of a data folder; a file that has vanished is left out."""
        found = {font.key: folder / font.file for font in read_index(folder).fonts}
        return cls({key: path.read_bytes() for key, path in found.items() if path.is_file()})

    def css(self, tag: str) -> str:
        """Return the style sheet for texts in a language; empty where the tablet's own font serves."""
        key = font_key(tag)
        if key is None or key not in self._fonts:
            return ""
        return _face(key) + _rule([tag], key)

    def css_urls(self, tags: Iterable[str]) -> list[str]:
        """Return the addresses of the style sheets that a page with texts in these languages needs."""
        return [self._url(f"{tag}.css") for tag in dict.fromkeys(tags) if tag in self._sheets]

    def names_css_urls(self) -> list[str]:
        """Return the address of the one small style sheet for a page that shows languages' names alone."""
        return [self._url(f"{NAMES_SHEET}.css")] if NAMES_SHEET in self._sheets else []

    def font_urls(self, tags: Iterable[str]) -> list[str]:
        """Return the addresses of the fonts themselves, for a page that wants them early (``rel=preload``)."""
        keys = dict.fromkeys(font_key(tag) for tag in tags)
        return [self._url(f"{key}.woff2") for key in keys if key in self._fonts]

    def files(self, tags: Iterable[str]) -> Iterator[tuple[str, FontFile]]:
        """Yield every address with its file that a tablet must keep to show these languages without the server."""
        wanted = list(dict.fromkeys(tags))
        keys = dict.fromkeys(font_key(tag) for tag in wanted)
        for sheet in [*(tag for tag in wanted if tag in self._sheets), NAMES_SHEET]:
            if sheet in self._sheets:
                yield self._url(f"{sheet}.css"), self._sheets[sheet]
        for key, font in self._fonts.items():
            if key in keys or key.startswith(NAMES_PREFIX):
                yield self._url(f"{key}.woff2"), font

    def find(self, name: str) -> FontFile | None:
        """Return the file behind the last part of an address, or ``None``."""
        stem, _, kind = name.rpartition(".")
        return {"css": self._sheets, "woff2": self._fonts}.get(kind, {}).get(stem)

    def _url(self, name: str) -> str:
        return f"/fonts/{self.fingerprint}/{name}"

    def _names_css(self) -> str:
        parts: list[str] = []
        for script in RECIPES:
            key = f"{NAMES_PREFIX}{script}"
            if key in self._fonts:
                parts += [_face(key), _rule([tag for tag in LANGUAGES if font_key(tag) == script], key)]
        return "".join(parts)


def _face(key: str) -> str:
    # The text shows at once in whatever the tablet has, and is set again when the font is there.
    source = f'url("{key}.woff2") format("woff2")'
    return f'@font-face {{ font-family: "LinkBridge {key}"; src: {source}; font-display: swap; }}\n'


def _rule(tags: list[str], key: str) -> str:
    selector = ", ".join(f":lang({tag})" for tag in tags)
    return f'{selector} {{ font-family: "LinkBridge {key}", {FALLBACK}; }}\n'
