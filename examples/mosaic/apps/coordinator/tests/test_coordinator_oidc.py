from collections.abc import Callable

import pytest

from mosaic_coordinator.jwt import TokenError
from mosaic_coordinator.oidc import Identity, OidcClient, verify_id_token

MakeToken = Callable[..., str]


def test_a_signed_token_names_who_signed_in(make_token: MakeToken, client: OidcClient) -> None:
    token = make_token(mosaic_role="member")
    assert verify_id_token(token, client, "n-1") == Identity("u-1", "Ada", "member")


def test_who_has_no_role_is_a_guest(make_token: MakeToken, client: OidcClient) -> None:
    assert verify_id_token(make_token(), client, "n-1").role == "guest"


def test_a_token_answers_one_sign_in(make_token: MakeToken, client: OidcClient) -> None:
    with pytest.raises(TokenError, match="another sign-in"):
        verify_id_token(make_token(), client, "n-2")


def test_a_token_without_a_subject_is_refused(make_token: MakeToken, client: OidcClient) -> None:
    with pytest.raises(TokenError, match="no subject"):
        verify_id_token(make_token(sub=None), client, "n-1")
