"""What an attempt comes to, whoever makes it: a claim, an end with its reason, or an error with its cost."""

from collections.abc import Callable
from dataclasses import asdict

from tasks_lib.agents.chances import AttemptEnded
from tasks_lib.agents.transcript import Transcript
from tasks_lib.errors import TasksMdError
from tasks_lib.ports import Claim, Usage, Work


def outcome(attempt: Callable[[], Claim], used: Callable[[], Usage], transcript: Transcript) -> Work:
    """Make an attempt that returns a claim or raises ``AttemptEnded``; return what it came to.

    Whatever else is raised carries what was used.
    """
    try:
        return Work(attempt(), used(), transcript.path)
    except AttemptEnded as ended:
        return Work(None, used(), transcript.path, str(ended), ended.cause)
    except TasksMdError as error:
        error.usage += used()
        raise


def note_end(transcript: Transcript, work: Work, **more: object) -> None:
    """Write the last event: the claim, and beside it what was measured."""
    claim = asdict(work.claim) if work.claim else None
    usage = work.usage
    transcript.write("end", claim=claim, stopped=work.stopped, used=usage.used, usage=asdict(usage), **more)
