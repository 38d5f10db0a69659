"""The image, built and installed once a run, outside the checkout and where its user may look."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.dockerfile import ROOT
from tests.support.image import Container, Image, make_image
from tests.support.server import free_port

StartContainer = Callable[..., Container]


@pytest.fixture(scope="session")
def outside() -> Iterator[Path]:
    """A folder that everybody may enter: pytest's own are closed to the image's user."""
    folder = Path(tempfile.mkdtemp(prefix="linkbridge-image-"))
    folder.chmod(0o755)
    assert ROOT not in folder.parents
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def image(outside: Path) -> Image:
    return make_image(outside)


@pytest.fixture
def container(image: Image, tmp_path: Path) -> Iterator[StartContainer]:
    """Makes containers, not yet started, and ends them after the test. Those of one test share the data folder."""
    made: list[Container] = []
    data = image.environment.parent / tmp_path.name

    def make(environment: Mapping[str, str] | None = None, command: Sequence[str] | None = None) -> Container:
        made.append(Container(image, data, free_port(), environment or {}, command))
        return made[-1]

    yield make
    for one in made:
        one.kill()
    shutil.rmtree(data, ignore_errors=True)
