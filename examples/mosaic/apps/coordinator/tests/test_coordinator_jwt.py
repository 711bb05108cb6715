from collections.abc import Callable

import pytest

from mosaic_coordinator.jwt import TokenError, decode

KEY = b"correct horse"


def test_the_claims_of_a_signed_token_are_read(make_token: Callable[..., str]) -> None:
    assert decode(make_token(sub="u-7"), KEY)["sub"] == "u-7"


def test_a_token_of_another_key_is_refused(make_token: Callable[..., str]) -> None:
    with pytest.raises(TokenError, match="signature"):
        decode(make_token(), b"battery staple")


def test_half_a_token_is_refused() -> None:
    with pytest.raises(TokenError, match="three parts"):
        decode("e30.e30", KEY)
