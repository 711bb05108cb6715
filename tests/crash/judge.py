"""What must hold when a backlog is finished, however often the program was killed on the way."""

import contextlib
import io
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tasks_lib.cli import main
from tasks_lib.errors import TasksMdError
from tasks_lib.vcs import GitWorkspaces, make_lock
from tests.crash.project import Person, configuration
from tests.engine.project import Project

_GRACE = 5.0
"""Seconds in which what was at work for a killed program must have ended by itself."""


def faults(home: Path, person: Person) -> list[str]:
    """Return everything that is not as it must be."""
    project = person.project
    return list(_unfinished(project)) or [
        *_not_once(project),
        *_unpublished(home, project),
        *_lost_edits(person),
        *_broken_invariants(project),
        *_blocking_lock(home),
        *_damage(project),
        *_leftovers(home),
    ]


def _unfinished(project: Project) -> Iterator[str]:
    for item in project.backlog():
        if not (item.done and item.started_at and item.completed_at and item.used and item.agent):
            yield f"{item.id} is {item.status}: {item}"


def _not_once(project: Project) -> Iterator[str]:
    for branch, form in (("main", "{}: done ("), ("integration", "Merge {}:")):
        subjects = project.subjects(branch)
        for item in project.backlog():
            count = sum(subject.startswith(form.format(item.id)) for subject in subjects)
            if count != 1:
                yield f"{branch} has {count} commits of {form.format(item.id)!r}"


def _unpublished(home: Path, project: Project) -> Iterator[str]:
    workspaces = GitWorkspaces(configuration(home))
    files = project.git("ls-tree", "-r", "--name-only", "integration").splitlines()
    for item in project.backlog():
        if fault := workspaces.fault(item):
            yield f"{item.id}: {fault}"
        if f"src/{item.id.lower()}.txt" not in files:
            yield f"{item.id}: its file is not on the integration branch"


def _lost_edits(person: Person) -> Iterator[str]:
    lines = person.project.tasks().decode().splitlines()
    for number in range(1, person.edits + 1):
        if lines.count(f"Edit {number}.") != 1:
            yield f"edit {number} of prose is there {lines.count(f'Edit {number}.')} times"
    backlog = person.project.backlog()
    for name, words in person.described.items():
        if backlog[name].description != words:
            yield f"{name} is described as {backlog[name].description!r} instead of {words!r}"


def _broken_invariants(project: Project) -> Iterator[str]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(["verify", str(project.remote), "--integration", "integration"])
    if status != 0:
        yield f"tasks-md verify: {said.getvalue()}"


def _blocking_lock(home: Path) -> Iterator[str]:
    config = configuration(home, "a-third-machine")
    now = config.model_copy(update={"lock": config.lock.model_copy(update={"patience": 0})})
    try:
        with make_lock(now, "judge").exclusive():
            pass
    except TasksMdError as error:
        yield f"the lock cannot be taken: {error}"


def _damage(project: Project) -> Iterator[str]:
    command = ["git", "-C", str(project.remote), "fsck", "--strict", "--no-dangling", "--no-progress"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    if checked.returncode or checked.stdout:
        yield f"git fsck ended with {checked.returncode}: {checked.stdout}{checked.stderr}"
    for lock in project.remote.rglob("*.lock"):
        yield f"{lock} is left on the remote"


def _leftovers(home: Path) -> Iterator[str]:
    end = time.monotonic() + _GRACE
    while (found := list(_processes(home))) and time.monotonic() < end:
        time.sleep(0.02)
    yield from (f"still at work: {process}" for process in found)


def _processes(home: Path) -> Iterator[str]:
    """Return the command lines of processes that name the directory or are in it."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            inside = (process / "cwd").readlink().is_relative_to(home)
            if int(process.name) != os.getpid() and line and (str(home) in line or inside):
                yield f"{process.name} {line}"
