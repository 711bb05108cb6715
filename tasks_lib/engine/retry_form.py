"""The form of the ``retry-item`` deployment: its drop-down offers what has failed or is blocked by now."""

from collections.abc import Collection, Mapping
from typing import Any

from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.responses import DeploymentResponse

from tasks_lib.backlog.model import Backlog, Item
from tasks_lib.config import RunConfig
from tasks_lib.engine.courtesy import asking
from tasks_lib.engine.links import retry_deployment
from tasks_lib.planning.again import retriable

NOTHING = "nothing has failed"
"""The one choice while there is none: a form without choices would take any text."""


class RetryForm:
    """Keeps the choices of the form up to date; a backlog without such a deployment has no form."""

    def __init__(self, config: RunConfig) -> None:
        self._config = config
        self._offered: tuple[Item, ...] | None = None

    def offer(self, backlog: Backlog) -> None:
        """Offer what a person may ask for now, unless the form does so already."""
        items = retriable(backlog)
        if items == self._offered:
            return
        deployment = retry_deployment(self._config)
        if deployment:
            _publish(deployment, items)
        self._offered = items


def offering(properties: Mapping[str, Any], items: Collection[Item]) -> dict[str, Any]:
    """Return the properties of the form's JSON schema with the items as the choices of ``item``."""
    words = ", ".join(f"{item.id} ({item.status})" for item in items) or NOTHING
    choices = {
        "enum": [str(item.id) for item in items] or [NOTHING],
        "description": f"What to try once more: {words}",
    }
    return {**properties, "item": {**properties.get("item", {}), **choices}}


def _publish(deployment: DeploymentResponse, items: Collection[Item]) -> None:
    schema = deployment.parameter_openapi_schema or {}
    properties = offering(schema.get("properties", {}), items)
    update = DeploymentUpdate(parameter_openapi_schema=schema | {"properties": properties})
    with asking("offer the failed items for a retry") as client:
        client.update_deployment(deployment.id, update)
