"""One run as the one writer, from the first look at the file to its summary."""

from collections.abc import Collection, Sequence

from prefect import get_run_logger

from tasks_lib.backlog.model import ItemId
from tasks_lib.bootstrap import check_sandbox
from tasks_lib.config import RunConfig
from tasks_lib.engine.engines import engine_of
from tasks_lib.engine.events import tell_run
from tasks_lib.engine.interruption import paused
from tasks_lib.engine.parameters import untraced
from tasks_lib.engine.phases import save_backlog
from tasks_lib.engine.publishing.publisher import flush_pages
from tasks_lib.engine.run import BacklogRun
from tasks_lib.planning.abandoned import abandoned
from tasks_lib.planning.ending import Report
from tasks_lib.planning.plan import make_plan
from tasks_lib.planning.report import session_summary
from tasks_lib.ports import Toolbox
from tasks_lib.telemetry import traced


@traced("run", lambda config, *_args, **_more: {"backlog": config.backlog_name})
def work_backlog(
    config: RunConfig,
    run_id: str,
    tools: Toolbox,
    again: Sequence[str] = (),
    only: Collection[ItemId] = (),
) -> Report:
    """Do the backlog, or of it what ``BacklogRun`` is told, inside ``tools.lock.exclusive()``."""
    say = get_run_logger().info
    check_sandbox(config)
    with engine_of(config, run_id, tools.lock) as submit:
        run = BacklogRun(config, run_id, tools, submit, again, only)
        tools.agent.probe(run.report.backlog.items, say)
        say(f"The plan:\n{make_plan(run.report.backlog)}")
        report = run.work()
    if not paused():
        # Where this fails the task shows it; the report speaks of what the remote was last seen to have.
        left = abandoned(report)
        save_backlog(untraced(report.outcomes), untraced(left), untraced(config), run_id, return_state=True)
    tell_run(report, run_id, config)
    flush_pages()
    say(session_summary(report))
    return report
