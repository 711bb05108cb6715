"""What all processes of one command may take together."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Self

from tasks_lib.errors import ConfigError
from tasks_lib.sandbox.cgroup import Group, Groups, delegated
from tasks_lib.sandbox.disk import Reserve

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many processes, how much memory where there are ``groups``, and how much of a disk."""

    processes: int = 512
    groups: Groups | None = None
    reserve: Reserve = field(default_factory=Reserve)

    @classmethod
    def found(cls, cgroup: str, memory: int, processes: int, reserve: Reserve) -> Self:
        """Return the bounds that this machine can keep, with groups below ``cgroup``; ``memory`` in MiB.

        ``auto``: below what systemd delegates, else without. Raise ``ConfigError`` when a group that was
        named cannot be used.
        """
        where = delegated() if cgroup == AUTO else cgroup
        groups = None
        try:
            groups = Groups.below(where, memory << 20, processes) if where else None
        except OSError as error:
            if cgroup != AUTO:
                raise ConfigError(_refused(cgroup, error)) from error
        return cls(processes, groups, reserve)

    def group(self) -> AbstractContextManager[Group]:
        """Give the group of one command; without groups one that is nowhere."""
        return self.groups.one() if self.groups else nullcontext(Group())

    def broken(self, group: Group) -> Iterator[str]:
        """Tell which bounds a command came up against, for the end of its output."""
        if self.groups and group.happened("oom_kill"):
            yield f"ended: out of memory, limit {_size(self.groups.memory)}"
        if self.groups and group.happened("max"):
            yield f"limit of {self.groups.processes} processes reached"


def _size(size: int) -> str:
    return f"{size >> 30} GiB" if size % (1 << 30) == 0 else f"{size >> 20} MiB"


def _refused(cgroup: str, error: OSError) -> str:
    return (
        f"sandbox.cgroup: no groups can be made below {cgroup}: {error}. It needs the controllers memory and "
        "pids, rights to write, and in version 2 no processes of its own (systemd: Delegate=yes and "
        'DelegateSubgroup=main); or choose "auto"'
    )
