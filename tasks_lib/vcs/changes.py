"""What differs between two commits, or between a commit and a directory, seen from our own clone."""

from dataclasses import dataclass
from pathlib import Path

from tasks_lib.vcs.mirror import Mirror

_NONE = "000000"


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs; a mode is ``000000`` on the side where the path is missing."""

    path: str
    old_mode: str
    mode: str


def changes(mirror: Mirror, old: str, new: str) -> tuple[Change, ...]:
    """Return every path that differs between two commits; a rename is two of them."""
    out = mirror.git.run("diff-tree", "-r", "-z", "--raw", "--no-renames", old, new)
    fields = iter(out.rstrip("\0").split("\0")) if out else iter(())
    return tuple(
        Change(path, *meta.lstrip(":").split(" ")[:2]) for meta, path in zip(fields, fields, strict=True)
    )


def uncommitted(mirror: Mirror, directory: Path, commit: str) -> list[str]:
    """Return the paths in a directory that differ from a commit or are new, without ignored files.

    Read with our own clone's settings and an index of our own: the directory's ``.git`` has no say.
    """
    with mirror.index(commit) as index:
        out = mirror.git.run(
            *("-c", "core.symlinks=true", f"--work-tree={directory}", "ls-files", "-z", "--full-name"),
            *("--modified", "--deleted", "--others", "--exclude-standard", "--deduplicate"),
            variables=index,
        )
    return sorted({name for name in out.split("\0") if name})
