from mosaic_coordinator.ratelimit import RateLimiter


def test_too_many_requests_are_refused() -> None:
    limiter = RateLimiter(limit=2, window=60.0)
    assert [limiter.allow("192.0.2.1", {}, now=float(n)) for n in range(3)] == [True, True, False]


def test_the_window_moves_on() -> None:
    limiter = RateLimiter(limit=1, window=60.0)
    assert limiter.allow("192.0.2.1", {}, now=0.0)
    assert limiter.allow("192.0.2.1", {}, now=60.0)


def test_callers_are_counted_apart() -> None:
    limiter = RateLimiter(limit=1, window=60.0)
    assert limiter.allow("192.0.2.1", {}, now=0.0)
    assert limiter.allow("192.0.2.2", {}, now=0.0)
