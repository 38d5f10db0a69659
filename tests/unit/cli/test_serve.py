"""What `linkbridge serve` refuses, before anything is made or anybody is served."""

import errno
import socket
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from linkbridge.cli import app
from linkbridge.cli.serve import bind, server_options
from linkbridge.kernel.errors import Conflict, InvalidInput
from linkbridge.settings import Settings
from tests.support.coroutines import call_apart
from tests.support.tls import make_ca

OPTIONS = ("HOST", "PORT", "TLS_CERT", "TLS_KEY", "WORKERS", "BEHIND_TLS_PROXY")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that is not there yet."""
    monkeypatch.setenv("LINKBRIDGE_DATA_DIR", str(tmp_path / "data"))
    for name in OPTIONS:
        # Options travel through the environment: whatever a command sets is undone after the test.
        monkeypatch.setenv(f"LINKBRIDGE_{name}", "")
    return tmp_path / "data"


@pytest.fixture
def refused(folder: Path) -> Callable[..., str]:
    """Run ``serve``, which must refuse in one line and leave no trace; return the line."""

    def run(*options: str | Path) -> str:
        result = CliRunner().invoke(app, ["serve", *map(str, options)])
        assert (result.exit_code, result.stdout) == (1, "")
        assert not folder.exists()
        [line] = result.stderr.splitlines()
        assert line.startswith("linkbridge: ")
        return line.removeprefix("linkbridge: ")

    return run


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.8.10", "::", "post.example"])
def test_plain_http_beyond_loopback_is_refused_with_every_way_out(refused: Callable[..., str], host: str) -> None:
    line = refused("--host", host)
    assert line.startswith(f"plain HTTP is refused on {host}, which others can reach.")
    for way_out in ("--tls-cert", "docs/operations/local-ca.md", "--behind-tls-proxy", "127.0.0.1"):
        assert way_out in line


def test_several_processes_on_sqlite_are_refused(refused: Callable[..., str]) -> None:
    assert refused("--workers", "2").startswith("several web processes need PostgreSQL: set LINKBRIDGE_DATABASE_URL")


def test_port_that_is_taken_is_refused_with_another_one(refused: Callable[..., str], taken_port: int) -> None:
    line = refused("--port", str(taken_port))
    assert line.startswith(f"port {taken_port} is taken by another program")
    assert line.endswith(f"for example {taken_port + 1}")


def test_address_that_this_machine_does_not_have_is_refused(refused: Callable[..., str]) -> None:
    line = refused("--host", "203.0.113.7", "--port", "8443", "--behind-tls-proxy")
    assert line == "cannot listen on 203.0.113.7, port 8443: Cannot assign requested address"


@pytest.mark.parametrize("option", ["--tls-cert", "--tls-key"])
def test_certificate_or_key_alone_is_refused(refused: Callable[..., str], tmp_path: Path, option: str) -> None:
    assert refused(option, tmp_path / "a.pem").startswith("a certificate and its key belong together")


def test_certificate_that_is_not_there_is_refused_by_name(refused: Callable[..., str], tmp_path: Path) -> None:
    _, certificate, key = make_ca(tmp_path)
    certificate.unlink()
    line = refused("--tls-cert", certificate, "--tls-key", key)
    assert line == f"{certificate} cannot be read: No such file or directory"


@pytest.mark.parametrize("content", [None, "no certificate", ""])
def test_certificate_that_does_not_fit_its_key_is_refused(
    refused: Callable[..., str], tmp_path: Path, content: str | None
) -> None:
    (tmp_path / "other").mkdir()
    _, certificate, _ = make_ca(tmp_path / "other")
    _, _, key = make_ca(tmp_path)
    if content is not None:
        certificate.write_text(content)
    line = refused("--tls-cert", certificate, "--tls-key", key)
    assert line.startswith(f"{certificate} and {key} do not make a valid pair: ")


def test_wrong_settings_are_all_named_without_their_values(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"PORT": "hunter2", "WORKERS": "65", "PUBLIC_STATUS": "hunter3", "LOG_LEVEL": "loud", "LOG_FORMAT": "xml"}
    for name, value in wrong.items():
        monkeypatch.setenv(f"LINKBRIDGE_{name}", value)
    result = CliRunner().invoke(app, ["serve"])
    first, *lines = result.stderr.splitlines()
    assert (result.exit_code, first) == (1, "linkbridge: the settings are wrong:")
    assert {line.strip().partition(":")[0] for line in lines} == {f"LINKBRIDGE_{name}" for name in wrong}
    assert not any(value in result.output for value in wrong.values())
    assert "  LINKBRIDGE_LOG_FORMAT: must be console or json" in lines
    assert not folder.exists()


def test_unknown_option_is_a_wrong_call() -> None:
    assert CliRunner().invoke(app, ["serve", "--speed", "11"]).exit_code == 2


# --- the socket and the server


def test_port_is_held_from_the_moment_it_is_bound() -> None:
    with bind("127.0.0.1", 0) as first, pytest.raises(Conflict, match="is taken by another program"):
        bind("127.0.0.1", first.getsockname()[1])


def test_port_that_may_not_be_used_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_socket: socket.socket, _address: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(InvalidInput, match=r"cannot listen on .*, port 443: Permission denied"):
        bind("127.0.0.1", 443)


def test_socket_is_handed_to_further_processes() -> None:
    with bind("127.0.0.1", 0) as listener:
        assert listener.get_inheritable() is True


def test_forwarded_headers_count_only_behind_a_proxy() -> None:
    assert server_options(Settings())["proxy_headers"] is False
    behind = server_options(Settings(behind_tls_proxy=True, trusted_proxies="10.0.0.5"))
    assert (behind["proxy_headers"], behind["forwarded_allow_ips"]) == (True, "10.0.0.5")


def test_server_whose_application_does_not_start_is_a_failure(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(scope: MutableMapping[str, Any], _receive: object, send: Callable[[Any], Any]) -> None:
        assert scope["type"] == "lifespan"
        await send({"type": "lifespan.startup.failed", "message": "no worker"})

    monkeypatch.setattr("linkbridge.bootstrap.build_web", lambda _settings: broken)
    result = call_apart(lambda: CliRunner().invoke(app, ["serve", "--port", "0"]))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "linkbridge: the server could not start; the reason stands above"
    assert result.stdout.startswith("There is no administrator yet.")
    assert folder.exists()


def test_settings_hold_no_secret_that_prints() -> None:
    assert "hunter2" not in repr(Settings(metrics_token=SecretStr("hunter2")))
