"""What ``linkbridge doctor`` says of the server's address and certificate."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509

from linkbridge.cli.exposure import certificate_problem, exposure_problem
from linkbridge.cli.findings import Finding, Level
from linkbridge.kernel.outgoing import is_loopback
from linkbridge.settings import Settings

CERTIFICATE_NOTICE = timedelta(days=21)


def check_exposure(settings: Settings) -> Iterator[Finding]:
    """TLS: there is no plain HTTP beyond loopback, the certificate is valid and names the address."""
    problem = exposure_problem(settings)
    if problem is not None:
        yield Finding("TLS", Level.FAIL, "plain HTTP beyond this machine", problem)
        return
    yield from _check_base_url(settings)
    if settings.tls_cert is None or settings.tls_key is None:
        how = "a trusted proxy ends TLS" if settings.behind_tls_proxy else "loopback only, plain HTTP"
        yield Finding("TLS", Level.OK, how)
        return
    problem = certificate_problem(settings.tls_cert, settings.tls_key)
    if problem is not None:
        yield Finding("TLS", Level.FAIL, "the certificate cannot be used", problem)
        return
    yield from _check_certificate(settings, x509.load_pem_x509_certificate(settings.tls_cert.read_bytes()))


def _check_base_url(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.resolved_base_url)
    host = parts.hostname or ""
    if parts.scheme == "http" and not is_loopback(host):
        todo = "Set LINKBRIDGE_BASE_URL to the https address that tablets use."
        yield Finding("Address", Level.FAIL, f"{settings.resolved_base_url} is plain HTTP", todo)
    elif not is_loopback(settings.host) and is_loopback(host):
        todo = "Set LINKBRIDGE_BASE_URL: QR codes and links would lead tablets to themselves."
        yield Finding("Address", Level.FAIL, f"{settings.resolved_base_url} is only this machine", todo)
    else:
        yield Finding("Address", Level.OK, settings.resolved_base_url)


def _check_certificate(settings: Settings, certificate: x509.Certificate) -> Iterator[Finding]:
    ends = certificate.not_valid_after_utc
    left = ends - datetime.now(UTC)
    when = f"valid until {ends:%Y-%m-%d}"
    if left < timedelta(0):
        yield Finding("TLS", Level.FAIL, f"the certificate ended on {ends:%Y-%m-%d}", "Make or order a new one.")
    elif left < CERTIFICATE_NOTICE:
        yield Finding("TLS", Level.FAIL, when, "Renew the certificate now: tablets stop working when it ends.")
    else:
        yield Finding("TLS", Level.OK, f"certificate {when}")
    host = urlsplit(settings.resolved_base_url).hostname or ""
    if host not in _names(certificate):
        todo = f"The certificate must name {host}: see docs/operations/local-ca.md."
        yield Finding("TLS", Level.FAIL, f"the certificate does not name {host}", todo)


def _names(certificate: x509.Certificate) -> set[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    return {*names.get_values_for_type(x509.DNSName), *addresses}
