"""MS-HIGH-005: an invented X-Forwarded-For does not get around the rate limit."""

from mosaic_coordinator.ratelimit import FORWARDED_HEADER, RateLimiter


def test_a_new_invented_address_with_each_request_does_not_help() -> None:
    """Requests over connections from one address are counted together."""
    limiter = RateLimiter(limit=3, window=60.0)
    answers = [
        limiter.allow("203.0.113.9", {FORWARDED_HEADER: f"192.0.2.{n}"}, now=float(n))
        for n in range(5)
    ]
    assert answers == [True, True, True, False, False]


def test_callers_behind_a_trusted_proxy_are_counted_apart() -> None:
    """A proxy that the settings name is believed, but only what it added itself."""
    limiter = RateLimiter(limit=1, window=60.0, trusted_proxies=["10.0.0.1"])
    assert limiter.allow("10.0.0.1", {FORWARDED_HEADER: "192.0.2.1"}, now=0.0)
    assert limiter.allow("10.0.0.1", {FORWARDED_HEADER: "192.0.2.2"}, now=0.0)
    assert not limiter.allow("10.0.0.1", {FORWARDED_HEADER: "198.51.100.7, 192.0.2.2"}, now=0.0)
