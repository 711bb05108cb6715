"""The set-up of fresh checkouts, and the HOME that one of the base branch leaves for all others.

The kept HOME is written by one thing alone: the set-up on the tip of the base branch, which no agent of this
run has touched. Everything else (an agent's checkout, a commit that is judged) gets a copy that is thrown
away.
"""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tasks_lib.config import RepoConfig, SetupConfig
from tasks_lib.errors import SetupFailed
from tasks_lib.gates.places import Place, Places, copy
from tasks_lib.ports import Finished, Sandbox, Shell, Workspace, clip

Doors = Callable[[tuple[str, ...]], Mapping[str, Path]]
"""Gives the doors that lead to some hosts, by variable."""

_TOLD = 3_000


@dataclass(frozen=True, slots=True)
class Base:
    """The branch that nobody's agent has touched: ``tip`` names its commit, ``homes`` is what it left."""

    tip: Callable[[], str]
    homes: Path


@dataclass
class SetUps:
    """Runs set-up commands; ``restore`` puts the files of a commit back into a directory."""

    sandbox: Sandbox
    places: Places
    base: Base
    restore: Callable[[str, Path], None]
    doors: Doors = lambda _: {}
    _kept: dict[str, Path] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def for_agent(self, repo: RepoConfig, workspace: Workspace) -> Iterator[Path | None]:
        """Set a workspace up before its agent starts, and give the HOME that belongs to it.

        None where nothing is to be set up. Raise ``SetupFailed`` when that fails.
        """
        if repo.setup is None:
            yield None
            return
        with self.places.scratch() as home:
            self.on_base(repo, workspace.base, Place(workspace.path, home))
            yield home

    def on_base(self, repo: RepoConfig, commit: str, place: Place) -> None:
        """Set a place up whose files no attempt has touched; raise ``SetupFailed`` when that fails."""
        finished = self.run(repo, commit, place)
        if finished and finished.exit_code:
            raise SetupFailed(_words(repo, commit, finished))

    def run(self, repo: RepoConfig, commit: str, place: Place) -> Finished | None:
        """Set a place up and return how the command ended; None where nothing is to be set up."""
        if repo.setup is None:
            return None
        if repo.setup.cache:
            copy(self._home(repo, repo.setup), place.home)
        return self._execute(repo, repo.setup, commit, place)

    def _execute(self, repo: RepoConfig, setup: SetupConfig, commit: str, place: Place) -> Finished:
        finished = self.sandbox.run(
            setup.command,
            place.files,
            shell=Shell(repo.path),
            timeout=setup.timeout,
            doors=self.doors(repo.network),
            home=place.home,
        )
        # What is judged, and built upon, are exactly the commit's files.
        self.restore(commit, place.files)
        return finished

    def _home(self, repo: RepoConfig, setup: SetupConfig) -> Path:
        """Return the kept HOME, made anew once a run when the base branch or the command is another."""
        key = f"{repo.path}\n{setup.command}"
        with self._lock:
            if key not in self._kept:
                tip = self.base.tip()
                shelf = self.base.homes / sha256(key.encode()).hexdigest()[:16]
                self._kept[key] = self._keep(repo, setup, tip, shelf)
            return self._kept[key]

    def _keep(self, repo: RepoConfig, setup: SetupConfig, tip: str, shelf: Path) -> Path:
        kept = shelf / tip
        if kept.is_dir():
            return kept
        shelf.mkdir(parents=True, exist_ok=True, mode=0o700)
        older = sorted(shelf.iterdir(), key=lambda home: home.stat().st_mtime)
        with self.places.fresh(tip) as place:
            if older:
                copy(older[-1], place.home)
            finished = self._execute(repo, setup, tip, place)
            if finished.exit_code:
                raise SetupFailed(_words(repo, tip, finished))
            with self.places.scratch() as draft:
                copy(place.home, draft)
                # All at once: a killed run leaves a whole HOME or none.
                draft.rename(kept)
        for home in older:
            shutil.rmtree(home, ignore_errors=True)
        return kept


def _words(repo: RepoConfig, commit: str, finished: Finished) -> str:
    how = "did not end in time" if finished.timed_out else f"ended with exit code {finished.exit_code}"
    return (
        f"the set-up of {repo.path} {how} on the untouched commit {commit[:10]}, so nobody could work there "
        f"and no attempt was spent; mend it, or `setup` in the configuration. It said:\n"
        f"{clip(finished.output.strip(), _TOLD)}"
    )
