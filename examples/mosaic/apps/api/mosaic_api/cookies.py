"""The cookie that carries the session token."""

NAME = "mosaic_session"


def session_cookie(token: str) -> str:
    """The Set-Cookie header that signs a browser in."""
    return f"{NAME}={token}; Path=/"


def expired_cookie() -> str:
    """The Set-Cookie header that makes a browser forget its session."""
    return f"{NAME}=; Path=/; Max-Age=0"
