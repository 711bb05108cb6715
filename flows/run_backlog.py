"""The main job: docs/tasks.md in, finished and pushed branches and docs/tasks.md out."""

from collections.abc import Sequence

from prefect import flow, get_run_logger, runtime
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from tasks_lib.bootstrap import toolbox
from tasks_lib.config import RunConfig
from tasks_lib.engine.parameters import untraced
from tasks_lib.engine.phases import save_backlog
from tasks_lib.engine.publishing import flush_pages
from tasks_lib.engine.run import BacklogRun
from tasks_lib.errors import LockHeld, LockLost
from tasks_lib.planning.ending import Reason, Report, ending
from tasks_lib.planning.plan import make_plan
from tasks_lib.planning.report import session_summary
from tasks_lib.ports import Toolbox


@flow(name="run-backlog", flow_run_name="{config.tracking_file} on {config.tracking_branch}")
def run_backlog(config: RunConfig, retry: Sequence[str] = ()) -> State[Report]:
    """Do every item of the backlog, phase by phase, and leave the truth in the tracking file.

    ``retry`` names failed or blocked items to try once more. The run is Failed when anything is unfinished,
    and Completed at once when another run is at work on the same tracking file.
    """
    run_id = str(runtime.flow_run.id)
    tools = toolbox(config, run_id)
    try:
        with tools.lock.exclusive():
            return _final_state(_work(config, run_id, tools, retry))
    except LockHeld as error:
        return Completed(name="AlreadyRunning", message=str(error))
    except LockLost as error:
        return Failed(name="LockLost", message=str(error))


def _work(config: RunConfig, run_id: str, tools: Toolbox, retry: Sequence[str]) -> Report:
    """Do the backlog as the one writer."""
    say = get_run_logger().info
    run = BacklogRun(config, run_id, tools, retry)
    tools.agent.probe(run.report.backlog.items, say)
    say(f"The plan:\n{make_plan(run.report.backlog)}")
    report = run.work()
    # Where this fails the task shows it; the report speaks of what the remote was last seen to have.
    save_backlog(untraced(report.outcomes), untraced(config), run_id, return_state=True)
    flush_pages()
    say(session_summary(report))
    return report


def _final_state(report: Report) -> State[Report]:
    make = Completed if report.reason is Reason.FINISHED else Failed
    return make(name=report.reason.value.title().replace(" ", ""), message=ending(report), data=report)
