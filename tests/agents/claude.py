"""The real command ``claude``, installed once a machine, outside of the repository."""

import fcntl
import shutil
import subprocess
from pathlib import Path

PACKAGE = "@anthropic-ai/claude-code"
VERSION = "2.1.330"
PLACE = Path("~/.cache/tasks-md").expanduser() / f"claude-code-{VERSION}"


def installed() -> Path:
    """Return the directory that holds ``claude``, after ``npm install`` where it is not there yet."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "lock").open("w") as lock:  # several test processes may want it at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        programs = PLACE / "node_modules" / ".bin"
        if not _works(programs / "claude"):
            _install()
    return programs


def _works(program: Path) -> bool:
    if not program.exists():
        return False
    told = subprocess.run([program, "--version"], check=False, capture_output=True, text=True, timeout=60)
    return told.stdout.startswith(VERSION)


def _install() -> None:
    npm = shutil.which("npm")
    assert npm, "npm is missing: the tests run the real Claude Code (Debian: apt-get install npm)"
    command = [npm, "install", "--prefix", str(PLACE), "--no-audit", "--no-fund", f"{PACKAGE}@{VERSION}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"npm could not install {PACKAGE}:\n{done.stdout}{done.stderr}"
