"""How a command gets from one bash to the next: its directory and its exported variables.

Both ways run on descriptors of their own. Going in, NUL-terminated: directory, command, then ``NAME=value``
for every export. Coming out: an empty field as soon as bash runs, and at its exit the directory and its
environment. What comes out was written by the command and is believed only as far as the next command in
the same sandbox goes.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath, PurePosixPath
from typing import Final

from tasks_lib.ports import Shell

MAX_STATE: Final = 256 * 1024
"""Bytes of state that are read back; a larger environment is not carried over."""

# Limits come before the exports: LD_PRELOAD or BASH_ENV of an earlier command must not run without them.
# "./" keeps CDPATH out of the way of cd.
_STEPS: Final = (
    r"""printf '\0' >&"$2" """,
    r"""mapfile -d '' -u "$1" __given""",
    r"""eval "exec $1<&-" """,
    r"""{ echo 1000 > /proc/self/oom_score_adj; } 2>/dev/null""",  # before anybody else's memory goes
    r"""ulimit -c 0""",
    r"""ulimit -f "$3" 2>/dev/null""",
    r"""ulimit -n "$4" 2>/dev/null""",
    r"""ulimit -u "$5" 2>/dev/null""",
    r"""ulimit -d "$6" 2>/dev/null""",
    r"""trap "{ builtin printf '%s\0' \"\$PWD\"; /usr/bin/env -0; } >&$2 2>/dev/null" EXIT""",
    r"""set --""",
    r"""{ for __export in "${__given[@]:2}"; do export "$__export"; done; } 2>/dev/null""",
    r"""cd -- "./${__given[0]}" || exit 1""",
    r"""__given=${__given[1]}""",
    r"""eval "$__given" """,
)
PRELUDE: Final = "; ".join(_STEPS)  # on one line, so that bash counts the lines of the command from 1

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OF_BASH = frozenset({"PWD", "OLDPWD", "SHLVL", "_"})


def encode(command: str, shell: Shell) -> bytes:
    """Return what the prelude reads; raise ``ValueError`` for a command that holds a NUL."""
    exports = (f"{name}={value}" for name, value in shell.exports.items())
    return _terminated([shell.directory, command, *exports])


def _terminated(fields: Iterable[str]) -> bytes:
    encoded = [field.encode("utf-8", errors="surrogateescape") for field in fields]
    if any(b"\0" in field for field in encoded):
        raise ValueError("a command cannot hold the character NUL")
    return b"".join(field + b"\0" for field in encoded)


def started(state: bytes) -> bool:
    """Tell whether bash was reached at all."""
    return state.startswith(b"\0")


def decode(state: bytes, before: Shell, root: PurePath, fixed: Mapping[str, str]) -> Shell:
    """Return where the shell stands now; where it does not say, where it stood before.

    ``root`` is the checkout as the command saw it. A directory outside of it is not kept, nor are the
    ``fixed`` variables, except a changed PATH.
    """
    fields = state.decode("utf-8", errors="surrogateescape").split("\0")
    if len(state) > MAX_STATE or len(fields) < 3 or fields[-1]:  # noqa: PLR2004  start, directory, end
        return before
    return Shell(_inside(fields[1], root, before.directory), _exports(fields[2:-1], fixed))


def _inside(directory: str, root: PurePath, before: str) -> str:
    path = PurePosixPath(directory)
    return str(path.relative_to(root)) if path.is_relative_to(root) else before


def _exports(variables: Iterable[str], fixed: Mapping[str, str]) -> dict[str, str]:
    pairs = dict(variable.split("=", 1) for variable in variables if "=" in variable)
    return {name: value for name, value in pairs.items() if _carried(name, value, fixed)}


def _carried(name: str, value: str, fixed: Mapping[str, str]) -> bool:
    if not _NAME.fullmatch(name) or name in _OF_BASH:
        return False
    if not _is_text(value):
        return False
    return name not in fixed or (name == "PATH" and value != fixed[name])


def _is_text(value: str) -> bool:
    """Tell whether a value was UTF-8: the rest could not be written into a transcript."""
    return not any("\udc80" <= character <= "\udcff" for character in value)
