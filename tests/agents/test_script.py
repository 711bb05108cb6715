"""The script that runs somebody else's program on a prompt, run by a real shell."""

import subprocess
import sys

import pytest

from tasks_lib.agents import hearing
from tasks_lib.agents.hearing import Lines
from tasks_lib.agents.script import script

PROMPT = "Say 'hi' to $HOME, `date` and \"quotes\".\nEND\nEOF"


def run(text: str) -> tuple[int, str]:
    command = ["/bin/bash", "-c", text]
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def test_the_prompt_comes_on_stdin_as_it_is() -> None:
    """Nothing in it is read by the shell."""
    assert run(script(["cat"], PROMPT)) == (0, f"{PROMPT}\n\n")


def test_a_prompt_that_no_shell_can_read_is_made_readable() -> None:
    """NUL and halves of characters may stand in an issue that somebody wrote."""
    assert run(script(["cat"], "a\0b \ud800 c")) == (0, "a\N{SYMBOL FOR NULL}b ? c\n\n")


def test_the_prompt_comes_as_a_file_where_that_is_asked_for() -> None:
    """Then stdin is empty."""
    look = "import sys; print(sys.stdin.read(), open(sys.argv[1][7:]).read())"
    code, told = run(script([sys.executable, "-c", look, "--file={prompt_file}"], PROMPT))
    assert (code, told) == (0, f" {PROMPT}\n\n\n")


def test_the_result_file_is_printed_last() -> None:
    """Wherever the program was told to write its result, it is the end of the output."""
    write = "import sys; print('working'); open(sys.argv[1], 'w').write('{\"result\": 1}')"
    code, told = run(script([sys.executable, "-c", write, "{result_file}"], PROMPT))
    assert (code, told) == (0, 'working\n\n{"result": 1}')


def test_the_exit_code_and_errors_are_the_program_s() -> None:
    """Errors come among the output, or after it."""
    program = ["/bin/sh", "-c", "echo out; echo err >&2; echo more; exit 7"]
    assert run(script(program, PROMPT)) == (7, "out\nerr\nmore\n\n")
    assert run(script(program, PROMPT, errors_apart=True)) == (7, "out\nmore\n\nerr\n")


def test_arguments_reach_the_program_as_they_are() -> None:
    """The shell reads nothing in them."""
    assert run(script(["printf", "%s|", "a b", "$HOME", "`id`", "'", ""], ""))[1] == "a b|$HOME|`id`|'||\n"


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_lines_are_whole_whatever_the_pieces(size: int) -> None:
    """Also where a character of many bytes is cut; empty lines say nothing, the last one needs no end."""
    taken: list[str] = []
    text = "one\r\n\nzwölf €\nlast".encode()
    lines = Lines(taken.append)
    for start in range(0, len(text), size):
        lines.feed(text[start : start + size])
    lines.end()
    assert taken == ["one", "zwölf €", "last"]


def test_a_line_without_an_end_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too long is let go, and said so; the next line is whole again."""
    monkeypatch.setattr(hearing, "LONGEST", 10)
    taken: list[str] = []
    lines = Lines(taken.append)
    for _ in range(5):
        lines.feed(b"12345678")
    lines.feed(b"\nnext\n")
    assert taken == ["[a line of 40 bytes was let go]", "next"]
