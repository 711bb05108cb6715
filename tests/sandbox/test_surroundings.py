"""Which directories the toolchains of a PATH need."""

from pathlib import Path

import pytest

from tasks_lib.errors import ConfigError
from tasks_lib.sandbox.surroundings import fixed_environment, toolchains


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a home of our own, so that what is personal can be told."""
    directory = tmp_path / "home"
    directory.mkdir()
    monkeypatch.setenv("HOME", str(directory))
    return directory


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    return path


def installation(prefix: Path) -> Path:
    """Make an installation with one program and a library."""
    (prefix / "lib").mkdir(parents=True)
    return program(prefix / "bin" / "python3").parent


def test_an_installation_is_taken_whole(home: Path) -> None:
    """A bin directory with a library beside it needs that library."""
    programs = installation(home / ".pyenv" / "versions" / "3.11.7")
    assert toolchains((str(programs),)) == (programs.parent,)


def test_a_directory_of_scripts_is_taken_alone(home: Path) -> None:
    """Without a library beside it a directory of programs is all that is shown."""
    scripts = program(home / "tools" / "deploy").parent
    assert toolchains((str(scripts),)) == (scripts,)


def test_a_home_is_never_taken_whole(home: Path) -> None:
    """~/bin and ~/.local/bin do not open the home or ~/.local, whatever lies beside them."""
    (home / "lib").mkdir()
    (home / ".local" / "lib").mkdir(parents=True)
    own = program(home / "bin" / "tool").parent
    local = program(home / ".local" / "bin" / "tool").parent
    assert toolchains((str(own), str(local))) == (own, local)


def test_a_virtual_environment_brings_its_interpreter(home: Path, tmp_path: Path) -> None:
    """The links of its python and the home in pyvenv.cfg lead to the installations they need."""
    base = installation(home / "python-3.11.7")
    (home / "python-3.11").symlink_to("python-3.11.7")
    environment = tmp_path / "project" / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "pyvenv.cfg").write_text(f"home = {home}/python-3.11/bin\nversion = 3.11.7\n")
    (environment / "bin" / "python").symlink_to(home / "python-3.11" / "bin" / "python3")
    found = toolchains((f"{environment}/bin",))
    assert found == (environment, home / "python-3.11", base.parent)


def test_a_copied_interpreter_brings_its_library(home: Path, tmp_path: Path) -> None:
    """An environment made of copies names its library in pyvenv.cfg alone."""
    base = installation(home / "python")
    environment = tmp_path / ".venv"
    program(environment / "bin" / "python")
    (environment / "pyvenv.cfg").write_text(f"home = {base}\n")
    assert toolchains((f"{environment}/bin",)) == (environment, base.parent)


def test_a_dead_link_leads_nowhere(home: Path) -> None:
    """A link to a program that is gone is passed over."""
    scripts = program(home / "tools" / "deploy").parent
    (scripts / "gone").symlink_to("/nonexistent/bin/gone")
    assert toolchains((str(scripts),)) == (scripts,)


@pytest.mark.parametrize("name", ["relative/bin", "/nonexistent/bin"])
def test_a_directory_that_cannot_be_meant_is_refused(name: str) -> None:
    """A relative path, or one that does not exist, is an error that names it."""
    with pytest.raises(ConfigError, match=name):
        toolchains((name,))


def test_a_tilde_is_the_home(home: Path) -> None:
    """~ in a path is our home, in PATH as in what is shown."""
    scripts = program(home / "tools" / "deploy").parent
    assert toolchains(("~/tools",)) == (scripts,)
    assert fixed_environment(("~/tools",), "/home/agent", {})["PATH"].startswith(f"{scripts}:/usr/local/sbin")


def test_what_the_system_has_is_there_anyway(home: Path) -> None:
    """Programs of the system, and links to them, need nothing more."""
    scripts = program(home / "tools" / "deploy").parent
    (scripts / "shell").symlink_to("/bin/sh")
    assert toolchains((str(scripts), "/usr/bin")) == (scripts,)
