"""TLS certificates for simulated hosts, and clients that trust only them."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


class TlsContexts(NamedTuple):
    """The server's context, and the context of a client that trusts only this server."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def issue_certificate(hosts: Sequence[str], *, valid_for: timedelta) -> TlsContexts:
    """A new self-signed certificate for these hosts, which is valid since a year ago."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _self_signed(key, hosts, valid_for).public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with NamedTemporaryFile(prefix="tonearm-", suffix=".pem") as file:  # ssl reads from files only
        file.write(secret + certificate)
        file.flush()
        server.load_cert_chain(file.name)
    return TlsContexts(server, ssl.create_default_context(cadata=certificate.decode()))


def _self_signed(
    key: ec.EllipticCurvePrivateKey, hosts: Sequence[str], valid_for: timedelta
) -> x509.Certificate:
    """A certificate with the extensions that Python 3.13 requires."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a simulated host")])
    now = datetime.now(UTC)  # the ssl module uses the real clock
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=365))
        .not_valid_after(now + valid_for)
        .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, hosts)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
