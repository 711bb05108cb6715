"""What a git process may see: a fixed environment, fixed settings, and the credentials for remotes alone.

``GIT_CONFIG_GLOBAL=/dev/null`` also takes away the credential helpers of the user's own configuration. What
stays for reaching a remote, and only for calls that talk to it:

* ssh: the agent (``SSH_AUTH_SOCK``), the keys and settings in ``~/.ssh``, and ``GIT_SSH_COMMAND`` or
  ``GIT_SSH`` of the orchestrator's own environment; it never asks for a password.
* https: ``~/.netrc``, or a token in ``TASKS_MD_GIT_TOKEN`` (with ``TASKS_MD_GIT_USER`` where the host wants
  a certain name), which is offered to the remote's own host and to no other.
* proxies and certificates: the usual variables.
"""

import os
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

TOKEN_VARIABLE = "TASKS_MD_GIT_TOKEN"  # noqa: S105 - the name of a variable, not a token
USER_VARIABLE = "TASKS_MD_GIT_USER"

KEPT = frozenset({"PATH", "HOME", "TMPDIR"})
KEPT_FOR_REMOTES = KEPT | {
    *("USER", "LOGNAME", "SSH_AUTH_SOCK", "GIT_SSH", "GIT_SSH_COMMAND", TOKEN_VARIABLE, USER_VARIABLE),
    *("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE"),
}

FIXED: Mapping[str, str] = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
}

OVERRIDES = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=no",
    "push.recurseSubmodules=no",
    "fetch.fsckObjects=true",
    "gc.auto=0",
    "maintenance.auto=false",
    "commit.gpgSign=false",
    "protocol.ext.allow=never",
)

SSH = "ssh -oBatchMode=yes -oConnectTimeout=30 -oServerAliveInterval=15 -oServerAliveCountMax=4"

_HELPER = (
    '!f() { test "$1" = get || exit 0; '
    f'echo "username=${{{USER_VARIABLE}:-token}}"; echo "password=${TOKEN_VARIABLE}"; }}; f'
)


def unwanted(kept: Iterable[str]) -> tuple[str, ...]:
    """Return what is in our environment and not for git: keys of services, GIT_DIR, LD_PRELOAD."""
    return tuple(sorted(set(os.environ) - set(kept)))


def remote_variables() -> dict[str, str]:
    """Return what a call that talks to the remote is given on top: an ssh that never asks."""
    own = "GIT_SSH_COMMAND" in os.environ or "GIT_SSH" in os.environ
    return {} if own else {"GIT_SSH_COMMAND": SSH}


def credential_settings(url: str) -> tuple[str, ...]:
    """Return settings that offer the token to the host of an https address; they do not hold its value."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not os.environ.get(TOKEN_VARIABLE):
        return ()
    host = parts.netloc.rpartition("@")[2]
    return (f"credential.https://{host}/.helper={_HELPER}",)


def remote_secrets(url: str) -> tuple[str, ...]:
    """Return the values with which we reach the remote, as far as we see them: the token, a password."""
    try:
        password = urlsplit(url).password or ""
    except ValueError:  # no address of that form; a path may hold anything
        password = ""
    return tuple(filter(None, (os.environ.get(TOKEN_VARIABLE), password, unquote(password))))
