"""``tasks-md verify``: whether a tracking branch's history keeps what the orchestrator promises."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks_lib.cli.files import UsageError, add_json, say, say_json
from tasks_lib.errors import ConfigError
from tasks_lib.planning.invariants import INVARIANTS, Violation, violations

if TYPE_CHECKING:
    from tasks_lib.config import RunConfig
    from tasks_lib.vcs.git import Git
    from tasks_lib.vcs.history import History

_SHORT = 10


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What was looked at and what was found; ``unchecked`` is why an invariant was not looked at."""

    ref: str
    tip: str
    commits: int
    status_commits: int
    found: tuple[Violation, ...]
    unchecked: str


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``verify`` takes."""
    parser.add_argument(
        "repo",
        nargs="?",
        type=Path,
        metavar="REPO",
        help="a bare repository or a checkout; without it the remote of --config is fetched",
    )
    add_json(parser)
    parser.add_argument(
        "--config", type=Path, help="take the names of branches and file from a tasks-md.toml"
    )
    parser.add_argument("--branch", help="the tracking branch (main)")
    parser.add_argument(
        "--file",
        action="append",
        default=[],
        metavar="PATH",
        help="the tracking file (docs/tasks.md); again for a former name, or for another one on the branch",
    )
    parser.add_argument("--integration", metavar="BRANCH", help="where finished items are merged")


def run(arguments: Namespace) -> int:
    """Print what breaks an invariant, the first commit first; 0 when nothing does, else 1."""
    verdict = _verify(_history(arguments), named=bool(arguments.integration or arguments.config))
    if arguments.json:
        say_json(_as_json(verdict))
    else:
        say("\n".join([*map(_line, verdict.found), _summary(verdict)]))
    return 1 if verdict.found else 0


def _history(arguments: Namespace) -> "History":
    """Open the history; what cannot be opened is wrong usage."""
    from tasks_lib.vcs.history import History
    from tasks_lib.vcs.names import check_names

    try:
        config = _config(arguments)
        for file in arguments.file or [config.tracking_file]:
            check_names(config.model_copy(update={"tracking_file": file}))
        return History(_repository(arguments, config), config, arguments.file)
    except ConfigError as error:
        raise UsageError(str(error)) from error


def _config(arguments: Namespace) -> "RunConfig":
    from tasks_lib.config import RunConfig, load_config

    config = load_config(arguments.config) if arguments.config else RunConfig()
    named = {"tracking_branch": arguments.branch, "integration_branch": arguments.integration}
    return config.model_copy(update={key: name for key, name in named.items() if name})


def _repository(arguments: Namespace, config: "RunConfig") -> "Git":
    from tasks_lib.vcs import origin_of
    from tasks_lib.vcs.history import open_repository
    from tasks_lib.vcs.mirror import Mirror

    if arguments.repo:
        return open_repository(arguments.repo, config.git_timeout)
    if not arguments.config:
        raise UsageError("name a repository, or a --config whose remote is to be fetched")
    remote = config.remote or origin_of(arguments.config.resolve().parent)
    mirror = Mirror(config.model_copy(update={"remote": remote}))
    mirror.fetch()
    return mirror.git


def _verify(history: "History", *, named: bool) -> _Verdict:
    """Check the history; ``named``: the integration branch was named, so that it must be there."""
    looked = named or history.integration is not None
    found = tuple(violations(history.versions(), history.unpublished if looked else None))
    return _Verdict(
        ref=history.ref,
        tip=history.tip,
        commits=len(history.commits),
        status_commits=sum(commit.by_ledger for commit in history.commits),
        found=found,
        unchecked="" if looked else "published: there is no integration branch; name it with --integration",
    )


def _line(violation: Violation) -> str:
    return f"{violation.sha[:_SHORT]} [{violation.invariant}] {violation.message} ({violation.subject})"


def _summary(verdict: _Verdict) -> str:
    what = f"{verdict.ref} at {verdict.tip[:_SHORT]}: {verdict.commits} commits"
    lines = [f"{what}, {verdict.status_commits} of them by the orchestrator: {_count(verdict.found)}"]
    if verdict.unchecked:
        lines.append(f"not checked: {verdict.unchecked}")
    return "\n".join(lines)


def _count(found: Sequence[Violation]) -> str:
    if not found:
        return "all invariants hold"
    broken = f"{len(found)} violation{'s' if len(found) > 1 else ''}"
    return f"{broken}, the first in {found[0].sha[:_SHORT]}"


def _as_json(verdict: _Verdict) -> dict[str, object]:
    return {
        "ref": verdict.ref,
        "tip": verdict.tip,
        "commits": verdict.commits,
        "status_commits": verdict.status_commits,
        "ok": not verdict.found,
        "first": verdict.found[0].sha if verdict.found else None,
        "violations": [
            {
                "commit": each.sha,
                "subject": each.subject,
                "invariant": each.invariant,
                "message": each.message,
            }
            for each in verdict.found
        ],
        "invariants": {each.name: each.sentence for each in INVARIANTS},
        "unchecked": verdict.unchecked,
    }
