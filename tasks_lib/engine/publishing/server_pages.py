"""Pages on the Prefect server: markdown artifacts, one for each key and run, which holds the newest text."""

from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.client.schemas.filters import ArtifactCollectionFilter, ArtifactCollectionFilterKey
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from tasks_lib.pages.outbox import Page

Place = tuple[str, UUID | None, UUID | None]
"""Where a page stands: its key, its flow run, its task run."""


class ServerPages:
    """Writes each page in one try, over one connection while that works."""

    def __init__(self) -> None:
        self._client: SyncPrefectClient | None = None
        self._written: dict[Place, UUID] = {}

    def write(self, page: Page) -> None:
        """Put a page in place of its older version; raise ``httpx.HTTPError`` where the server does not."""
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
            try:
                self._written[_place(page)] = self._put(self._connected(), page)
            except httpx.HTTPError:
                self._client = None
                raise

    def _connected(self) -> SyncPrefectClient:
        if self._client is None:
            self._client = get_client(sync_client=True).__enter__()
        return self._client

    def _put(self, client: SyncPrefectClient, page: Page) -> UUID:
        """Write a page and return its artifact."""
        there = self._written.get(_place(page)) or _newest(client, page)
        if there and _replaced(client, there, page):
            return there
        new = ArtifactCreate(
            type="markdown",
            key=page.key,
            description=page.description,
            data=page.text,
            flow_run_id=page.flow_run,
            task_run_id=page.task_run,
        )
        return client.create_artifact(new).id


def _place(page: Page) -> Place:
    return page.key, page.flow_run, page.task_run


def _newest(client: SyncPrefectClient, page: Page) -> UUID | None:
    """Return the key's newest artifact if an earlier process of the same run made it.

    An older one of this run is left alone: what its key opens is the newest, whatever that says.
    """
    key = ArtifactCollectionFilterKey(any_=[page.key])
    found = client.read_latest_artifacts(artifact_filter=ArtifactCollectionFilter(key=key))
    places = {(each.key, each.flow_run_id, each.task_run_id): each.latest_id for each in found}
    return places.get(_place(page))


def _replaced(client: SyncPrefectClient, artifact: UUID, page: Page) -> bool:
    """Replace the text of an artifact; return False where somebody has deleted it.

    The client's own method would send an event too, with the whole text in it, and the server keeps those.
    """
    update = ArtifactUpdate(data=page.text, description=page.description)
    body = update.model_dump(mode="json", exclude_unset=True)
    try:
        client.request("PATCH", "/artifacts/{id}", path_params={"id": artifact}, json=body)
    except httpx.HTTPStatusError as error:
        if error.response.status_code != httpx.codes.NOT_FOUND:
            raise
        return False
    return True
