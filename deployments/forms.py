"""What the forms of the deployments ask a person for."""

from collections.abc import Collection
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.actions import DeploymentUpdate

from tasks_lib.bootstrap import persons_ledger
from tasks_lib.config import RunConfig
from tasks_lib.engine.retry_form import RetryForm
from tasks_lib.errors import BacklogError, LedgerError


def complete_forms(config: RunConfig, deployments: Collection[UUID]) -> None:
    """Make the forms of registered deployments what a person expects."""
    _ask_for_what_is_missing(deployments)
    _offer_failed(config)


def _ask_for_what_is_missing(deployments: Collection[UUID]) -> None:
    """Let *Quick run* begin at once: the UI opens the form wherever the schema requires anything.

    The flows require their configuration, and the deployments have it.
    """
    with get_client(sync_client=True) as client:
        for deployment in map(client.read_deployment, deployments):
            schema = deployment.parameter_openapi_schema or {}
            missing = [name for name in schema.get("required", ()) if name not in deployment.parameters]
            update = DeploymentUpdate(parameter_openapi_schema=schema | {"required": missing})
            client.update_deployment(deployment.id, update)


def _offer_failed(config: RunConfig) -> None:
    """Offer for a retry what has failed; nothing while the file cannot be read, as every run looks again."""
    try:
        backlog = persons_ledger(config).read()
    except (BacklogError, LedgerError):
        return
    RetryForm(config).offer(backlog)
