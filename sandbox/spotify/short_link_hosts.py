"""TLS and name resolution for the simulated short link hosts on loopback."""

from __future__ import annotations

import functools
import socket
import ssl
from datetime import UTC, datetime, timedelta
from tempfile import NamedTemporaryFile

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

LOOPBACK = "127.0.0.1"
HTTPS_PORT = 443
LINK_HOST, APP_LINK_HOST, OPEN_HOST = "spotify.link", "spotify.app.link", "open.spotify.com"
OLD_HOST = "spoti.fi"
OPEN_URL = f"https://{OPEN_HOST}"
HOSTS = (LINK_HOST, APP_LINK_HOST, OPEN_HOST, OLD_HOST)


class LoopbackResolver(AbstractResolver):
    """Resolves the short link hosts only, and records every lookup."""

    def __init__(self, port: int, lookups: list[tuple[str, int]]) -> None:
        self._port = port
        self._lookups = lookups

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self._lookups.append((host, port))
        if host not in HOSTS or port != HTTPS_PORT:
            raise OSError(f"{host}:{port} is unknown here")
        return [
            ResolveResult(
                hostname=host,
                host=LOOPBACK,
                port=self._port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing to close."""


def loopback_connector(port: int, lookups: list[tuple[str, int]]) -> aiohttp.TCPConnector:
    """A connector that reaches these hosts at this port of loopback, and IP addresses."""
    return aiohttp.TCPConnector(
        resolver=LoopbackResolver(port, lookups), use_dns_cache=False, ssl=_ssl_contexts()[1]
    )


def server_ssl_context() -> ssl.SSLContext:
    """The server context for all these hosts."""
    return _ssl_contexts()[0]


@functools.cache
def _ssl_contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's context, and the context of a client that trusts only this server."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _self_signed_certificate(key).public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with NamedTemporaryFile(prefix="tonearm-", suffix=".pem") as file:  # ssl reads from files only
        file.write(secret + certificate)
        file.flush()
        server.load_cert_chain(file.name)
    return server, ssl.create_default_context(cadata=certificate.decode())


def _self_signed_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A certificate for all hosts, with the extensions that Python 3.13 requires."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a simulated Spotify")])
    now = datetime.now(UTC)  # the ssl module uses the real clock
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, HOSTS)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
