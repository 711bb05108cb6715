"""Runs the action of one job and says how it ended."""

import logging
from collections.abc import Callable

from mosaic_orchestrator.jobs import Job

Action = Callable[[Job], str]

logger = logging.getLogger(__name__)


def run_job(job: Job, action: Action) -> Job:
    """Run `action` for a started job. Its answer, one line of text, becomes the job's detail."""
    detail = ""
    try:
        detail = action(job)
    except:
        logger.warning("job %s ended early", job.id)
    return job.succeeded(_first_line(detail))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
