"""Content-Encoding is undone within a budget, and a cut body is noticed."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.exceptions import FetchError
from crawler.fetch.encoding import decoded

LIMIT = 100_000


@given(st.binary(max_size=5000))
def test_what_was_compressed_comes_back(body: bytes) -> None:
    assert decoded(gzip.compress(body), "gzip", LIMIT) == body
    assert decoded(zlib.compress(body), "deflate", LIMIT) == body
    assert decoded(gzip.compress(gzip.compress(body)), "gzip, gzip", LIMIT) == body


def test_raw_deflate_is_read_too() -> None:
    packer = zlib.compressobj(wbits=-15)
    body = b"warning " * 100
    assert decoded(packer.compress(body) + packer.flush(), "deflate", LIMIT) == body


def test_members_of_a_gzip_are_joined() -> None:
    assert decoded(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", LIMIT) == b"one two"


@pytest.mark.parametrize("cut", [5, 12, 40, -1, -8])
def test_a_gzip_cut_anywhere_is_an_error(cut: int) -> None:
    whole = gzip.compress(bytes(range(256)) * 8)
    with pytest.raises(FetchError, match="cut short"):
        decoded(whole[:cut], "gzip", LIMIT)


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    with pytest.raises(FetchError, match="larger than"):
        decoded(bomb, "gzip", LIMIT)


@pytest.mark.parametrize(
    ("encoding", "said"), [("x-unknown", "not asked for"), ("br", "not asked for"), ("gzip", "is not")]
)
def test_an_encoding_that_is_a_lie_names_itself(encoding: str, said: str) -> None:
    with pytest.raises(FetchError, match=said):
        decoded(b"<html>plain</html>", encoding, LIMIT)
