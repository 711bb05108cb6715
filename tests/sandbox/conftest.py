"""A checkout to run commands in, and a short way to run them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tasks_lib.ports import Finished, Sandbox, Shell
from tasks_lib.sandbox import BubblewrapSandbox, NoSandbox

Run = Callable[..., Finished]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    directory = tmp_path / "checkout"
    directory.mkdir()
    return directory


def runner(sandbox: Sandbox, checkout: Path) -> Run:
    def run(command: str, **wishes: object) -> Finished:
        settings: dict[str, object] = {"shell": Shell(), "timeout": 60.0, **wishes}
        return sandbox.run(command, checkout, **settings)  # type: ignore[arg-type]  # wishes are any of these

    return run


@pytest.fixture
def confined(checkout: Path) -> Run:
    """Give what runs a command in bubblewrap's sandbox."""
    return runner(BubblewrapSandbox(), checkout)


@pytest.fixture(params=[BubblewrapSandbox, NoSandbox])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each of our sandboxes."""
    made: Sandbox = request.param(environment={"GIT_AUTHOR_NAME": "Ada"})
    return made


@pytest.fixture
def run(sandbox: Sandbox, checkout: Path) -> Run:
    """Give what runs a command in each of our sandboxes."""
    return runner(sandbox, checkout)
