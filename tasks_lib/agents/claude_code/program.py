"""Where the command ``claude`` is on this machine, and what it needs to be readable."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tasks_lib.errors import ConfigError

INSTALL = "install it (npm install -g @anthropic-ai/claude-code) or name another agent.kind"


@dataclass(frozen=True, slots=True)
class Program:
    """The program's own file, links followed, and the paths that a command has to be able to read for it."""

    path: Path
    shares: tuple[Path, ...]


def find_program(name: str = "claude") -> Program:
    """Return the program that PATH leads to; raise ``ConfigError`` when it leads to none."""
    found = shutil.which(name)
    if found is None:
        raise ConfigError(f'agent.kind = "claude-code": there is no command {name} on PATH: {INSTALL}')
    path = Path(found).resolve()
    return Program(path, (_needed(path),))


def _needed(path: Path) -> Path:
    """Return the file alone where it is the whole program, else the directory that a script lives in."""
    with path.open("rb") as file:
        is_script = file.read(2) == b"#!"
    holds_more = Path.home().is_relative_to(path.parent)
    return path.parent if is_script and not holds_more else path
