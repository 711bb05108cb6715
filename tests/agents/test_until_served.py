"""Programs of somebody else's, when a usage limit of the service cuts them off."""

import threading

import anthropic
import httpx2

from tasks_lib.agents.budget import Budget
from tasks_lib.agents.hold import Hold
from tasks_lib.agents.persistence import Persistence
from tasks_lib.agents.proxy import Account, until_served
from tasks_lib.agents.retry import Patience
from tasks_lib.config import AgentConfig
from tasks_lib.ports import Say

PATIENCE = Patience(first=0.001, limit=0.05)


def limit() -> anthropic.APIStatusError:
    request = httpx2.Request("POST", "http://127.0.0.1/v1/messages")
    answer = httpx2.Response(429, headers={"retry-after": "0.2"}, request=request)
    return anthropic.APIStatusError("", response=answer, body={"error": {"message": "until noon"}})


def waiting(hold: Hold, say: Say) -> tuple[Account, Persistence]:
    account = Account(Budget(AgentConfig()), {}, patience=PATIENCE)
    return account, Persistence(account.budget, say, threading.Event(), PATIENCE, hold)


def test_a_limit_that_one_meets_holds_all_until_it_resets() -> None:
    """The one is run again, another one begins only then, and no attempt is spent on the wait."""
    hold, runs = Hold(), list[tuple[str, float]]()
    told: list[str] = []
    other_account, other = waiting(hold, told.append)

    def say(words: str) -> None:
        told.append(words)
        until_served(lambda _: runs.append(("other", hold.left)), other_account, other)

    account, one = waiting(hold, say)

    def run(seconds: float) -> str:
        runs.append(("one", hold.left))
        if len(runs) == 1:
            account.limit = limit()
        return f"served with {seconds:.0f} s left"

    assert until_served(run, account, one) == "served with 3600 s left"
    assert runs == [("one", 0.0), ("other", 0.0), ("one", 0.0)]
    assert len(told) == 1
    assert "a usage limit is reached (until noon); all items wait until" in told[0]
