"""What an agent of any kind is made from."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tasks_lib.config import RunConfig
from tasks_lib.ports import Leash, Sandbox


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a run gives the maker of its agent.

    ``config`` is the whole configuration; its ``agent.options`` are the maker's own. Every command that the
    agent starts goes through ``sandbox``. ``transcripts`` is a directory that gets one file per attempt.
    ``leash.stop`` is set when the run ends: all waiting ends with it. What is put into ``closing`` is closed
    when the process ends. ``secrets`` are values that no transcript may hold.
    """

    config: RunConfig
    sandbox: Sandbox
    transcripts: Path
    leash: Leash = field(default_factory=Leash)
    closing: ExitStack = field(default_factory=ExitStack)
    secrets: tuple[str, ...] = field(default=(), repr=False)
