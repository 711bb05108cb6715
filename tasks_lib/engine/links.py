"""Addresses in the Prefect UI and on the git host, for messages, logs and pages."""

import json
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode
from uuid import UUID

from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings

from tasks_lib.backlog.model import ItemId
from tasks_lib.config import RunConfig
from tasks_lib.engine.courtesy import asking
from tasks_lib.hosts import branches_page
from tasks_lib.pages.links import Links

RETRY_FLOW = "retry-item"
"""The flow that tries one item once more, by the name that its deployments have in front of a slash."""

ITEM_FLOW = "do-item"
"""The flow that does one item on a worker of a pool, likewise."""


def make_links(
    config: RunConfig, runs: Mapping[ItemId, str] | None = None, retries: Mapping[ItemId, str] | None = None
) -> Links:
    """Return what pages link to; ``runs`` maps items to the ids of their task runs, see ``pages.Links``."""
    branches = branches_page(config.host)
    return Links(config.backlog_name, ui_address(), branches, runs or {}, retries or {})


def ui_address() -> str:
    """Return where the paths of the Prefect UI begin; empty where no server is known.

    A server of one's own shows two UIs; the one below ``/v2`` draws the pictures of our pages.
    """
    address = (get_current_settings().ui_url or "").rstrip("/")
    hosted = "/api/accounts/" in (get_current_settings().api.url or "")
    return f"{address}/v2" if address and not hosted else address


def flow_run_link(run_id: str) -> str:
    """Return the page of a flow run; empty where the id is none that a server gave."""
    ui = ui_address()
    return f"{ui}/runs/flow-run/{run_id}" if ui and _is_id(run_id) else ""


def retry_links(config: RunConfig, items: Iterable[ItemId], note: str = "") -> Mapping[ItemId, str]:
    """Map items to the form of ``retry-item``, filled in: a click and Submit try them once more.

    There is none where the backlog has no such deployment, or the server does not answer.
    """
    deployment, ui = retry_deployment(config), ui_address()
    return {item: _form(ui, deployment, item, note) for item in items} if ui and deployment else {}


def retry_link(config: RunConfig, item: ItemId, note: str = "") -> str:
    """Return the link of one item, empty where there is none; see ``retry_links``."""
    return retry_links(config, (item,), note).get(item, "")


def item_deployment(config: RunConfig) -> str:
    """Return the name of the deployment that does one item of the backlog."""
    return f"{ITEM_FLOW}/{config.backlog_name}"


def retry_deployment(config: RunConfig) -> DeploymentResponse | None:
    """Return the backlog's ``retry-item`` deployment, None where there is none or no server answers."""
    name = f"{RETRY_FLOW}/{config.backlog_name}"
    with asking("look for the deployment that retries items") as client:
        try:
            return client.read_deployment_by_name(name)
        except ObjectNotFound:
            return None
    return None


def _form(ui: str, deployment: DeploymentResponse, item: ItemId, note: str) -> str:
    # A form that is opened with parameters does not fall back on those of its deployment.
    parameters = json.dumps({**deployment.parameters, "item": item, "note": note})
    return f"{ui}/deployments/deployment/{deployment.id}/run?{urlencode({'parameters': parameters})}"


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
