"""Secrets are found in every disguise that costs an agent one line."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.review import Secrets

VALUES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=8, max_size=60)


@given(VALUES, st.binary(max_size=20), st.binary(max_size=20))
def test_whatever_stands_around_it(secret: str, before: bytes, behind: bytes) -> None:
    """As it is, in base64 of the whole, in hex, percent-encoded and backwards."""
    secrets, raw = Secrets([secret]), secret.encode()
    whole = before + raw + behind
    assert secrets.known_in(whole)
    assert secrets.known_in(base64.encodebytes(whole))
    assert secrets.known_in(base64.urlsafe_b64encode(whole))
    assert secrets.known_in(whole.hex().encode())
    assert secrets.known_in(quote(whole, safe="").encode())
    assert secrets.known_in(raw[::-1])


@given(VALUES)
def test_a_part_of_it_is_not_it(secret: str) -> None:
    """One character short is clean, and so is everything where nothing is known."""
    assert not Secrets([secret]).known_in(secret[:-1].encode())
    assert not Secrets().known_in(secret.encode())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "a private key"),
        ("AKIA" + "QWERTYUIOPASDFGH", "an AWS access key"),
        ("github_pat_" + "aB3dE6" * 12, "a GitHub token"),
        ("sk-ant-api03-" + "aB3dE6" * 8, "an Anthropic key"),
        ("xoxb-" + "1234567890-abcdefghij", "a Slack token"),
        ("pypi-AgEIcHlwaS5vcmc" + "aB3dE6" * 10, "a PyPI token"),
    ],
)
def test_well_known_tokens(text: str, kind: str) -> None:
    """The kind is told."""
    assert Secrets().tokens_in(f"key = '{text}'\n".encode()) == {text.encode(): kind}


@pytest.mark.parametrize(
    "text", ["AKIAIOSFODNN7EXAMPLE", "ghp_" + "x" * 40, "sk-ant-...", "BEGIN PUBLIC KEY"]
)
def test_examples_are_no_secrets(text: str) -> None:
    """What documentation shows in their place passes."""
    assert Secrets().tokens_in(text.encode()) == {}
