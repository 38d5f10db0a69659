"""The guide for a certificate authority of one's own: its very commands make what tablets and the server need."""

import shlex
import shutil
import ssl
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from linkbridge.cli.exposure_checks import check_exposure
from linkbridge.cli.findings import Level
from linkbridge.settings import Settings
from tests.support.documents import page

GUIDE = page("docs/operations/local-ca.md")
PASSPHRASE = "correct horse battery staple\n"
NAME = "linkbridge.home.arpa"

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is missing: apt-get install openssl")


@dataclass(frozen=True)
class Made:
    """The folder after the guide was followed, what openssl said, and the lines that start LinkBridge."""

    folder: Path
    said: str
    first_serial: int
    use: list[str]

    def path(self, name: str) -> Path:
        return self.folder / name


def sh(script: str, folder: Path) -> str:
    """Run a block as a person does who types the passphrase whenever openssl asks."""
    result = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        input=PASSPHRASE * 2,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # without a terminal openssl asks on standard input
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    start = tmp_path_factory.mktemp("stick")
    folder = start / "linkbridge-ca"
    names, authority, server, use, fingerprint, renew = GUIDE.blocks("sh")
    sh(names, start)
    said = [sh(block, folder) for block in (authority, server)]
    first = x509.load_pem_x509_certificate((folder / "server.crt").read_bytes()).serial_number
    said += [sh(block, folder) for block in (fingerprint, renew)]
    return Made(folder, "".join(said), first, use.splitlines())


def handshake(made: Made, name: str, certificate: str = "server.crt", key: str = "server.key") -> None:
    """Let a tablet that trusts the authority open a connection to a server with this certificate, in memory."""
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(made.path(certificate), made.path(key))
    tablet_side = ssl.create_default_context(cafile=str(made.path("ca.crt")))
    to_server, to_tablet = ssl.MemoryBIO(), ssl.MemoryBIO()
    tablet = tablet_side.wrap_bio(to_tablet, to_server, server_hostname=name)
    server = server_side.wrap_bio(to_server, to_tablet, server_side=True)
    waiting = [tablet, server]
    for side in (tablet, server) * 4:
        if side in waiting:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(side)
    assert waiting == []


@pytest.mark.parametrize("name", [NAME, "192.168.8.10"])
def test_tablet_that_trusts_the_authority_trusts_the_server(made: Made, name: str) -> None:
    handshake(made, name)


def test_tablet_does_not_trust_the_server_under_another_name(made: Made) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(made, "other.home.arpa")


def test_stolen_authority_cannot_pretend_to_be_a_bank(made: Made) -> None:
    made.path("bank.cnf").write_text("[server]\nextendedKeyUsage = serverAuth\nsubjectAltName = DNS:bank.example\n")
    sh(
        "openssl req -new -config names.cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc "
        "-subj /CN=bank.example -keyout bank.key -out bank.csr\n"
        "openssl x509 -req -in bank.csr -CA ca.crt -CAkey ca.key -CAcreateserial "
        "-days 30 -extfile bank.cnf -extensions server -out bank.crt",
        made.folder,
    )
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        handshake(made, "bank.example", "bank.crt", "bank.key")


def test_keys_are_for_their_owner_alone_and_the_authoritys_has_a_passphrase(made: Made) -> None:
    assert [made.path(name).stat().st_mode & 0o777 for name in ("ca.key", "server.key")] == [0o600, 0o600]
    assert "ENCRYPTED" in made.path("ca.key").read_text()


def test_guide_proves_the_certificate_and_shows_the_authoritys_fingerprint(made: Made) -> None:
    authority = x509.load_pem_x509_certificate(made.path("ca.crt").read_bytes())
    digest = made.said.rpartition("=")[2].strip().replace(":", "").lower()
    assert "server.crt: OK" in made.said
    assert digest == authority.fingerprint(hashes.SHA256()).hex()


def test_renewed_certificate_is_another_one_for_as_long_as_ipads_allow(made: Made) -> None:
    certificate = x509.load_pem_x509_certificate(made.path("server.crt").read_bytes())
    assert certificate.serial_number != made.first_serial
    assert timedelta(days=390) < certificate.not_valid_after_utc - datetime.now(UTC) < timedelta(days=398)


def test_doctor_and_serve_accept_what_the_guide_made(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made.folder)
    export, doctor, serve = (shlex.split(line) for line in made.use)
    assert doctor[:2] == ["linkbridge", "doctor"]
    assert serve[:2] == ["linkbridge", "serve"]
    assert doctor[2:] == serve[2:]
    name, _, value = export[1].partition("=")
    monkeypatch.setenv(name, value)
    options = {option[2:].replace("-", "_"): given for option, given in zip(serve[2::2], serve[3::2], strict=True)}
    findings = list(check_exposure(Settings.model_validate(options | {"base_url": Settings().base_url})))
    assert [(finding.area, finding.level) for finding in findings] == [("Address", Level.OK), ("TLS", Level.OK)]
