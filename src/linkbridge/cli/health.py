"""``linkbridge health``: asks the server of this machine whether it answers. Containers and monitors run it."""

import ssl
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection

import typer

from linkbridge.cli.environment import load_settings
from linkbridge.kernel.errors import Unavailable
from linkbridge.settings import Settings

app = typer.Typer()

PATH = "/healthz"
TIMEOUT_SECONDS = 5.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - looked up, not bound


@app.command()
def health() -> None:
    """Exit 0 if the server that these settings describe answers on this machine, else 1 with the reason."""
    ask(load_settings())
    print("ok")


def ask(settings: Settings) -> None:
    """Ask the server for its health.

    Raises:
        Unavailable: nobody answers, or not as LinkBridge does.
    """
    host = _EVERYWHERE.get(settings.host, settings.host)
    where = f"{host}, port {settings.port}"
    with closing(connect(host, settings.port, tls=settings.serves_tls)) as connection:
        try:
            connection.request("GET", PATH)
            answer = connection.getresponse()
            status, body = answer.status, answer.read(64)
        except (OSError, HTTPException) as error:
            raise Unavailable(f"no answer from {where}: {error or type(error).__name__}", component="server") from error
    if (status, body) != (200, b"ok\n"):
        raise Unavailable(f"{where} answers {status}: not as LinkBridge does when it is well", component="server")


def connect(host: str, port: int, *, tls: bool) -> HTTPConnection:
    """Return a connection, not yet open.

    The certificate is not looked at: it names the public address, not this machine's own, and nothing secret is
    sent. Whether it is valid is what ``doctor`` says.
    """
    if not tls:
        return HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=context)
