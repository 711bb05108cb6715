import pytest

from mosaic_coordinator.webhooks import (
    EVENT_HEADER,
    SIGNATURE_HEADER,
    Delivery,
    SignatureError,
    read_delivery,
    signature,
)

SECRET = b"s3cret"
BODY = b'{"repository": "mosaic/web"}'


def test_a_signed_delivery_is_read() -> None:
    headers = {EVENT_HEADER: "push", SIGNATURE_HEADER: signature(BODY, SECRET)}
    assert read_delivery(headers, BODY, SECRET) == Delivery("push", "mosaic/web")


def test_a_changed_delivery_is_refused() -> None:
    headers = {EVENT_HEADER: "push", SIGNATURE_HEADER: signature(b"{}", SECRET)}
    with pytest.raises(SignatureError):
        read_delivery(headers, BODY, SECRET)
