"""MS-SEC-010: webhook deliveries must be signed."""

import inspect

import pytest
from mosaic_coordinator import webhooks
from mosaic_coordinator.webhooks import SIGNATURE_HEADER, SignatureError, read_delivery, signature

SECRET = b"s3cret"
BODY = b'{"repository": "mosaic/web"}'


@pytest.mark.parametrize("headers", [{}, {SIGNATURE_HEADER: ""}, {SIGNATURE_HEADER: "0" * 64}])
def test_an_unsigned_delivery_is_refused(headers: dict[str, str]) -> None:
    """A header that is missing, empty or wrong is all the same."""
    with pytest.raises(SignatureError):
        read_delivery(headers, BODY, SECRET)


def test_signatures_are_compared_in_constant_time() -> None:
    """The comparison is the one of the standard library that does not stop early."""
    assert "compare_digest" in inspect.getsource(webhooks)


def test_a_signed_delivery_is_read() -> None:
    """The right signature is accepted, as before."""
    headers = {SIGNATURE_HEADER: signature(BODY, SECRET)}
    assert read_delivery(headers, BODY, SECRET).repository == "mosaic/web"
