"""Git: the ledger, the agents' checkouts, and the way of their commits. The only importer of GitPython."""

from tasks_lib.vcs.checkout import open_commit, restore
from tasks_lib.vcs.environment import remote_secrets
from tasks_lib.vcs.ledger import REQUEST_TRAILER, GitLedger
from tasks_lib.vcs.lock import make_lock
from tasks_lib.vcs.lock.unlock import unlock
from tasks_lib.vcs.origin import load_with_remote, origin_of
from tasks_lib.vcs.seed import seed_remote
from tasks_lib.vcs.survey import Survey, survey
from tasks_lib.vcs.workspaces import GitWorkspaces

__all__ = [
    "REQUEST_TRAILER",
    "GitLedger",
    "GitWorkspaces",
    "Survey",
    "load_with_remote",
    "make_lock",
    "open_commit",
    "origin_of",
    "remote_secrets",
    "restore",
    "seed_remote",
    "survey",
    "unlock",
]
