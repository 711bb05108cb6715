"""What commands may see."""

from typing import Literal

from pydantic import Field

from tasks_lib.config.section import Section


class SandboxConfig(Section):
    """What commands of agents and gates may see."""

    kind: Literal["bubblewrap", "none"] = Field(
        "bubblewrap", description="none: commands run unconfined, and every report says so"
    )
    path: tuple[str, ...] = Field((), description="Directories put before PATH inside the sandbox")
    uid: int = Field(
        60_999,
        ge=0,
        lt=1 << 32,
        description="Where the orchestrator is root: the user that commands are outside; 0: root as well",
    )
    environment: dict[str, str] = Field(
        default_factory=dict,
        description="Variables that all commands of agents and gates see, e.g. cache paths; no secrets",
    )
