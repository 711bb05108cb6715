"""What every sandbox promises, whether it confines or not."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks_lib.errors import ConfigError, RunStopped, WorkspaceError
from tasks_lib.ports import Finished, Sandbox, Shell
from tasks_lib.sandbox import BubblewrapSandbox, NoSandbox
from tasks_lib.sandbox.output import OUTPUT_LIMIT

Run = Callable[..., Finished]


def test_a_command_writes_into_the_checkout(run: Run, checkout: Path) -> None:
    """What a command writes is in the checkout afterwards."""
    finished = run("echo made > here.txt && cat here.txt")
    assert (finished.exit_code, finished.output) == (0, "made\n")
    assert (checkout / "here.txt").read_text() == "made\n"


def test_exit_code_and_both_streams_come_back(run: Run) -> None:
    """The exit code is the command's; stdout and stderr come in their order."""
    finished = run("echo one; echo two >&2; echo three; exit 7")
    assert (finished.exit_code, finished.output) == (7, "one\ntwo\nthree\n")


def test_a_signal_shows_as_a_shell_shows_it(run: Run) -> None:
    """A command that a signal ended has 128 and the signal's number."""
    assert run("bash -c 'kill -SEGV $$'").exit_code == 139


def test_lines_are_counted_from_the_command(run: Run) -> None:
    """Bash's complaints name the line of the command, not of our own script."""
    assert "line 2: nowhere-to-be-found: command not found" in run("true\nnowhere-to-be-found").output


def test_directory_and_exports_reach_the_next_command(run: Run) -> None:
    """A shell goes on where it stood: directory, exports, and a PATH that was changed."""
    first = run("mkdir -p a/b && cd a/b && export WORD=$'two\\nlines' PATH=$PATH:/extra; hidden=1")
    assert first.shell.directory == "a/b"
    assert first.shell.exports["WORD"] == "two\nlines"
    second = run('echo "${PWD##*/} $WORD $hidden"; echo ${PATH##*:}', shell=first.shell)
    assert second.output == "b two\nlines \n/extra\n"
    assert second.shell == first.shell


def test_the_state_is_carried_when_the_command_exits_itself(run: Run) -> None:
    """`exit` in the middle keeps what was exported before it."""
    assert run("export KEPT=1; mkdir d; cd d; exit 3").shell == Shell("d", {"KEPT": "1"})


def test_fixed_variables_do_not_come_back(run: Run) -> None:
    """Fixed variables, those that bash keeps for itself, and what is not text are not carried."""
    finished = run("export HOME=/evil GIT_CONFIG_GLOBAL=/evil GIT_AUTHOR_NAME=Eve MINE=1 RAW=$'\\xff'")
    assert finished.shell.exports == {"MINE": "1"}


def test_a_fixed_variable_is_changed_for_one_command_only(run: Run) -> None:
    """The next command has the fixed variables again."""
    finished = run("export GIT_AUTHOR_NAME=Eve")
    assert run("echo $GIT_AUTHOR_NAME", shell=finished.shell).output == "Ada\n"


def test_a_directory_that_is_gone_fails_once(run: Run) -> None:
    """A command runs nowhere but where it was meant to; the shell then stands in the root."""
    finished = run("echo ran", shell=Shell("gone"))
    assert finished.exit_code == 1
    assert "gone: No such file or directory" in finished.output
    assert "ran\n" not in finished.output.splitlines(keepends=True)
    assert finished.shell.directory == "."


def test_exports_do_not_lead_a_command_elsewhere(run: Run) -> None:
    """CDPATH of an earlier command does not move the directory of the next."""
    run("mkdir -p lib elsewhere/lib && touch lib/here")
    assert run("ls", shell=Shell("lib", {"CDPATH": "elsewhere"})).output == "here\n"


def test_a_command_that_floods_is_clipped_in_the_middle(run: Run) -> None:
    """50 MB of output become 30,000 characters: its head, a word on what is missing, its tail."""
    finished = run("echo head; head -c 50000000 /dev/zero | tr '\\0' x; echo; echo tail")
    assert finished.output.startswith("head\nxxx")
    assert finished.output.endswith("xxx\ntail\n")
    assert "characters left out here" in finished.output
    assert OUTPUT_LIMIT < len(finished.output) < OUTPUT_LIMIT + 100


def test_a_large_command_is_run(run: Run) -> None:
    """A command may be larger than one argument of a program may be (128 KiB)."""
    text = "word " * 60_000
    assert run(f"cat <<'EOF' | wc -w\n{text}\nEOF").output.strip() == "60000"


def test_stdin_is_empty(run: Run) -> None:
    """A command that reads its input finds the end of it, whoever might still write into ours."""
    ours, (read_end, write_end) = os.dup(0), os.pipe()
    try:
        os.dup2(read_end, 0)
        assert run("cat; echo over", timeout=10).output == "over\n"
    finally:
        os.dup2(ours, 0)
        for descriptor in (ours, read_end, write_end):
            os.close(descriptor)


