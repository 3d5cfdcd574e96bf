"""TLS certificates of official hosts: what is remembered of them, and which change is worth a word.

A renewal by the same issuer is routine and only goes into the chain; another issuer is told to readers as well.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

NEWS = 7 * 86400.0
"""Seconds for which a change of issuer is told with every new notice of the host."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate by its SHA-256 (of the DER) and its issuer's name (RFC 4514)."""

    sha256: str
    issuer: str


def read(der: bytes) -> Certificate:
    """What is remembered of a certificate; one that cannot be read has an empty issuer."""
    from cryptography import x509

    try:
        issuer = x509.load_der_x509_certificate(der).issuer.rfc4514_string()
    except ValueError:
        issuer = ""
    return Certificate(hashlib.sha256(der).hexdigest(), issuer)


def word(host: str, issuer: str, before: str) -> str:
    """What is told of a host whose certificate has another issuer."""
    return f"{host} shows a certificate of {issuer or 'nobody'}; before it was one of {before}"
