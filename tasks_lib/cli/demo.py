"""``tasks-md demo``: the example's 28 items, from an untouched remote to a finished one."""

import fcntl
import os
import shutil
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tasks_lib.cli.run import run_flow
from tasks_lib.errors import ConfigError, TasksMdError

if TYPE_CHECKING:
    from tasks_lib.backlog.model import Item
    from tasks_lib.config import RunConfig

FINISHED = "finished"
"""The file that says that a demo ran to its end and was checked."""

EXAMPLES = Path(__file__).parents[2] / "examples"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``demo`` takes."""
    parser.add_argument("--directory", type=Path, default=Path(".demo"), help="where the demo lives (.demo)")
    parser.add_argument("--live", action="store_true", help="use the real model (needs ANTHROPIC_API_KEY)")
    parser.add_argument(
        "--agent",
        choices=("anthropic", "claude-code"),
        default="anthropic",
        help="who does the items: our own agent, or the command claude from PATH",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="start over, even when an unfinished demo is there"
    )
    parser.add_argument("--keep", action="store_true", help="keep the Prefect UI up until Ctrl-C")
    parser.add_argument(
        "--variant", choices=("blocker", "never-passes"), help="a run in which one item cannot be finished"
    )


def run(arguments: Namespace) -> int:
    """Run the example; 0 only if every item is done and pushed."""
    unusual = (
        arguments.agent if arguments.agent != "anthropic" else "",
        "live" if arguments.live else arguments.variant,
    )
    with _only_one((arguments.directory / "-".join(filter(None, unusual))).resolve()) as home:
        return _run(arguments, home)


def _run(arguments: Namespace, home: Path) -> int:
    from tasks_lib.engine.server.embedded import embedded_server

    config = demo_config(home, arguments.agent, live=arguments.live, variant=arguments.variant)
    _prepare(config, home / FINISHED, arguments)
    if not arguments.live:
        print("REPLAY: recorded model answers, no model is called; token figures and costs are the replay's.")
    print(f"Remote: {config.remote}", flush=True)
    print("Starting a Prefect server (10 to 20 seconds) ...", flush=True)
    with embedded_server(home / "prefect") as address:
        print(f"Prefect UI: {address}", flush=True)
        status = run_flow(config) or _verify(config)
        if status == 0:
            (home / FINISHED).touch()
        print(f"\nThe history:  git -C {config.remote} log --oneline main integration", flush=True)
        if arguments.keep:
            _hold(address)
    return status


def demo_config(
    home: Path, agent: str = "anthropic", *, live: bool = False, variant: str | None = None
) -> "RunConfig":
    """Return the example's configuration, turned to a remote and a state of its own below ``home``.

    ``agent`` is the kind that does the items, on recordings unless ``live``. Raise ``ConfigError`` where
    something is missing that it needs.
    """
    from tasks_lib.agents import REPLAYS
    from tasks_lib.agents.claude_code.program import find_program
    from tasks_lib.config import load_config

    config_file = EXAMPLES / "mosaic" / "tasks-md.toml"
    if not config_file.exists():
        raise ConfigError(
            "the example is no part of the installed package: run `make demo` in a checkout of the project "
            f"({config_file} is missing)"
        )
    if live and not os.environ.get("ANTHROPIC_API_KEY"):
        raise ConfigError("--live needs the key of the Messages API in ANTHROPIC_API_KEY")
    if agent == "claude-code":
        find_program()
    config = load_config(config_file)
    variants = (EXAMPLES / "variants" / variant,) if variant else ()
    who = {
        "kind": agent if live else REPLAYS[agent],
        "recordings": (*variants, EXAMPLES / "recordings"),
    }
    return config.model_copy(
        update={
            "remote": str(home / "mosaic.git"),
            "state_dir": home / "state",
            "agent": config.agent.model_copy(update=who),
            # The gates' tools are installed beside this command.
            "sandbox": config.sandbox.model_copy(update={"path": (str(Path(sys.executable).parent),)}),
        }
    )


@contextmanager
def _only_one(home: Path) -> Iterator[Path]:
    """Hold the demo's directory for this process."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TasksMdError(f"another demo is running in {home}") from None
        yield home


def _prepare(config: "RunConfig", finished: Path, arguments: Namespace) -> None:
    """Make the remote from the example, unless an unfinished one is there to go on with."""
    from tasks_lib.vcs import seed_remote

    remote = Path(config.remote)
    if remote.exists() and not finished.exists() and not arguments.fresh:
        print("Going on with the unfinished demo; FRESH=1 starts over.")
        return
    if finished.exists() and arguments.live and not arguments.fresh:
        raise TasksMdError(
            f"the live demo in {remote.parent} is finished; FRESH=1 starts, and pays for, another"
        )
    for old in (remote, config.state_dir):
        shutil.rmtree(old, ignore_errors=True)
    finished.unlink(missing_ok=True)
    seed_remote(EXAMPLES / "mosaic", remote, config.identity)


def _verify(config: "RunConfig") -> int:
    """Hold what the tracking file says against the branches of the remote; 1 when something is missing."""
    from tasks_lib.vcs import GitLedger, GitWorkspaces

    workspaces = GitWorkspaces(config)
    missing = [
        f"{item.id}: {fault}"
        for item in GitLedger(config).read()
        for fault in (_row_fault(item), workspaces.fault(item))
        if fault
    ]
    print(
        "\n".join(missing)
        or "Checked on the remote: all rows are filled in, all commits are on their branches."
    )
    return 1 if missing else 0


def _row_fault(item: "Item") -> str:
    """Return which cell of a row is not as a finished item's must be; empty when all are."""
    if not item.done:
        return f"its status is {item.status}"
    cells = {
        "agent": item.agent,
        "started_at": item.started_at,
        "completed_at": item.completed_at,
        "used": item.used,
    }
    empty = [column for column, value in cells.items() if not value]
    return f"empty: {', '.join(empty)}" if empty else ""


def _hold(address: str) -> None:
    print(f"\nThe UI stays up at {address}; Ctrl-C ends it.", flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        print()
