"""The small translation models of the tests, unpacked where engines look for them. They know ``corpus()`` by heart."""

import zipfile
from pathlib import Path

from linkbridge.translation.ports import Model, Places

MODELS = Path(__file__).resolve().parents[1] / "fixtures" / "models"
ARGOS = ("en_fr", "en_pt", "es_en")


def install_argos(models: Path, *directions: str) -> Places:
    """Unpack Argos packages, such as ``es_en``, and return the places that hold them."""
    for direction in directions or ARGOS:
        unpack(MODELS / f"translate-{direction}.argosmodel", models / "argos")
    return Places(models)


def install_multilingual(models: Path) -> Places:
    """Unpack the model of four languages, and return the places that hold it."""
    unpack(MODELS / "four-languages.zip", models / "ctranslate2")
    return Places(models)


def unpack(package: Path, folder: Path) -> None:
    """Unpack a zip that this project made."""
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)


def by_id(models: tuple[Model, ...], model_id: str) -> Model:
    """Return the model of an id."""
    return {model.id: model for model in models}[model_id]
