"""The Prefect server that people have configured."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tasks_lib.errors import TasksMdError

_CAUSE = re.compile(r"^\S.*(?:\n\s.*)*\Z", re.MULTILINE)
"""The end of a traceback: the error itself, with the lines that belong to it."""


def configured_api() -> str:
    """Return the address of the Prefect API that environment or profile name; empty when none does.

    A profile is read by Prefect itself, in a process of its own: what it imports here could not be told of
    an embedded server any more. Raise ``TasksMdError`` for profiles that Prefect cannot read.
    """
    named = os.environ.get("PREFECT_API_URL", "")
    if named or not _profiles().exists():
        return named
    question = "from prefect.settings import PREFECT_API_URL; print(PREFECT_API_URL.value() or '')"
    answer = subprocess.run(
        [sys.executable, "-c", question], capture_output=True, text=True, check=False, timeout=60
    )
    if answer.returncode:
        cause = _CAUSE.search(answer.stderr.strip())
        raise TasksMdError(f"Prefect cannot read {_profiles()}: {cause[0] if cause else answer.returncode}")
    return answer.stdout.strip()


def _profiles() -> Path:
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    return Path(os.environ.get("PREFECT_PROFILES_PATH", home / "profiles.toml"))
