"""A small repository whose items each add one file, and a person who edits its tracking file."""

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread

from tasks_lib.config import GateConfig, Identity, LockConfig, RepoConfig, RunConfig, SandboxConfig
from tasks_lib.vcs import seed_remote
from tests.engine.project import CHECK, Project

HEADER = """\
| id | status | description | repo | branch | depends_on | blocks | agent | started_at | completed_at | estimate | used | notes |
|----|--------|-------------|------|--------|------------|--------|-------|------------|--------------|----------|------|-------|
"""  # noqa: E501 - a table's row is one line
_ENV = {
    **os.environ,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def ids(numbers: range) -> list[str]:
    return [f"ACP-{number:03}" for number in numbers]


def tracking(count: int) -> str:
    """Return a tracking file of two phases; every second item needs the one before and shares its branch."""
    first = (count + 1) // 2
    phases = [range(1, first + 1), range(first + 1, count + 1)]
    parts = ["# The work\n", "Prose | with a bar.\n"]
    for number, members in enumerate(filter(None, phases), 1):
        names = ids(members)
        parts += [f"## Phase {number} ({names[0]} through {names[-1]})\n", HEADER + "".join(_rows(names))]
    return "\n".join([*parts, "The end.\n"])


def _rows(names: list[str]) -> Iterator[str]:
    for place, name in enumerate(names):
        needs = names[place - 1] if place % 2 else ""
        blocks = "".join(names[place + 1 : place + 2]) if not place % 2 else ""
        branch = f"work/{names[place - place % 2].lower()}"
        yield f"| {name} | not-started | Add it | app | {branch} | {needs} | {blocks} | | | | 5K | | |\n"


def make(home: Path, count: int) -> Project:
    """Make the remote of a new backlog with so many items."""
    source = home / "source"
    for directory in (source / "docs", source / "src", home / "tmp", home / "programs"):
        directory.mkdir(parents=True)
    (source / "docs" / "tasks.md").write_text(tracking(count))
    (source / "check.sh").write_text(CHECK)
    (source / "src" / "base.txt").write_text("good\n")
    seed_remote(source, home / "app.git", Identity())
    return Project(home / "app.git", home / "none")


def configuration(home: Path, machine: str = "here", *, lease: float = 600, parallel: int = 1) -> RunConfig:
    """Return the configuration on one of two machines; the other one waits for the end of the lease."""
    gates = (GateConfig(name="test", command="sh check.sh", timeout=30),)
    return RunConfig(
        remote=str(home / "app.git"),
        integration_branch="integration",
        state_dir=home / machine,
        max_parallel=parallel,
        attempts=2,
        repos={"app": RepoConfig(path=".", gates=gates)},
        sandbox=SandboxConfig(kind="none", path=(str(home / "programs"),)),
        lock=LockConfig(lease=lease, patience=2 * lease),
    )


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Serve the remote in processes of its own, which share no fate with the program; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    daemon = subprocess.Popen(
        [
            *("git", "daemon", "--listen=127.0.0.1", f"--port={port}", "--reuseaddr", "--export-all"),
            *("--enable=receive-pack", f"--base-path={home}", str(home)),
        ],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"git://127.0.0.1:{port}/app.git"
    try:
        while subprocess.run(["git", "ls-remote", address], capture_output=True, check=False).returncode:
            assert daemon.poll() is None
        yield address
    finally:
        daemon.terminate()
        daemon.wait()


@dataclass
class Person:
    """Pushes edits of prose and of descriptions; ``edits`` says how many were taken by the remote."""

    project: Project
    edits: int = 0
    described: dict[str, str] = field(default_factory=dict)
    _turn: Lock = field(default_factory=Lock)

    def edit(self) -> None:
        """Add a line of prose and describe one item anew, as soon as nobody else is faster."""
        with self._turn:
            number = self.edits + 1
            names = [str(item.id) for item in self.project.backlog()]
            name, words = names[number % len(names)], f"Add it, edit {number}"
            while not self._pushed(number, name, words):
                pass
            self.edits, self.described[name] = number, words

    def _pushed(self, number: int, name: str, words: str) -> bool:
        tip = self._git("rev-parse", "main")
        text = self._git("show", f"{tip}:docs/tasks.md", strip=False)
        text = text.replace("The end.\n", f"Edit {number}.\nThe end.\n")
        text = re.sub(rf"^(\| {name} \|[^|]*\|)[^|]*\|", rf"\1 {words} |", text, flags=re.MULTILINE)
        blob = self._git("hash-object", "-w", "--stdin", feed=text)
        self._git("read-tree", tip)
        self._git("update-index", "--cacheinfo", f"100644,{blob},docs/tasks.md")
        commit = self._git("commit-tree", self._git("write-tree"), "-p", tip, "-m", f"Edit {number}")
        return self._try("update-ref", "refs/heads/main", commit, tip).returncode == 0

    def _git(self, *arguments: str, feed: str = "", strip: bool = True) -> str:
        answer = self._try(*arguments, feed=feed)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip() if strip else answer.stdout

    def _try(self, *arguments: str, feed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", "-C", str(self.project.remote), *arguments],
            env={**_ENV, "GIT_INDEX_FILE": str(self.project.remote.parent / "person-index")},
            input=feed,
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def at_work(self, pause: float) -> Iterator[None]:
        """Go on editing in a thread, with so many seconds between two edits, until the end of the block."""
        over = Event()

        def edit_on() -> None:
            while not over.wait(pause):
                self.edit()

        thread = Thread(target=edit_on)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
