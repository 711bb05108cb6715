"""Where transcripts are, and what is written into them after the attempt."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from tasks_lib.errors import TasksMdError
from tasks_lib.transcripts.model import Judged, Story
from tasks_lib.transcripts.read import read_story
from tasks_lib.transcripts.text import ending_text

_NAME = re.compile(
    r"(?P<item>.+)\.attempt-(?P<attempt>[0-9]+)\.(?P<time>[0-9TZ]+)(?:-(?P<again>[0-9]+))?\.jsonl"
)


def find_transcript(directory: Path, item: str, attempt: int | None = None) -> Path:
    """Return the newest transcript of an item, or of one attempt at it.

    Raise ``TasksMdError`` when there is none, with those that there are.
    """
    found = [
        (match["time"], int(match["again"] or 1), int(match["attempt"]), path)
        for path in (directory.iterdir() if directory.is_dir() else ())
        if (match := _NAME.fullmatch(path.name)) and match["item"] == item
    ]
    fitting = [each for each in found if attempt in (None, each[2])]
    if fitting:
        return max(fitting)[-1]
    there = ", ".join(str(number) for number in sorted({each[2] for each in found}))
    words = f"of {item} there are attempts {there}" if found else f"of {item} there is none in {directory}"
    raise TasksMdError(f"there is no such transcript: {words}")


def read_transcript(path: Path) -> Story:
    """Return what a transcript tells; raise ``TasksMdError`` when it cannot be read."""
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            return read_story(lines)
    except OSError as error:
        raise TasksMdError(f"{path}: the transcript cannot be read: {error.strerror or error}") from error


def last_turns(path: Path | None) -> str:
    """Return how an attempt ended, as plain text; empty where there is no transcript to read."""
    try:
        return ending_text(read_transcript(path)) if path else ""
    except TasksMdError:
        return ""


def note_judgement(path: Path | None, judged: Judged) -> None:
    """Write down what came of the attempt's work; a transcript that is gone stays so."""
    if path is None or not path.is_file():
        return
    gates = [{"name": name, "passed": passed, "output": output} for name, passed, output in judged.gates]
    record = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "event": "judged",
        "refusal": judged.refusal,
        "commit": judged.commit,
        "gates": gates,
    }
    with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
