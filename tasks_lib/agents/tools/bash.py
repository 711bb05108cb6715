"""``bash_20250124``: a shell that seems to go on, although every command runs in a sandbox of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tasks_lib.agents.tools import inputs
from tasks_lib.agents.tools.answer import Answer
from tasks_lib.ports import Finished, Sandbox, Shell, Workspace


@dataclass(slots=True)
class Bash:
    """Runs commands in the checkout; directory and exports carry over from one to the next.

    ``timeout`` gives the seconds that the next command may take.
    """

    sandbox: Sandbox
    workspace: Workspace
    timeout: Callable[[], float]
    shell: Shell = field(default_factory=Shell)

    def call(self, given: inputs.Inputs) -> Answer:
        """Run one command or start the shell anew; the exit code comes last."""
        if given.get("restart") is True:
            self.shell = Shell()
            return Answer("The shell was started anew in the checkout's root.")
        command = inputs.text(given, "command")
        allowed = self.timeout()
        finished = self.sandbox.run(
            command,
            self.workspace.path,
            shell=self.shell,
            timeout=allowed,
            shares=self.workspace.shares,
            doors=self.workspace.doors,
            home=self.workspace.home,
        )
        self.shell = finished.shell
        return Answer(_told(finished, allowed), finished.timed_out, finished.seconds)


def _told(finished: Finished, allowed: float) -> str:
    parts = [finished.output.rstrip("\n")] if finished.output.strip() else ["(no output)"]
    if finished.timed_out:
        parts.append(
            f"[the limit of {allowed:.0f} s was reached: the command and all that it started were ended; "
            "run less at once]"
        )
    return "\n".join([*parts, f"[exit code {finished.exit_code}]"])
