"""``docs/deployments.md`` says what the code does."""

import re
from pathlib import Path

import pytest

from deployments.alerts import ALERTS, FAILURES
from tasks_lib.cli import COMMANDS
from tasks_lib.config import Overrides, RunConfig
from tasks_lib.engine.secrets import block_name
from tasks_lib.planning.ending import Reason
from tasks_lib.ports import Ending

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/deployments.md").read_text("utf-8")
STATES = re.compile(r"Failed\(\s*name=\"(\w+)\"")


def test_every_alert_and_every_state_that_is_told_is_listed() -> None:
    """In the table of alerts, in the order in which they are made."""
    rows = re.findall(r"^\| ([a-z ]+) \| (.*) \|$", PAGE.partition("## Alerts")[2], re.MULTILINE)
    listed = [title for title, _ in rows if title not in {"alert", "event"}]
    assert listed == [alert.title for alert in ALERTS]
    assert all(state in dict(rows)["run failed"] for state in FAILURES)


def test_no_failed_state_of_a_flow_is_forgotten() -> None:
    """A name that a flow gives to Failed is told of, and so is every reason that ends a run badly."""
    told = {state for alert in ALERTS for state in alert.states}
    named = {
        name for path in (ROOT / "flows").glob("*.py") for name in STATES.findall(path.read_text("utf-8"))
    }
    assert len(named) >= 4
    assert named - told == set()
    bad = set(Reason) - {Reason.FINISHED, Reason.UNDERWAY}
    assert {reason.value.title().replace(" ", "") for reason in bad} - told == set()


@pytest.mark.parametrize("command", re.findall(r"tasks-md ([a-z]+)", PAGE))
def test_the_commands_exist(command: str) -> None:
    """Each one that the page tells to type."""
    assert command in COMMANDS


def test_settings_and_names_are_as_the_page_says() -> None:
    """The overrides of the form, the blocks of secrets, the events."""
    (row,) = re.findall(r"^\| `overrides` \| (.*) \|$", PAGE, re.MULTILINE)
    assert re.findall(r"`(\w+)`", row) == list(Overrides.model_fields)
    assert f"`{block_name(RunConfig().agent.api_key_variable)}`" in PAGE
    assert RunConfig().alerts.webhook_variable in PAGE
    for ending in Ending:
        assert f".{ending.replace(' ', '-')}`" in PAGE
    for reason in set(Reason) - {Reason.UNDERWAY}:
        assert f".{reason.replace(' ', '-')}`" in PAGE
