"""Events of a run, for people to hang their own automations on."""

from prefect.events import emit_event

from tasks_lib.backlog.model import Phase
from tasks_lib.ports import Outcome


def tell_outcome(outcome: Outcome) -> None:
    """Emit ``tasks-md.item.done``, ``.failed``, ``.blocked``, ``.given-back`` or ``.changed``.

    The resource is ``tasks-md.item.MS-SEC-001``; the payload holds what a person reads first. An event is
    sent in the background: a server that is away holds nobody up.
    """
    emit_event(
        f"tasks-md.item.{outcome.ending.value.replace(' ', '-')}",
        resource={
            "prefect.resource.id": f"tasks-md.item.{outcome.item}",
            "prefect.resource.name": str(outcome.item),
        },
        payload={
            "notes": outcome.notes,
            "commit": outcome.commit,
            "used": outcome.usage.used,
            "attempts": outcome.attempts,
        },
    )


def tell_phase(phase: Phase, tracking_file: str) -> None:
    """Emit ``tasks-md.phase.done`` when every item of a phase is done and its gates have passed.

    The resource is ``tasks-md.phase.2``.
    """
    emit_event(
        "tasks-md.phase.done",
        resource={
            "prefect.resource.id": f"tasks-md.phase.{phase.number}",
            "prefect.resource.name": phase.title or f"Phase {phase.number}",
        },
        payload={"items": [str(item) for item in phase.items], "tracking_file": tracking_file},
    )
