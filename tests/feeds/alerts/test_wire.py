"""What of an address may be shown, and how failures are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.alerts.wire import redacted


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pw@hooks.example:8443/T0/B0/secret?token=x#y", "https://hooks.example:8443"),
        ("http://[::1]:80/x", "http://[::1]:80"),
        ("feishu://secret-token", "feishu://…"),
        ("tgram://123456:secret/chat", "tgram://…"),
        ("mailto://user:pw@mail.example", "mailto://…"),
        ("no address", "…"),
        ("http://[broken", "…"),
        ("", "…"),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert redacted(url) == shown


@given(st.text(alphabet="abcXYZ012-_:/@?#&=", max_size=30))
def test_path_query_and_password_are_never_shown(rest: str) -> None:
    assert "s3cret" not in redacted(f"https://user:s3cret@host.example/s3cret?s3cret{rest}#s3cret")
    assert "s3cret" not in redacted(f"feishu://s3cret{rest}")
