"""What a command finds around it: variables, and the toolchains that PATH names."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from tasks_lib.errors import ConfigError, WorkspaceError

SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

SYSTEM: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt")
"""The directories of the system that every command may read."""

_FIXED: Final = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TERM": "dumb",
    "PAGER": "cat",
    "SHELL": "/bin/bash",
    "TMPDIR": "/tmp",  # noqa: S108  the sandbox's own
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def fixed_environment(path: Sequence[str], home: str, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that every command of a sandbox starts with; nothing is inherited from ours.

    Raise ``ConfigError`` for a directory of ``path`` that does not exist.
    """
    directories = [str(directory) for directory in _directories(path)]
    return {**_FIXED, "PATH": ":".join([*directories, SYSTEM_PATH]), "HOME": home, **extra}


def _directories(path: Sequence[str]) -> Iterator[Path]:
    for name in path:
        directory = Path(name).expanduser()
        if not directory.is_absolute() or not directory.is_dir():
            raise ConfigError(f"sandbox.path: {name}: not an absolute path of a directory that exists")
        yield directory


def existing(checkout: Path) -> Path:
    """Return where a checkout really is; raise ``WorkspaceError`` when it is not a directory."""
    if not checkout.is_dir():
        raise WorkspaceError(f"{checkout}: there is no checkout to run a command in")
    return checkout.resolve()


@lru_cache(maxsize=16)
def toolchains(path: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the directories that the programs in these PATH directories live on.

    A program is more than its file: a virtual environment needs the interpreter that it was made from, a
    linked program the installation that it is linked to. Each is named as it is reached and as it resolves,
    so that links between them hold. Raise ``ConfigError`` for a directory that does not exist.
    """
    found: dict[Path, None] = {}
    for directory in _directories(path):
        _follow(directory, found)
    return tuple(found)


def _follow(programs: Path, found: dict[Path, None]) -> None:
    """Add the installation of a directory of programs, and those that it leads to."""
    for directory in {programs: None, programs.resolve(): None}:
        place = _installation(directory)
        if any(place.is_relative_to(known) for known in (*map(Path, SYSTEM), *found)):
            continue
        found[place] = None
        for next_directory in _leads_to(directory):
            _follow(next_directory, found)


def _installation(programs: Path) -> Path:
    """Return the prefix of a bin directory, or the directory alone where the prefix holds more than tools."""
    prefix = programs.parent
    whole = (prefix / "pyvenv.cfg").is_file() or (programs.name == "bin" and (prefix / "lib").is_dir())
    return prefix if whole and not _is_personal(prefix) else programs


def _is_personal(directory: Path) -> bool:
    home = Path.home()
    return directory == home / ".local" or home.is_relative_to(directory)


def _leads_to(programs: Path) -> Iterator[Path]:
    yield from _interpreter(programs.parent / "pyvenv.cfg")
    for program in programs.iterdir():
        if program.is_symlink() and program.exists():
            yield (programs / program.readlink()).parent
            yield program.resolve().parent


def _interpreter(config: Path) -> Iterator[Path]:
    """Give the directory of the interpreter that a virtual environment was made from."""
    if not config.is_file():
        return
    for line in config.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home" and Path(value.strip()).is_dir():
            yield Path(value.strip())
