"""Makes small web fonts from the fonts of this machine, for scripts that old tablets lack.

Each keeps only the characters that the texts use, with the layout features that join and stack them. They are
made when LinkBridge is set up and kept in the data folder: the fonts themselves are not part of LinkBridge.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linkbridge.kernel.languages import LANGUAGES

FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
)
INDEX = "index.json"
RECIPE = 1
"""Raised when fonts made before must be made anew."""

NAMES_PREFIX = "names-"
"""Fonts with this prefix hold only the languages' names: the page that offers all of them needs no more."""

_COMMON = [*range(0x20, 0x40), 0x5B, 0x5D, 0xA0, 0xAB, 0xBB, *range(0x2010, 0x2027), 0x200B, 0x200C, 0x200D]
# Written into dates by CLDR; the rest of Han comes from the texts alone.
_HAN_DATES = "年月日时時分秒点星期一二三四五六七八九十上下午周〇零、。，；：？！（）《》「」"


@dataclass(frozen=True, slots=True)
class FontRecipe:
    """How the font of one script is made: source file names without extension, best first, and whole blocks kept."""

    key: str
    package: str
    sources: tuple[str, ...]
    blocks: tuple[tuple[int, int], ...] = ()
    extra: str = ""
    face: int = 0
    """The face in a font collection: 2 is Simplified Chinese in Noto's."""


RECIPES: Mapping[str, FontRecipe] = {
    recipe.key: recipe
    for recipe in (
        FontRecipe("Ethi", "fonts-noto-core", ("NotoSansEthiopic-Regular",), ((0x1200, 0x139F),)),
        FontRecipe("Beng", "fonts-noto-core", ("NotoSansBengali-Regular",), ((0x0980, 0x09FF),)),
        FontRecipe("Deva", "fonts-noto-core", ("NotoSansDevanagari-Regular",), ((0x0900, 0x097F),)),
        FontRecipe("Gujr", "fonts-noto-core", ("NotoSansGujarati-Regular",), ((0x0A80, 0x0AFF),)),
        FontRecipe("Guru", "fonts-noto-core", ("NotoSansGurmukhi-Regular",), ((0x0A00, 0x0A7F),)),
        FontRecipe("Sinh", "fonts-noto-core", ("NotoSansSinhala-Regular",), ((0x0D80, 0x0DFF),)),
        FontRecipe("Taml", "fonts-noto-core", ("NotoSansTamil-Regular",), ((0x0B80, 0x0BFF),)),
        FontRecipe(
            "Arab", "fonts-noto-core", ("NotoNaskhArabic-Regular", "NotoSansArabic-Regular"), ((0x0600, 0x06FF),)
        ),
        # Nastaliq has many forms of each letter; its digits and marks are kept, its letters only where used.
        FontRecipe("Aran", "fonts-noto-core", ("NotoNastaliqUrdu-Regular",), ((0x06F0, 0x06F9),), extra="،؛؟۔٪"),
        FontRecipe("Hans", "fonts-noto-cjk", ("NotoSansCJK-Regular", "NotoSansSC-Regular"), extra=_HAN_DATES, face=2),
    )
}


@dataclass(frozen=True, slots=True)
class MadeFont:
    """A font in the data folder: its script (or ``names-`` and the script), its file, and its size in bytes."""

    key: str
    file: str
    size: int
    characters: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class FontReport:
    """What was made, and which scripts lack a source font on this machine."""

    fonts: tuple[MadeFont, ...]
    missing: tuple[str, ...]
    made_now: tuple[str, ...] = ()


def font_key(tag: str) -> str | None:
    """Return the key of the font that a language needs, or ``None`` where any tablet's own font will do."""
    language = LANGUAGES.get(tag)
    if language is None:
        return None
    key = "Aran" if tag == "ur" else language.script
    return key if key in RECIPES else None


def characters_by_font(texts: Mapping[str, Iterable[str]]) -> dict[str, frozenset[int]]:
    """Return the code points that each font must hold for ``texts`` (language tag: its texts), and for the names."""
    wanted: dict[str, set[int]] = {}
    for tag, lines in texts.items():
        key = font_key(tag)
        if key is not None:
            wanted.setdefault(key, set()).update(ord(letter) for line in lines for letter in line)
    for key, points in wanted.items():
        recipe = RECIPES[key]
        points.update(map(ord, recipe.extra), *(range(first, last + 1) for first, last in recipe.blocks))
    for language in LANGUAGES.values():
        key = font_key(language.tag)
        if key is not None:
            wanted.setdefault(f"{NAMES_PREFIX}{key}", set()).update(map(ord, language.autonym))
    return {key: frozenset(points.union(_COMMON)) for key, points in sorted(wanted.items())}


