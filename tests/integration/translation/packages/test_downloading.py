"""Downloads from a real server that breaks off, lies, redirects and trickles."""

import datetime as dt
import hashlib
import json
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from linkbridge.kernel.errors import InvalidInput, Unavailable
from linkbridge.translation.errors import BrokenPackage
from linkbridge.translation.packages.downloading import Downloader
from linkbridge.translation.packages.http import Web
from linkbridge.translation.packages.values import OfferedFile, Watch
from tests.support.package_server import PackageServer, started_server

CONTENT = bytes(range(256)) * 4_000
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server() -> Iterator[PackageServer]:
    with started_server() as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def downloader(tmp_path: Path, waits: list[float]) -> Downloader:
    return Downloader(tmp_path / "downloads", Web(timeout=5), sleep=waits.append)


def promised(
    server: PackageServer, path: str = "/model", size: int | None = len(CONTENT), sha256: str = CHECKSUM
) -> OfferedFile:
    return OfferedFile("model.bin", (server.address + path,), size, sha256)


def kept(downloader: Downloader) -> list[str]:
    return sorted(path.suffix for path in downloader.folder.glob("*"))


def test_a_file_arrives_and_progress_is_told(server: PackageServer, tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    server.serve("/model", CONTENT)
    watch = Watch(on_bytes=lambda name, done, total: told.append((name, done, total)))
    path = Downloader(tmp_path / "downloads", Web(), watch).fetch(promised(server))
    assert path.read_bytes() == CONTENT
    assert told[-1] == ("model.bin", len(CONTENT), len(CONTENT))
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_a_broken_connection_goes_on_where_it_stopped(
    server: PackageServer, downloader: Downloader, waits: list[float]
) -> None:
    server.serve("/model", CONTENT, broken_at=[300_000, 700_000])
    assert downloader.fetch(promised(server)).read_bytes() == CONTENT
    assert server.ranges_of("/model") == ["", "bytes=300000-", "bytes=700000-"]
    assert waits == [0.0, 0.0]


def test_another_command_goes_on_where_a_killed_one_stopped(server: PackageServer, downloader: Downloader) -> None:
    served = server.serve("/model", CONTENT, broken_at=[300_000] + [0] * 8)
    with pytest.raises(Unavailable, match=r"broke off after 300000 bytes: .* the same command goes on from there"):
        downloader.fetch(promised(server))
    served.broken_at.clear()
    assert Downloader(downloader.folder, Web()).fetch(promised(server)).read_bytes() == CONTENT
    assert server.ranges_of("/model")[-1] == "bytes=300000-"


def test_a_file_that_changed_meanwhile_is_fetched_as_a_whole(server: PackageServer, downloader: Downloader) -> None:
    server.serve("/model", b"old" * 100_000, broken_at=[1_000] + [0] * 8)
    with pytest.raises(Unavailable):
        downloader.fetch(promised(server, size=None, sha256=""))
    server.serve("/model", CONTENT)
    assert downloader.fetch(promised(server)).read_bytes() == CONTENT


@pytest.mark.parametrize("behaviour", [{"ranges": False}, {"tagged": False}])
def test_a_server_that_cannot_resume_sends_the_whole(
    server: PackageServer, downloader: Downloader, behaviour: dict[str, bool]
) -> None:
    server.serve("/model", CONTENT, broken_at=[300_000], **behaviour)
    assert downloader.fetch(promised(server)).read_bytes() == CONTENT


def test_what_is_whole_already_is_not_fetched_again(server: PackageServer, downloader: Downloader) -> None:
    server.serve("/model", CONTENT)
    for file in (promised(server), promised(server), promised(server, size=None)):
        assert downloader.fetch(file).read_bytes() == CONTENT
    assert server.ranges_of("/model") == ["", f"bytes={len(CONTENT)}-"]


def test_waits_grow_while_nothing_arrives(server: PackageServer, downloader: Downloader, waits: list[float]) -> None:
    server.serve("/model", CONTENT, broken_at=[0] * 5)
    with pytest.raises(Unavailable, match="cannot be reached"):
        downloader.fetch(promised(server))
    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_a_wrong_checksum_is_refused_and_nothing_is_kept(server: PackageServer, downloader: Downloader) -> None:
    server.serve("/model", CONTENT[:-1] + b"!")
    with pytest.raises(BrokenPackage, match="another checksum than its index promises"):
        downloader.fetch(promised(server))
    assert kept(downloader) == []


@pytest.mark.parametrize("length", [None, -1])
def test_more_than_promised_is_refused_while_it_arrives(
    server: PackageServer, downloader: Downloader, length: int | None
) -> None:
    server.serve("/model", CONTENT, length=length)
    with pytest.raises(BrokenPackage, match="promise"):
        downloader.fetch(promised(server, size=1_000))
    assert sum(path.stat().st_size for path in downloader.folder.glob("*.part")) == 0


def test_less_than_promised_is_refused(server: PackageServer, downloader: Downloader) -> None:
    server.serve("/model", CONTENT)
    with pytest.raises(BrokenPackage, match=f"has {len(CONTENT)} bytes; its index promises {len(CONTENT) + 1}"):
        downloader.fetch(promised(server, size=len(CONTENT) + 1))


def test_a_server_that_announces_more_than_it_sends_is_told(server: PackageServer, downloader: Downloader) -> None:
    server.serve("/model", CONTENT, length=len(CONTENT) + 50, ranges=False)
    with pytest.raises(Unavailable, match="sent less than it announced"):
        downloader.fetch(promised(server, size=None))


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_refusal_names_address_and_status(server: PackageServer, downloader: Downloader, status: int) -> None:
    server.serve("/model", CONTENT, status=status)
    with pytest.raises(Unavailable, match=f"{server.address}/model answered with status {status}"):
        downloader.fetch(promised(server))


def test_the_next_address_is_tried(server: PackageServer, downloader: Downloader) -> None:
    server.serve("/model", CONTENT)
    file = OfferedFile(
        "model.bin", (f"{server.address}/gone", "/nowhere/model", f"{server.address}/model"), None, CHECKSUM
    )
    assert downloader.fetch(file).read_bytes() == CONTENT


def test_a_trickle_is_given_up(server: PackageServer, tmp_path: Path) -> None:
    server.serve("/model", CONTENT, broken_at=[1_000] * 5, ranges=False)
    seconds = iter(range(0, 100_000, 61))
    slow = Downloader(
        tmp_path / "downloads", Web(), monotonic=lambda: float(next(seconds)), sleep=lambda _seconds: None
    )
    with pytest.raises(Unavailable, match="almost nothing arrives"):
        slow.fetch(promised(server, size=None, sha256=""))


def test_a_silent_server_times_out(server: PackageServer, tmp_path: Path) -> None:
    server.serve("/model", CONTENT, silent=True)
    impatient = Downloader(tmp_path / "downloads", Web(timeout=0.1), sleep=lambda _seconds: None)
    with pytest.raises(Unavailable, match="no answer in time"):
        impatient.fetch(promised(server))


def test_a_redirect_within_a_mirror_is_followed(server: PackageServer, downloader: Downloader) -> None:
    server.serve("/model", b"", moved_to="/elsewhere")
    server.serve("/elsewhere", CONTENT)
    assert downloader.fetch(promised(server)).read_bytes() == CONTENT


@pytest.mark.parametrize("place", ["http://127.0.0.2:9/model", "ftp://127.0.0.1/model", "file:///etc/passwd"])
def test_a_redirect_to_somewhere_without_tls_is_not_followed(
    server: PackageServer, downloader: Downloader, place: str
) -> None:
    server.serve("/model", b"", moved_to=place)
    with pytest.raises(Unavailable, match=r"redirects to an address without TLS|cannot be reached|status 302"):
        downloader.fetch(promised(server))
    assert server.ranges_of("/model") == [""]


def test_redirects_in_a_circle_end(server: PackageServer, downloader: Downloader) -> None:
    server.serve("/model", b"", moved_to="/model")
    with pytest.raises(Unavailable, match="status 302"):
        downloader.fetch(promised(server))


def test_nobody_there_says_what_to_do(downloader: Downloader) -> None:
    file = OfferedFile("model.bin", ("http://127.0.0.1:9/model?key=secret",))
    with pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:9/model cannot be reached: Connection refused") as told:
        downloader.fetch(file)
    assert "linkbridge models install FILE" in told.value.message
    assert "secret" not in told.value.message


@pytest.mark.parametrize(
    "address",
    ["ftp://example.org/x", "file:///etc/passwd", "http://", "https://a b/", "http://x:99999/", "http://me:word@x/"],
)
def test_what_is_no_address_of_the_web_is_refused(downloader: Downloader, address: str) -> None:
    with pytest.raises(InvalidInput, match="must begin with https"):
        downloader.fetch(OfferedFile("model.bin", (address,)))


def test_a_certificate_that_nobody_vouches_for_is_refused(
    server: PackageServer, downloader: Downloader, tmp_path: Path
) -> None:
    server.serve("/model", CONTENT)
    with started_server(tls=_self_signed(tmp_path)) as secure:
        secure.serve("/model", CONTENT)
        with pytest.raises(Unavailable, match="its certificate is not trusted"):
            downloader.fetch(promised(secure))
        assert secure.asked == []


def test_the_proxy_of_the_environment_is_used(
    server: PackageServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve("http://mirror.example/model", CONTENT)
    monkeypatch.setenv("http_proxy", server.address)
    downloader = Downloader(tmp_path / "downloads", Web())
    path = downloader.fetch(OfferedFile("model.bin", ("http://mirror.example/model",), len(CONTENT), CHECKSUM))
    assert path.read_bytes() == CONTENT


def test_notes_that_are_damaged_cost_a_whole_download_only(server: PackageServer, downloader: Downloader) -> None:
    served = server.serve("/model", CONTENT, broken_at=[300_000] + [0] * 8)
    with pytest.raises(Unavailable):
        downloader.fetch(promised(server))
    served.broken_at.clear()
    [notes] = downloader.folder.glob("*.json")
    assert json.loads(notes.read_bytes()) == {"validator": served.tag}
    notes.write_bytes(b"\xff{")
    assert downloader.fetch(promised(server)).read_bytes() == CONTENT
    assert server.ranges_of("/model")[-1] == ""


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
