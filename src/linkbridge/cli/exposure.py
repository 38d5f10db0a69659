"""Rules about where the server may listen and with which certificate. Used by ``serve`` and ``doctor``."""

import ssl
from pathlib import Path

from linkbridge.kernel.errors import InvalidInput
from linkbridge.kernel.outgoing import is_loopback
from linkbridge.settings import Settings


def exposure_problem(settings: Settings) -> str | None:
    """Return why the server must not listen as it is told to, and what to do, or ``None``.

    Beyond loopback everything goes through TLS: passwords and answers would be readable on the way, and
    browsers give the camera and the offline store to secure origins only.
    """
    if (settings.tls_cert is None) != (settings.tls_key is None):
        return "a certificate and its key belong together: give both --tls-cert and --tls-key, or neither"
    if settings.serves_tls or settings.behind_tls_proxy or is_loopback(settings.host):
        return None
    return (
        f"plain HTTP is refused on {settings.host}, which others can reach. Give a certificate with --tls-cert and "
        "--tls-key (docs/operations/local-ca.md makes one without internet), or stand behind a proxy that ends TLS "
        "and say so with --behind-tls-proxy (docs/operations/deploy.md), or listen on 127.0.0.1"
    )


def certificate_problem(cert: Path, key: Path) -> str | None:
    """Return why this certificate and key cannot be served, or ``None``."""
    for path in (cert, key):
        try:
            path.read_bytes()
        except OSError as error:
            return f"{path} cannot be read: {error.strerror}"
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key)
    except ssl.SSLError as error:
        return f"{cert} and {key} do not make a valid pair: {error.reason or 'not in PEM form'}"
    return None


def require_safe_exposure(settings: Settings) -> None:
    """Check all of this module's rules.

    Raises:
        InvalidInput: the server would listen unsafely or with a certificate that does not work.
    """
    problem = exposure_problem(settings)
    if problem is None and settings.tls_cert is not None and settings.tls_key is not None:
        problem = certificate_problem(settings.tls_cert, settings.tls_key)
    if problem is not None:
        raise InvalidInput(problem, field="host")
