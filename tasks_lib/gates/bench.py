"""Where gates are run on one commit: set up once, then in a clean copy for each run."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tasks_lib.config import GateConfig, RepoConfig
from tasks_lib.gates.logs import open_log
from tasks_lib.gates.places import Place, Places
from tasks_lib.gates.runners import Reporting
from tasks_lib.gates.runs import Run
from tasks_lib.gates.setup import SetUps
from tasks_lib.ports import Finished, Sandbox, Shell
from tasks_lib.telemetry import traced


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every bench needs; ``logs`` is where whole outputs go."""

    sandbox: Sandbox
    places: Places
    setups: SetUps
    logs: Path


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be checked: ``repos`` are set up, ``directory`` is where gates run, ``name`` is for logs."""

    repos: Sequence[RepoConfig]
    directory: str
    commit: str
    name: str


class Bench:
    """Runs gates on a job's commit; a context manager."""

    def __init__(self, shop: Workshop, job: Job) -> None:
        self._shop = shop
        self._job = job
        self._stack = ExitStack()
        self._template: Place | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def set_up(self) -> tuple[RepoConfig, Finished] | None:
        """Prepare the checkout that runs get copies of; return the repo whose set-up failed, if one did."""
        for repo, place in self._to_set_up():
            finished = self._shop.setups.run(repo, self._job.commit, place)
            if finished and finished.exit_code:
                return repo, finished
        return None

    def set_up_base(self) -> None:
        """Prepare a checkout that no attempt has touched; raise ``SetupFailed`` when that fails."""
        for repo, place in self._to_set_up():
            self._shop.setups.on_base(repo, self._job.commit, place)

    def _to_set_up(self) -> Iterator[tuple[RepoConfig, Place]]:
        repos = [repo for repo in self._job.repos if repo.setup]
        if repos and self._template is None:
            self._template = self._stack.enter_context(self._shop.places.fresh(self._job.commit))
            for repo in repos:
                yield repo, self._template

    @traced("gate", lambda _self, gate: {"gate": gate.name})
    def run(self, gate: GateConfig) -> Run:
        """Run a gate, again as often as it may while it is red, each time in a clean place."""
        for number in range(1, gate.reruns + 2):
            run = self._run_once(gate, number)
            if run.green:
                break
        return run

    def _place(self) -> AbstractContextManager[Place]:
        places = self._shop.places
        return places.copy(self._template) if self._template else places.fresh(self._job.commit)

    def _run_once(self, gate: GateConfig, number: int) -> Run:
        with self._place() as place, open_log(self._shop.logs, *self._names(gate, number)) as log:
            reporting = Reporting.of(gate, place, self._job.directory, self._shop.sandbox.home)
            hosts = dict.fromkeys(host for repo in self._job.repos for host in repo.network)
            finished = self._shop.sandbox.run(
                reporting.command,
                place.files,
                shell=Shell(self._job.directory),
                timeout=gate.timeout,
                doors=self._shop.setups.doors(tuple(hosts)),
                hear=log.hear,
                home=place.home,
            )
            root = self._shop.sandbox.root or place.files.resolve()
            tests = reporting.read(root)
        clean = finished.exit_code == 0 and not finished.timed_out
        return Run(clean, _ending(gate, finished), finished.output, finished.seconds, tests, log.path, number)

    def _names(self, gate: GateConfig, number: int) -> tuple[str, ...]:
        again = (f"run-{number}",) if number > 1 else ()
        return (self._job.name, "gate", gate.name, self._job.commit[:10], *again)


def _ending(gate: GateConfig, finished: Finished) -> str:
    if finished.timed_out:
        return f"ended after its time limit of {gate.timeout:g} s"
    return f"exit code {finished.exit_code}"
