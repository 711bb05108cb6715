"""A running API with a browser in front of it."""

import pytest

from mosaic_api.app import build_app
from mosaic_api.testing import Browser


@pytest.fixture
def browser() -> Browser:
    """A browser in front of an API without any accounts."""
    return Browser(build_app({"MOSAIC_FLAG_TILE_SEARCH": "true"}))
