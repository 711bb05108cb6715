"""The program that is killed: it does every item of a backlog as a run does, only without Prefect.

Ledger, lock, workspaces, gates and the repair loop are the product's own; the agent is a line of shell.
"""

import os
import sys
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tasks_lib.attempt import make_attempt
from tasks_lib.backlog.model import Backlog, Item, ItemId
from tasks_lib.config import RunConfig
from tasks_lib.engine.record import ItemRecord, settle
from tasks_lib.engine.work import do
from tasks_lib.gates import Base, CommandGates, Places, SetUps, Tips, Workshop
from tasks_lib.hosts.none import NoHost
from tasks_lib.planning.frontier import next_items, open_phase
from tasks_lib.ports import (
    Attempt,
    Brief,
    Claim,
    ClaimStatus,
    Sandbox,
    Say,
    Shell,
    Toolbox,
    Usage,
    Work,
    Workspace,
)
from tasks_lib.sandbox import NoSandbox
from tasks_lib.vcs import GitLedger, GitWorkspaces, make_lock, open_commit, restore
from tasks_lib.vcs.scratch import scratch

COMMAND = """\
set -e
mkdir -p src
echo {content} > src/{name}.txt
git add --all
git commit --quiet --message "fix: add {name}"
"""


class ShellAgent:
    """Adds the item's file; where the number of the item is even its first attempt does not pass the gate."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def name(self, item: Item, attempt: int) -> str:
        return f"shell {attempt} of {item.repo}"

    def probe(self, items: Sequence[Item], say: Say) -> None:
        say(f"the shell is there for {len(items)}")

    def work(self, brief: Brief, workspace: Workspace, say: Say) -> Work:
        good = brief.attempt > 1 or int(brief.item.id[-3:]) % 2
        command = COMMAND.format(content="good" if good else "bad", name=brief.item.id.lower())
        ended = self._sandbox.run(command, workspace.path, shell=Shell(), timeout=60)
        say(f"{brief.item.id}: attempt {brief.attempt}: {ended.exit_code} {ended.output}")
        return Work(Claim(brief.item.id, ClaimStatus.SUCCESS), Usage(output=1000))


def toolbox(config: RunConfig, run_id: str) -> Toolbox:
    sandbox = NoSandbox(config.sandbox.path)
    lock = make_lock(config, run_id)
    workspaces = GitWorkspaces(config, lock)
    return Toolbox(
        ledger=GitLedger(config, run_id=run_id, pusher=lock),
        workspaces=workspaces,
        agent=ShellAgent(sandbox),
        gates=CommandGates(
            config,
            workshop(config, sandbox, workspaces),
            Tips(workspaces.integration_tip, workspaces.base_tip),
        ),
        host=NoHost(),
        lock=lock,
    )


def workshop(config: RunConfig, sandbox: Sandbox, workspaces: GitWorkspaces) -> Workshop:
    state = config.state_dir
    places = Places(partial(open_commit, config), lambda: scratch(state / "checkouts", "place-"))
    base = Base(workspaces.base_tip, state / "homes")
    return Workshop(
        sandbox, places, SetUps(sandbox, places, base, partial(restore, config)), state / "transcripts"
    )


def run(config: RunConfig, run_id: str) -> None:
    """Do every item, in waves of those that may start at the same time."""
    tools = toolbox(config, run_id)
    tried: set[ItemId] = set()

    def work(item: Item) -> None:
        say(f"{item.id}: begins, {item.status}")
        record = ItemRecord(item, tools)
        record.end(do(record, config, tools, attempt, say))

    def attempt(brief: Brief, workspace: Workspace) -> Attempt:
        return make_attempt(tools, brief, workspace, say)

    with tools.lock.exclusive(), ThreadPoolExecutor(config.max_parallel) as pool:
        # One at a time in the main thread, where strace can follow.
        each = pool.map if config.max_parallel > 1 else map
        while wave := ready(settle(tools.ledger, ()), tried, config.max_parallel):
            tried.update(item.id for item in wave)
            list(each(work, wave))
    say("finished")


def ready(backlog: Backlog, tried: Collection[ItemId], limit: int) -> tuple[Item, ...]:
    passed = [phase.number for phase in backlog.phases if all(backlog[item].done for item in phase.items)]
    phase = open_phase(backlog, passed)
    if phase is None:
        return ()
    return next_items(backlog, running=(), open_phase=phase, tried=tried, limit=limit)


def say(text: str) -> None:
    print(" ".join(text.split()), flush=True)  # noqa: T201 the log of this process


def live(config_json: str, run_id: str, home: str, programs: str) -> None:
    """Be a process of its own group, with a log and temporary files below ``home``; see ``deaths``."""
    os.setsid()
    Path(home, "pid").write_text(str(os.getpid()))
    log = os.open(Path(home, "log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ |= {"TMPDIR": str(Path(home, "tmp")), "PATH": f"{programs}:{os.environ['PATH']}"}
    run(RunConfig.model_validate_json(config_json), run_id)


if __name__ == "__main__":
    live(*sys.argv[1:])
