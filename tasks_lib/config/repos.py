"""How the repos of the column ``repo`` are checked."""

from pydantic import Field

from tasks_lib.config.section import Seconds, Section


class GateConfig(Section):
    """A command that must exit 0."""

    name: str = Field(min_length=1, description="What the gate is called in reports, e.g. lint")
    command: str = Field(min_length=1, description="A shell command, run in the repo's directory")
    timeout: Seconds = Field(600, description="Seconds until the command is ended and the gate is red")


class RepoConfig(Section):
    """A workspace name of the column ``repo``: where it lives and how it is checked."""

    path: str = Field(".", description="Directory inside the repository, e.g. apps/api")
    gates: tuple[GateConfig, ...] = Field((), description="Run in this order on every item's commit")