def find_source(recipe: FontRecipe, folders: Sequence[str] = FONT_FOLDERS) -> Path | None:
    """Return the file on this machine from which the recipe's font can be made, or ``None``."""
    for name in recipe.sources:
        stem = name.removesuffix("-Regular")
        for pattern in (f"{name}.[ot]t[fc]", f"{stem}-VF.[ot]t[fc]", f"{stem}[[]*[]].[ot]t[fc]"):
            for folder in folders:
                found = sorted(Path(folder).expanduser().rglob(pattern))
                if found:
                    return found[0]
    return None


def prepare_fonts(
    folder: Path, texts: Mapping[str, Iterable[str]], *, sources: Sequence[str] = FONT_FOLDERS
) -> FontReport:
    """Make in ``folder`` whatever fonts ``texts`` need and that are not there as needed; remove the others.

    Several processes may do this at once: files carry their content's hash and are renamed into place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = {font.key: font for font in read_index(folder).fonts}
    fonts: list[MadeFont] = []
    missing: list[str] = []
    made_now: list[str] = []
    for key, points in characters_by_font(texts).items():
        recipe = RECIPES[key.removeprefix(NAMES_PREFIX)]
        source = find_source(recipe, sources)
        if source is None:
            missing.append(key)
            continue
        fingerprint = _fingerprint(recipe, source, points)
        font = known.get(key)
        if font is None or font.fingerprint != fingerprint or not (folder / font.file).exists():
            body, count = _subset(source, recipe, points)
            name = f"{key}.{hashlib.sha256(body).hexdigest()[:12]}.woff2"
            _write(folder / name, body)
            font = MadeFont(key, name, len(body), count, fingerprint)
            made_now.append(key)
        fonts.append(font)
    report = FontReport(tuple(fonts), tuple(missing), tuple(made_now))
    if made_now or {font.key for font in fonts} != set(known):
        _write_index(folder, report)
    return report


def read_index(folder: Path) -> FontReport:
    """Return what ``folder`` holds; nothing, when it was never prepared or its index is damaged."""
    try:
        index = json.loads((folder / INDEX).read_text("utf-8"))
        return FontReport(tuple(MadeFont(**font) for font in index["fonts"]), tuple(index["missing"]))
    except (OSError, ValueError, KeyError, TypeError):
        return FontReport((), ())


def _fingerprint(recipe: FontRecipe, source: Path, points: frozenset[int]) -> str:
    status = source.stat()
    identity = (RECIPE, recipe.key, str(source), status.st_size, int(status.st_mtime), sorted(points))
    return hashlib.sha256(repr(identity).encode()).hexdigest()[:16]


def _subset(source: Path, recipe: FontRecipe, points: frozenset[int]) -> tuple[bytes, int]:
    """Return the WOFF2 file and how many of the code points it holds. Hinting goes: touch screens do not use it."""
    from io import BytesIO  # noqa: PLC0415 - beside the import that is only needed here

    from fontTools import subset  # noqa: PLC0415 - slow to import and needed only when fonts are made
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    options: Any = subset.Options()
    options.layout_features = ["*"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [1, 2]
    options.flavor = "woff2"
    collection = source.suffix == ".ttc"
    with TTFont(source, fontNumber=recipe.face if collection else -1, lazy=True) as font:
        if "fvar" in font:
            from fontTools.varLib import instancer  # noqa: PLC0415

            instancer.instantiateVariableFont(font, {axis.axisTag: None for axis in font["fvar"].axes}, inplace=True)
        count = len(points.intersection(font.getBestCmap()))
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=points)
        subsetter.subset(font)
        font.flavor = "woff2"
        result = BytesIO()
        font.save(result)
    return result.getvalue(), count


def _write_index(folder: Path, report: FontReport) -> None:
    fields = MadeFont.__dataclass_fields__
    index = {
        "fonts": [{name: getattr(font, name) for name in fields} for font in report.fonts],
        "missing": list(report.missing),
    }
    _write(folder / INDEX, json.dumps(index, indent=1).encode())
    kept = {font.file for font in report.fonts}
    for path in folder.glob("*.woff2"):
        if path.name not in kept:
            path.unlink(missing_ok=True)


def _write(path: Path, body: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(body)
    Path(file.name).chmod(0o644)
    os.replace(file.name, path)  # noqa: PTH105 - atomic on every system
