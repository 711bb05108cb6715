"""Lets the acceptance tests import the apps of the checkout that MOSAIC_ROOT names."""

import os
import sys
from pathlib import Path

import pytest

APPS = ("api", "web", "orchestrator", "coordinator")


def pytest_configure() -> None:
    """Put the apps on the import path, and leave no bytecode in the checkout."""
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(checkout() / "apps" / app) for app in APPS]


def checkout() -> Path:
    """The root of the checkout under test."""
    named = os.environ.get("MOSAIC_ROOT", "")
    if not (Path(named) / "apps").is_dir() or not named:
        raise pytest.UsageError(
            f"MOSAIC_ROOT={named!r} is no checkout of the example: it has no apps directory. "
            "Set it, for instance MOSAIC_ROOT=examples/mosaic pytest examples/acceptance"
        )
    return Path(named).resolve()


@pytest.fixture
def mosaic_root() -> Path:
    """The root of the checkout under test."""
    return checkout()
