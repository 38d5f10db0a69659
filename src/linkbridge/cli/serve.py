"""``linkbridge serve``: the web server, with TLS and several processes when asked for."""

import atexit
import errno
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from linkbridge.cli.environment import load_settings
from linkbridge.cli.exposure import require_safe_exposure
from linkbridge.kernel.errors import Conflict, InvalidInput, Unavailable
from linkbridge.settings import Settings

app = typer.Typer()

GRACE_SECONDS = 10
"""How long running requests may take to end after a signal to stop."""
KEEP_ALIVE_SECONDS = 30
BACKLOG = 2048


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="PEM certificate chain.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM private key of the certificate.")] = None,
    workers: Annotated[int | None, typer.Option(help="Web processes; more than one needs PostgreSQL.")] = None,
    behind_tls_proxy: Annotated[
        bool | None, typer.Option("--behind-tls-proxy", help="A trusted proxy ends TLS before this server.")
    ] = None,
) -> None:
    """Serve the pages, the tablet and the API. Options not given come from LINKBRIDGE_… variables."""
    settings = load_settings(
        host=host,
        port=port,
        tls_cert=tls_cert,
        tls_key=tls_key,
        workers=workers,
        behind_tls_proxy=behind_tls_proxy,
    )
    run_server(settings)


def run_server(settings: Settings) -> None:
    """Serve until told to stop.

    Raises:
        InvalidInput: the settings are unsafe or contradict each other; nothing was started.
        Conflict: another program listens on the port.
        Unavailable: the server did not start.
    """
    require_safe_exposure(settings)
    require_one_process_on_sqlite(settings)
    with bind(settings.host, settings.port) as listener:
        _serve(settings, listener)


def _serve(settings: Settings, listener: socket.socket) -> None:
    if settings.workers > 1:
        _share_metrics()

    import uvicorn  # noqa: PLC0415 - other commands need no server
    from uvicorn.supervisors import Multiprocess  # noqa: PLC0415

    from linkbridge.bootstrap import build_web  # noqa: PLC0415
    from linkbridge.cli.accounts import announce_first_administrator  # noqa: PLC0415

    announce_first_administrator(settings)
    try:
        if settings.workers > 1:
            several = uvicorn.Config("linkbridge.bootstrap:build_web", factory=True, **server_options(settings))
            Multiprocess(several, sockets=[listener]).run()
            return
        uvicorn.Server(uvicorn.Config(build_web(settings), **server_options(settings))).run(sockets=[listener])
    except KeyboardInterrupt:
        return
    except SystemExit as error:
        # With this, uvicorn ends a server whose application did not start.
        raise Unavailable("the server could not start; the reason stands above", component="server") from error


def server_options(settings: Settings) -> dict[str, Any]:
    """Return what uvicorn is told. Forwarded headers count only from trusted proxies, and only when there is one."""
    return {
        "workers": settings.workers,
        "ssl_certfile": settings.tls_cert,
        "ssl_keyfile": settings.tls_key,
        "proxy_headers": settings.behind_tls_proxy,
        "forwarded_allow_ips": settings.trusted_proxies,
        "server_header": False,
        "access_log": False,
        "log_config": None,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "backlog": BACKLOG,
    }


def require_one_process_on_sqlite(settings: Settings) -> None:
    """Refuse several processes on SQLite, whose background jobs and limits allow one alone."""
    if settings.workers > 1 and settings.resolved_database_url.startswith("sqlite"):
        raise InvalidInput(
            "several web processes need PostgreSQL: set LINKBRIDGE_DATABASE_URL, or leave --workers at 1",
            field="workers",
        )


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on ``host`` and ``port``: from now on nobody else can, though nobody is served yet.

    Raises:
        Conflict: the port is taken.
        InvalidInput: this machine has no such address, or may not use the port.
    """
    listener: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        if listener is not None:
            listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Conflict(
                f"port {port} is taken by another program: stop that one, or choose another port "
                f"with --port or LINKBRIDGE_PORT, for example {port + 1}"
            ) from error
        raise InvalidInput(f"cannot listen on {host}, port {port}: {error.strerror}", field="host") from error
    listener.set_inheritable(True)
    return listener


def _share_metrics() -> None:
    """Let the processes count together, in a folder of this ``serve`` alone: machines may share a data folder.

    prometheus-client reads the variable when it is first imported, in each process.
    """
    folder = tempfile.mkdtemp(prefix="linkbridge-metrics-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
