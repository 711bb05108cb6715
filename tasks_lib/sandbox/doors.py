"""Doors: how a command without a network reaches a service of ours, and nothing else.

The service listens on a unix socket outside. Inside, ``doorkeeper.py`` opens a loopback port that leads
there. It runs in our own interpreter, because that is the one program which is surely on this machine.
"""

import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tasks_lib.sandbox.surroundings import toolchains

NONE: Final[Mapping[str, Path]] = MappingProxyType({})


def keeper(doors: Mapping[str, Path]) -> list[str]:
    """Return what to put before a program so that it finds these doors; nothing when there are none."""
    if not doors:
        return []
    source = resources.files(__package__).joinpath("doorkeeper.py").read_text(encoding="utf-8")
    leads = [f"{variable}={path}" for variable, path in doors.items()]
    return [str(_interpreter()), "-I", "-S", "-c", source, *leads, "--"]


def needs(doors: Mapping[str, Path]) -> tuple[Path, ...]:
    """Return what has to be readable for that."""
    return toolchains((str(_interpreter().parent),)) if doors else ()


def _interpreter() -> Path:
    """Return the interpreter itself, not the virtual environment that it runs in."""
    return Path(sys.executable).resolve()
