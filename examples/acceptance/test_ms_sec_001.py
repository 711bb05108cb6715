"""MS-SEC-001: passwords are salted, slow to guess and compared in constant time."""

import hashlib
import inspect

from mosaic_api import passwords
from mosaic_api.passwords import hash_password, verify_password

PASSWORD = "correct horse battery"


def test_equal_passwords_are_stored_differently() -> None:
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


def test_a_stored_password_verifies_itself_and_no_other() -> None:
    stored = hash_password(PASSWORD)
    assert verify_password(PASSWORD, stored)
    assert not verify_password(PASSWORD + "!", stored)
    assert not verify_password("", stored)


def test_no_md5_is_stored() -> None:
    assert hashlib.md5(PASSWORD.encode()).hexdigest() not in hash_password(PASSWORD)


def test_scrypt_and_a_constant_time_comparison_are_used() -> None:
    source = inspect.getsource(passwords)
    assert "scrypt(" in source
    assert "compare_digest(" in source
