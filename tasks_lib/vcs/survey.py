"""What is wrong with a tracking file and with its history, in one look at the remote."""

from dataclasses import dataclass

from tasks_lib.backlog import lint_backlog
from tasks_lib.config import RunConfig
from tasks_lib.errors import Problem, TrackingFileLost
from tasks_lib.planning.invariants import Violation, violations
from tasks_lib.vcs.history import History
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.names import branches_of


@dataclass(frozen=True, slots=True)
class Survey:
    """The problems of the newest file, warnings included, and what its history breaks, oldest first."""

    problems: tuple[Problem, ...]
    violations: tuple[Violation, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong at all."""
        return not self.problems and not self.violations


def survey(config: RunConfig) -> Survey:
    """Fetch the remote and look at the tracking file and at every commit that made it.

    Raise ``ConfigError``, ``RemoteUnavailable`` or ``TrackingFileLost`` when there is nothing to look at.
    """
    mirror = Mirror(config)
    mirror.fetch()
    history = History(mirror.git, config)
    entry = mirror.entry(history.tip, config.tracking_file)
    if entry is None:
        raise TrackingFileLost(f"{config.tracking_file} is not on {config.tracking_branch} (tracking_file)")
    problems = lint_backlog(mirror.blob(entry.sha), branches=branches_of(config))
    published = history.unpublished if history.integration else None
    return Survey(problems, tuple(violations(history.versions(), published)))
