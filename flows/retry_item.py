"""One failed or blocked item once more, and then what waits for it: here, or by the run that is at work."""

from prefect import flow, runtime
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.form import NO_OVERRIDES, Configuration
from tasks_lib.backlog.model import ItemId
from tasks_lib.bootstrap import toolbox
from tasks_lib.config import Overrides, RunConfig
from tasks_lib.engine.again import ask_again, handed_over_words, unless_taken
from tasks_lib.engine.links import RETRY_FLOW
from tasks_lib.engine.secrets import take_secrets
from tasks_lib.engine.session import work_backlog
from tasks_lib.errors import LockHeld, LockLost
from tasks_lib.planning.again import RETRIABLE
from tasks_lib.planning.retried import retry_failed, retry_words
from tasks_lib.ports import Toolbox


@flow(name=RETRY_FLOW, flow_run_name="{item}")
def retry_item(
    item: str, config: Configuration, note: str = "", overrides: Overrides = NO_OVERRIDES
) -> State[None]:
    """Try one failed or blocked item once more, and then what waits for it. Nothing that is done is repeated.

    Its row is set back to not-started, as a person would do it. When another run is at work on the tracking
    file, that run takes it; otherwise this one does.

    Args:
        item: What to try once more
        config: Path of the configuration (tasks-md.toml) on the machine that runs this
        note: What the agent should know this time, in your own words
        overrides: Settings for this run alone, over the configuration
    """
    config = overrides.over(config)
    take_secrets(config)
    tools = toolbox(config, str(runtime.flow_run.id))
    backlog, wanted = tools.ledger.read(), ItemId(item)
    if wanted not in backlog:
        return Failed(name="UnknownItem", message=f"{item!r} is not in {config.tracking_file}")
    if backlog[wanted].done:
        return Completed(name="AlreadyDone", message=f"{item} is done: nothing is repeated")
    if backlog[wanted].status in RETRIABLE:
        ask_again(config, wanted, note)
    try:
        return unless_taken(wanted, tools.ledger, 2 * config.poll, lambda: _work(wanted, config, tools))
    except LockHeld as held:
        return Completed(name="HandedOver", message=handed_over_words(wanted, held))
    except LockLost as error:
        return Failed(name="LockLost", message=str(error))


def _work(item: ItemId, config: RunConfig, tools: Toolbox) -> State[None]:
    """Do the item and what waits for it as the one writer."""
    with tools.lock.exclusive():
        report = work_backlog(config, str(runtime.flow_run.id), tools, only=(item,))
    words = retry_words(report, item)
    if retry_failed(report, item):
        return Failed(name="FailedAgain", message=words)
    return Completed(name="Retried", message=words)
