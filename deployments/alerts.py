"""Who is told what: automations on the Prefect server, made anew by name with every deploy or serve."""

import asyncio
import json
import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from prefect import get_client
from prefect.blocks.webhook import Webhook
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ActionTypes, CallWebhook, ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.exceptions import ObjectNotFound
from pydantic import SecretStr

from deployments.definitions import HEARTBEAT_SECONDS
from tasks_lib.config import RunConfig
from tasks_lib.engine.events import backlog_resource
from tasks_lib.errors import ConfigError

Notify = Callable[[str, str], ActionTypes]
"""Makes the action that sends a title and a text, a template of Prefect's."""

FAILURES = (
    *("Failed", "Crashed", "TimedOut", "Stopped", "GateFailed", "LockLost"),
    *("FailedAgain", "UnknownItem", "ProblemsFound"),
)
"""States of a run that a person should see: the server names its events by a state's name, not its type."""

_OF_RUN = (
    "{{ flow_run.name }} is {{ flow_run.state.name }}: {{ flow_run.state.message }}\n{{ flow_run|ui_url }}"
)
_OF_ITEM = "{{ event.resource['prefect.resource.name'] }}: {{ event.payload.notes }}\n{{ flow_run|ui_url }}"


@dataclass(frozen=True)
class _Alert:
    """What people are told of: states of runs by name, or our own events."""

    title: str
    states: Collection[str] = ()
    events: Collection[str] = ()
    text: str = _OF_RUN


ALERTS = (
    _Alert("run failed", FAILURES),
    _Alert("deadlock", ("Deadlock",)),
    _Alert("budget used up", ("Budget",)),
    _Alert("waits for a decision", ("WaitingForApproval",)),
    _Alert("item waits for a decision", events=("tasks-md.item.waiting",), text=_OF_ITEM),
    _Alert("item blocked", events=("tasks-md.item.blocked",), text=_OF_ITEM),
)


def set_alerts(
    config: RunConfig,
    deployments: Collection[UUID],
    say: Callable[[str], None],
    items: Collection[UUID] = (),
) -> None:
    """Make or update the automations of a backlog, and remove those that are not wanted any more.

    A run without a sign of life is always marked as crashed, that of a single one of the ``items`` too;
    people are told of the others, where the configuration says how. Raise ``ConfigError`` when the block that
    it names is not on the server.
    """
    wanted = [_marks_zombies(config, (*deployments, *items))]
    notify = _notifier(config)
    if notify:
        wanted += [_automation(config, alert, deployments, notify) for alert in ALERTS]
    with get_client(sync_client=True) as client:
        for automation in wanted:
            there = client.read_automations_by_name(automation.name)
            if there:
                client.update_automation(there[0].id, automation)
            else:
                client.create_automation(automation)
        for name in {_name(config, alert.title) for alert in ALERTS} - {each.name for each in wanted}:
            for automation in client.read_automations_by_name(name):
                client.delete_automation(automation.id)
    say(f"{len(wanted)} automations, {'people are told' if notify else 'nobody is told: see [alerts]'}")


def _automation(
    config: RunConfig, alert: _Alert, deployments: Collection[UUID], notify: Notify
) -> AutomationCore:
    """Return the automation of an alert: of runs by deployment, of items by backlog."""
    related = _resources(deployments) if alert.states else [backlog_resource(config)]
    title = f"{config.backlog_name}: {alert.title}"
    return AutomationCore(
        name=_name(config, alert.title),
        trigger=EventTrigger(
            expect={f"prefect.flow-run.{name}" for name in alert.states} | set(alert.events),
            match_related={"prefect.resource.id": related},
            posture=Posture.Reactive,
            threshold=1,
        ),
        actions=[notify(title, alert.text)],
    )


def _marks_zombies(config: RunConfig, deployments: Collection[UUID]) -> AutomationCore:
    """Return what ends a run whose process died with its worker: else it would run for ever.

    Any event of the run counts as a sign of life, so that no name of a state is forgotten.
    """
    return AutomationCore(
        name=_name(config, "run without a sign of life"),
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.*"},
            match={"prefect.resource.id": "prefect.flow-run.*"},
            match_related={"prefect.resource.id": _resources(deployments)},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=3 * HEARTBEAT_SECONDS),
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                message=f"No sign of life for {3 * HEARTBEAT_SECONDS} s: its process is gone. "
                "The next run goes on where it was.",
            )
        ],
    )


def _notifier(config: RunConfig) -> Notify | None:
    """Return how people are told, None when the configuration names no way."""
    address = os.environ.get(config.alerts.webhook_variable, "")
    if config.alerts.block:
        kind, _, name = config.alerts.block.partition("/")
        block = _block(kind, name)
        return _webhook(block) if kind == "webhook" else _notification(block)
    if address:
        name = _slug(f"tasks-md-{config.backlog_name}")
        return _webhook(asyncio.run(Webhook(url=SecretStr(address)).asave(name, overwrite=True)))
    return None


def _block(kind: str, name: str) -> UUID:
    with get_client(sync_client=True) as client:
        try:
            return client.read_block_document_by_name(name, kind, include_secrets=False).id
        except ObjectNotFound:
            raise ConfigError(
                f"alerts.block: the Prefect server has no block {kind}/{name}; "
                "make it in the UI under Blocks, or leave this key empty"
            ) from None


def _webhook(block: UUID) -> Notify:
    """Return what posts JSON with the keys ``title`` and ``text``, which chats understand too."""

    def notify(title: str, text: str) -> ActionTypes:
        fields = {
            "title": json.dumps(title),
            "text": f"{{% set text %}}{text}{{% endset %}}{{{{ text|tojson }}}}",
        }
        body = ", ".join(f'"{key}": {value}' for key, value in fields.items())
        return CallWebhook(block_document_id=block, payload=f"{{{body}}}")

    return notify


def _notification(block: UUID) -> Notify:
    return lambda title, text: SendNotification(block_document_id=block, subject=title, body=text)


def _resources(deployments: Collection[UUID]) -> list[str]:
    return [f"prefect.deployment.{each}" for each in deployments]


def _name(config: RunConfig, title: str) -> str:
    return f"tasks-md {config.backlog_name}: {title}"


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")
