"""A process that takes the lock and writes what it is told, line by line: a run without agents.

Called with a configuration as JSON and the name of a run; answers each line with one line. Called with a
token besides, it is another process of that run, and does not take the lock.
"""

import sys
from contextlib import nullcontext
from threading import Event

from tasks_lib.backlog.model import ItemId
from tasks_lib.config import RunConfig
from tasks_lib.errors import TasksMdError
from tasks_lib.vcs import GitLedger, make_lock


def main(config_json: str, run: str, token: str = "") -> None:
    config = RunConfig.model_validate_json(config_json)
    lost = Event()
    lock = make_lock(config, run, lost)
    ledger = GitLedger(config, run_id=run, pusher=lock)
    try:
        if token:
            lock.join(token)
        with nullcontext() if token else lock.exclusive():
            say("joined" if token else "holds")
            for note in map(str.strip, sys.stdin):
                if note == "wait":
                    lost.wait()
                    lock.check()
                write(ledger, note)
                say(f"wrote {note}")
        say("left" if token else "released")
    except TasksMdError as error:
        say(f"{type(error).__name__}: {error}")


def write(ledger: GitLedger, note: str) -> None:
    ledger.record(lambda _: {ItemId("MS-SEC-001"): {"notes": note}}, note)


def say(text: str) -> None:
    print(" ".join(text.split()), flush=True)  # noqa: T201 this is how it answers


main(*sys.argv[1:])
