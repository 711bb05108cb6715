"""A real browser in front of a real Prefect server that serves a small project."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.site import Site
from tests.browser.ui import Ui, window
from tests.engine.conftest import asking, config, config_file, project

__all__ = ["asking", "config", "config_file", "project"]  # the fixtures of the engine's tests

QUIET = (
    *("--disable-gpu", "--disable-quic", "--disable-sync", "--disable-component-update"),
    *("--no-first-run", "--disable-background-networking"),
    "--no-sandbox",  # the tests may run as root, and the only pages are our own
)

NO_GRAPHS = ("--disable-3d-apis", "--disable-software-rasterizer")
"""No WebGL: the graphs of runs, of which no test sees anything, cost less then, or are not drawn at all."""


@pytest.fixture(scope="module")
def chromium(pictures: Path | None) -> Iterator[Browser]:
    """Debian's Chromium, without a window; with the graphs of runs where pictures are wanted.

    It ends with the module: its event loop runs in this thread, where Prefect's calls would give coroutines.
    """
    program = shutil.which("chromium")
    assert program, "chromium is missing: `make system PROGRAMS=chromium` installs it"
    with sync_playwright() as playwright:
        options = QUIET if pictures else (*QUIET, *NO_GRAPHS)
        browser = playwright.chromium.launch(executable_path=program, args=list(options))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of its own, as it is restarted."""
    with Site(tmp_path_factory.mktemp("prefect")) as site:
        yield site


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """The directory that keeps pictures of the pages: ``TASKS_MD_PICTURES`` names it."""
    named = os.environ.get("TASKS_MD_PICTURES")
    return Path(named) if named else None


@pytest.fixture
def ui(chromium: Browser, site: Site, pictures: Path | None) -> Iterator[Ui]:
    """A fresh window on the UI."""
    with window(chromium) as page:
        yield Ui(page, site.address, pictures)
