"""Play a recording's tool calls into a checkout, without any model.

    python examples/acceptance/play.py DIR ITEM [--attempt N]

Edits are strict: `old_str` must be found exactly once. Commands run in bash from the
root of DIR; the working directory and exported variables carry over between them.
Exit status 1 when an edit does not apply or the last command of an attempt fails.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"
BASH = "bash"
EDITOR = "str_replace_based_edit_tool"
REPORT = "report_result"
CARRY_OVER = """
if [ -f "$PLAY_STATE" ]; then . "$PLAY_STATE"; cd "$PLAY_CWD"; fi
eval "$1"
status=$?
export PLAY_CWD="$PWD"
export -p > "$PLAY_STATE"
exit $status
"""


class PlayError(Exception):
    """A recorded call does not fit the checkout."""


def main() -> None:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=Path, help="checkout to play into")
    parser.add_argument("item", help="id of the item, for instance MS-SEC-001")
    parser.add_argument("--attempt", type=int, help="only this attempt, counted from 1")
    chosen = parser.parse_args()
    try:
        for number, attempt in attempts(chosen.item, chosen.attempt):
            print(f"== {chosen.item}, attempt {number}", flush=True)
            play(chosen.dir.resolve(), attempt)
    except PlayError as error:
        sys.exit(f"{chosen.item}: {error}")


def attempts(item: str, only: int | None) -> Iterator[tuple[int, dict[str, Any]]]:
    """The recorded attempts of an item with their numbers, or only the one asked for."""
    path = RECORDINGS / f"{item}.toml"
    if not path.is_file():
        raise PlayError(f"no recording at {path}")
    recorded = list(enumerate(tomllib.loads(path.read_text("utf-8"))["attempts"], start=1))
    if only is not None and not 1 <= only <= len(recorded):
        raise PlayError(f"attempt {only} asked for, but {len(recorded)} recorded")
    yield from (pair for pair in recorded if only in (None, pair[0]))


def play(root: Path, attempt: dict[str, Any]) -> None:
    """Play all calls of one attempt in a fresh shell."""
    status = 0
    with tempfile.TemporaryDirectory() as scratch:
        for turn in attempt["turns"]:
            for call in turn.get("calls", []):
                if call["name"] == BASH:
                    status = run(root, Path(scratch), call["input"]["command"])
                elif call["name"] == EDITOR:
                    edit(root, call["input"])
                elif call["name"] != REPORT:
                    raise PlayError(f"unknown tool {call['name']!r}")
    if status:
        raise PlayError(f"the last command of the attempt ended with {status}")


def run(root: Path, scratch: Path, command: str) -> int:
    """Run one command in bash; gives its exit status."""
    print(f"$ {command}", flush=True)
    tools = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": tools + os.pathsep + os.environ.get("PATH", os.defpath),
        "PLAY_STATE": str(scratch / "state"),
    }
    script = ["bash", "-c", CARRY_OVER, "play", command]
    return subprocess.run(script, cwd=root, env=environment, check=False).returncode


def edit(root: Path, asked: dict[str, Any]) -> None:
    """Carry out one call of the text editor."""
    print(f"> {asked['command']} {asked['path']}", flush=True)
    path = root / asked["path"]
    if asked["command"] == "create":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(asked["file_text"], "utf-8")
    elif not path.exists():
        raise PlayError(f"{asked['path']} does not exist")
    elif asked["command"] == "str_replace":
        path.write_text(replaced(path, asked["old_str"], asked.get("new_str", "")), "utf-8")
    elif asked["command"] == "insert":
        lines = path.read_text("utf-8").splitlines(keepends=True)
        lines.insert(asked["insert_line"], asked["insert_text"])
        path.write_text("".join(lines), "utf-8")
    elif asked["command"] != "view":
        raise PlayError(f"unknown editor command {asked['command']!r}")


def replaced(path: Path, old: str, new: str) -> str:
    """The text of a file with its only occurrence of `old` replaced by `new`."""
    text = path.read_text("utf-8")
    if text.count(old) != 1:
        raise PlayError(f"old_str found {text.count(old)} times in {path.name}:\n{old}")
    return text.replace(old, new)


if __name__ == "__main__":
    main()
