"""Where the items of a run are done."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tasks_lib.config.section import Section


class EngineConfig(Section):
    """Where items are done: on this machine, or by others too."""

    kind: Literal["threads", "dask", "work-pool"] = Field(
        "threads",
        description="threads: by the run's own process; dask: on a Dask cluster; "
        "work-pool: each item a flow run of its own, taken by the workers of a Prefect work pool",
    )
    address: str = Field(
        "",
        description="For dask: the scheduler, e.g. tcp://10.0.0.5:8786; "
        "empty: a cluster in the run's own process",
    )
    pool: str = Field(
        "", description="For work-pool: its name; empty: that of deployments. deploy makes it when missing"
    )

    @model_validator(mode="after")
    def _check_address(self) -> Self:
        if self.address and self.kind != "dask":
            raise ValueError('address is for kind = "dask"')
        if self.pool and self.kind != "work-pool":
            raise ValueError('pool is for kind = "work-pool"')
        return self

    @property
    def leaves_the_process(self) -> bool:
        """Whether items are done by other processes than the run's own."""
        return self.kind == "work-pool" or bool(self.address)
