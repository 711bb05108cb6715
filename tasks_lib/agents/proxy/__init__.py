"""The way to the Messages API for programs that may not have the key: a proxy that adds it and counts.

It listens on a unix socket. A door of the sandbox leads there, so that a command without network and without
secrets can talk to its model, and to nobody else.
"""

from tasks_lib.agents.proxy.account import Account, Trouble
from tasks_lib.agents.proxy.limits import until_served
from tasks_lib.agents.proxy.server import KeyProxy

__all__ = ["Account", "KeyProxy", "Trouble", "until_served"]
