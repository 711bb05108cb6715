"""Where the items of a run are done."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tasks_lib.config.section import Section


class EngineConfig(Section):
    """Where items are done: on this machine, or by others too."""

    kind: Literal["threads", "dask"] = Field(
        "threads", description="threads: by the run's own process; dask: on a Dask cluster"
    )
    address: str = Field(
        "",
        description="For dask: the scheduler, e.g. tcp://10.0.0.5:8786; "
        "empty: a cluster in the run's own process",
    )

    @model_validator(mode="after")
    def _check_address(self) -> Self:
        if self.address and self.kind != "dask":
            raise ValueError('address is for kind = "dask"')
        return self

    @property
    def leaves_the_process(self) -> bool:
        """Whether items are done by other processes than the run's own."""
        return bool(self.address)
