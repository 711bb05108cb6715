"""Usage limits of the service, for programs that cannot wait for hours: they are ended, and begun again."""

from collections.abc import Callable
from typing import TypeVar

from tasks_lib.agents.persistence import Persistence
from tasks_lib.agents.proxy.account import Account

T = TypeVar("T")


def until_served(run: Callable[[float], T], account: Account, persistence: Persistence) -> T:
    """Return what ``run`` returns when no usage limit has cut it off; it is told how many seconds it has.

    Between two runs everybody waits who shares the hold of ``persistence``. What the first one did in the
    checkout is there for the next. Raise as ``Persistence.run`` does.
    """

    def once() -> T:
        account.limit = None
        done = run(account.budget.seconds_left)
        if account.limit is not None:
            raise account.limit
        return done

    return persistence.run(once)
