"""Tiny packages of models that their engines accept, and an assembler with nothing between it and the test."""

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from linkbridge.kernel.clock import Clock
from linkbridge.translation.engines import ENGINES
from linkbridge.translation.packages.assembling import Assembler
from linkbridge.translation.packages.downloading import Downloader
from linkbridge.translation.packages.http import Web
from linkbridge.translation.packages.installing import Installer
from linkbridge.translation.packages.store import ModelStore
from linkbridge.translation.packages.values import Watch

NAMED = b"Spec\0"
MODEL = struct.pack("<IH", 6, len(NAMED)) + NAMED + struct.pack("<III", 1, 0, 0)
"""A CTranslate2 model without any weights: whole, though it can't translate."""


def argos_files(source: str = "es", target: str = "en", version: str = "1.0", filling: bytes = b"") -> dict[str, bytes]:
    """Return the files of an Argos package by their names."""
    described = {"package_version": version, "from_code": source, "to_code": target, "type": "translate"}
    return {
        "metadata.json": json.dumps(described).encode(),
        "model/model.bin": MODEL + filling,
        "model/config.json": b"{}",
        "sentencepiece.model": b"pieces",
        "README.md": b"# Licence\nCC0\n",
    }


def argos_package(source: str = "es", target: str = "en", version: str = "1.0", filling: bytes = b"") -> bytes:
    """Return an ``.argosmodel``."""
    folder = f"translate-{source}_{target}-{version.replace('.', '_')}"
    files = argos_files(source, target, version, filling)
    return zipped({f"{folder}/{name}": content for name, content in files.items()})


def firefox_files(codes: str = "soen", filling: bytes = b"weights") -> dict[str, bytes]:
    """Return the files of a Firefox model by their names."""
    return {
        f"model.{codes}.intgemm.alphas.bin": filling,
        f"lex.50.50.{codes}.s2t.bin": b"shortlist",
        f"vocab.{codes}.spm": b"vocabulary",
    }


def multilingual_files() -> dict[str, bytes]:
    """Return the files of a model of many languages."""
    described = {
        "version": "1",
        "licence": "Apache-2.0",
        "languages": {"en": "<2en>", "ti": "<2ti>"},
        "source": ["{target}", "{text}", "</s>"],
        "target": [],
    }
    return {
        "model.bin": MODEL,
        "config.json": b"{}",
        "sentencepiece.model": b"pieces",
        "linkbridge.json": json.dumps(described).encode(),
    }


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a folder, and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def firefox_records(base: str, files: Mapping[str, bytes], **fields: object) -> list[dict[str, object]]:
    """Return the records of a Firefox model as Remote Settings publish them; ``fields`` are of every record."""
    return [
        {
            "name": name,
            "fromLang": "so",
            "toLang": "en",
            "version": "1.0",
            "fileType": name.partition(".")[0],
            "filter_expression": "",
            "attachment": {
                "hash": hashlib.sha256(content).hexdigest(),
                "size": len(content),
                "filename": name,
                "location": f"{base}{name}",
                "mimetype": "application/octet-stream",
            },
            **fields,
        }
        for name, content in files.items()
    ]


def make_installer(
    models: Path, clock: Clock, *, watch: Watch | None = None, sleep: Callable[[float], None] = lambda _seconds: None
) -> Installer:
    """Return what installs into a folder, and never waits between two tries."""
    store = ModelStore(models, ENGINES)
    downloader = Downloader(store.downloads, Web(timeout=5), watch or Watch(), sleep=sleep)
    return Installer(store, Assembler(store, downloader, clock))
