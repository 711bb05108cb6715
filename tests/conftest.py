"""What holds for the whole suite."""

import signal

import pytest


def pytest_configure() -> None:
    """Make Ctrl-C work for what the tests start: a shell lets its background jobs ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes: side by side with the quick tests it is over sooner than after them."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
