"""The nightly look at the tracking file and its history: nothing is written, only told."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.form import Configuration
from tasks_lib.engine.links import make_links
from tasks_lib.engine.publishing.publisher import flush_pages, publish
from tasks_lib.pages.check import check_page
from tasks_lib.vcs import Survey, survey

_SHOWN = 10
"""Problems in the run's message; the page has all of them."""


@flow(name="check-backlog", flow_run_name="check of {config.tracking_file}")
def check_backlog(config: Configuration) -> State[None]:
    """Check that the tracking file can be run, and that its history keeps what runs promise.

    Failed with everything that is wrong as an artifact, as ``tasks-md check`` and ``tasks-md verify`` say it.

    Args:
        config: Path of the configuration (tasks-md.toml) on the machine that runs this
    """
    found = survey(config)
    page = check_page(config.tracking_file, found.problems, found.violations)
    publish(make_links(config).key("check"), page, f"Check of {config.tracking_file}")
    flush_pages()
    if found.clean:
        return Completed(name="Clean", message="nothing is wrong with the file or its history")
    return Failed(name="ProblemsFound", message=_words(found))


def _words(found: Survey) -> str:
    lines = [str(problem) for problem in found.problems]
    lines += [f"{each.sha[:10]} [{each.invariant}] {each.message}" for each in found.violations]
    more = len(lines) - _SHOWN
    return "\n".join([*lines[:_SHOWN], *([f"and {more} more"] if more > 0 else [])])
