"""The order of the whole suite."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes: side by side with the quick tests it is over sooner than after them."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
