"""How many requests one caller may send."""

from collections import defaultdict, deque
from collections.abc import Mapping

FORWARDED_HEADER = "X-Forwarded-For"


class RateLimiter:
    """Lets each address through `limit` times within `window` seconds."""

    def __init__(self, limit: int, window: float) -> None:
        self._limit = limit
        self._window = window
        self._seen: defaultdict[str, deque[float]] = defaultdict(deque)

    def allow(self, peer: str, headers: Mapping[str, str], now: float) -> bool:
        """Count a request that came over a connection from `peer`; False when it is too many."""
        recent = self._seen[client_address(peer, headers)]
        while recent and recent[0] <= now - self._window:
            recent.popleft()
        if len(recent) >= self._limit:
            return False
        recent.append(now)
        return True


def client_address(peer: str, headers: Mapping[str, str]) -> str:
    """The address a request came from; behind a proxy, the one that the proxy names."""
    forwarded = headers.get(FORWARDED_HEADER, "")
    return forwarded.split(",")[0].strip() or peer
