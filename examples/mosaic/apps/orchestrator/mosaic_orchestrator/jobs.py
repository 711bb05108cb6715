"""What a job is and which states it goes through."""

from dataclasses import dataclass, replace
from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands. Only `succeeded` and `failed` are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in (JobState.SUCCEEDED, JobState.FAILED)


@dataclass(frozen=True)
class Job:
    """A command to be run in a container; `attempt` counts its starts."""

    id: str
    image: str
    command: tuple[str, ...]
    state: JobState = JobState.QUEUED
    attempt: int = 0
    detail: str = ""

    def started(self) -> "Job":
        return replace(self, state=JobState.RUNNING, attempt=self.attempt + 1)

    def succeeded(self, detail: str) -> "Job":
        return replace(self, state=JobState.SUCCEEDED, detail=detail)

    def failed(self, detail: str) -> "Job":
        return replace(self, state=JobState.FAILED, detail=detail)

    def queued_again(self) -> "Job":
        return replace(self, state=JobState.QUEUED)
