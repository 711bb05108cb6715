"""The shell of the model, over a sandbox."""

from pathlib import Path

import pytest

from tasks_lib.agents.tools.answer import ToolError
from tasks_lib.agents.tools.bash import Bash
from tasks_lib.ports import Workspace
from tasks_lib.sandbox import NoSandbox


@pytest.fixture
def shell(workspace: Workspace) -> Bash:
    return Bash(NoSandbox(), workspace, lambda: 20.0)


def run(shell: Bash, command: str) -> str:
    return shell.call({"command": command}).text


def test_the_exit_code_comes_last(shell: Bash) -> None:
    """After what the command printed, on both streams."""
    assert run(shell, "echo out; echo err >&2; (exit 3)") == "out\nerr\n[exit code 3]"


def test_silence_is_said(shell: Bash) -> None:
    """An empty answer would be refused by the service."""
    assert run(shell, "true") == "(no output)\n[exit code 0]"


def test_directory_and_exports_carry_over(shell: Bash, checkout: Path) -> None:
    """Commands seem to run in one shell that goes on."""
    run(shell, "mkdir -p apps/api && cd apps/api && export COLOUR=blue")
    assert run(shell, 'echo "$COLOUR"; pwd').splitlines()[:2] == ["blue", str(checkout / "apps/api")]


def test_restart_forgets_both(shell: Bash, checkout: Path) -> None:
    """The shell stands in the root again."""
    run(shell, "mkdir sub && cd sub && export COLOUR=blue")
    assert "anew" in shell.call({"restart": True}).text
    assert run(shell, 'echo "<$COLOUR>"; pwd').splitlines()[:2] == ["<>", str(checkout)]


def test_a_time_out_is_told(workspace: Workspace) -> None:
    """The model learns which limit fired and what to do."""
    answer = Bash(NoSandbox(), workspace, lambda: 0.3).call({"command": "echo begun; sleep 30"})
    assert answer.is_error
    assert answer.text.startswith("begun\n[the limit of 0 s was reached")
    assert answer.text.splitlines()[-1].startswith("[exit code")


@pytest.mark.parametrize("given", [{}, {"command": 3}, {"restart": False}])
def test_a_call_without_command_is_refused(shell: Bash, given: dict[str, object]) -> None:
    """A model can send anything."""
    with pytest.raises(ToolError, match="`command`"):
        shell.call(given)