def test_a_command_over_its_time_ends_with_all_its_children(run: Run, checkout: Path) -> None:
    """At the time limit the command and its children end, also those that ignore signals."""
    script = "trap '' TERM INT HUP\n(trap '' TERM; while :; do date +%s%N > beat; sleep 0.05; done) &\nwait"
    finished = run(script, timeout=0.7)
    assert (finished.timed_out, finished.exit_code) == (True, 124)
    assert _is_still(checkout / "beat")


def test_a_child_left_behind_holds_nobody_up(run: Run, checkout: Path) -> None:
    """A background child that keeps the output open does not delay the end, and ends with the command."""
    finished = run("(while :; do date +%s%N > beat; sleep 0.05; done) & sleep 0.3; echo done", timeout=30)
    assert finished.output == "done\n"
    assert finished.seconds < 10
    assert _is_still(checkout / "beat")


def test_what_was_said_before_the_time_limit_is_kept(run: Run) -> None:
    """Output up to the time limit is there to be read."""
    assert run("echo begun; sleep 60", timeout=0.7).output == "begun\n"


def test_our_environment_is_not_inherited(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret of our own environment is not in a command's."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "canary-7c1f")
    finished = run("env; cat /proc/self/environ")
    assert "canary-7c1f" not in finished.output
    assert "PYTHONDONTWRITEBYTECODE=1" in finished.output


def test_exports_do_not_reach_the_programs_outside(run: Run, checkout: Path) -> None:
    """LD_PRELOAD and BASH_ENV of an earlier command are not loaded by what starts the next one."""
    (checkout / "planted.sh").write_text("echo planted\n")
    poison = Shell(".", {"BASH_ENV": str(checkout / "planted.sh"), "LD_PRELOAD": "/nonexistent.so"})
    assert run("echo ran", shell=poison).output == "ran\n"


def test_a_missing_checkout_is_said(sandbox: Sandbox, tmp_path: Path) -> None:
    """A checkout that does not exist is an error of the workspace, named by its path."""
    with pytest.raises(WorkspaceError, match="nowhere: there is no checkout"):
        sandbox.run("true", tmp_path / "nowhere", shell=Shell(), timeout=5)


@pytest.mark.parametrize("kind", [BubblewrapSandbox, NoSandbox])
def test_a_run_that_is_stopped_ends_its_commands(kind: Callable[..., Sandbox], checkout: Path) -> None:
    """A command at work ends with the run, not with its time limit."""
    stop = threading.Event()
    sandbox = kind((), {}, stop)
    threading.Timer(0.5, stop.set).start()
    with pytest.raises(RunStopped, match="while a command was at work"):
        sandbox.run("echo begun; sleep 600", checkout, shell=Shell(), timeout=600)


@pytest.mark.parametrize("kind", [BubblewrapSandbox, NoSandbox])
def test_a_path_that_does_not_exist_is_said(kind: type[Sandbox], checkout: Path) -> None:
    """A directory of `sandbox.path` that does not exist is an error of the configuration."""
    sandbox = kind(("/nonexistent/bin",))  # type: ignore[call-arg]  # a Protocol does not tell constructors
    with pytest.raises(ConfigError, match="/nonexistent/bin"):
        sandbox.run("true", checkout, shell=Shell(), timeout=5)


def _is_still(beat: Path) -> bool:
    """Tell whether a file that was written every 50 ms is written no more."""
    before = beat.read_text()
    time.sleep(0.4)
    return beat.read_text() == before


def test_a_home_lasts_from_one_command_to_the_next(confined: Run, tmp_path: Path) -> None:
    """What is given as HOME is where a command finds its HOME, and stays."""
    home = tmp_path / "home"
    home.mkdir()
    confined("mkdir -p ~/.cache && echo kept > ~/.cache/tool", home=home)
    assert (home / ".cache/tool").read_text() == "kept\n"
    assert confined('cat "$HOME/.cache/tool"', home=home).output == "kept\n"


def test_what_is_given_as_home_can_be_written(sandbox: Sandbox, checkout: Path, tmp_path: Path) -> None:
    """Where a command sees it; without confinement its HOME is the machine's own all the same."""
    home = tmp_path / "home"
    home.mkdir()
    command = f"echo kept > {sandbox.home or home}/tool"
    sandbox.run(command, checkout, shell=Shell(), timeout=60, home=home)
    assert (home / "tool").read_text() == "kept\n"
    assert (
        NoSandbox().run("echo ~", checkout, shell=Shell(), timeout=60, home=home)
    ).output == f"{Path.home()}\n"


def test_without_a_home_nothing_lasts(confined: Run) -> None:
    """In the sandbox the next command has an empty one."""
    confined("echo kept > ~/tool")
    assert confined("ls -A ~").output == ""
