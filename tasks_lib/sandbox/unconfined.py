"""No sandbox: commands run as we do, only without our environment."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks_lib.errors import SandboxMissing
from tasks_lib.ports import Finished, Hear, Shell
from tasks_lib.sandbox import doors as doorways
from tasks_lib.sandbox.bounds import Bounds
from tasks_lib.sandbox.execution import Program, execute
from tasks_lib.sandbox.shell import decode, encode, started
from tasks_lib.sandbox.surroundings import existing, fixed_environment


@dataclass(frozen=True)
class NoSandbox:
    """Runs commands with all rights of this process: they can read and destroy whatever we can.

    Their environment is small and fixed, their process group ends with them; a child that leaves the group
    lives on. ``path`` is put before PATH; ``environment`` is added to what a command gets; ``stop``
    ends commands at work. ``bounds`` hold here too.
    """

    path: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)
    bounds: Bounds = field(default_factory=Bounds)

    @property
    def root(self) -> Path | None:
        """A command sees its checkout at its own path."""
        return None

    @property
    def home(self) -> Path | None:
        """What is given as HOME is where it is; a command's HOME is the machine's own all the same."""
        return None

    def run(  # noqa: PLR0913  what a command may see, reach and say, each by its name
        self,
        command: str,
        checkout: Path,
        *,
        shell: Shell,
        timeout: float,
        shares: Sequence[Path] = (),  # noqa: ARG002  everything can be read here
        doors: Mapping[str, Path] = doorways.NONE,
        hear: Hear | None = None,
        home: Path | None = None,  # noqa: ARG002  HOME is the machine's own here
    ) -> Finished:
        """Run one shell command in a checkout and end its process group.

        Raise ``SandboxMissing`` when there is no bash, ``WorkspaceError`` when there is no checkout.
        """
        fixed = fixed_environment(self.path, str(Path.home()), self.environment)
        seen = existing(checkout)
        program = Program(
            doorways.keeper(doors),
            fixed,
            encode(command, shell),
            str(seen),
            bounds=self.bounds,
            writable=[seen],
        )
        ended = execute(program, timeout, self.stop, hear)
        if not started(ended.state) and not ended.cut:
            raise SandboxMissing(f"bash could not be started: {ended.output.strip()}")
        after = decode(ended.state, shell, seen, {**fixed, **dict.fromkeys(doors, "")})
        return Finished(ended.exit_code, ended.output, ended.timed_out, ended.seconds, after)
