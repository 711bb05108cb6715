"""The command ``tasks-md``.

Every command is a module of this package with two functions::

    def add_arguments(parser: ArgumentParser) -> None: ...   # declare what it takes
    def run(arguments: Namespace) -> int: ...                # do it, return the exit code

and one line in ``COMMANDS``. Only the module of the command that is called is imported, and each imports
heavy parts (prefect, pydantic, git, anthropic) inside its functions, so that looking at a file stays fast.

Exit codes: 0 it is as it should be; 1 it is not, and what was printed says why; 2 wrong usage, a path that
cannot be read included.
"""

import io
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from importlib import import_module

from tasks_lib.cli.files import UsageError
from tasks_lib.errors import TasksMdError

COMMANDS = {
    "check": ("tasks_lib.cli.check", "say all that is wrong with a tracking file, and how to mend it"),
    "plan": ("tasks_lib.cli.plan", "show what a run would do: phases, waves, critical path"),
    "graph": ("tasks_lib.cli.graph", "write the dependencies as Mermaid, DOT or SVG"),
    "next": ("tasks_lib.cli.next", "show the items that could start now"),
    "status": ("tasks_lib.cli.status", "show progress, tokens used against estimated, and a forecast"),
    "import": ("tasks_lib.cli.import_", "make a tracking file of another tracker's"),
    "init": ("tasks_lib.cli.init", "write a commented tracking file and configuration to start from"),
    "run": ("tasks_lib.cli.run", "work through a tracking file until all is done"),
    "retry": ("tasks_lib.cli.retry", "try one failed or blocked item once more, and what waits for it"),
    "transcript": ("tasks_lib.cli.transcript", "show what an agent did in an attempt, and why it ended so"),
    "unlock": ("tasks_lib.cli.unlock", "release the lock of a run that died on another machine"),
    "serve": ("tasks_lib.cli.serve", "run on a schedule and from the Prefect UI, served by this process"),
    "deploy": ("tasks_lib.cli.deploy", "register schedule and forms with a Prefect server, for workers"),
    "demo": ("tasks_lib.cli.demo", "run the example, with recorded model answers"),
    "verify": ("tasks_lib.cli.verify", "check that the history of a tracking branch keeps what is promised"),
    "merge-driver": ("tasks_lib.cli.merge_driver", "merge tracking files cell by cell, called by git"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; wrong usage raises ``SystemExit`` with code 2."""
    words = list(sys.argv[1:] if argv is None else argv)
    _tolerate_any_terminal()
    command = next((word for word in words if not word.startswith("-")), "")
    parser, run = _parser(command)
    arguments = parser.parse_args(words)
    if run is None:
        parser.print_help()
        return 2
    try:
        return int(run(arguments))
    except UsageError as error:
        print(f"tasks-md {command}: {error}", file=sys.stderr)
        return 2
    except TasksMdError as error:
        print(f"tasks-md {command}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader has seen enough: ``tasks-md graph docs/tasks.md | head``
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser(command: str) -> tuple[ArgumentParser, Callable[..., int] | None]:
    """Return the parser of all commands, with the arguments of this one only, and what runs it."""
    parser = ArgumentParser(prog="tasks-md", description="Work through docs/tasks.md with LLM agents.")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    run = None
    for name, (path, help_line) in COMMANDS.items():
        subparser = commands.add_parser(
            name, help=help_line, description=help_line[0].upper() + help_line[1:]
        )
        if name == command:
            module = import_module(path)
            module.add_arguments(subparser)
            run = module.run
    return parser, run


def _tolerate_any_terminal() -> None:
    """Print what a terminal's encoding lacks as a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
