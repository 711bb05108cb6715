"""The commits of a repository, their trailers, and which of them lie in the history of a branch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tasks_lib.vcs.git import Git

_TRAILERS = ("Operation", "Run", "Item")
_FIELDS = ("%H", "%P", "%s", *(f"%(trailers:key={key},valueonly,unfold,separator=%x20)" for key in _TRAILERS))
_OPERATION = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; ``operation``, ``run`` and ``item`` are its trailers of these names, empty where missing."""

    sha: str
    parents: tuple[str, ...]
    subject: str
    operation: str
    run: str
    item: str

    @property
    def by_ledger(self) -> bool:
        """Whether the orchestrator's ledger says that it made it."""
        return _OPERATION.fullmatch(self.operation) is not None

    @property
    def merges_item(self) -> bool:
        """Whether it merges the work on an item: what comes in by its second parent is an agent's."""
        return len(self.parents) == 2 and self.item != "" and not self.by_ledger  # noqa: PLR2004 two is a pair


def read_graph(git: Git, *tips: str) -> dict[str, Commit]:
    """Return every commit that can be reached from the tips, parents first."""
    # No git log: its settings in the repository's own configuration may run a program.
    record = "%x00".join(_FIELDS) + "%x00"
    listed = git.run(
        "rev-list", "--topo-order", "--reverse", "--no-commit-header", f"--format={record}", *tips
    )
    values = listed.split("\0")[:-1]
    rows = zip(*(values[place :: len(_FIELDS)] for place in range(len(_FIELDS))), strict=True)
    commits = (
        Commit(sha.lstrip("\n"), tuple(parents.split()), subject, operation, run, item)
        for sha, parents, subject, operation, run, item in rows
    )
    return {commit.sha: commit for commit in commits}


def history_of(graph: Mapping[str, Commit], tip: str) -> set[str]:
    """Return the commits in the history of a tip, without what agents committed.

    Not by first parents: who pulls and pushes has the orchestrator's commits behind the second one.
    """
    found: set[str] = set()
    ahead = [tip]
    while ahead:
        sha = ahead.pop()
        if sha not in found:
            found.add(sha)
            commit = graph[sha]
            ahead += commit.parents[:1] if commit.merges_item else commit.parents
    return found
