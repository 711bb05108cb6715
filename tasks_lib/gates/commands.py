"""Gates that are shell commands, each run in the sandbox on a checkout of its own."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from tasks_lib.backlog.model import Item
from tasks_lib.config import GateConfig, RepoConfig, RunConfig
from tasks_lib.errors import ConfigError
from tasks_lib.gates.baseline import Baselines, Key
from tasks_lib.gates.bench import Bench, Job, Workshop
from tasks_lib.gates.judgement import judge
from tasks_lib.gates.runs import Run
from tasks_lib.ports import Finished, Harvest, Verdict


@dataclass(frozen=True, slots=True)
class Tips:
    """The newest commits of two branches: of what is finished, and of what no agent of ours has touched."""

    integration: Callable[[], str]
    base: Callable[[], str]


class CommandGates:
    """Runs the configured gates; nothing of what they are comes from the commit that they judge.

    Building it raises ``ConfigError`` when a repo has no gates: nothing could tell then whether an item is
    done. Who means that says so with a gate whose command is ``true``; it shows in every report.
    """

    def __init__(self, config: RunConfig, shop: Workshop, tips: Tips) -> None:
        _check(config)
        self._config = config
        self._shop = shop
        self._tips = tips
        self._baselines = Baselines()

    def check_item(self, item: Item, harvest: Harvest) -> Sequence[Verdict]:
        """Run all gates of the item's repo on its commit, so that one attempt learns of everything.

        Raise ``ConfigError`` for an item whose repo is not configured, ``SandboxMissing`` when the sandbox
        is not there, ``SetupFailed`` when the repo cannot even be set up on the untouched base.
        """
        repo = self._config.repo_named(item.repo)
        job = Job((repo,), repo.path, harvest.commit, item.id)
        return self._run(job, harvest.base, repo.gates)

    def check_phase(self, number: int, *, last: bool) -> Sequence[Verdict]:
        """Run the phase gates, after the last phase the final ones too, in the root of what is integrated.

        The base that they are compared with is the base branch. Return nothing when none are configured.
        Raise ``SandboxMissing`` when the sandbox is not there.
        """
        gates = self._config.phase_gates + (self._config.final_gates if last else ())
        if not gates:
            return ()
        repos = tuple(self._config.repos.values())
        job = Job(repos, ".", self._tips.integration(), f"phase-{number}")
        return self._run(job, self._tips.base(), gates)

    def _run(self, job: Job, base: str, gates: Sequence[GateConfig]) -> tuple[Verdict, ...]:
        before = Job(job.repos, job.directory, base, "base")
        with ExitStack() as stack:
            bench = stack.enter_context(Bench(self._shop, job))
            bench_before = stack.enter_context(Bench(self._shop, before))
            failed = bench.set_up()
            if failed:
                if base:
                    bench_before.set_up_base()
                return (_unprepared(*failed),)
            return tuple(
                judge(gate, bench.run(gate), partial(self._before, bench_before, before, gate))
                for gate in gates
            )

    def _before(self, bench: Bench, job: Job, gate: GateConfig) -> Run | None:
        """Return the gate's run on the untouched base."""
        if not job.commit:
            return None

        def run() -> Run:
            bench.set_up_base()
            return bench.run(gate)

        return self._baselines.get(Key(job.commit, job.directory, gate), run)


def _unprepared(repo: RepoConfig, finished: Finished) -> Verdict:
    how = "did not end in time" if finished.timed_out else f"exit code {finished.exit_code}"
    words = f"{finished.output.rstrip()}\n[set-up of {repo.path}: {how}; no gate could be run]"
    return Verdict("set-up", passed=False, output=words, seconds=finished.seconds)


def _check(config: RunConfig) -> None:
    if not config.repos:
        raise ConfigError(
            "repos: empty; add [repos.NAME] with its path and gates for each name of column repo"
        )
    bare = [name for name, repo in config.repos.items() if not repo.gates]
    if bare:
        raise ConfigError(
            f"repos.{bare[0]}.gates: empty, so nothing could tell whether an item is done; add "
            f"[[repos.{bare[0]}.gates]] with name and command (the command `true` to check nothing)"
        )
