"""Storing and checking passwords."""

from mosaic_api.passwords import hash_password, is_acceptable, verify_password


def test_the_right_password_is_recognised() -> None:
    assert verify_password("correct horse", hash_password("correct horse"))


def test_a_wrong_password_is_not() -> None:
    assert not verify_password("wrong horse", hash_password("correct horse"))


def test_the_password_itself_is_not_stored() -> None:
    assert "correct horse" not in hash_password("correct horse")


def test_short_passwords_are_not_acceptable() -> None:
    assert not is_acceptable("horse")
