"""When each job is due."""

import heapq
from itertools import count

from mosaic_orchestrator.backoff import RetryPolicy, delay_after, may_retry
from mosaic_orchestrator.jobs import Job, JobState


class Scheduler:
    """A queue of job ids ordered by the time they are due, then by arrival."""

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy
        self._queue: list[tuple[float, int, str]] = []
        self._tickets = count()

    def submit(self, job_id: str, due: float = 0.0) -> None:
        """Queue a job; `due` is in seconds on the caller's clock."""
        heapq.heappush(self._queue, (due, next(self._tickets), job_id))

    def due(self, now: float) -> list[str]:
        """The jobs that may start now, longest waiting first. They stay in the queue."""
        return [job_id for due, _, job_id in sorted(self._queue) if due <= now]

    def take(self, job_id: str) -> None:
        """Remove a job from the queue, because it starts."""
        self._queue = [entry for entry in self._queue if entry[2] != job_id]
        heapq.heapify(self._queue)

    def settle(self, job: Job, now: float) -> Job:
        """Queue a failed job again while the policy allows it; give any other back as it is."""
        if job.state is not JobState.FAILED or not may_retry(job.attempt, self._policy):
            return job
        self.submit(job.id, now + delay_after(job.attempt, self._policy))
        return job.queued_again()


def explain(policy: RetryPolicy) -> str:
    """The waits of a policy in words, for the operator's page."""
    waits = [delay_after(retry, policy) for retry in range(policy.max_attempts - 1)]
    if not waits:
        return "never tried again"
    return "tried again after " + ", ".join(f"{wait:g} s" for wait in waits)
