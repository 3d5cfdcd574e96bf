"""Time stamps of RFC 3161: somebody else vouches that a link of the chain was there at a time.

What is stamped is the link's line itself, so the stamp's imprint is the link's hash and `openssl ts -verify` needs
nothing of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp: what it was put on, by its SHA-256, and when."""

    imprint: str
    at: datetime


def request(text: str) -> bytes:
    """The question for a time stamp on ``text``, DER."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(text.encode()).hash_algorithm(HashAlgorithm.SHA256)
    return builder.build().as_bytes()


def read(token: bytes) -> Stamp:
    """What a TimeStampResp says, whoever signed it.  Raises ValueError when it is none or grants nothing."""
    said = _decoded(token).tst_info
    return Stamp(said.message_imprint.message.hex(), said.gen_time)


def trust(token: bytes, text: str, roots: Path) -> Stamp:
    """The stamp on ``text``, once its signature goes back to a certificate in the file ``roots`` (PEM).

    Raises ValueError when it does not, or is on something else; OSError when the file cannot be read.
    """
    from cryptography import x509
    from rfc3161_client import VerificationError, VerifierBuilder

    verifier = VerifierBuilder()
    for certificate in x509.load_pem_x509_certificates(roots.read_bytes()):
        verifier = verifier.add_root_certificate(certificate)
    try:
        verifier.build().verify_message(_decoded(token), text.encode())
    except VerificationError as e:
        raise ValueError(f"the stamp is not to be trusted: {e}") from e
    return read(token)


def _decoded(token: bytes) -> Any:
    from rfc3161_client import decode_timestamp_response

    answer = decode_timestamp_response(token)
    if answer.status not in (0, 1):  # granted, with or without changes (RFC 3161, 2.4.2)
        raise ValueError(f"the authority refused (PKIStatus {answer.status})")
    return answer
