"""How the backlog is run from a Prefect server: its deployments, and who is told when it needs a person."""

import re

from pydantic import Field

from tasks_lib.config.section import Section

_UNUSUAL = re.compile(r"[^A-Za-z0-9_.-]+")


class DeploymentsConfig(Section):
    """What ``tasks-md deploy`` and ``tasks-md serve`` register."""

    name: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_.-]*$",
        description="What the deployments of this backlog are called; empty: as the repository",
    )
    work_pool: str = Field("tasks-md", min_length=1, description="For deploy: made when it is missing")
    cron: str = Field("", description="When to run the backlog, e.g. 0 22 * * 1-5; empty: on demand")
    check_cron: str = Field("0 5 * * *", description="When to check file and history; empty: on demand")
    timezone: str = Field("UTC", description="Time zone of both, e.g. Europe/Berlin")


class AlertsConfig(Section):
    """Who is told when a run needs a person; with neither there are no alerts."""

    block: str = Field(
        "",
        pattern=r"^([a-z0-9-]+/[a-z0-9-]+)?$",
        description="A notification or webhook block of the Prefect server, e.g. slack-webhook/team",
    )
    webhook_variable: str = Field(
        "TASKS_MD_ALERT_WEBHOOK",
        description="Environment variable that holds an address to post alerts to, read by deploy and serve",
    )


def name_of_remote(remote: str) -> str:
    """Return the repository's own name: ``mosaic`` for ``git@example.org:team/mosaic.git``."""
    last = remote.rstrip("/").replace(":", "/").rpartition("/")[2].removesuffix(".git")
    return _UNUSUAL.sub("-", last).strip("-.") or "tasks-md"
