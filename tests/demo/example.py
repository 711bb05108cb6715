"""Running the example as a person does, and asking its remote what came of it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks_lib.backlog import parse_backlog
from tasks_lib.backlog.model import Backlog

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "mosaic"
COMMAND = (sys.executable, "-m", "tasks_lib.cli", "demo")


def git(remote: Path, *arguments: str) -> bytes:
    """Ask the remote: what counts is there, not what a run says of it."""
    return subprocess.run(["git", "-C", str(remote), *arguments], capture_output=True, check=True).stdout


def history(remote: Path, branch: str) -> list[str]:
    return git(remote, "log", "--reverse", "--first-parent", "--format=%s", branch).decode().splitlines()


def backlog(remote: Path) -> Backlog:
    return parse_backlog(git(remote, "show", "main:docs/tasks.md"))


def demo(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "--directory", str(home), *options], capture_output=True, text=True, check=False, cwd=home
    )


def start_and_kill(home: Path, after: int) -> None:
    """Start the demo, and kill it with its children unasked when that many items are done."""
    with (home / "first.log").open("wb") as log:
        process = subprocess.Popen(
            [*COMMAND, "--directory", str(home)], stdout=log, stderr=log, cwd=home, start_new_session=True
        )
        remote = home / "mosaic.git"
        while process.poll() is None:
            made = (remote / "refs" / "heads" / "main").exists()
            if made and sum(item.done for item in backlog(remote)) >= after:
                os.killpg(process.pid, signal.SIGKILL)
            time.sleep(0.2)
    assert process.returncode == -signal.SIGKILL, (home / "first.log").read_text()


class Person:
    """Somebody who adds a line of prose, and changes a cell, once a second while a run is at work."""

    def __init__(self, remote: Path) -> None:
        self._remote = remote
        self._gone = threading.Event()
        self.edits = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Edit until the end of the block."""
        thread = threading.Thread(target=self._keep_editing)
        thread.start()
        try:
            yield
        finally:
            self._gone.set()
            thread.join()

    def _keep_editing(self) -> None:
        while not self._gone.wait(1.0):
            if (self._remote / "refs" / "heads" / "main").exists():
                while not self._edit(self.edits + 1):
                    pass
                self.edits += 1

    def _edit(self, number: int) -> bool:
        """Push one edit of the newest version, made with plumbing; False when somebody else was faster."""
        tip = git(self._remote, "rev-parse", "main").decode().strip()
        text = git(self._remote, "show", f"{tip}:docs/tasks.md").decode()
        text = re.sub(r"(?m)^(\| MS-TEST-005 (?:\|[^|]*){2})\|[^|]*\|", rf"\1| #{number} |", text)
        blob = self._ask("hash-object", "-w", "--stdin", stdin=f"{text}- edit {number}\n")
        index = {"GIT_INDEX_FILE": str(self._remote / "person-index")}
        self._ask("read-tree", tip, **index)
        self._ask("update-index", "--cacheinfo", f"100644,{blob},docs/tasks.md", **index)
        tree = self._ask("write-tree", **index)
        commit = self._ask("commit-tree", tree, "-p", tip, "-m", f"Edit {number}")
        moved = subprocess.run(
            ["git", "-C", str(self._remote), "update-ref", "refs/heads/main", commit, tip],
            capture_output=True,
            check=False,
        )
        return moved.returncode == 0

    def _ask(self, *arguments: str, stdin: str = "", **variables: str) -> str:
        person = {f"GIT_{role}_{key}": f"ada{at}" for role in ("AUTHOR", "COMMITTER") for key, at in _ADA}
        answer = subprocess.run(
            ["git", "-C", str(self._remote), *arguments],
            input=stdin.encode(),
            env={**os.environ, **person, **variables},
            capture_output=True,
            check=True,
        )
        return answer.stdout.decode().strip()


_ADA = (("NAME", ""), ("EMAIL", "@example.org"))
