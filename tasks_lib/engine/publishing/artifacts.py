"""Which page is published when; what they look like is the business of ``tasks_lib.pages``."""

from collections.abc import Mapping, Sequence

from prefect import get_run_logger, runtime

from tasks_lib.backlog.model import Item, ItemId, Phase
from tasks_lib.config import RunConfig
from tasks_lib.engine.links import make_links, retry_links
from tasks_lib.engine.publishing.publisher import publish
from tasks_lib.engine.record import utc_now
from tasks_lib.pages import keys
from tasks_lib.pages.attempt import attempt_page
from tasks_lib.pages.board import board_page
from tasks_lib.pages.failure import failure_page
from tasks_lib.pages.gate import phase_gate_page
from tasks_lib.pages.links import Links
from tasks_lib.pages.plan import plan_page
from tasks_lib.pages.schedule import schedule_page
from tasks_lib.pages.summary import summary_page
from tasks_lib.planning.again import retriable
from tasks_lib.planning.ending import Report
from tasks_lib.ports import Attempt, Brief, Outcome, Verdict
from tasks_lib.transcripts import last_turns


class RunPages:
    """The pages of a whole run; every ``runs`` maps its items to the ids of their task runs."""

    def __init__(self, config: RunConfig) -> None:
        self._config = config
        self._retries: dict[ItemId, str] = {}

    def show_items(self, report: Report, runs: Mapping[ItemId, str]) -> None:
        """Publish the table of all items."""
        self._show_items(report, self._links(report, runs))

    def show_all(self, report: Report, runs: Mapping[ItemId, str]) -> None:
        """Publish every page: the table, the plan, the times, the summary."""
        config, links, backlog = self._config, self._links(report, runs), report.backlog
        self._show_items(report, links)
        plan = plan_page(backlog, links)
        publish(links.key(keys.PLAN), plan, "Dependencies and order of all items")
        times = schedule_page(backlog, links, parallel=config.max_parallel, now=utc_now())
        publish(links.key(keys.SCHEDULE), times, "When items were at work, and when the rest may be")
        publish(links.key(keys.SUMMARY), summary_page(report, links), "Session summary")

    def _show_items(self, report: Report, links: Links) -> None:
        publish(links.key(keys.STATUS), board_page(report, links), "All items of the backlog, live")

    def _links(self, report: Report, runs: Mapping[ItemId, str]) -> Links:
        """Return the addresses; the server is asked for the form of a retry once for each item."""
        new = [item.id for item in retriable(report.backlog) if item.id not in self._retries]
        if new:
            self._retries |= {**dict.fromkeys(new, ""), **retry_links(self._config, new)}
        return make_links(self._config, runs, self._retries)


def show_phase_gate(phase: Phase, verdicts: Sequence[Verdict], config: RunConfig) -> None:
    """Publish what the gates of a phase found."""
    links = make_links(config)
    page = phase_gate_page(phase, verdicts, links)
    publish(links.key(keys.phase_gate(phase.number)), page, f"Gate of phase {phase.number}")


def show_attempt(brief: Brief, attempt: Attempt, config: RunConfig, label: str) -> None:
    """Publish one attempt: what the agent claims beside what was found."""
    item, number, links = brief.item.id, attempt.number, make_links(config)
    page = attempt_page(brief, attempt, links, label)
    publish(links.key(keys.attempt(item, number)), page, f"Attempt {number} at {item}")


def show_failure(item: Item, outcome: Outcome, attempts: Sequence[Attempt], config: RunConfig) -> None:
    """Publish why an item is not done, and what a person can do."""
    retries = retry_links(config, (item.id,))
    for address in retries.values():
        get_run_logger().warning("Try %s once more, with a note to the agent: %s", item.id, address)
    links = make_links(config, {item.id: str(runtime.task_run.id)}, retries)
    told = last_turns(attempts[-1].work.transcript) if attempts else ""
    page = failure_page(item, outcome, attempts, links, told)
    publish(links.key(keys.failure(item.id)), page, f"Why {item.id} is {outcome.ending}")
