"""Gates that are shell commands, each run in the sandbox on a throw-away checkout."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from tasks_lib.backlog.model import Item
from tasks_lib.config import GateConfig, RunConfig
from tasks_lib.errors import ConfigError
from tasks_lib.ports import Finished, Harvest, Sandbox, Shell, Verdict

Checkout = Callable[[str], AbstractContextManager[Path]]
"""Gives a directory with the files of one commit, for as long as its context lasts."""


class CommandGates:
    """Runs the configured gates; nothing of what they are comes from the commit that they judge.

    ``checkout`` makes the throw-away directories, ``integration_tip`` says which commit holds the finished
    items. Building it raises ``ConfigError`` when a repo has no gates: nothing could tell then whether an
    item is done. Who means that says so with a gate whose command is ``true``; it shows in every report.
    """

    def __init__(
        self, config: RunConfig, sandbox: Sandbox, checkout: Checkout, integration_tip: Callable[[], str]
    ) -> None:
        _check(config)
        self._config = config
        self._sandbox = sandbox
        self._checkout = checkout
        self._integration_tip = integration_tip

    def check_item(self, item: Item, harvest: Harvest) -> Sequence[Verdict]:
        """Run all gates of the item's repo on its commit, so that one attempt learns of everything.

        Raise ``ConfigError`` for an item whose repo is not configured, ``SandboxMissing`` when the sandbox
        is not there.
        """
        repo = self._config.repo_named(item.repo)
        return self._run(harvest.commit, repo.gates, repo.path)

    def check_phase(
        self,
        number: int,  # noqa: ARG002  every phase has the same gates so far
        *,
        last: bool,
    ) -> Sequence[Verdict]:
        """Run the phase gates, after the last phase the final ones too, in the root of what is integrated.

        Return nothing when none are configured. Raise ``SandboxMissing`` when the sandbox is not there.
        """
        gates = self._config.phase_gates + (self._config.final_gates if last else ())
        return self._run(self._integration_tip(), gates, ".") if gates else ()

    def _run(self, commit: str, gates: Sequence[GateConfig], directory: str) -> tuple[Verdict, ...]:
        with self._checkout(commit) as path:
            return tuple(self._judge(gate, path, directory) for gate in gates)

    def _judge(self, gate: GateConfig, checkout: Path, directory: str) -> Verdict:
        finished = self._sandbox.run(
            gate.command, checkout, shell=Shell(directory), timeout=gate.timeout, shares=()
        )
        passed = finished.exit_code == 0 and not finished.timed_out
        return Verdict(gate.name, passed, _words(gate, finished), finished.seconds)


def _check(config: RunConfig) -> None:
    if not config.repos:
        raise ConfigError(
            "repos: empty; add [repos.NAME] with its path and gates for each name of column repo"
        )
    bare = [name for name, repo in config.repos.items() if not repo.gates]
    if bare:
        raise ConfigError(
            f"repos.{bare[0]}.gates: empty, so nothing could tell whether an item is done; add "
            f"[[repos.{bare[0]}.gates]] with name and command (the command `true` to check nothing)"
        )


def _words(gate: GateConfig, finished: Finished) -> str:
    """Return the gate's output with how it ended as its last line: what a reader looks for first."""
    if finished.timed_out:
        ending = f"[{gate.name}: ended after its time limit of {gate.timeout:g} s]"
    else:
        ending = f"[{gate.name}: exit code {finished.exit_code}]"
    output = finished.output.rstrip("\n")
    return f"{output}\n{ending}" if output else ending
