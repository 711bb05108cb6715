"""What the processes of one run have to agree on."""

from typing import Self

from tasks_lib.config.overrides import Overrides
from tasks_lib.config.run import RunConfig
from tasks_lib.config.section import Section

_BRANCHES = ("tracking_branch", "tracking_file", "base_branch", "integration_branch")


class Terms(Section):
    """The word of a run over the configuration of a machine that does one of its items.

    That machine keeps what is its own: the address of the remote, ``state_dir``, keys, gates, the sandbox.
    """

    tracking_branch: str
    tracking_file: str
    base_branch: str
    integration_branch: str
    overrides: Overrides

    @classmethod
    def of(cls, config: RunConfig) -> Self:
        """Return the terms of a run."""
        return cls(overrides=Overrides.of(config), **{name: getattr(config, name) for name in _BRANCHES})

    def over(self, config: RunConfig) -> RunConfig:
        """Return the configuration of a machine on these terms."""
        return self.overrides.over(config.model_copy(update=self.model_dump(include=set(_BRANCHES))))
