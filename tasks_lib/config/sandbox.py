"""What commands may see and take."""

from typing import Literal

from pydantic import Field

from tasks_lib.config.section import Section


class SandboxConfig(Section):
    """What commands of agents and gates may see and take."""

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
    cgroup: str = Field(
        "auto",
        pattern="^(auto|/.*)$",
        description="The group below which every command gets one; auto: what systemd delegates, or none",
    )
    memory: int = Field(8192, ge=64, description="MiB for all processes of a command, where there are groups")
    processes: int = Field(512, ge=16, description="How many processes a command may have")
    disk_reserve: int = Field(
        1024, ge=0, description="MiB that stay free on the disk of a checkout; a command that takes more ends"
    )
    file_reserve: int = Field(
        10_000, ge=0, description="Files (inodes) that stay free there; a command that takes more ends"
    )
