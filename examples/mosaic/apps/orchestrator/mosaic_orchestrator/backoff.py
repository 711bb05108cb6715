"""How long a failed job waits before it is tried again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RetryPolicy:
    """Seconds of the first wait, growth from wait to wait, longest wait, number of attempts."""

    base: float = 1.0
    factor: float = 2.0
    cap: float = 60.0
    max_attempts: int = 5


def delay_after(attempt: int, policy: RetryPolicy) -> float:
    """Seconds to wait after failed attempt number `attempt`, counted from 1."""
    return float(min(policy.cap, policy.base * policy.factor**attempt))


def may_retry(attempt: int, policy: RetryPolicy) -> bool:
    """Whether another attempt may follow failed attempt number `attempt`."""
    return attempt < policy.max_attempts
