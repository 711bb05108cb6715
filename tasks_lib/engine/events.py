"""Events of a run, for people to hang their own automations on.

Each one names its backlog as a related resource, ``tasks-md.backlog.mosaic``. An event is sent in the
background: a server that is away holds nobody up.
"""

from collections.abc import Mapping

from prefect.events import emit_event

from tasks_lib.backlog.model import Phase
from tasks_lib.config import RunConfig
from tasks_lib.planning.ending import Report, ending
from tasks_lib.ports import Outcome
from tasks_lib.telemetry import count_item


def backlog_resource(config: RunConfig) -> str:
    """Return the id of the backlog as a resource of events."""
    return f"tasks-md.backlog.{config.backlog_name}"


def tell_outcome(outcome: Outcome, config: RunConfig) -> None:
    """Emit ``tasks-md.item.done``, ``.failed``, ``.blocked``, ``.waiting``, ``.given-back`` or ``.changed``.

    The resource is ``tasks-md.item.MS-SEC-001``; the payload holds what a person reads first.
    """
    payload = {
        "notes": outcome.notes,
        "commit": outcome.commit,
        "used": outcome.usage.used,
        "attempts": outcome.attempts,
    }
    count_item(outcome.ending.value)
    _tell(f"item.{_word(outcome.ending)}", f"item.{outcome.item}", outcome.item, payload, config)


def tell_phase(phase: Phase, config: RunConfig) -> None:
    """Emit ``tasks-md.phase.done`` when every item of a phase is done and its gates have passed.

    The resource is ``tasks-md.phase.2``.
    """
    payload = {"items": [str(item) for item in phase.items], "tracking_file": config.tracking_file}
    _tell("phase.done", f"phase.{phase.number}", phase.title or f"Phase {phase.number}", payload, config)


def tell_run(report: Report, run_id: str, config: RunConfig) -> None:
    """Emit ``tasks-md.run.finished``, ``.deadlock``, ``.gate-failed``, ``.stopped``, ... at a run's end.

    The resource is ``tasks-md.run.`` with the flow run's id; the message says why and what would help.
    """
    payload = {"message": ending(report), "used": report.usage.used, "label": report.label}
    _tell(f"run.{_word(report.reason)}", f"run.{run_id}", config.backlog_name, payload, config)


def _tell(event: str, resource: str, name: str, payload: Mapping[str, object], config: RunConfig) -> None:
    emit_event(
        f"tasks-md.{event}",
        resource={"prefect.resource.id": f"tasks-md.{resource}", "prefect.resource.name": str(name)},
        related=[
            {
                "prefect.resource.id": backlog_resource(config),
                "prefect.resource.role": "backlog",
                "prefect.resource.name": config.backlog_name,
            }
        ],
        payload=dict(payload),
    )


def _word(text: str) -> str:
    return text.replace(" ", "-")
