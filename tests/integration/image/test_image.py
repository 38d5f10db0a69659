"""The wheel, installed outside the checkout, run by the image's own command as the image's user."""

import json
import signal
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.integration.image.conftest import StartContainer
from tests.support.dockerfile import ROOT
from tests.support.image import Container, Image
from tests.support.tls import make_ca

pytestmark = pytest.mark.filterwarnings("default::tests.support.image.RunsAsCurrentUser")

WHERE = """
import json, sys
import linkbridge
from linkbridge.phrasebook.files import default_directory
from linkbridge.kernel.i18n import templates_directory
print(json.dumps([linkbridge.__file__, str(default_directory()), str(templates_directory()), *sys.path[1:]]))
"""


def get(container: Container, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", container.port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_code_templates_and_phrasebooks_come_from_the_installed_wheel(image: Image, container: StartContainer) -> None:
    status, written = container().run(["python", "-c", WHERE])
    assert status == 0, written
    code, phrasebooks, templates, *search_path = json.loads(written)
    package = next(image.environment.glob("lib/python*/site-packages")) / "linkbridge"
    assert Path(code).parent == package
    assert (Path(phrasebooks), Path(templates)) == (package / "_phrasebooks", package / "_templates")
    assert not [path for path in search_path if Path(path).is_relative_to(ROOT)]


def test_wheel_holds_every_template_phrasebook_and_static_file(image: Image) -> None:
    package = next(image.environment.glob("lib/python*/site-packages")) / "linkbridge"
    for source, target in ((ROOT / "templates", "_templates"), (ROOT / "phrasebooks", "_phrasebooks")):
        assert files_of(source) == files_of(package / target)
    assert files_of(ROOT / "src/linkbridge") == files_of(package, without=("_templates", "_phrasebooks"))


def files_of(folder: Path, *, without: tuple[str, ...] = ()) -> set[Path]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path for path in found if path.parts[0] not in without and "__pycache__" not in path.parts}


def test_image_runs_as_its_user_until_its_health_check_answers(image: Image, container: StartContainer) -> None:
    server = container({"LINKBRIDGE_DEMO": "true"})
    assert not server.is_healthy()
    server.start()
    server.wait_until_healthy()
    status, page = get(server, "/n/detention-rights/am")
    assert status == 200
    assert 'lang="am"' in page
    assert "ጠበቃ" in page
    assert get(server, "/static/nothing/at-all.css")[0] == 404
    assert json.loads(get(server, "/readyz")[1])["ready"] is True
    if image.user is not None:
        assert set(server.owners()) == {10001}
    status, findings = server.run([*image.stage.command("ENTRYPOINT"), "doctor", "--json"])
    assert status == 0, findings
    asks_for_tls = container({"LINKBRIDGE_TLS_CERT": "/data/cert.pem", "LINKBRIDGE_TLS_KEY": "/data/key.pem"})
    asks_for_tls.port = server.port
    assert asks_for_tls.run(image.stage.health_command)[0] == 1
    assert server.stop() in {0, -signal.SIGTERM}
    assert not server.is_healthy()


def test_image_answers_nobody_outside_until_told_how_it_is_protected(container: StartContainer) -> None:
    open_to_all = container({"LINKBRIDGE_HOST": "0.0.0.0"})
    open_to_all.start()
    assert open_to_all.process is not None
    assert open_to_all.process.wait(60) == 1
    assert "plain HTTP is refused on 0.0.0.0" in open_to_all.log


def test_health_check_answers_when_the_container_ends_tls_itself(outside: Path, container: StartContainer) -> None:
    folder = outside / "certificates"
    folder.mkdir()
    _, certificate, key = make_ca(folder, ["tablets.example"])
    tls = {"LINKBRIDGE_TLS_CERT": str(certificate), "LINKBRIDGE_TLS_KEY": str(key)}
    server = container({"LINKBRIDGE_HOST": "0.0.0.0", **tls})
    server.start()
    server.wait_until_healthy()
    server.stop()
